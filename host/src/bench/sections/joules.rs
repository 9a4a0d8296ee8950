//! Joules for a thousand recoveries and for a billion gas, where the machine tells.

use super::{blocks::RIVAL, chain, recovery::LIBSECP256K1};
use crate::bench::{
    contest::Player,
    energy::{EnergyRow, Joules, Meters},
    engines::{best_practice::follow::Follower, libsecp256k1, whole::Verifier},
    field::Field,
    plan::{BenchError, Run},
};
use std::{
    hint::black_box,
    rc::Rc,
    time::{Duration, Instant},
};

const SIGNATURES: &str = "1,000 recoveries";
const GAS: &str = "Ggas of generated blocks, which burn much of it at once";
const TRANSACTIONS: &str = "1,000 transactions of generated blocks";

pub(super) fn play(field: &Field, run: &mut Run<'_>) -> Result<(), BenchError> {
    let meters = Meters::here();
    measure(field, run, &meters)
}

fn measure(field: &Field, run: &mut Run<'_>, meters: &Meters) -> Result<(), BenchError> {
    run.energy.sources.clone_from(&meters.sources);
    run.energy.reason = (!meters.missing.is_empty()).then(|| meters.missing.join("; "));
    if meters.is_empty() {
        return Ok(());
    }
    let material = Rc::clone(&run.material);
    let signed = &material.signed;
    let time = run.time(1.0) / 8;
    let thousands = signed.inputs.len() as f64 / 1000.0;
    for player in field.contenders() {
        let work = || drop(black_box(player.engine().recover(&signed.inputs)));
        let (joules, calls) = spend(meters, time, work);
        let rate = calls * thousands;
        run.energy
            .rows
            .push(row(SIGNATURES, player.name(), joules, rate));
    }
    let work = || {
        drop(black_box(libsecp256k1::recover_on(
            &field.pool,
            &signed.inputs,
        )))
    };
    let (joules, calls) = spend(meters, time, work);
    let name = format!("{LIBSECP256K1}, over rayon");
    run.energy
        .rows
        .push(row(SIGNATURES, name, joules, calls * thousands));

    let made = &material.made;
    let giga = chain::gas(made) as f64 / 1e9;
    let thousands = chain::transactions(made) as f64 / 1e3;
    let rows = |run: &mut Run<'_>, name: String, joules, calls: f64| {
        let of = [(GAS, giga), (TRANSACTIONS, thousands)];
        let rows = of.map(|(per, units)| row(per, name.clone(), joules, calls * units));
        run.energy.rows.extend(rows);
    };
    let verifier = Verifier::new(field.fastest(), made.spec.clone());
    let (joules, calls) = spend(meters, time, || drop(black_box(verifier.chain(made))));
    let name = Player::Alone(field.fastest()).name();
    rows(run, name, joules, calls);
    // It makes its state from the genesis each time, which the others needn't.
    let (joules, calls) = spend(meters, time, || {
        if let Ok(mut follower) = Follower::new(&made.spec, &made.genesis, &made.header) {
            for block in &made.blocks {
                drop(black_box(follower.verify(&field.pool, &block.raw)));
            }
        }
    });
    let name = format!("{RIVAL}, its state made anew each time");
    rows(run, name, joules, calls);
    Ok(())
}

/// Joules of as many calls as fit a time, at least one.
fn spend(meters: &Meters, time: Duration, mut work: impl FnMut()) -> (Joules, f64) {
    let (calls, joules) = meters.measure(|| {
        let start = Instant::now();
        let mut calls = 0.0;
        while calls == 0.0 || start.elapsed() < time {
            work();
            calls += 1.0;
        }
        calls
    });
    (joules, calls)
}

fn row(per: &str, contender: String, joules: Joules, units: f64) -> EnergyRow {
    EnergyRow {
        per: per.to_owned(),
        contender,
        processor: joules.processor.map(|joules| joules / units),
        gpu: joules.gpu.map(|joules| joules / units),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joules_are_divided_by_what_was_done() {
        let joules = Joules {
            processor: Some(30.0),
            gpu: None,
        };
        let row = row(GAS, "somebody".into(), joules, 1.5);
        assert_eq!((row.processor, row.gpu), (Some(20.0), None));
        let mut done = 0;
        let (joules, calls) = spend(&Meters::default(), Duration::ZERO, || done += 1);
        assert_eq!((joules, calls, done), (Joules::default(), 1.0, 1));
    }
}
