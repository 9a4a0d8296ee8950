//! Changes of a large trie, on one thread: each contender keeps its trie and goes on with it.

use crate::bench::{
    contender::{Contender, WrongAnswer},
    contest::{Contest, Player},
    engines::alloy_trie,
    field::Field,
    format::count,
    measure::Clock,
    plan::{BenchError, Run},
    record::Topic,
    workloads::updates::Updates,
};
use alloy_primitives::B256;
use std::cell::RefCell;

const RIVAL: &str = "alloy-trie, touched paths rebuilt";
/// Said beside its figures: this program turns no feature of alloy on that hashes faster.
const KECCAK: &str = "alloy-trie, and best practice's roots and blooms, hash by alloy's default Keccak; its feature \
                      asm-keccak makes a trie update about 1.6 times as fast";

/// Roots of contenders that take the same steps: the first to come to a step tells, and whoever disagrees is remembered.
#[derive(Debug, Default)]
pub(super) struct Roots {
    told: RefCell<Vec<Option<B256>>>,
    wrong: RefCell<Option<String>>,
}

impl Roots {
    /// Holds a contender's root at a step against the others'; `None` is a failure.
    pub(super) fn agree(&self, who: &str, step: usize, root: Option<B256>) {
        let mut told = self.told.borrow_mut();
        if told.len() == step {
            told.push(root);
        }
        if root.is_none() || told.get(step) != Some(&root) {
            self.wrong
                .borrow_mut()
                .get_or_insert_with(|| who.to_owned());
        }
    }

    /// An error if somebody disagreed.
    pub(super) fn judge(&self, workload: &str) -> Result<(), WrongAnswer> {
        match self.wrong.borrow().as_ref() {
            None => Ok(()),
            Some(who) => Err(WrongAnswer {
                contender: who.clone(),
                workload: workload.to_owned(),
            }),
        }
    }
}

pub(super) fn play(field: &Field, run: &mut Run<'_>) -> Result<(), BenchError> {
    let (accounts, changes) = run.plan.sizes.trie;
    let updates = Updates::new(2, accounts);
    let start = updates.start();
    let workload = format!("{} changes of {} accounts", count(changes), count(accounts));
    let roots = &Roots::default();
    let mut contest = Contest::new(Topic::Trie, &*workload, "change", changes, Clock::Processor);
    for engine in &field.one {
        let mut updates = updates.clone();
        let mut state = start.state(engine);
        let name = Player::Alone(engine).name();
        let contender = Contender::in_steps(
            name.clone(),
            move |_| updates.batch(changes).changes(),
            move |changes| {
                let applied = state.apply(engine, changes);
                applied.is_ok().then(|| state.root())
            },
            move |step, root| roots.agree(&name, step, root),
        );
        contest.phalanx(Player::Alone(engine), contender);
    }
    let mut kept = alloy_trie::Kept::new(&start.pairs());
    let mut updates = updates.clone();
    let rival = Contender::in_steps(
        RIVAL,
        move |_| updates.batch(changes).pairs(),
        move |changes| Some(kept.update(changes)),
        |step, root| roots.agree(RIVAL, step, root),
    );
    contest.rival(1, rival);
    roots.judge(&workload)?;
    run.note(KECCAK);
    run.play(field, contest, 1.0)?;
    Ok(roots.judge(&workload)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_another_root_is_named() {
        let roots = Roots::default();
        let [a, b] = [1, 2].map(|byte| Some(B256::repeat_byte(byte)));
        for step in 0..2 {
            roots.agree("honest", step, a);
        }
        roots.agree("liar", 0, a);
        assert_eq!(roots.judge("steps"), Ok(()));
        roots.agree("liar", 1, b);
        let error = roots.judge("steps").expect_err("a false root");
        assert_eq!(error.to_string(), "liar answers wrongly: steps");
        let roots = Roots::default();
        roots.agree("broken", 0, None);
        assert!(roots.judge("steps").is_err());
    }
}
