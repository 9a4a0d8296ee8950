//! Filters: lines in, one answer a line out, in order.
//!
//! A thread reads ahead while a batch is answered, so batches grow to what the engine can take: a line typed by hand is
//! answered at once, a million lines from a file are answered in large batches. Memory is bounded by [`LINE_LIMIT`] and
//! the batch size, whatever comes in.

use std::{
    fmt::Display,
    io::{self, BufRead, Read, Write},
    process::ExitCode,
    sync::mpsc::{self, Receiver, TryRecvError},
    thread,
};

/// Longest line in bytes, without its end. A longer one is answered with [`LineError::TooLong`] and not kept.
pub const LINE_LIMIT: usize = 64 << 20;
/// Most lines answered at once: bounds the memory of the answers where lines are short.
const BATCH_LINES: usize = 1 << 14;
/// Bytes taken in before the complete lines among them are answered.
const BATCH_BYTES: usize = 4 << 20;
/// Size of one read; a pipe holds as much on Linux.
const CHUNK_BYTES: usize = 1 << 16;
/// Chunks read ahead.
const CHUNKS_AHEAD: usize = BATCH_BYTES / CHUNK_BYTES;

/// A line without its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    /// Its bytes; any bytes at all.
    Text(&'a [u8]),
    /// Over [`LINE_LIMIT`].
    TooLong,
}

impl<'a> Line<'a> {
    /// The bytes without white space at either end, a carriage return included.
    pub fn trimmed(self) -> Result<&'a [u8], LineError> {
        match self {
            Self::Text(bytes) => Ok(bytes.trim_ascii()),
            Self::TooLong => Err(LineError::TooLong),
        }
    }
}

/// What is wrong with a line; the texts are stable, scripts may compare them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Over [`LINE_LIMIT`].
    #[error("line too long")]
    TooLong,
    /// The number of fields is wrong.
    #[error("fields")]
    Fields,
    /// A character is no hex digit, or bytes have an odd number of digits.
    #[error("hex")]
    Hex,
    /// A field has too few or too many digits.
    #[error("length")]
    Length,
    /// v is not 0, 1, 27 or 28.
    #[error("recovery id")]
    RecoveryId,
    /// The bytes are not a signed transaction in its canonical encoding.
    #[error("transaction")]
    Transaction,
    /// r is zero or at least n.
    #[error("r range")]
    RRange,
    /// s is zero or at least n.
    #[error("s range")]
    SRange,
    /// s is above n/2.
    #[error("high s")]
    HighS,
    /// No point has x = r.
    #[error("not on curve")]
    NotOnCurve,
    /// The public key would be the point at infinity.
    #[error("infinity")]
    Infinity,
}

/// Why reading lines ended early.
#[derive(Debug)]
pub enum Stop<E> {
    /// The input can't be read any further.
    Read(io::Error),
    /// The lines' taker wants no more.
    Taker(E),
}

