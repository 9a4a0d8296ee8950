//! Inputs, the same on every machine and every run: all of them follow from a seed.

pub mod given;
pub mod made;
pub mod memory;
pub mod updates;
pub mod whole;

use crate::{RecoverInput, SRule};
use alloy_primitives::{Address, B256, keccak256};
use k256::ecdsa::SigningKey;

/// The signatures and their signers, one key each, all valid under the rules for transactions.
pub fn signatures(seed: u64, count: usize) -> (Vec<RecoverInput>, Vec<Address>) {
    let mut words = Words::new(seed);
    (0..count).map(|_| signature(&mut words)).unzip()
}

fn signature(words: &mut Words) -> (RecoverInput, Address) {
    let key = SigningKey::from_slice(&words.next()).expect("a hash is below n and not zero");
    let prehash = words.next();
    let (signature, id) = key.sign_prehash_recoverable(&prehash);
    let (r, s) = signature.split_bytes();
    let input = RecoverInput {
        prehash,
        r: r.into(),
        s: s.into(),
        y_parity: id.to_byte(),
        s_rule: SRule::Low,
    };
    let public_key = key.verifying_key().to_sec1_point(false);
    let signer = Address::from_raw_public_key(&public_key.as_bytes()[1..]);
    (input, signer)
}

/// Messages of one length in bytes.
pub fn messages(seed: u64, count: usize, length_bytes: usize) -> Vec<Vec<u8>> {
    let mut words = Words::new(seed);
    (0..count).map(|_| words.bytes(length_bytes)).collect()
}

/// Messages of all lengths in bytes from `least` to `most`, in random order.
pub fn messages_between(seed: u64, count: usize, least: usize, most: usize) -> Vec<Vec<u8>> {
    let mut words = Words::new(seed);
    (0..count).map(|_| words.message(least, most + 1)).collect()
}

/// Messages of the lengths that a block hashes, in random order, as in the witnesses of mainnet blocks from Shanghai on: of
/// a hundred, 48 full branches, 30 lesser ones, 19 leaves and extensions, and 3 transactions, of which one in ten is
/// long. 3 permutations each on average.
pub fn block_messages(seed: u64, count: usize) -> Vec<Vec<u8>> {
    let mut words = Words::new(seed);
    (0..count)
        .map(|_| match words.below(100) {
            0..48 => words.bytes(branch_bytes(16)),
            48..71 => {
                let children = 3 + words.below(13);
                words.bytes(branch_bytes(children))
            }
            71..78 => words.bytes(branch_bytes(2)),
            // Leaves of storage tries, and extensions.
            78..91 => words.message(33, 70),
            // Leaves of the account trie.
            91..97 => words.message(102, 116),
            _ if words.below(10) == 0 => words.message(1000, 9000),
            _ => words.message(110, 610),
        })
        .collect()
}

/// The RLP of a branch with hashes of so many children: 33 bytes each, one for an empty slot, and the list's header.
fn branch_bytes(children: usize) -> usize {
    let items = 17 + 32 * children;
    items + if items < 256 { 2 } else { 3 }
}

/// Items of an index trie, from 110 to 610 bytes as transactions are.
pub fn trie_items(seed: u64, count: usize) -> Vec<Vec<u8>> {
    let mut words = Words::new(seed);
    (0..count).map(|_| words.message(110, 610)).collect()
}

/// Distinct keys of 20 bytes with values from 70 to 110 bytes, as accounts have.
pub fn trie_pairs(seed: u64, count: usize) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut words = Words::new(seed);
    (0..count)
        .map(|_| (words.bytes(20), words.message(70, 110)))
        .collect()
}

/// Distinct keys as hashes are, in ascending order, each with a value of 72 bytes; as a dump, they lie in memory in that
/// order.
pub fn sorted_pairs(seed: u64, count: usize) -> Vec<(B256, [u8; 72])> {
    let mut words = Words::new(seed);
    let mut keys: Vec<[u8; 32]> = (0..count).map(|_| words.next()).collect();
    keys.sort_unstable();
    let value = |key: &[u8; 32]| std::array::from_fn(|i| key[i % 32]);
    keys.iter().map(|key| (key.into(), value(key))).collect()
}

/// Pseudo-random words: Keccak-256 of the seed and a counter.
#[derive(Debug, Clone)]
pub struct Words {
    seed: u64,
    counter: u64,
}

impl Words {
    /// The words of a seed.
    pub fn new(seed: u64) -> Self {
        Self { seed, counter: 0 }
    }

    /// The next one.
    #[expect(clippy::should_implement_trait, reason = "there is no end to them")]
    pub fn next(&mut self) -> [u8; 32] {
        self.counter += 1;
        keccak256([self.seed.to_be_bytes(), self.counter.to_be_bytes()].concat()).0
    }

    /// An address that nobody has used.
    pub fn address(&mut self) -> Address {
        Address::from_word(self.next().into())
    }

    /// So many bytes.
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(length + 31);
        while bytes.len() < length {
            bytes.extend(self.next());
        }
        bytes.truncate(length);
        bytes
    }

    /// Bytes of a length in `least..most`.
    pub fn message(&mut self, least: usize, most: usize) -> Vec<u8> {
        let length = least + self.below(most - least);
        self.bytes(length)
    }

    /// A number below `end`, which is at most 65,536.
    pub fn below(&mut self, end: usize) -> usize {
        let [a, b, ..] = self.next();
        usize::from(u16::from_be_bytes([a, b])) % end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_inputs_every_time() {
        assert_eq!(signatures(1, 3), signatures(1, 3));
        assert_ne!(signatures(1, 3), signatures(2, 3));
        assert_eq!(messages(5, 2, 100), messages(5, 2, 100));
        assert!(messages(5, 2, 100).iter().all(|m| m.len() == 100));
        let lengths: Vec<usize> = messages_between(5, 2000, 32, 135)
            .iter()
            .map(Vec::len)
            .collect();
        assert_eq!(
            (lengths.iter().min(), lengths.iter().max()),
            (Some(&32), Some(&135))
        );
        assert!(
            trie_items(3, 50)
                .iter()
                .all(|i| (110..610).contains(&i.len()))
        );
    }

    /// What the documentation says of the workload.
    #[test]
    fn messages_of_a_block() {
        let messages = block_messages(6, 4096);
        assert_eq!(messages, block_messages(6, 4096));
        let permutations: usize = messages.iter().map(|m| m.len() / 136 + 1).sum();
        let average = permutations as f64 / 4096.0;
        assert!((2.9..3.1).contains(&average), "{average}");
        let full = messages.iter().filter(|m| m.len() == 532).count();
        assert!((1900..2050).contains(&full), "{full}");
    }
}
