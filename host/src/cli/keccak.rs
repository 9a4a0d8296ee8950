//! `phalanx keccak`.

use super::{
    fail,
    filter::{self, Line, LineError, push_answer, push_hex},
    options::EngineArgs,
};
use crate::Engine;
use std::{ops::Range, process::ExitCode};

/// What `phalanx keccak --help` says besides its options.
pub const HELP: &str = "\
A line is bytes in hex, with or without 0x; an empty line is the empty string. For each line one
line comes out, in order: 0x and the Keccak-256 in hex, or one of

  error: hex              a character is no hex digit, or the number of digits is odd
  error: line too long    the line is longer than 64 MiB

Exit status: 0 if every line was hashed, 1 if some were errors, 2 if the input can't be read.";

/// Hashes every line of standard input.
pub fn run(args: &EngineArgs) -> ExitCode {
    let engine = match args.engine() {
        Ok(engine) => engine,
        Err(error) => return fail("keccak", error),
    };
    filter::run("keccak", |lines, out| answer(&engine, lines, out))
}

/// Appends the answers to `lines`; returns how many are errors.
fn answer(engine: &Engine, lines: &[Line<'_>], out: &mut Vec<u8>) -> usize {
    let mut bytes = Vec::new();
    let parsed: Vec<_> = lines.iter().map(|line| parse(*line, &mut bytes)).collect();
    let messages: Vec<&[u8]> = parsed
        .iter()
        .flatten()
        .map(|range| &bytes[range.clone()])
        .collect();
    let hashes = engine.keccak256(&messages);
    assert_eq!(hashes.len(), messages.len(), "one hash a message");
    let mut hashes = hashes.iter();
    parsed
        .into_iter()
        // Only good lines take a hash, so the iterator does not run out.
        .map(|line| push_answer(line.and_then(|_| hashes.next().ok_or(LineError::Hex)), out))
        .sum()
}

/// Appends a line's message to `bytes` and returns its place.
fn parse(line: Line<'_>, bytes: &mut Vec<u8>) -> Result<Range<usize>, LineError> {
    let start = bytes.len();
    push_hex(line.trimmed()?, bytes)?;
    Ok(start..bytes.len())
}
