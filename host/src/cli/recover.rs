//! `phalanx recover`.

use super::{
    fail,
    filter::{self, Line, LineError, push_answer, push_hex, strip_0x},
    options::EngineArgs,
};
use crate::{Engine, RecoverError, RecoverInput, SRule, block::decode_transaction};
use clap::Args;
use rayon::prelude::*;
use std::process::ExitCode;

/// Options of `phalanx recover`.
#[derive(Debug, Clone, Args)]
pub struct RecoverArgs {
    /// Refuse s above n/2, as for transactions from Homestead on (EIP-2)
    #[arg(long)]
    pub low_s: bool,
    /// How batches are computed.
    #[command(flatten)]
    pub engine: EngineArgs,
}

/// What `phalanx recover --help` says besides its options.
pub const HELP: &str = "\
A line is one of
  hash r s v     hex, each with or without 0x, separated by white space: 64 digits of hash, 1 to 64
                 of r and of s; v is 0, 1, 27 or 28, or the last two in hex, 1b or 1c
  transaction    a signed transaction in hex: legacy RLP or any EIP-2718 type, blob transactions
                 with or without their sidecar

For each line one line comes out, in order: 0x and the signer's address in hex, or one of
  error: fields           neither one field nor four
  error: hex              a character is no hex digit, or a transaction's number of digits is odd
  error: length           hash, r or s has a wrong number of digits
  error: recovery id      v is none of those above
  error: transaction      not a signed transaction in its canonical encoding
  error: r range          r is zero or not below the group order n
  error: s range          s is zero or not below n
  error: high s           s is above n/2, with --low-s
  error: not on curve     no point of the curve has x = r
  error: infinity         the public key would be the point at infinity
  error: line too long    the line is longer than 64 MiB

Without --low-s any s from 1 to n-1 is taken, for transactions as well: the rule of the ecrecover
precompile and of transactions before Homestead.

Exit status: 0 if every line gave an address, 1 if some were errors, 2 if the input can't be read.";

/// Lines that a thread parses in one go: some microseconds' work.
const LINES_PER_TASK: usize = 64;

impl From<RecoverError> for LineError {
    fn from(error: RecoverError) -> Self {
        match error {
            RecoverError::RecoveryId => Self::RecoveryId,
            RecoverError::ROutOfRange => Self::RRange,
            RecoverError::SOutOfRange => Self::SRange,
            RecoverError::HighS => Self::HighS,
            RecoverError::NotOnCurve => Self::NotOnCurve,
            RecoverError::Infinity => Self::Infinity,
        }
    }
}

/// Recovers the signer of every line of standard input.
pub fn run(args: &RecoverArgs) -> ExitCode {
    let engine = match args.engine.engine() {
        Ok(engine) => engine,
        Err(error) => return fail("recover", error),
    };
    let s_rule = match args.low_s {
        true => SRule::Low,
        false => SRule::Any,
    };
    filter::run("recover", |lines, out| answer(&engine, s_rule, lines, out))
}

/// Appends the answers to `lines`; returns how many are errors.
fn answer(engine: &Engine, s_rule: SRule, lines: &[Line<'_>], out: &mut Vec<u8>) -> usize {
    let parsed: Vec<_> = engine.install(|| {
        lines
            .par_iter()
            .with_min_len(LINES_PER_TASK)
            .map(|line| parse(*line, s_rule))
            .collect()
    });
    let inputs: Vec<_> = parsed.iter().flatten().copied().collect();
    let results = engine.recover(&inputs);
    assert_eq!(results.len(), inputs.len(), "one result an input");
    let mut results = results.into_iter();
    parsed
        .into_iter()
        .map(|line| {
            // Only good lines take a result, so the iterator does not run out.
            let signer = line.and_then(|_| Ok(results.next().ok_or(LineError::Fields)??));
            push_answer(signer, out)
        })
        .sum()
}

/// Reads a line of either form.
fn parse(line: Line<'_>, s_rule: SRule) -> Result<RecoverInput, LineError> {
    let mut fields = line
        .trimmed()?
        .split(u8::is_ascii_whitespace)
        .filter(|field| !field.is_empty());
    let mut next = || fields.next();
    match (next(), next(), next(), next(), next()) {
        (Some(transaction), None, ..) => parse_transaction(transaction, s_rule),
        (Some(hash), Some(r), Some(s), Some(v), None) => {
            if strip_0x(hash).len() != 64 {
                return Err(LineError::Length);
            }
            Ok(RecoverInput {
                prehash: word(hash)?,
                r: word(r)?,
                s: word(s)?,
                y_parity: parity(v)?,
                s_rule,
            })
        }
        _ => Err(LineError::Fields),
    }
}

/// A number of 1 to 64 hex digits, big-endian.
fn word(field: &[u8]) -> Result<[u8; 32], LineError> {
    let digits = strip_0x(field);
    let mut padded = [b'0'; 64];
    let skipped = padded
        .len()
        .checked_sub(digits.len())
        .filter(|_| !digits.is_empty())
        .ok_or(LineError::Length)?;
    padded[skipped..].copy_from_slice(digits);
    let mut bytes = [0; 32];
    alloy_primitives::hex::decode_to_slice(padded, &mut bytes).map_err(|_| LineError::Hex)?;
    Ok(bytes)
}

/// Parity of R's y from v: 0, 1, 27 or 28 in decimal, or as a hex word. Without `0x`, 27 and 28 are decimal.
fn parity(field: &[u8]) -> Result<u8, LineError> {
    let digits = strip_0x(field);
    let significant = match digits.iter().position(|digit| *digit != b'0') {
        Some(first) => &digits[first..],
        None if digits.is_empty() => return Err(LineError::RecoveryId),
        None => &[],
    };
    match significant {
        b"" | b"1b" | b"1B" => Ok(0),
        b"1" | b"1c" | b"1C" => Ok(1),
        b"27" if digits.len() == field.len() => Ok(0),
        b"28" if digits.len() == field.len() => Ok(1),
        _ => Err(LineError::RecoveryId),
    }
}

/// Hash and signature of a raw signed transaction.
fn parse_transaction(field: &[u8], s_rule: SRule) -> Result<RecoverInput, LineError> {
    let mut bytes = Vec::new();
    push_hex(field, &mut bytes)?;
    let transaction = decode_transaction(&bytes).map_err(|_| LineError::Transaction)?;
    let signature = transaction.signature();
    Ok(RecoverInput {
        prehash: transaction.signature_hash().0,
        r: signature.r().to_be_bytes(),
        s: signature.s().to_be_bytes(),
        y_parity: u8::from(signature.v()),
        s_rule,
    })
}

#[cfg(test)]
mod tests;
