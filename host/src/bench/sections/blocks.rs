//! Blocks over the state before them: one at a time, the EVM alone, and, where some are given, all at once.

use crate::{
    Engine,
    bench::{
        contender::Contender,
        contest::{Contest, Player},
        engines::{
            best_practice,
            whole::{self, Verdicts, Verifier},
        },
        field::Field,
        format::count,
        measure::Clock,
        plan::{BenchError, Run},
        record::{Stages, Topic},
        workloads::whole::{People, PreStateBlock},
    },
    chain::ChainSpec,
    exec::{BlockOutput, ExecError, Executor},
    verdict::{BlockVerdict, StageTimes},
};
use alloy_consensus::TxReceipt;
use alloy_eips::Encodable2718;
use alloy_trie::root::ordered_trie_root_with_encoder;
use rayon::prelude::*;
use revm::database_interface::WrapDatabaseRef;
use std::rc::Rc;

pub(super) const RIVAL: &str = "best practice";

/// Blocks of one chain.
struct Blocks<'a> {
    what: String,
    spec: ChainSpec,
    blocks: &'a [PreStateBlock],
    transactions: usize,
    gas: Option<u64>,
}

impl<'a> Blocks<'a> {
    fn new(kind: &str, spec: &ChainSpec, blocks: &'a [PreStateBlock]) -> Self {
        let transactions = blocks.iter().map(|block| block.block.transactions.len());
        let transactions = transactions.sum();
        Self {
            transactions,
            what: format!(
                "{} {kind} blocks, {} transactions",
                count(blocks.len()),
                count(transactions)
            ),
            spec: spec.clone(),
            blocks,
            gas: None,
        }
    }

    fn contest<'c>(&self, topic: Topic, workload: &str) -> Contest<'c> {
        let items = self.blocks.len();
        let mut contest = Contest::new(topic, workload, "block", items, Clock::Wall);
        contest.executes(self.transactions, self.gas);
        contest
    }

    fn used(&self) -> impl Iterator<Item = u64> + '_ {
        self.blocks.iter().map(|block| block.block.header.gas_used)
    }
}

pub(super) fn play(field: &Field, run: &mut Run<'_>) -> Result<(), BenchError> {
    let material = Rc::clone(&run.material);
    let (made, given) = (&material.made, &material.given.pre_states);
    let blocks = match given.is_empty() {
        true => Blocks::new("generated", &made.spec, &made.blocks),
        false => {
            let mut blocks = Blocks::new("given", &ChainSpec::mainnet(), given);
            // Generated ones burn much of theirs at once, so that a second of them has more gas than any real one.
            blocks.gas = Some(blocks.used().sum());
            blocks
        }
    };
    latency(field, run, &blocks)?;
    execution(field, run, &blocks)?;
    if !given.is_empty() {
        throughput(field, run, &blocks)?;
    }
    Ok(())
}

fn latency(field: &Field, run: &mut Run<'_>, of: &Blocks<'_>) -> Result<(), BenchError> {
    let workload = format!("{}, one at a time", of.what);
    let blocks = of.blocks;
    let mut contest = of.contest(Topic::Latency, &workload);
    for player in field.contenders() {
        let verifier = Verifier::new(player.engine(), of.spec.clone());
        let call = move || verifier.one_by_one(blocks);
        let name = player.name();
        contest.phalanx(player, Contender::checked(name, &workload, call, right)?);
    }
    let call = move || blocks.iter().map(|block| verify(field, block)).collect();
    let check = |gas: Result<Vec<u64>, String>| gas.is_ok_and(|gas| gas.into_iter().eq(of.used()));
    contest.rival(
        field.threads,
        Contender::checked(RIVAL, &workload, call, check)?,
    );
    run.play(field, contest, 0.5)?;
    let verdicts = Verifier::new(field.fastest(), of.spec.clone()).one_by_one(blocks);
    let workload = format!("{workload}; senders are recovered as execution asks for them");
    run.stages.extend(
        verdicts
            .ok()
            .map(|it| stages(&workload, field.fastest(), &it)),
    );
    Ok(())
}

fn throughput(field: &Field, run: &mut Run<'_>, of: &Blocks<'_>) -> Result<(), BenchError> {
    let workload = format!("{}, all at once", of.what);
    let blocks = of.blocks;
    let mut contest = of.contest(Topic::Chain, &workload);
    for player in field.contenders() {
        let verifier = Verifier::new(player.engine(), of.spec.clone());
        let call = move || verifier.all(blocks);
        let name = player.name();
        contest.phalanx(player, Contender::checked(name, &workload, call, right)?);
    }
    let side_by_side = move || -> Result<Vec<u64>, String> {
        let verify = |block| verify(field, block);
        field
            .pool
            .install(|| blocks.par_iter().map(verify).collect())
    };
    let check = |gas: Result<Vec<u64>, String>| gas.is_ok_and(|gas| gas.into_iter().eq(of.used()));
    let name = format!("{RIVAL}, blocks side by side over rayon");
    let rival = Contender::checked(name, &workload, side_by_side, check)?;
    contest.rival(field.threads, rival);
    run.play(field, contest, 0.4)?;
    Ok(())
}