/// Hands over all lines of `input` in order, in batches of what is at hand.
pub fn for_each_batch<E>(
    input: impl Read + Send + 'static,
    mut take: impl FnMut(&[Line<'_>]) -> Result<(), E>,
) -> Result<(), Stop<E>> {
    let chunks = read_ahead(input).map_err(Stop::Read)?;
    let mut splitter = Splitter::new(LINE_LIMIT);
    // `recv` waits for input; an error of it means that the input has ended.
    while let Ok(chunk) = chunks.recv() {
        splitter.push(&chunk.map_err(Stop::Read)?);
        while splitter.pending.len() < BATCH_BYTES {
            match chunks.try_recv() {
                Ok(chunk) => splitter.push(&chunk.map_err(Stop::Read)?),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        splitter.take_lines(&mut take).map_err(Stop::Taker)?;
    }
    splitter.end();
    splitter.take_lines(&mut take).map_err(Stop::Taker)
}

/// Writes an answer for every line of standard input. `answer` appends one line for each line it is given and returns
/// how many of them were bad.
pub fn run(command: &str, mut answer: impl FnMut(&[Line<'_>], &mut Vec<u8>) -> usize) -> ExitCode {
    let mut output = io::stdout().lock();
    let mut bad = 0;
    let mut answers = Vec::new();
    let result = for_each_batch(io::stdin(), |lines| {
        answers.clear();
        bad += answer(lines, &mut answers);
        output.write_all(&answers)?;
        output.flush()
    });
    match result {
        // As for other filters, a reader that has seen enough is no error.
        Err(Stop::Taker(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Stop::Taker(error)) => super::fail(command, format_args!("can't write: {error}")),
        Err(Stop::Read(error)) => super::fail(command, format_args!("can't read: {error}")),
        Ok(()) => ExitCode::from(u8::from(bad > 0)),
    }
}

/// Appends an answer line: `0x` and the hex digits of `result`, or `error: ` and what is wrong. Returns 1 if it is bad.
pub fn push_answer<T: AsRef<[u8]>, E: Display>(result: Result<T, E>, out: &mut Vec<u8>) -> usize {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let bad = result.is_err();
    match result {
        Ok(bytes) => {
            out.extend_from_slice(b"0x");
            out.extend(bytes.as_ref().iter().flat_map(|byte| {
                [
                    DIGITS[usize::from(byte >> 4)],
                    DIGITS[usize::from(byte & 15)],
                ]
            }));
        }
        Err(error) => out.extend_from_slice(format!("error: {error}").as_bytes()),
    }
    out.push(b'\n');
    usize::from(bad)
}

/// A field without its `0x`, if it has one.
pub fn strip_0x(field: &[u8]) -> &[u8] {
    match field {
        [b'0', b'x' | b'X', digits @ ..] => digits,
        digits => digits,
    }
}

/// Appends the bytes that a field of hex digits, with or without `0x`, stands for; nothing if it is bad.
pub fn push_hex(field: &[u8], out: &mut Vec<u8>) -> Result<(), LineError> {
    let digits = strip_0x(field);
    let start = out.len();
    out.resize(start + digits.len() / 2, 0);
    // The decoder checks that the digits are twice as many as the bytes, and so refuses a second `0x` as well.
    alloy_primitives::hex::decode_to_slice(digits, &mut out[start..]).map_err(|_| {
        out.truncate(start);
        LineError::Hex
    })
}

/// Reads chunks in a thread of its own, which ends with the input, the process, or the first chunk that nobody takes.
fn read_ahead(
    mut input: impl Read + Send + 'static,
) -> io::Result<Receiver<io::Result<Box<[u8]>>>> {
    let (send, receive) = mpsc::sync_channel(CHUNKS_AHEAD);
    thread::Builder::new().name("input".into()).spawn(move || {
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let read = match input.read(&mut chunk) {
                Ok(0) => return,
                Ok(read) => Ok(chunk[..read].into()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let failed = read.is_err();
            if send.send(read).is_err() || failed {
                return;
            }
        }
    })?;
    Ok(receive)
}

/// Cuts a stream of chunks into lines.
struct Splitter {
    /// Complete lines, then the beginning of one.
    pending: Vec<u8>,
    /// Length of the complete lines, ends included.
    complete: usize,
    /// The first line of `pending` is the rest of one over the limit.
    overlong: bool,
    limit: usize,
}

impl Splitter {
    fn new(limit: usize) -> Self {
        Self {
            pending: Vec::new(),
            complete: 0,
            overlong: false,
            limit,
        }
    }

    fn push(&mut self, chunk: &[u8]) {
        let start = self.pending.len();
        self.pending.extend_from_slice(chunk);
        if let Some(last) = chunk.iter().rposition(|byte| *byte == b'\n') {
            self.complete = start + last + 1;
        } else if self.complete == 0 && (self.overlong || self.pending.len() > self.limit) {
            self.overlong = true;
            self.pending.clear();
        }
    }

    /// Ends the last line if the input does not.
    fn end(&mut self) {
        if self.overlong || !self.pending.is_empty() {
            self.pending.push(b'\n');
        }
        self.complete = self.pending.len();
    }

    /// Hands over all complete lines.
    fn take_lines<E>(
        &mut self,
        take: &mut impl FnMut(&[Line<'_>]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut rest = &self.pending[..self.complete];
        let mut lines = Vec::new();
        while !rest.is_empty() {
            let line = rest;
            // Reading from a slice can't fail.
            let length = rest.skip_until(b'\n').unwrap_or(line.len());
            let text = line[..length].strip_suffix(b"\n").unwrap_or(line);
            lines.push(if self.overlong || text.len() > self.limit {
                Line::TooLong
            } else {
                Line::Text(text)
            });
            self.overlong = false;
            if lines.len() == BATCH_LINES || rest.is_empty() {
                take(&lines)?;
                lines.clear();
            }
        }
        self.pending.drain(..self.complete);
        self.complete = 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
