//! Hashes, on one thread.

use crate::bench::{
    contender::Contender,
    contest::{Contest, Player},
    engines::{keccak_asm, sha3},
    field::Field,
    format::count,
    measure::Clock,
    plan::{BenchError, Run},
    record::Topic,
    workloads,
};
use alloy_primitives::B256;
use std::hint::black_box;

pub(super) fn play(field: &Field, run: &mut Run<'_>) -> Result<(), BenchError> {
    let [_, items] = run.plan.sizes.batches;
    let messages = [
        (
            "messages as blocks hash",
            workloads::block_messages(6, items),
        ),
        ("keys of 32 bytes", workloads::messages(2, items, 32)),
    ];
    for (what, messages) in &messages {
        let workload = &format!("{} {what}", count(items));
        // Each of them is held against the other rival's.
        let hashes = &sha3::keccak256(messages);
        let mut contest = Contest::new(Topic::Keccak, workload, "message", items, Clock::Processor);
        for engine in &field.one {
            let call = move || -> Vec<B256> { engine.keccak256(black_box(messages)) };
            let check = |found: Vec<B256>| found == *hashes;
            let contender =
                Contender::checked(Player::Alone(engine).name(), workload, call, check)?;
            contest.phalanx(Player::Alone(engine), contender);
        }
        type Rival = fn(&[Vec<u8>]) -> Vec<B256>;
        let rivals: [(&str, Rival); 2] = [
            ("keccak-asm", keccak_asm::keccak256),
            ("sha3", sha3::keccak256),
        ];
        for (rival, hash) in rivals {
            let call = move || hash(black_box(messages));
            let check = |found| found == *hashes;
            contest.rival(1, Contender::checked(rival, workload, call, check)?);
        }
        run.play(field, contest, 0.5)?;
    }
    Ok(())
}
