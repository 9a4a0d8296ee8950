//! Compression and archives: one inside another, damaged, and hostile.

use super::*;
use flate2::{Compression, write::GzEncoder};
use std::io::Write;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).expect("memory")
}

fn tar(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder
            .append_data(&mut header, name, *bytes)
            .expect("memory");
    }
    builder.into_inner().expect("memory")
}

fn a_block() -> Vec<u8> {
    rlp(&every_type())
}

fn read_one(bytes: &[u8], limits: &Limits) -> Vec<String> {
    let folder = Folder::new();
    let path = folder.put("x", bytes);
    outline(&folder.0, &cases(&[&path], limits))
}

#[test]
fn layers_in_any_order() {
    let block = a_block();
    let limits = Limits::default();
    assert_eq!(read_one(&gzip(&zstd(&block)), &limits), ["x: 1 blocks"]);
    let inner = gzip(&tar(&[("./p/a", &block), ("p/b.zst", &zstd(&block))]));
    let outer = tar(&[("inner.tgz", &inner), ("c", &block)]);
    assert_eq!(
        read_one(&outer, &limits),
        [
            "x!inner.tgz!p/a: 1 blocks",
            "x!inner.tgz!p/b.zst: 1 blocks",
            "x!c: 1 blocks"
        ]
    );
}

#[test]
fn several_members_and_frames_are_one_document() {
    let block = a_block();
    let (left, right) = block.split_at(100);
    let limits = Limits::default();
    for parts in [[gzip(left), gzip(right)], [zstd(left), zstd(right)]] {
        assert_eq!(read_one(&parts.concat(), &limits), ["x: 1 blocks"]);
    }
}

#[test]
fn nesting_is_bounded() {
    let mut bytes = a_block();
    for depth in 0..6 {
        let read = read_one(&bytes, &Limits::default());
        let expected = match depth {
            0..=4 => "x: 1 blocks",
            _ => "x: unreadable, more than 4 layers of compression and archives",
        };
        assert_eq!(read, [expected], "{depth} layers");
        bytes = gzip(&bytes);
    }
}

#[test]
fn long_names_are_kept_and_their_length_bounded() {
    let name = "folder/".repeat(40) + "block";
    let block = a_block();
    let archive = tar(&[(&name, &block)]);
    assert_eq!(
        read_one(&archive, &Limits::default()),
        [format!("x!{name}: 1 blocks")]
    );

    let mut header = tar::Header::new_gnu();
    header.set_path("long").expect("a name");
    header.set_entry_type(tar::EntryType::GNULongName);
    header.set_size(1 << 40);
    header.set_cksum();
    let read = read_one(header.as_bytes(), &Limits::default());
    assert!(
        read[0].contains("a name or extended header of 1099511627776 bytes"),
        "{read:?}"
    );
}

#[test]
fn extended_headers() {
    let block = a_block();
    let extended = |records: &str| {
        let mut header = tar::Header::new_ustar();
        header.set_path("pax").expect("a name");
        header.set_entry_type(tar::EntryType::XHeader);
        header.set_size(records.len() as u64);
        header.set_cksum();
        let mut archive = header.as_bytes().to_vec();
        archive.extend_from_slice(records.as_bytes());
        archive.resize(1024, 0);
        archive.extend(tar(&[("short", &block)]));
        read_one(&archive, &Limits::default())
    };
    assert_eq!(extended("16 path=a/bcdef\n"), ["x!a/bcdef: 1 blocks"]);
    for bad in [
        "0 path=a\n",
        "99 path=a\n",
        "path=a",
        "9 path=ab",
        "10 size=x\n",
    ] {
        let read = extended(bad);
        assert_eq!(
            read,
            ["x: unreadable, the archive is damaged or cut off: an extended header is malformed"]
        );
    }
    let read = extended(
        "27 size=18446744073709551615\n"
            .replace("27", "29")
            .as_str(),
    );
    assert!(
        read.iter().any(|line| line.starts_with("x: unreadable")),
        "{read:?}"
    );
}

