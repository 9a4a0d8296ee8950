use super::*;
use proptest::prelude::*;

fn batch(messages: &[&[u8]]) -> Vec<[u8; 32]> {
    let mut out = vec![[0xee; 32]; messages.len()];
    keccak256_batch(Level::portable(), messages, &mut out);
    out
}

fn direct(message: &[u8]) -> [u8; 32] {
    let mut hasher = Keccak256::new();
    hasher.update(message);
    hasher.finalize().into()
}

fn hex(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn known_answers() {
    let hashes = batch(&[b"", b"abc"]);
    assert_eq!(
        hex(&hashes[0]),
        "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    );
    assert_eq!(
        hex(&hashes[1]),
        "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"
    );
}

/// All lengths through two blocks, then around every block boundary up to ten; bytes of a period (251) that no block
/// length divides, so no two blocks are alike.
#[test]
fn every_length_around_block_boundaries() {
    let bytes: Vec<u8> = (0..1500u32).map(|i| (i % 251) as u8).collect();
    let boundaries = (1..=10).flat_map(|blocks| blocks * 136 - 2..=blocks * 136 + 2);
    let messages: Vec<&[u8]> = (0..=300)
        .chain(boundaries)
        .map(|length| &bytes[..length])
        .collect();
    let hashes = batch(&messages);
    for (message, hash) in messages.iter().zip(&hashes) {
        assert_eq!(*hash, direct(message), "{} bytes", message.len());
    }
}

#[test]
fn an_empty_batch_is_fine() {
    assert!(batch(&[]).is_empty());
}

#[test]
#[should_panic(expected = "one hash for each message")]
fn lengths_must_agree() {
    keccak256_batch(Level::portable(), &[b"abc"], &mut []);
}

proptest! {
    #[test]
    fn mixed_batches(messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..600), 0..40)) {
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        for (message, hash) in messages.iter().zip(batch(&messages)) {
            prop_assert_eq!(hash, direct(message));
        }
    }
}
