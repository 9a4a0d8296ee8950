//! Recovery of signers: one criterion group a batch size, one line an engine.

use criterion::{BenchmarkId, Criterion, Throughput};
use phalanx_benches::{
    engines::{self, k256, libsecp256k1},
    workloads,
};
use std::hint::black_box;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for count in [8, 64, 256, 1024, 16_384] {
        recover(&mut criterion, count);
    }
    criterion.final_summary();
}

fn recover(criterion: &mut Criterion, count: usize) {
    let (inputs, signers) = workloads::signatures(1, count);
    let mut group = criterion.benchmark_group(format!("recover/{count}"));
    group.throughput(Throughput::Elements(count as u64));
    // The largest batch takes a second and more.
    group.sample_size(10);

    for (name, engine) in engines::phalanx() {
        let answers: Vec<_> = signers.iter().copied().map(Ok).collect();
        assert_eq!(engine.recover(&inputs), answers, "{name}");
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| engine.recover(black_box(&inputs)));
        });
    }
    type Rival = fn(&[phalanx::RecoverInput]) -> Vec<Option<alloy_primitives::Address>>;
    let rivals: [(&str, Rival); 2] = [
        ("libsecp256k1", libsecp256k1::recover),
        ("k256", k256::recover),
    ];
    for (name, recover) in rivals {
        let answers: Vec<_> = signers.iter().copied().map(Some).collect();
        assert_eq!(recover(&inputs), answers, "{name}");
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| recover(black_box(&inputs)));
        });
    }
    group.finish();
}
