//! Signatures to addresses, on one thread.

use super::{Goals, count, name};
use crate::{
    engines::{self, k256, libsecp256k1},
    measure::{Clock, Contender},
    report::{Match, Report},
    workloads,
};
use std::hint::black_box;

/// From a batch of one vector to one past all caches.
const COUNTS: [usize; 5] = [8, 64, 256, 1024, 16_384];

/// What is asked of a batch of so many.
fn goals(count: usize) -> Goals {
    match count {
        8 => Goals {
            avx512: Some(5.0),
            avx2: None,
            portable: None,
        },
        1024 => Goals {
            avx512: Some(10.0),
            avx2: Some(2.5),
            portable: Some(1.2),
        },
        _ => Goals {
            avx512: None,
            avx2: None,
            portable: None,
        },
    }
}

pub(super) fn run(section: &'static str, report: &mut Report) {
    let engines = engines::on_threads(1);
    for items in COUNTS {
        let (inputs, signers) = workloads::signatures(1, items);
        let workload = format!("{} signatures", count(items));
        let mut contest = Match::new(section, workload, Clock::Processor, items);
        for engine in &engines {
            let call = || engine.recover(black_box(&inputs));
            let contender = Contender::new(name(engine), call, |results| {
                assert!(results.iter().copied().eq(signers.iter().copied().map(Ok)));
            });
            contest.engine(contender, goals(items).of(engine));
        }
        type Rival = fn(&[phalanx::RecoverInput]) -> Vec<Option<alloy_primitives::Address>>;
        let rivals: [(&str, Rival); 2] = [
            ("libsecp256k1 + keccak-asm", libsecp256k1::recover),
            ("k256 + sha3", k256::recover),
        ];
        for (rival, recover) in rivals {
            let inputs = &inputs;
            let call = move || recover(black_box(inputs));
            contest.rival(Contender::new(rival, call, |results| {
                assert!(
                    results
                        .iter()
                        .copied()
                        .eq(signers.iter().copied().map(Some))
                );
            }));
        }
        report.play(contest);
    }
}
