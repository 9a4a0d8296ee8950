//! Keccak-256 on one thread, of equal lengths and of a block's mixed ones.

use super::{Goals, count, name};
use crate::{
    engines::{self, keccak_asm, sha3},
    measure::{Clock, Contender},
    report::{Match, Report},
    workloads::{self, blocks},
};
use alloy_primitives::B256;
use std::hint::black_box;

/// Messages in a batch: about the dirty trie nodes of a block.
const MESSAGES: usize = 4096;

/// Messages of one permutation each.
const SHORT: Goals = Goals {
    avx512: Some(7.0),
    avx2: Some(2.5),
    portable: None,
};
/// Full branch nodes.
const BRANCH: Goals = Goals {
    avx512: Some(6.5),
    avx2: Some(2.5),
    portable: None,
};
/// What a block hashes.
const MIXED: Goals = Goals {
    avx512: Some(6.0),
    avx2: Some(2.5),
    portable: None,
};

pub(super) fn run(section: &'static str, report: &mut Report) {
    let mut one = |workload: &str, messages: Vec<Vec<u8>>, goals: &Goals| {
        let workload = format!("{} messages of {workload}", count(messages.len()));
        play(section, report, workload, &[messages], goals);
    };
    for (length, goals) in [(32, &SHORT), (64, &SHORT), (135, &SHORT), (532, &BRANCH)] {
        let messages = workloads::messages(2, MESSAGES, length);
        one(&format!("{length} bytes"), messages, goals);
    }
    let messages = workloads::messages_between(3, MESSAGES, 32, 135);
    one("32 to 135 bytes", messages, &SHORT);
    let messages = workloads::block_messages(6, MESSAGES);
    one("a block, made up", messages, &MIXED);
    match blocks::real_messages() {
        Some(blocks) => {
            let messages: usize = blocks.iter().map(Vec::len).sum();
            let workload = format!(
                "{} trie nodes and transactions of {} mainnet blocks, a batch each",
                count(messages),
                blocks.len()
            );
            play(section, report, workload, &blocks, &MIXED);
        }
        None => report.skip(section, "trie nodes and transactions of mainnet blocks"),
    }
}

/// A call for each batch.
fn play(
    section: &'static str,
    report: &mut Report,
    workload: String,
    batches: &[Vec<Vec<u8>>],
    goals: &Goals,
) {
    let items = batches.iter().map(Vec::len).sum();
    let hash_all = |hash: &dyn Fn(&[Vec<u8>]) -> Vec<B256>| -> Vec<Vec<B256>> {
        batches
            .iter()
            .map(|messages| hash(black_box(messages)))
            .collect()
    };
    let answers = hash_all(&|messages| sha3::keccak256(messages));
    let check = |hashes: Vec<Vec<B256>>| assert!(hashes == answers, "other hashes than sha3's");
    let engines = engines::on_threads(1);
    let mut contest = Match::new(section, workload, Clock::Processor, items);
    for engine in &engines {
        let call = || hash_all(&|messages| engine.keccak256(messages));
        contest.engine(Contender::new(name(engine), call, check), goals.of(engine));
    }
    let call = || hash_all(&|messages| keccak_asm::keccak256(messages));
    contest.rival(Contender::new("keccak-asm", call, check));
    report.play(contest);
}
