//! Tar archives, read in one pass. Only names and sizes are taken from them; nothing is written anywhere.

use super::{InputError, Limits, sniff::tar_checksum, stream};
use std::io::{self, Read};

/// Bytes of a long name or of extended headers that are kept; more is a fault.
const MOST_META: u64 = 1 << 16;
/// Bytes of a name, as of any path on Linux. Partners are looked for in each folder of it.
const MOST_NAME: usize = 4096;
const BLOCK: u64 = 512;

/// An entry's header.
pub(super) struct Entry {
    pub(super) path: Vec<u8>,
    pub(super) size: u64,
    pub(super) kind: EntryKind,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EntryKind {
    File,
    Folder,
    /// A link, a device, a sparse file.
    Other,
}

/// Reads the headers of an archive; the caller reads exactly [`Entry::size`] bytes after each.
pub(super) struct Archive {
    entries: u64,
    padding: u64,
    path: Option<Vec<u8>>,
    size: Option<u64>,
}

/// Why no further entry comes: the stream's fault, or the archive's.
pub(super) enum Fault {
    Stream(io::Error),
    Archive(InputError),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Stream(error)
    }
}

fn wrong(reason: impl Into<String>) -> Fault {
    Fault::Archive(InputError::Archive(reason.into()))
}

impl Archive {
    pub(super) fn new() -> Self {
        Self {
            entries: 0,
            padding: 0,
            path: None,
            size: None,
        }
    }

    /// The next entry, or `None` at the end.
    pub(super) fn next(
        &mut self,
        source: &mut dyn Read,
        limits: &Limits,
    ) -> Result<Option<Entry>, Fault> {
        loop {
            let Some(header) = self.header(source)? else {
                return Ok(None);
            };
            self.entries += 1;
            if self.entries > limits.archive_entries {
                return Err(Fault::Archive(InputError::Entries(limits.archive_entries)));
            }
            let ty = header.entry_type();
            let size = header
                .entry_size()
                .map_err(|error| wrong(error.to_string()))?;
            if ty.is_gnu_longname() {
                let mut name = self.meta(source, size)?;
                name.truncate(
                    name.iter()
                        .position(|byte| *byte == 0)
                        .unwrap_or(name.len()),
                );
                self.path = Some(name);
            } else if ty.is_pax_local_extensions() {
                let records = self.meta(source, size)?;
                self.extensions(&records)?;
            } else if ty.is_gnu_longlink() || ty.is_pax_global_extensions() {
                self.meta(source, size)?;
            } else {
                // Links and folders have no bytes, whatever some writers put in their size.
                let has_bytes = !(ty.is_dir() || ty.is_symlink() || ty.is_hard_link());
                let size = match self.size.take() {
                    _ if !has_bytes => 0,
                    Some(extended) => extended,
                    None => size,
                };
                self.padding = pad(size);
                let path = self.path.take();
                let path = path.unwrap_or_else(|| header.path_bytes().into_owned());
                if path.len() > MOST_NAME {
                    return Err(wrong(format!("a name of {} bytes", path.len())));
                }
                return Ok(Some(Entry {
                    path,
                    size,
                    kind: match ty {
                        _ if ty.is_file() || ty.is_contiguous() => EntryKind::File,
                        _ if ty.is_dir() => EntryKind::Folder,
                        _ => EntryKind::Other,
                    },
                }));
            }
        }
    }

    /// The next header, after the padding of the entry before; `None` at a block of zeros or the end of the stream.
    fn header(&mut self, source: &mut dyn Read) -> Result<Option<tar::Header>, Fault> {
        let mut padding = [0; BLOCK as usize];
        let padding = padding
            .get_mut(..usize::try_from(self.padding).unwrap_or(0))
            .unwrap_or_default();
        if stream::fill(source, padding)? < padding.len() {
            return Err(wrong("ends in the padding of an entry"));
        }
        self.padding = 0;
        let mut header = tar::Header::new_old();
        let got = stream::fill(source, header.as_mut_bytes())?;
        if got == 0 || header.as_bytes().iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        if got < header.as_bytes().len() {
            return Err(wrong("ends in a header"));
        }
        if !tar_checksum(&header) {
            return Err(wrong("a header's checksum is wrong"));
        }
        Ok(Some(header))
    }

    /// The bytes of an entry that describes the next one.
    fn meta(&mut self, source: &mut dyn Read, size: u64) -> Result<Vec<u8>, Fault> {
        if size > MOST_META {
            return Err(wrong(format!("a name or extended header of {size} bytes")));
        }
        let mut bytes = Vec::new();
        let got = (&mut *source).take(size).read_to_end(&mut bytes)? as u64;
        if got < size {
            return Err(wrong("ends in a name or extended header"));
        }
        self.padding = pad(size);
        Ok(bytes)
    }

    /// Takes path and size from the records `length key=value\n` of POSIX.1-2001.
    fn extensions(&mut self, mut records: &[u8]) -> Result<(), Fault> {
        let broken = || wrong("an extended header is malformed");
        while !records.is_empty() {
            let space = records
                .iter()
                .position(|byte| *byte == b' ')
                .ok_or_else(broken)?;
            let (length, _) = records.split_at_checked(space).ok_or_else(broken)?;
            let length: usize = std::str::from_utf8(length)
                .ok()
                .and_then(|text| text.parse().ok())
                .ok_or_else(broken)?;
            let record = records
                .get(space + 1..length)
                .and_then(|record| record.strip_suffix(b"\n"))
                .ok_or_else(broken)?;
            if let Some(path) = record.strip_prefix(b"path=") {
                self.path = Some(path.to_vec());
            } else if let Some(size) = record.strip_prefix(b"size=") {
                self.size = Some(
                    std::str::from_utf8(size)
                        .ok()
                        .and_then(|text| text.parse().ok())
                        .ok_or_else(broken)?,
                );
            }
            records = records.get(length..).ok_or_else(broken)?;
        }
        Ok(())
    }
}

fn pad(size: u64) -> u64 {
    (BLOCK - size % BLOCK) % BLOCK
}
