//! Merkle-Patricia roots from scratch: index tries as of a block's transactions, secure tries as of accounts.

use criterion::{BenchmarkId, Criterion, Throughput};
use phalanx_benches::{
    engines::{self, alloy_trie},
    workloads,
};
use std::hint::black_box;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for count in [200, 2000] {
        ordered_root(&mut criterion, count);
    }
    for count in [1000, 100_000] {
        secure_root(&mut criterion, count);
    }
    criterion.final_summary();
}

fn ordered_root(criterion: &mut Criterion, count: usize) {
    let items = workloads::trie_items(3, count);
    let answer = alloy_trie::ordered_root(&items);
    let mut group = criterion.benchmark_group(format!("ordered_root/{count}"));
    group.throughput(Throughput::Elements(count as u64));
    for (name, engine) in engines::phalanx() {
        assert_eq!(engine.ordered_root(&items), answer, "{name}");
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| engine.ordered_root(black_box(&items)));
        });
    }
    group.bench_function("alloy-trie", |bencher| {
        bencher.iter(|| alloy_trie::ordered_root(black_box(&items)));
    });
    group.finish();
}

fn secure_root(criterion: &mut Criterion, count: usize) {
    let pairs = workloads::trie_pairs(4, count);
    let answer = alloy_trie::secure_root(&pairs);
    let mut group = criterion.benchmark_group(format!("secure_root/{count}"));
    group.throughput(Throughput::Elements(count as u64));
    group.sample_size(10);
    for (name, engine) in engines::phalanx() {
        assert_eq!(engine.secure_root(&pairs), answer, "{name}");
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| engine.secure_root(black_box(&pairs)));
        });
    }
    group.bench_function("alloy-trie", |bencher| {
        bencher.iter(|| alloy_trie::secure_root(black_box(&pairs)));
    });
    group.finish();
}
