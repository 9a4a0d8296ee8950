//! The nodes of a witness hashed and indexed, on one thread; and, where some are given, blocks by their witnesses.

use super::blocks::RIVAL;
use crate::{
    bench::{
        contender::Contender,
        contest::{Contest, Player},
        engines::{best_practice, keccak_asm, whole::Verifier},
        field::Field,
        format::count,
        measure::Clock,
        plan::{BenchError, Run},
        record::Topic,
        workloads::{self, given::Witnesses, whole::WitnessBlock},
    },
    trie::Preimages,
    verdict::{Check, Outcome},
};
use alloy_primitives::{B256, Bytes, map::B256Map};
use rayon::prelude::*;
use std::rc::Rc;

pub(super) fn play(field: &Field, run: &mut Run<'_>) -> Result<(), BenchError> {
    nodes(field, run)?;
    let material = Rc::clone(&run.material);
    for chain in &material.given.witnesses {
        blocks(field, run, chain)?;
    }
    Ok(())
}

fn nodes(field: &Field, run: &mut Run<'_>) -> Result<(), BenchError> {
    let nodes = workloads::block_messages(7, run.plan.sizes.nodes);
    let nodes: &Vec<Bytes> = &nodes.into_iter().map(Bytes::from).collect();
    let items = nodes.len();
    let workload = format!("{} nodes of a witness, made up", count(items));
    let index = move || -> B256Map<Bytes> {
        let hashed = nodes
            .iter()
            .map(|node| (keccak_asm::hash(node), node.clone()));
        hashed.collect()
    };
    let map = index();
    let mut contest = Contest::new(Topic::Witness, &*workload, "node", items, Clock::Processor);
    for engine in &field.one {
        let call = move || Preimages::new(engine, nodes.iter().cloned());
        let check = |preimages: Preimages| {
            let known = |(hash, node): (&B256, &Bytes)| preimages.get(hash) == Some(node);
            preimages.len() == map.len() && map.iter().all(known)
        };
        let contender = Contender::checked(Player::Alone(engine).name(), &workload, call, check)?;
        contest.phalanx(Player::Alone(engine), contender);
    }
    let check = |found| found == map;
    let rival = Contender::checked("keccak-asm and a hash map", &workload, index, check)?;
    contest.rival(1, rival);
    run.play(field, contest, 0.5)?;
    Ok(())
}

fn blocks(field: &Field, run: &mut Run<'_>, chain: &Witnesses) -> Result<(), BenchError> {
    let (blocks, pool) = (&chain.blocks, &field.pool);
    let workload = format!(
        "{} blocks of {} by their witnesses, many blocks at once, state roots included",
        count(blocks.len()),
        chain.spec.name
    );
    let headers = || blocks.iter().map(|block| &block.case.block.header);
    let mut contest = Contest::new(
        Topic::Witness,
        &*workload,
        "block",
        blocks.len(),
        Clock::Wall,
    );
    let transactions = blocks
        .iter()
        .map(|block| block.case.block.transactions.len());
    let gas = headers().map(|header| header.gas_used).sum();
    contest.executes(transactions.sum(), Some(gas));
    for player in field.contenders() {
        let verifier = Verifier::new(player.engine(), chain.spec.clone());
        let call = move || verifier.witnesses(blocks);
        let name = player.name();
        let contender = Contender::checked(name, &workload, call, |verdicts| {
            verdicts.is_ok_and(|verdicts| {
                verdicts.iter().all(|verdict| {
                    verdict.is_verified() && *verdict.outcome(Check::StateRoot) == Outcome::Passed
                })
            })
        })?;
        contest.phalanx(player, contender);
    }
    let verify = move |block: &WitnessBlock| {
        best_practice::witness::verify(pool, &block.chain, &block.raw, &block.case)
    };
    // As a client follows a chain, and as one could that has many blocks before it, as Phalanx has here.
    let one_by_one = move || -> Result<Vec<B256>, String> { blocks.iter().map(verify).collect() };
    let side_by_side = move || -> Result<Vec<B256>, String> {
        pool.install(|| blocks.par_iter().map(verify).collect())
    };
    let check = |roots: Result<Vec<B256>, String>| {
        roots.is_ok_and(|roots| {
            roots
                .into_iter()
                .eq(headers().map(|header| header.state_root))
        })
    };
    let name = format!("{RIVAL} with keccak-asm and tries of pointers");
    let serial = Contender::checked(&*name, &workload, one_by_one, check)?;
    contest.rival(field.threads, serial);
    let name = format!("{RIVAL}, blocks side by side over rayon");
    let parallel = Contender::checked(name, &workload, side_by_side, check)?;
    contest.rival(field.threads, parallel);
    run.play(field, contest, 0.5)?;
    Ok(())
}
