//! The files under a path.

use super::{InputError, Limits, origin::Origin};
use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

/// A file to read, or a path that cannot be listed.
pub(super) struct Found {
    pub(super) origin: Origin,
    pub(super) path: PathBuf,
    /// Bytes, where they are known; why it is passed over, where it is.
    pub(super) size: Result<u64, Refused>,
}

/// Why a path is not read.
pub(super) enum Refused {
    Broken(InputError),
    Passed(&'static str),
}

/// Lists every file under a path, folders in order of name. Links are followed; a folder is read once however many
/// links lead to it, which ends loops.
pub(super) fn list(named: &Path, limits: &Limits) -> Vec<Found> {
    let mut walk = Walk {
        named,
        limits,
        seen: HashSet::new(),
        found: Vec::new(),
    };
    walk.visit(named, 0);
    walk.found
}

struct Walk<'a> {
    named: &'a Path,
    limits: &'a Limits,
    seen: HashSet<PathBuf>,
    found: Vec<Found>,
}

impl Walk<'_> {
    fn push(&mut self, path: &Path, size: Result<u64, Refused>) {
        self.found.push(Found {
            origin: Origin::file(path, self.named),
            path: path.to_owned(),
            size,
        });
    }

    fn visit(&mut self, path: &Path, depth: u32) {
        let meta = match fs::metadata(path) {
            Ok(meta) => meta,
            Err(error) => return self.push(path, Err(Refused::Broken(error.into()))),
        };
        if meta.is_dir() {
            if let Err(error) = self.folder(path, depth) {
                self.push(path, Err(Refused::Broken(error)));
            }
        } else if meta.is_file() || path == self.named {
            // A pipe that the user names is read to its end; one met in a folder could block for ever.
            self.push(path, Ok(meta.len()));
        } else {
            self.push(path, Err(Refused::Passed("not a regular file")));
        }
    }

    fn folder(&mut self, path: &Path, depth: u32) -> Result<(), InputError> {
        if depth >= self.limits.folder_depth {
            return Err(InputError::FolderDepth(self.limits.folder_depth));
        }
        if !self.seen.insert(fs::canonicalize(path)?) {
            return Ok(());
        }
        let mut entries = fs::read_dir(path)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<Vec<_>, _>>()?;
        entries.sort();
        for entry in entries {
            self.visit(&entry, depth + 1);
        }
        Ok(())
    }
}
