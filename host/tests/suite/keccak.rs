//! Keccak-256 against the known answers of the Keccak team.

use crate::data;
use alloy_primitives::{B256, hex, keccak256};
use phalanx::{Engine, backend::survey};
use std::{fs, path::Path};

/// `Name = value` lines of a known-answer file, in order; comments and blank lines are dropped.
fn fields(path: &Path) -> Vec<(String, String)> {
    fs::read_to_string(path)
        .expect("readable")
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn value<'a>(field: &'a (String, String), name: &str) -> &'a str {
    assert_eq!(field.0, name);
    &field.1
}

/// The messages of whole bytes and their hashes; lengths are in bits.
fn known_answers(path: &Path) -> (Vec<Vec<u8>>, Vec<B256>) {
    fields(path)
        .chunks_exact(3)
        .filter_map(|test| {
            let bits: usize = value(&test[0], "Len").parse().expect("a number");
            let mut message = hex::decode(value(&test[1], "Msg")).expect("hex");
            let hash: B256 = value(&test[2], "MD").parse().expect("a hash");
            // An empty message is written as one byte.
            message.truncate(bits / 8);
            bits.is_multiple_of(8).then_some((message, hash))
        })
        .unzip()
}

#[test]
fn short_and_long_known_answers() {
    let Some(folder) = data::path("keccak known answers", "vectors/keccak-kat") else {
        return;
    };
    let (mut messages, mut hashes) = known_answers(&folder.join("ShortMsgKAT_256.txt"));
    let short = messages.len();
    let (long_messages, long_hashes) = known_answers(&folder.join("LongMsgKAT_256.txt"));
    messages.extend(long_messages);
    hashes.extend(long_hashes);
    assert!(short >= 256, "one for each length from 0 to 255 bytes");
    assert!(messages.len() > short);
    for status in survey().into_iter().filter(|status| status.available) {
        for threads in [1, 2] {
            let builder = Engine::builder().backend(status.backend);
            let builder = builder.threads(threads).keccak_chunk_blocks(8);
            let engine = builder.build().expect("an available backend");
            assert_eq!(engine.keccak256(&messages), hashes, "{}", status.backend);
        }
    }
}

#[test]
fn a_gibibyte() {
    let name = "vectors/keccak-kat/ExtremelyLongMsgKAT_256.txt";
    let Some(path) = data::path("keccak of a gibibyte", name) else {
        return;
    };
    let fields = fields(&path);
    let [repeat, text, hash] = fields.as_slice() else {
        panic!("three fields");
    };
    let repeat: usize = value(repeat, "Repeat").parse().expect("a number");
    let message = value(text, "Text").as_bytes().repeat(repeat);
    let engine = Engine::builder().threads(2).build().expect("portable");
    // Its neighbours go first, last and beside it.
    let hashes = engine.keccak256(&[b"", message.as_slice(), b"abc"]);
    let expected: B256 = value(hash, "MD").parse().expect("a hash");
    assert_eq!(hashes, [keccak256(b""), expected, keccak256(b"abc")]);
}

#[test]
fn published_answers() {
    let engine = Engine::builder().threads(2).build().expect("portable");
    let answers = [
        (
            "",
            "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
        ),
        (
            "abc",
            "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
        ),
        (
            "Transfer(address,address,uint256)",
            "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",
        ),
    ];
    let expected: Vec<B256> = answers
        .iter()
        .map(|(_, hash)| hash.parse().expect("a hash"))
        .collect();
    assert_eq!(engine.keccak256(&answers.map(|(text, _)| text)), expected);
}
