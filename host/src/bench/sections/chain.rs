//! A chain from its genesis on, raw bytes to verdicts, state roots included.

use super::{
    blocks::{RIVAL, stages},
    trie::Roots,
};
use crate::{
    bench::{
        contender::Contender,
        contest::{Contest, Player},
        engines::{
            best_practice::follow::Follower,
            whole::{Verdicts, Verifier},
        },
        field::Field,
        format::count,
        measure::Clock,
        plan::{BenchError, Run},
        record::Topic,
        workloads::made::Made,
    },
    verdict::{Check, Outcome},
};
use alloy_primitives::B256;
use std::{cell::RefCell, rc::Rc};

pub(super) fn play(field: &Field, run: &mut Run<'_>) -> Result<(), BenchError> {
    let material = Rc::clone(&run.material);
    let made = &material.made;
    let workload = workload(made);
    let roots = &Roots::default();
    let mut contest = contest(Topic::Chain, made, &workload);
    for player in field.contenders() {
        let contender = phalanx(player, made, roots);
        contest.phalanx(player, contender);
    }
    let name = format!("{RIVAL} with keccak-asm and tries of pointers");
    contest.rival(field.threads, rival(field, name, made, roots));
    roots.judge(&workload)?;
    run.play(field, contest, 1.0)?;
    roots.judge(&workload)?;
    let verdicts = Verifier::new(field.fastest(), made.spec.clone()).chain(made);
    run.stages.extend(
        verdicts
            .ok()
            .map(|it| stages(&workload, field.fastest(), &it)),
    );
    Ok(())
}

pub(super) fn workload(made: &Made) -> String {
    format!(
        "{} generated blocks from genesis, {} transactions, state roots included",
        count(made.blocks.len()),
        count(transactions(made))
    )
}

pub(super) fn contest<'a>(topic: Topic, made: &Made, workload: &str) -> Contest<'a> {
    let mut contest = Contest::new(topic, workload, "block", made.blocks.len(), Clock::Wall);
    contest.executes(transactions(made), None);
    contest
}

pub(super) fn transactions(made: &Made) -> usize {
    let blocks = made.blocks.iter();
    blocks.map(|block| block.block.transactions.len()).sum()
}

pub(super) fn gas(made: &Made) -> u64 {
    let blocks = made.blocks.iter();
    blocks.map(|block| block.block.header.gas_used).sum()
}

/// Phalanx, which tells the last state root; `None` if not all is right.
pub(super) fn phalanx<'a>(player: Player<'_>, made: &'a Made, roots: &'a Roots) -> Contender<'a> {
    let verifier = Verifier::new(player.engine(), made.spec.clone());
    let who = player.name();
    Contender::in_steps(
        who.clone(),
        |_| (),
        move |()| verifier.chain(made),
        move |_, verdicts| roots.agree(&who, 0, last_root(made, verdicts)),
    )
}

fn last_root(made: &Made, verdicts: Verdicts) -> Option<B256> {
    let verdicts = verdicts.ok()?;
    let right = verdicts.len() == made.blocks.len()
        && verdicts.iter().all(|verdict| {
            verdict.is_verified() && *verdict.outcome(Check::StateRoot) == Outcome::Passed
        });
    right.then(|| {
        made.blocks
            .last()
            .map(|block| block.block.header.state_root)
    })?
}

/// The rival, whose state is made anew for each call, outside of its time.
pub(super) fn rival<'a>(
    field: &'a Field,
    name: String,
    made: &'a Made,
    roots: &'a Roots,
) -> Contender<'a> {
    let who = name.clone();
    Contender::in_steps(
        name,
        move |_| RefCell::new(Follower::new(&made.spec, &made.genesis, &made.header)),
        move |follower| {
            let mut follower = follower.borrow_mut();
            let follower = follower.as_mut().ok()?;
            let mut blocks = made.blocks.iter();
            blocks.try_fold(B256::ZERO, |_, block| {
                follower.verify(&field.pool, &block.raw).ok()
            })
        },
        move |_, root| roots.agree(&who, 0, root),
    )
}
