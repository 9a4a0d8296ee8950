//! Every level against sha3, with lanes as unequal as they get.

use super::*;
use crate::{lanes::tests::Model, level::testing::at_every_level};
use proptest::{prelude::*, test_runner::TestRunner};
use sha3::{Digest, Keccak256};

at_every_level!(
    known_answers,
    every_length_alone,
    every_length_among_its_neighbours,
    every_length_beside_every_remainder,
    every_tail_together_and_one_by_one,
    no_block_is_left_in_the_next,
    every_batch_size,
    long_lanes_beside_short_ones,
    order_does_not_matter,
    bytes_past_a_message_do_not_matter,
    mixed_batches,
);

fn hashes(level: Level, messages: &[&[u8]]) -> Vec<[u8; 32]> {
    let mut out = vec![[0xee; 32]; messages.len()];
    keccak256_batch(level, messages, &mut out);
    out
}

fn direct(message: &[u8]) -> [u8; 32] {
    let mut hasher = Keccak256::new();
    hasher.update(message);
    hasher.finalize().into()
}

#[track_caller]
fn check(level: Level, messages: &[&[u8]]) {
    for (i, (message, hash)) in messages.iter().zip(hashes(level, messages)).enumerate() {
        let count = messages.len();
        assert_eq!(
            hash,
            direct(message),
            "{} bytes, message {i} of {count}",
            message.len()
        );
    }
}

/// Bytes of a period (251) that no block's or word's length divides, so no two blocks are alike.
fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|i| (i % 251) as u8).collect()
}

/// A message for each length given, no two beginning alike.
fn messages(bytes: &[u8], lengths: impl IntoIterator<Item = usize>) -> Vec<&[u8]> {
    let lengths = lengths.into_iter().enumerate();
    lengths
        .map(|(i, length)| &bytes[i % 256..][..length])
        .collect()
}

