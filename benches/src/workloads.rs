//! Inputs, the same on every machine and every run: all of them follow from a seed, but for real data.

pub mod blocks;
pub mod crafted;
pub mod receipts;
pub mod synthetic;
pub mod tries;
pub mod whole;

pub use phalanx::bench::workloads::{
    Words, block_messages, memory, messages, messages_between, signatures, sorted_pairs,
    trie_items, trie_pairs, updates,
};