#[test]
fn a_cut_anywhere_gives_what_was_before_it_and_one_fault() {
    let block = a_block();
    let archive = tar(&[("a", &block), ("b", &block), ("c", &block)]);
    // The end of an archive is two blocks of zeros; without them, but cut between entries, it is whole enough.
    let entries = archive.len() - 1024;
    let entry = entries / 3;
    for cut in (600..entries).step_by(97).chain([entry, 2 * entry]) {
        let read = read_one(archive.get(..cut).expect("a beginning"), &Limits::default());
        let whole = (0..3).filter(|at| at * entry + 512 + block.len() <= cut);
        let used = read.iter().filter(|line| line.ends_with("1 blocks"));
        assert_eq!(used.count(), whole.count(), "{cut}: {read:?}");
        let faults = read.iter().filter(|line| line.starts_with("x: unreadable"));
        let expected = usize::from(cut % entry != 0);
        assert_eq!(faults.count(), expected, "{cut}: {read:?}");
    }
    for packed in [gzip(&archive), zstd(&archive)] {
        for cut in (20..packed.len()).step_by(13) {
            let read = read_one(packed.get(..cut).expect("a beginning"), &Limits::default());
            let faults = read.iter().filter(|line| line.contains("unreadable"));
            assert_eq!(faults.count(), 1, "{cut}: {read:?}");
            assert!(
                read.iter().any(|line| line.starts_with("x: unreadable")),
                "{cut}: {read:?}"
            );
        }
    }
}

#[test]
fn a_damaged_entry_does_not_hide_the_next() {
    let block = a_block();
    let mut packed = gzip(&block);
    let middle = packed.len() / 2;
    packed.truncate(middle);
    let archive = zstd(&tar(&[("a.gz", &packed), ("b", &block)]));
    let read = read_one(&archive, &Limits::default());
    assert_eq!(read.len(), 2, "{read:?}");
    assert!(
        read[0].starts_with("x!a.gz: unreadable, the gzip stream is damaged"),
        "{read:?}"
    );
    assert_eq!(read[1], "x!b: 1 blocks");
}

#[test]
fn entries_of_huge_size_and_huge_number() {
    let mut header = tar::Header::new_gnu();
    header.set_path("huge").expect("a name");
    header.set_size(u64::MAX);
    header.set_cksum();
    let mut archive = header.as_bytes().to_vec();
    archive.extend_from_slice(&[b'{'; 600]);
    let read = read_one(&archive, &Limits::default());
    assert!(
        read[1].starts_with("x: unreadable, the archive is damaged"),
        "{read:?}"
    );

    let few = Limits {
        archive_entries: 2,
        ..Limits::default()
    };
    let block = a_block();
    let archive = tar(&[("a", &block), ("b", &block), ("c", &block)]);
    let read = read_one(&archive, &few);
    assert!(read.contains(&"x: unreadable, more than 2 entries in one archive".to_owned()));
}

#[test]
fn bombs_are_cut_short() {
    let limits = Limits {
        document_bytes: 1 << 16,
        free_expansion: 1 << 20,
        expansion_ratio: 50,
        ..Limits::default()
    };
    let zeros = vec![0; 8 << 20];
    let spaces = [&b"{"[..], &vec![b' '; 8 << 20]].concat();
    let newlines = [&b"{"[..], &vec![b'\n'; 8 << 20]].concat();
    let list = [&[0xfa, 0x80, 0, 0, 0xfa, 0x7f, 0xff, 0xff][..], &zeros].concat();
    for bytes in [&spaces, &newlines, &list] {
        for packed in [gzip(bytes), zstd(bytes)] {
            let read = read_one(&packed, &limits);
            assert_eq!(read, ["x: unreadable, longer than 65536 bytes"]);
        }
    }
    // In an archive the rest of an entry has to be passed over, which costs time as well.
    for packed in [
        gzip(&tar(&[("a", &list)])),
        zstd(&zstd(&tar(&[("a", &zeros)]))),
    ] {
        let read = read_one(&packed, &limits);
        let last = read.last().expect("a case");
        assert!(last.starts_with("x: unreadable, expands to"), "{read:?}");
    }
    assert_eq!(read_one(&gzip(&a_block()), &limits), ["x: 1 blocks"]);
}

#[test]
fn links_are_followed_but_not_in_circles() {
    let folder = Folder::new();
    folder.put("deep/er/block", a_block());
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink(&folder.0, folder.0.join("deep/er/loop")).expect("a link");
        symlink(folder.0.join("deep/er"), folder.0.join("again")).expect("a link");
        symlink(folder.0.join("nowhere"), folder.0.join("dangling")).expect("a link");
        let read = folder.read();
        let blocks = read.iter().filter(|line| line.ends_with("1 blocks"));
        assert_eq!(blocks.count(), 1, "{read:?}");
        assert!(
            read.iter()
                .any(|line| line.starts_with("dangling: unreadable")),
            "{read:?}"
        );
    }
}
