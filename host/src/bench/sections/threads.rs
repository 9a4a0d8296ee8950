//! The same work on one thread, on two, on four, and so on up to all.

use super::{
    chain::{self, phalanx},
    trie::Roots,
};
use crate::{
    Engine,
    bench::{
        contest::{Contest, Player},
        field::Field,
        format::count,
        measure::Clock,
        plan::{BenchError, Run},
        record::Topic,
    },
};
use std::rc::Rc;

pub(super) fn play(field: &Field, run: &mut Run<'_>) -> Result<(), BenchError> {
    if field.threads == 1 {
        run.note("scaling with threads: there is one thread");
        return Ok(());
    }
    let engines = counts(field.threads)
        .into_iter()
        .map(|threads| field.with_threads(threads));
    let engines = engines.collect::<Result<Vec<Engine>, _>>()?;

    let [_, items] = run.plan.sizes.batches;
    let material = Rc::clone(&run.material);
    let signed = &material.signed;
    let inputs = signed.first(items);
    let workload = format!("{} signatures", count(items));
    let mut contest = Contest::new(Topic::Threads, &*workload, "signature", items, Clock::Wall);
    for engine in &engines {
        let player = Player::Alone(engine);
        let contender = signed.phalanx(player, &workload, inputs)?;
        match engine.threads() {
            1 => contest.baseline(engine, contender),
            _ => contest.phalanx(player, contender),
        }
    }
    run.play(field, contest, 0.5)?;

    let made = &material.made;
    let workload = chain::workload(made);
    let roots = &Roots::default();
    let mut contest = chain::contest(Topic::Threads, made, &workload);
    for engine in &engines {
        let player = Player::Alone(engine);
        let contender = phalanx(player, made, roots);
        match engine.threads() {
            1 => contest.baseline(engine, contender),
            _ => contest.phalanx(player, contender),
        }
    }
    roots.judge(&workload)?;
    run.play(field, contest, 0.5)?;
    Ok(roots.judge(&workload)?)
}

/// One, two, four and so on, and all.
fn counts(all: usize) -> Vec<usize> {
    let doubled = std::iter::successors(Some(1_usize), |threads| threads.checked_mul(2));
    let mut counts: Vec<usize> = doubled.take_while(|threads| *threads < all).collect();
    counts.push(all);
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_double_up_to_all() {
        assert_eq!(counts(1), [1]);
        assert_eq!(counts(2), [1, 2]);
        assert_eq!(counts(12), [1, 2, 4, 8, 12]);
        assert_eq!(counts(16), [1, 2, 4, 8, 16]);
    }
}