fn hex(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn known_answers(level: Level) {
    let hashes = hashes(level, &[b"", b"abc"]);
    assert_eq!(
        hex(&hashes[0]),
        "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    );
    assert_eq!(
        hex(&hashes[1]),
        "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"
    );
}

fn every_length_alone(level: Level) {
    let bytes = bytes(1100);
    for length in 0..=1100 {
        check(level, &[&bytes[..length]]);
    }
}

/// Lengths up to nine blocks in one batch, in both directions.
fn every_length_among_its_neighbours(level: Level) {
    let bytes = bytes(1400);
    check(level, &messages(&bytes, 0..=1100));
    check(level, &messages(&bytes, (0..=1100).rev()));
}

/// The lanes of a vector are at different words, blocks and ends: each length of two blocks beside seven others.
fn every_length_beside_every_remainder(level: Level) {
    let bytes = bytes(1400);
    for length in 0..=272 {
        let others = [0, 7, 135, 136, 137, 400, 271 - length.min(271)];
        for place in 0..8 {
            let mut lengths = others.to_vec();
            lengths.insert(place.min(others.len()), length);
            check(level, &messages(&bytes, lengths));
        }
    }
}

/// Each tail, a whole block of padding included, in lanes that end in the same step, each in a step of its own, or beside
/// lanes that go on.
fn every_tail_together_and_one_by_one(level: Level) {
    let bytes = bytes(1400);
    for tail in 0..=136 {
        check(level, &messages(&bytes, std::iter::repeat_n(tail, 20)));
        check(
            level,
            &messages(&bytes, (0..24).map(|i| 136 * (i % 8) + tail)),
        );
        let beside = (0..24).map(|i| if i % 3 == 1 { tail } else { 136 * 4 });
        check(level, &messages(&bytes, beside));
    }
}

/// A lane's words stay in memory from block to block: after each number of them each other number, in lanes that change
/// together and one by one.
fn no_block_is_left_in_the_next(level: Level) {
    let bytes = bytes(1400);
    for first in (0..=17).map(|words| 8 * words + 5) {
        for second in (0..=17).map(|words| 8 * words) {
            // The last messages are put in order, these are not to be among them.
            let last = [32; 64];
            let together = [[first; 8], [second; 8], [first; 8]];
            let together = together.into_iter().flatten().chain(last);
            check(level, &messages(&bytes, together));
            let one_by_one = (0..24).map(|i| [first, second][i % 2] + 136 * (i % 5));
            check(level, &messages(&bytes, one_by_one.chain(last)));
        }
    }
}

/// Sizes around the lanes of a level, and where the queue begins to put the last messages in order.
fn every_batch_size(level: Level) {
    let bytes = bytes(1400);
    for count in (0..=33).chain([63, 64, 65, 66, 127, 128, 129, 200]) {
        for length in [0, 32, 64, 135, 136, 532] {
            check(level, &messages(&bytes, std::iter::repeat_n(length, count)));
        }
        check(level, &messages(&bytes, (0..count).map(|i| i * 97 % 613)));
    }
}

/// One lane goes on long after the others, from any place in the batch, and is finished by itself.
fn long_lanes_beside_short_ones(level: Level) {
    let bytes = bytes(100_256);
    for long in [2_175, 2_176, 2_177, 5_000, 100_000] {
        for place in 0..10 {
            let mut lengths = vec![40; 9];
            lengths.insert(place, long);
            check(level, &messages(&bytes, lengths));
        }
    }
    check(level, &messages(&bytes, [20_000, 10, 30_000, 10, 10_000]));
}

/// The same messages in many orders: whatever the lane and the neighbours, the hash is the message's.
fn order_does_not_matter(level: Level) {
    const COUNT: usize = 97;
    let bytes = bytes(1400);
    let lengths = (0..COUNT).map(|i| i * i * 31 % 1101);
    let messages = messages(&bytes, lengths);
    let expected: Vec<[u8; 32]> = messages.iter().map(|message| direct(message)).collect();
    // As the count is prime, each step from 1 goes through all.
    for step in 1..COUNT {
        let order = (0..COUNT).map(|i| i * step % COUNT);
        let permuted: Vec<&[u8]> = order.clone().map(|i| messages[i]).collect();
        let hashes = hashes(level, &permuted);
        for (hash, i) in hashes.iter().zip(order) {
            assert_eq!(*hash, expected[i], "message {i}, step {step}");
        }
    }
}

/// Blocks are read in whole words, also where a message ends: what lies behind it must not be hashed.
fn bytes_past_a_message_do_not_matter(level: Level) {
    let (zeros, ones) = (vec![0u8; 700], vec![0xff; 700]);
    for length in 0..=300 {
        let mut behind_ones = zeros.clone();
        behind_ones[length..].fill(0xff);
        let mut behind_zeros = ones.clone();
        behind_zeros[length..].fill(0);
        let messages = [&zeros, &behind_ones, &ones, &behind_zeros].map(|all| &all[..length]);
        let hashes = hashes(level, &messages);
        assert_eq!(hashes[0], direct(messages[0]), "{length} bytes");
        assert_eq!(hashes[0], hashes[1], "{length} bytes");
        assert_eq!(hashes[2], direct(messages[2]), "{length} bytes");
        assert_eq!(hashes[2], hashes[3], "{length} bytes");
    }
}

fn mixed_batches(level: Level) {
    let message = prop::collection::vec(any::<u8>(), 0..600);
    let batches = prop::collection::vec(message, 0..40);
    TestRunner::default()
        .run(&batches, |messages| {
            let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
            for (message, hash) in messages.iter().zip(hashes(level, &messages)) {
                prop_assert_eq!(hash, direct(message));
            }
            Ok(())
        })
        .unwrap();
}

/// The filling of lanes on any processor, with numbers of lanes that no level has among them.
#[test]
fn lanes_of_the_model() {
    fn check<const LANES: usize>(messages: &[&[u8]]) {
        let mut out = vec![[0xee; 32]; messages.len()];
        batch::hash_all::<Model<LANES>>((), messages, &mut out);
        for (message, hash) in messages.iter().zip(out) {
            assert_eq!(
                hash,
                direct(message),
                "{LANES} lanes, {} bytes",
                message.len()
            );
        }
    }
    let bytes = bytes(1400);
    for count in [0, 1, 2, 3, 7, 8, 9, 30, 100] {
        let messages = messages(&bytes, (0..count).map(|i| i * 97 % 613));
        check::<2>(&messages);
        check::<3>(&messages);
        check::<8>(&messages);
    }
}

#[test]
#[should_panic(expected = "one hash for each message")]
fn lengths_must_agree() {
    keccak256_batch(Level::portable(), &[b"abc"], &mut []);
}