fn verify(field: &Field, block: &PreStateBlock) -> Result<u64, String> {
    let state = WrapDatabaseRef(&block.state);
    let (chain, ommers) = (block.chain(), block.ommers.as_ref());
    best_practice::verify(&field.pool, &chain, &block.raw, ommers, state)
}

/// Everything is right that the evidence lets be checked.
fn right(verdicts: Verdicts) -> bool {
    verdicts.is_ok_and(|verdicts| verdicts.iter().all(BlockVerdict::is_verified))
}

/// What the verdicts say of where time went; all threads' time where they work on different blocks.
pub(super) fn stages(workload: &str, engine: &Engine, verdicts: &[BlockVerdict]) -> Stages {
    let mut times = StageTimes::default();
    for verdict in verdicts {
        times += verdict.times;
    }
    let parts = times.entries().into_iter().map(|(name, time)| {
        let ns = time.as_secs_f64() * 1e9 / verdicts.len().max(1) as f64;
        (name.replace('_', " "), ns)
    });
    Stages {
        workload: workload.to_owned(),
        engine: Player::Alone(engine).name(),
        parts: parts.collect(),
    }
}

/// Senders given, receipts compared: the EVM and what stands around it.
fn execution(field: &Field, run: &mut Run<'_>, of: &Blocks<'_>) -> Result<(), BenchError> {
    let workload = format!("{}, execution alone", of.what);
    let (engine, blocks) = (field.fastest(), of.blocks);
    let unusable = |block: &PreStateBlock, reason: &str| {
        BenchError::Block(format!("{}: {reason}", block.name()))
    };
    let mut people = Vec::new();
    let mut wires = Vec::new();
    for block in blocks {
        let signed = People::of(engine, &block.block);
        people.push(signed.ok_or_else(|| unusable(block, "a signature is not valid"))?);
        let wire = best_practice::decode(&block.raw);
        wires.push(wire.map_err(|error| unusable(block, &error))?);
    }
    let (people, wires) = (&people, &wires);
    let mut contest = of.contest(Topic::Execution, &workload);

    let executor = whole::measured(engine);
    let call = move || -> Result<Vec<BlockOutput>, ExecError> {
        let execute = |(block, people): (&PreStateBlock, &People)| {
            executor.execute(&people.job(&block.rules, &block.block), &block.state)
        };
        blocks.iter().zip(people).map(execute).collect()
    };
    let check = |outputs: Result<Vec<BlockOutput>, ExecError>| {
        let right = |(block, output): (&PreStateBlock, &BlockOutput)| {
            receipts_are_right(block, output.gas_used, &output.receipts)
        };
        outputs.is_ok_and(|outputs| blocks.iter().zip(&outputs).all(right))
    };
    let threads = match engine.threads() {
        1 => "auto executor".to_owned(),
        threads => format!("auto executor, {threads} threads"),
    };
    contest.phalanx(
        Player::Alone(engine),
        Contender::checked(threads, &workload, call, check)?,
    );

    let call = move || -> Result<Vec<best_practice::Executed>, String> {
        let execute = |((block, people), wire): ((&PreStateBlock, &People), _)| {
            let state = WrapDatabaseRef(&block.state);
            best_practice::execute(&block.chain(), wire, &people.senders, state)
        };
        blocks.iter().zip(people).zip(wires).map(execute).collect()
    };
    let check = |outputs: Result<Vec<best_practice::Executed>, String>| {
        let right = |(block, output): (&PreStateBlock, &best_practice::Executed)| {
            receipts_are_right(block, output.gas_used, &output.receipts)
        };
        outputs.is_ok_and(|outputs| blocks.iter().zip(&outputs).all(right))
    };
    let rival = Contender::checked("serial revm (alloy-evm)", &workload, call, check)?;
    contest.rival(1, rival);
    run.play(field, contest, 0.3)?;
    Ok(())
}

/// Before Byzantium receipts hold state roots, which execution alone doesn't know.
fn receipts_are_right<R: Encodable2718 + TxReceipt>(
    block: &PreStateBlock,
    gas_used: u64,
    receipts: &[R],
) -> bool {
    let header = &block.block.header;
    let root = || ordered_trie_root_with_encoder(receipts, |receipt, out| receipt.encode_2718(out));
    gas_used == header.gas_used
        && (block.rules.receipts_carry_state_root() || root() == header.receipts_root)
}
