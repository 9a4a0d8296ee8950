//! Files that may be lost: each has a name made of its key, and is believed only if key and content are whole.

use sha2::{Digest, Sha256};
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

/// The most that is read; a pipeline cache has some hundred kilobytes.
const MOST_BYTES: u64 = 64 << 20;
const HASH_BYTES: usize = 32;

/// What was written for a key; `None` if there is nothing, or nothing whole.
pub(crate) fn read(folder: &Path, key: &str) -> Option<Vec<u8>> {
    let path = folder.join(name(key));
    if fs::metadata(&path).ok()?.len() > MOST_BYTES {
        return None;
    }
    let bytes = fs::read(path).ok()?;
    let (hash, content) = bytes.split_at_checked(HASH_BYTES)?;
    (hash == digest(key, content)).then(|| content.to_vec())
}

/// Writes a file in place of an earlier one of this key; a reader sees the one or the other, whole.
pub(crate) fn write(folder: &Path, key: &str, content: &[u8]) -> io::Result<()> {
    create(folder)?;
    let path = folder.join(name(key));
    let (draft, mut file) = draft(&path)?;
    let bytes = [&digest(key, content)[..], content].concat();
    let written = file.write_all(&bytes);
    drop(file);
    written
        .and_then(|()| fs::rename(&draft, &path))
        .inspect_err(|_| {
            // It is of no use to anyone.
            let _ = fs::remove_file(&draft);
        })
}

/// Makes a folder that is nobody else's.
fn create(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// A new file beside `path`: no other thread's, nor one that a process of the same number left behind.
fn draft(path: &Path) -> io::Result<(PathBuf, fs::File)> {
    static DRAFTS: AtomicU64 = AtomicU64::new(0);
    let mut left_behind = 0;
    loop {
        let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
        let draft = path.with_extension(format!("{}-{number}.draft", std::process::id()));
        match fs::File::create_new(&draft) {
            Ok(file) => return Ok((draft, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && left_behind < 100 => {
                left_behind += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

/// The first word of the key, and its hash.
fn name(key: &str) -> String {
    let kind = key.split(' ').next().unwrap_or_default();
    let hash = Sha256::digest(key);
    let hex: String = hash[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{kind}-{hex}")
}

fn digest(key: &str, content: &[u8]) -> [u8; HASH_BYTES] {
    let mut hasher = Sha256::new();
    hasher.update((key.len() as u64).to_be_bytes());
    hasher.update(key);
    hasher.update(content);
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_whole_is_read() {
        let folder = std::env::temp_dir().join(format!("phalanx-files-{}", std::process::id()));
        let key = "things of a device";
        assert_eq!(read(&folder, key), None);
        for content in [b"first".as_slice(), b"", b"second"] {
            write(&folder, key, content).expect("a folder for temporary files");
            assert_eq!(read(&folder, key).as_deref(), Some(content));
        }
        assert_eq!(read(&folder, "things of another device"), None);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&folder).expect("there").permissions().mode();
            assert_eq!(mode & 0o077, 0, "nobody else's");
        }
        let path = folder.join(name(key));
        let whole = fs::read(&path).expect("written above");
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).expect("writable");
            assert_eq!(read(&folder, key), None, "{length}");
            let mut torn = whole.clone();
            torn[length] ^= 1;
            fs::write(&path, torn).expect("writable");
            assert_eq!(read(&folder, key), None, "{length}");
        }
        // A file by the name of one key with the content of another.
        write(&folder, "things 2", b"x").expect("writable");
        fs::rename(folder.join(name("things 2")), &path).expect("renamed");
        assert_eq!(read(&folder, key), None);
        // A file that can't be put in its place leaves no draft.
        fs::create_dir_all(folder.join(name("taken")).join("by a folder")).expect("made");
        assert!(write(&folder, "taken", b"x").is_err());
        fs::remove_dir_all(folder.join(name("taken"))).expect("removed");
        let left: Vec<_> = fs::read_dir(&folder).expect("there").collect();
        assert_eq!(left.len(), 1, "no drafts");
        fs::remove_dir_all(&folder).expect("removed");
    }
}
