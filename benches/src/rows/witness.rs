//! The nodes of a witness hashed and indexed, on one thread.

use super::{Goals, count, name};
use crate::{
    engines::{self, keccak_asm},
    measure::{Clock, Contender},
    report::{Match, Report},
    workloads::{self, blocks},
};
use alloy_primitives::{Bytes, map::B256Map};
use phalanx::trie::Preimages;

const GOALS: Goals = Goals {
    avx512: Some(5.0),
    avx2: None,
    portable: None,
};

pub(super) fn run(section: &'static str, report: &mut Report) {
    let nodes = workloads::block_messages(7, 16_000).into_iter();
    let nodes = [nodes.map(Bytes::from).collect()];
    let workload = format!("{} nodes of a witness, made up", count(16_000));
    play(section, report, workload, &nodes);
    match blocks::real_nodes() {
        Some(blocks) => {
            let workload = format!(
                "{} nodes of the witnesses of {} mainnet blocks, one after the other",
                count(blocks.iter().map(Vec::len).sum()),
                blocks.len()
            );
            play(section, report, workload, &blocks);
        }
        None => report.skip(section, "witnesses of mainnet blocks"),
    }
}

fn play(section: &'static str, report: &mut Report, workload: String, witnesses: &[Vec<Bytes>]) {
    let items = witnesses.iter().map(Vec::len).sum();
    let index = |nodes: &Vec<Bytes>| -> B256Map<Bytes> {
        let hashed = nodes
            .iter()
            .map(|node| (keccak_asm::hash(node), node.clone()));
        hashed.collect()
    };
    let maps: Vec<B256Map<Bytes>> = witnesses.iter().map(index).collect();
    let engines = engines::on_threads(1);
    let mut contest = Match::new(section, workload, Clock::Processor, items);
    for engine in &engines {
        let call = || -> Vec<Preimages> {
            let preimages = |nodes: &Vec<Bytes>| Preimages::new(engine, nodes.iter().cloned());
            witnesses.iter().map(preimages).collect()
        };
        let check = |preimages: Vec<Preimages>| {
            assert_eq!(preimages.len(), maps.len());
            for (preimages, map) in preimages.iter().zip(&maps) {
                assert_eq!(preimages.len(), map.len());
                assert!(
                    map.iter()
                        .all(|(hash, node)| preimages.get(hash) == Some(node))
                );
            }
        };
        contest.engine(Contender::new(name(engine), call, check), GOALS.of(engine));
    }
    let call = || -> Vec<B256Map<Bytes>> { witnesses.iter().map(index).collect() };
    let check = |answer| assert!(answer == maps);
    contest.rival(Contender::new("keccak-asm and a hash map", call, check));
    report.play(contest);
}
