//! Keccak-256 of batches of equal lengths and of a block's mixed ones: one criterion group a workload, one line an engine.

use alloy_primitives::B256;
use criterion::{BenchmarkId, Criterion, Throughput};
use phalanx_benches::{
    engines::{self, keccak_asm, sha3},
    workloads,
};
use std::hint::black_box;

/// Messages in a batch: about the dirty trie nodes of a block.
const MESSAGES: usize = 4096;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    // A word (a storage key); two (a public key); the most that one permutation absorbs; a branch node.
    for length_bytes in [32, 64, 135, 532] {
        let messages = workloads::messages(2, MESSAGES, length_bytes);
        keccak(&mut criterion, &format!("{length_bytes}B"), &messages);
    }
    let messages = workloads::block_messages(6, MESSAGES);
    keccak(&mut criterion, "block", &messages);
    criterion.final_summary();
}

fn keccak(criterion: &mut Criterion, workload: &str, messages: &[Vec<u8>]) {
    let mut group = criterion.benchmark_group(format!("keccak256/{workload}"));
    group.throughput(Throughput::Elements(messages.len() as u64));

    type Rival = fn(&[Vec<u8>]) -> Vec<B256>;
    let rivals: [(&str, Rival); 2] = [
        ("keccak-asm", keccak_asm::keccak256),
        ("sha3", sha3::keccak256),
    ];
    // The rivals share no code, so they vouch for each other.
    let answers = keccak_asm::keccak256(messages);
    for (name, engine) in engines::phalanx() {
        assert_eq!(engine.keccak256(messages), answers, "{name}");
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| engine.keccak256(black_box(messages)));
        });
    }
    for (name, keccak256) in rivals {
        assert_eq!(keccak256(messages), answers, "{name}");
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| keccak256(black_box(messages)));
        });
    }
    group.finish();
}
