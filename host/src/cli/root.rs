//! `phalanx root`.

use super::{
    fail,
    filter::{self, Line, LineError, Stop, push_answer, push_hex},
    options::EngineArgs,
};
use clap::Args;
use std::{convert::Infallible, io, process::ExitCode};

/// Options of `phalanx root`.
#[derive(Debug, Clone, Args)]
pub struct RootArgs {
    /// Hash the keys, as the state and storage tries do
    #[arg(long)]
    pub secure: bool,
    /// How batches are computed.
    #[command(flatten)]
    pub engine: EngineArgs,
}

/// What `phalanx root --help` says besides its options.
pub const HELP: &str = "\
A line is `key value`, both in hex, with or without 0x, separated by white space. An empty or absent
value deletes the key; of several lines with the same key, the last one counts. A key has at most
1024 bytes; the empty key is written 0x. Out comes one line, the root of the trie in hex.

Exit status: 0, or 2 if the input can't be read or a line is bad; the message names the line.";

/// Longest key in bytes. Depth of the trie grows with it; keys in use have 32 bytes or a few.
const KEY_LIMIT: usize = 1024;

/// Prints the root of the trie of the pairs on standard input.
pub fn run(args: &RootArgs) -> ExitCode {
    let engine = match args.engine.engine() {
        Ok(engine) => engine,
        Err(error) => return fail("root", error),
    };
    let mut pairs = Pairs::default();
    let mut number = 0_u64;
    let read = filter::for_each_batch(io::stdin(), |lines| {
        lines.iter().try_for_each(|line| {
            number += 1;
            pairs.push(*line)
        })
    });
    match read {
        Ok(()) => {}
        Err(Stop::Read(error)) => return fail("root", format_args!("can't read: {error}")),
        Err(Stop::Taker(error)) => return fail("root", format_args!("line {number}: {error}")),
    }
    let pairs = pairs.latest();
    let root = match args.secure {
        true => engine.secure_root(&pairs),
        false => engine.trie_root(&pairs),
    };
    let mut text = Vec::new();
    push_answer(Ok::<_, Infallible>(root), &mut text);
    match super::print("root", &String::from_utf8_lossy(&text)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(code) => code,
    }
}

/// What is wrong with a line of pairs.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum PairError {
    #[error(transparent)]
    Line(#[from] LineError),
    #[error("the key is longer than {KEY_LIMIT} bytes")]
    KeyLength,
}

/// Pairs in order of arrival.
#[derive(Debug, Default)]
struct Pairs {
    /// Keys and values one after the other.
    bytes: Vec<u8>,
    /// For each pair, where in `bytes` its key begins, and where its value begins and ends.
    places: Vec<[usize; 3]>,
}

impl Pairs {
    fn push(&mut self, line: Line<'_>) -> Result<(), PairError> {
        let mut fields = line
            .trimmed()?
            .split(u8::is_ascii_whitespace)
            .filter(|field| !field.is_empty());
        let (Some(key), value, None) = (fields.next(), fields.next(), fields.next()) else {
            return Err(LineError::Fields.into());
        };
        let key_start = self.bytes.len();
        push_hex(key, &mut self.bytes)?;
        let value_start = self.bytes.len();
        if value_start - key_start > KEY_LIMIT {
            return Err(PairError::KeyLength);
        }
        push_hex(value.unwrap_or_default(), &mut self.bytes)?;
        self.places.push([key_start, value_start, self.bytes.len()]);
        Ok(())
    }

    /// For every key that the last line with it does not delete, that line's pair, in order of keys.
    fn latest(&self) -> Vec<(&[u8], &[u8])> {
        let mut pairs: Vec<(&[u8], &[u8])> = self
            .places
            .iter()
            .map(|[key, value, end]| (&self.bytes[*key..*value], &self.bytes[*value..*end]))
            .collect();
        // Stable, so that lines with the same key keep their order; reversed, the last one comes first and is kept.
        pairs.sort_by_key(|(key, _)| *key);
        pairs.reverse();
        pairs.dedup_by_key(|(key, _)| *key);
        pairs.reverse();
        pairs.retain(|(_, value)| !value.is_empty());
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(pairs: &mut Pairs, line: &str) -> Result<(), PairError> {
        pairs.push(Line::Text(line.as_bytes()))
    }

    #[test]
    fn last_line_of_a_key_counts() {
        let mut pairs = Pairs::default();
        for line in [
            "0x02 aa", "01 0xbb", "02 cc\r", "03 dd", "\t03  ", "04", "04 ee", "0x ff", "01 bb",
            "05 0x",
        ] {
            assert_eq!(push(&mut pairs, line), Ok(()), "{line}");
        }
        let expected: [(&[u8], &[u8]); 4] = [
            (&[], &[0xff]),
            (&[1], &[0xbb]),
            (&[2], &[0xcc]),
            (&[4], &[0xee]),
        ];
        assert_eq!(pairs.latest(), expected);
    }

    #[test]
    fn bad_lines() {
        let mut pairs = Pairs::default();
        assert_eq!(push(&mut pairs, ""), Err(LineError::Fields.into()));
        assert_eq!(push(&mut pairs, "01 02 03"), Err(LineError::Fields.into()));
        assert_eq!(push(&mut pairs, "0 02"), Err(LineError::Hex.into()));
        assert_eq!(push(&mut pairs, "01 0"), Err(LineError::Hex.into()));
        assert_eq!(pairs.push(Line::TooLong), Err(LineError::TooLong.into()));
        let key = "00".repeat(KEY_LIMIT);
        assert_eq!(push(&mut pairs, &format!("{key} 01")), Ok(()));
        assert_eq!(
            push(&mut pairs, &format!("{key}00 01")),
            Err(PairError::KeyLength)
        );
    }
}
