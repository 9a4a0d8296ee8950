//! `phalanx root`.

use super::{
    fail,
    filter::{self, Line, LineError, Stop, push_answer, push_hex},
    options::EngineArgs,
};
use crate::{Engine, trie::MAX_KEY_BYTES};
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

/// Prints the root of the trie of the pairs on standard input.
pub fn run(args: &RootArgs) -> ExitCode {
    let engine = match args.engine.engine() {
        Ok(engine) => engine,
        Err(error) => return fail("root", error),
    };
    let mut pairs = Pairs::default();
    let mut batch = Pairs::default();
    let mut number = 0_u64;
    let read = filter::for_each_batch(io::stdin(), |lines| {
        let taker = if args.secure { &mut batch } else { &mut pairs };
        let pushed = lines.iter().try_for_each(|line| {
            number += 1;
            taker.push(*line)
        });
        pairs.take_hashed(&engine, &mut batch);
        pushed
    });
    match read {
        Ok(()) => {}
        Err(Stop::Read(error)) => return fail("root", format_args!("can't read: {error}")),
        Err(Stop::Taker(error)) => return fail("root", format_args!("line {number}: {error}")),
    }
    let root = engine.sorted_root(pairs.latest());
    let root = root.expect("keys ascend and no value is empty");
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
    #[error("the key is longer than {MAX_KEY_BYTES} bytes")]
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
        if value_start - key_start > MAX_KEY_BYTES {
            return Err(PairError::KeyLength);
        }
        push_hex(value.unwrap_or_default(), &mut self.bytes)?;
        self.places.push([key_start, value_start, self.bytes.len()]);
        Ok(())
    }

    /// Takes all pairs out of `batch`, with the hashes of their keys for keys.
    fn take_hashed(&mut self, engine: &Engine, batch: &mut Self) {
        let keys: Vec<&[u8]> = (0..batch.places.len()).map(|at| batch.pair(at).0).collect();
        for (at, hash) in engine.keccak256(&keys).iter().enumerate() {
            let start = self.bytes.len();
            self.bytes.extend_from_slice(hash.as_slice());
            self.bytes.extend_from_slice(batch.pair(at).1);
            self.places.push([start, start + 32, self.bytes.len()]);
        }
        batch.bytes.clear();
        batch.places.clear();
    }

    fn pair(&self, at: usize) -> (&[u8], &[u8]) {
        let [key, value, end] = self.places[at];
        (&self.bytes[key..value], &self.bytes[value..end])
    }

    /// For every key that the last line with it does not delete, that line's pair, in order of keys.
    fn latest(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        // What is sorted are the beginnings of keys; the keys themselves, which lie anywhere, are seldom looked at.
        let mut order: Vec<(u64, usize)> = (0..self.places.len())
            .map(|at| (beginning(self.pair(at).0), at))
            .collect();
        order.sort_unstable_by(|a, b| {
            let keys = || self.pair(a.1).0.cmp(self.pair(b.1).0);
            a.0.cmp(&b.0).then_with(keys).then(a.1.cmp(&b.1))
        });
        (0..order.len()).filter_map(move |rank| {
            let (start, at) = order[rank];
            let (key, value) = self.pair(at);
            let comes_again = order
                .get(rank + 1)
                .is_some_and(|next| next.0 == start && self.pair(next.1).0 == key);
            (!comes_again && !value.is_empty()).then_some((key, value))
        })
    }
}

/// The first eight bytes of a key, zeros after its end: in order if the keys are.
fn beginning(key: &[u8]) -> u64 {
    let mut start = [0; 8];
    let length = key.len().min(8);
    start[..length].copy_from_slice(&key[..length]);
    u64::from_be_bytes(start)
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
        assert!(pairs.latest().eq(expected));
    }

    #[test]
    fn keys_are_in_order_beyond_their_beginnings() {
        let mut pairs = Pairs::default();
        for line in [
            "0102030405060708ff 01",
            "01 02",
            "0100 03",
            "0102030405060708 04",
            "010203040506070800 05",
        ] {
            assert_eq!(push(&mut pairs, line), Ok(()), "{line}");
        }
        let values: Vec<u8> = pairs.latest().map(|(_, value)| value[0]).collect();
        assert_eq!(values, [2, 3, 4, 5, 1]);
    }

    #[test]
    fn bad_lines() {
        let mut pairs = Pairs::default();
        assert_eq!(push(&mut pairs, ""), Err(LineError::Fields.into()));
        assert_eq!(push(&mut pairs, "01 02 03"), Err(LineError::Fields.into()));
        assert_eq!(push(&mut pairs, "0 02"), Err(LineError::Hex.into()));
        assert_eq!(push(&mut pairs, "01 0"), Err(LineError::Hex.into()));
        assert_eq!(pairs.push(Line::TooLong), Err(LineError::TooLong.into()));
        let key = "00".repeat(MAX_KEY_BYTES);
        assert_eq!(push(&mut pairs, &format!("{key} 01")), Ok(()));
        assert_eq!(
            push(&mut pairs, &format!("{key}00 01")),
            Err(PairError::KeyLength)
        );
    }
}
