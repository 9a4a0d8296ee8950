//! Readers that count, bound, and remember which layer of a file failed.

use super::{InputError, Limits, read::Progress};
use std::{
    cell::{Cell, RefCell},
    io::{self, BufRead, Read},
    sync::atomic::Ordering,
};

/// What one file has cost so far, shared by all its layers.
pub(super) struct Meter<'a> {
    limits: &'a Limits,
    progress: &'a Progress,
    compressed: Cell<u64>,
    expanded: Cell<u64>,
    failure: RefCell<Option<(u32, InputError)>>,
}

impl<'a> Meter<'a> {
    pub(super) fn new(limits: &'a Limits, progress: &'a Progress) -> Self {
        Self {
            limits,
            progress,
            compressed: Cell::new(0),
            expanded: Cell::new(0),
            failure: RefCell::new(None),
        }
    }

    /// Bytes read of the file itself.
    pub(super) fn compressed(&self) -> u64 {
        self.compressed.get()
    }

    /// Remembers the first failure: what layers above make of it is a consequence. Returns an error for the caller
    /// to hand up, which only says that there was one.
    fn fail(&self, level: u32, error: InputError) -> io::Error {
        self.failure.borrow_mut().get_or_insert((level, error));
        io::Error::other("an outer layer failed")
    }

    /// The failure, if it happened at this level.
    pub(super) fn take_failure(&self, level: u32) -> Option<InputError> {
        self.failure
            .borrow_mut()
            .take_if(|(at, _)| *at == level)
            .map(|(_, error)| error)
    }

    /// The failure, whichever level it happened at.
    pub(super) fn take_any(&self) -> Option<InputError> {
        self.failure.borrow_mut().take().map(|(_, error)| error)
    }

    fn expand(&self, bytes: u64) -> io::Result<()> {
        let expanded = self.expanded.get().saturating_add(bytes);
        self.expanded.set(expanded);
        let compressed = self.compressed.get();
        let ratio = self.limits.expansion_ratio;
        if expanded > self.limits.free_expansion && expanded / ratio.max(1) > compressed {
            // The whole file is refused: every layer of it is the same author's.
            return Err(self.fail(
                0,
                InputError::Expansion {
                    expanded,
                    compressed,
                    ratio,
                },
            ));
        }
        Ok(())
    }
}

/// What a layer of a file is.
#[derive(Clone, Copy)]
pub(super) enum Layer {
    /// The file.
    File,
    /// A decompressor, by its name.
    Expanded(&'static str),
    /// An entry of an archive, with so many bytes to come.
    Entry(u64),
}

/// A layer's bytes; any failure is booked to its level.
pub(super) struct Metered<'a, R> {
    pub(super) inner: R,
    pub(super) meter: &'a Meter<'a>,
    pub(super) level: u32,
    pub(super) layer: Layer,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let buffer = match self.layer {
            Layer::Entry(left) => {
                let most = usize::try_from(left)
                    .unwrap_or(usize::MAX)
                    .min(buffer.len());
                buffer.get_mut(..most).unwrap_or_default()
            }
            _ => buffer,
        };
        if buffer.is_empty() {
            return Ok(0);
        }
        let read = loop {
            match self.inner.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        let count = read.map_err(|error| {
            let error = match self.layer {
                Layer::File => InputError::Io(error),
                Layer::Expanded(format) => InputError::Stream {
                    format,
                    reason: error.to_string(),
                },
                Layer::Entry(_) => InputError::Archive(error.to_string()),
            };
            self.meter.fail(self.level, error)
        })?;
        match &mut self.layer {
            Layer::File => {
                let all = self.meter.compressed.get().saturating_add(count as u64);
                self.meter.compressed.set(all);
                self.meter
                    .progress
                    .read
                    .fetch_add(count as u64, Ordering::Relaxed);
            }
            Layer::Expanded(_) => self.meter.expand(count as u64)?,
            Layer::Entry(left) if count == 0 => {
                let error = InputError::Archive(format!("{left} bytes of an entry are missing"));
                return Err(self.meter.fail(self.level, error));
            }
            Layer::Entry(left) => *left = left.saturating_sub(count as u64),
        }
        Ok(count)
    }
}

/// Reads up to `buffer.len()` bytes, fewer only at the end.
pub(super) fn fill(source: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read(rest)? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

/// Reads everything; `None` if there is more than the limit.
pub(super) fn all(source: &mut dyn Read, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    source
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}

/// Reads up to and with the next line feed; `None` if the line is longer than the limit.
pub(super) fn line(source: &mut dyn BufRead, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    source
        .take(limit.saturating_add(1))
        .read_until(b'\n', &mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}
