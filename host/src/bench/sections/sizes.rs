//! Throughput by size of the batch, on all threads.
//!
//! Every size is a match of its own. Who would take too long at a size is left out from there on; the fastest may take
//! longest, so that the curve goes as far as it can.

use super::recovery::LIBSECP256K1;
use crate::{
    RecoverInput,
    bench::{
        contender::Contender,
        contest::{Contest, Player},
        engines::{keccak_asm, libsecp256k1},
        field::Field,
        format::count,
        measure::Clock,
        plan::{BenchError, Run},
        record::{Role, Row, Topic},
        workloads,
    },
};
use alloy_primitives::B256;
use std::{collections::BTreeMap, hint::black_box, rc::Rc};

/// Bytes of each message: one Keccak block.
const MESSAGE_BYTES: usize = 128;
/// The largest batch that a software adapter gets.
const SOFTWARE: usize = 256;
/// From here on a call takes long.
const LARGE: usize = 1 << 18;
/// Rounds where it does and there is no rival to be held against.
const FEW_ROUNDS: (usize, usize) = (3, 9);

/// What part of a curve's time a call may take: of the fastest, and of others.
const LONGEST: (f64, f64) = (1.0 / 6.0, 1.0 / 30.0);

pub(super) fn play(field: &Field, run: &mut Run<'_>) -> Result<(), BenchError> {
    recovery(field, run, 0.8)?;
    keccak(field, run, 0.2)
}

/// Who is still in, by name, with the nanoseconds an item that it took last.
struct Reach {
    last: BTreeMap<String, f64>,
    seconds: f64,
}

impl Reach {
    fn new(seconds: f64) -> Self {
        Self {
            last: BTreeMap::new(),
            seconds,
        }
    }

    /// True if a call of so many items would not take too long.
    fn allows(&self, name: &str, items: usize) -> bool {
        let Some(ns) = self.last.get(name) else {
            return true;
        };
        let fastest = self.last.values().all(|other| ns <= other);
        let part = if fastest { LONGEST.0 } else { LONGEST.1 };
        ns * items as f64 / 1e9 <= part * self.seconds
    }

    fn note(&mut self, row: &Row) {
        for entry in &row.entries {
            let ns = entry.item_ns.median;
            self.last.insert(entry.name.clone(), ns);
        }
    }
}

/// What part of a curve's time a size gets.
fn part(run: &Run<'_>, items: usize) -> (f64, (usize, usize)) {
    let rounds = run.plan.sizes.rounds;
    match items {
        65_536.. => (0.12, rounds),
        4096.. => (0.07, rounds),
        _ => (0.035, rounds),
    }
}

/// Who is on a curve: those on the processor, the GPU, and both together.
fn players(field: &Field, items: usize) -> Vec<Player<'_>> {
    let software = field.software().filter(|_| items <= SOFTWARE);
    field.contenders().chain(software).collect()
}

fn recovery(field: &Field, run: &mut Run<'_>, share: f64) -> Result<(), BenchError> {
    let material = Rc::clone(&run.material);
    let signed = &material.signed;
    let mut reach = Reach::new(run.time(share).as_secs_f64());
    for items in run.plan.sizes.curve.clone() {
        let workload = format!("{} signatures", count(items));
        let inputs: Vec<RecoverInput>;
        let inputs = match signed.inputs.get(..items) {
            Some(inputs) => inputs,
            None => {
                inputs = signed.inputs.iter().copied().cycle().take(items).collect();
                &inputs
            }
        };
        let topic = Topic::RecoverySizes;
        let mut contest = Contest::new(topic, &*workload, "signature", items, Clock::Wall);
        for player in players(field, items) {
            if reach.allows(&player.name(), items) {
                contest.phalanx(player, signed.phalanx(player, &workload, inputs)?);
            }
        }
        let name = format!("{LIBSECP256K1}, over rayon");
        if reach.allows(&name, items) {
            let recover = |inputs: &[RecoverInput]| libsecp256k1::recover_on(&field.pool, inputs);
            let rival = signed.rival(&name, &workload, inputs, recover)?;
            contest.rival(field.threads, rival);
        }
        if !size(field, run, contest, items, share, &mut reach)? {
            break;
        }
    }
    Ok(())
}

fn keccak(field: &Field, run: &mut Run<'_>, share: f64) -> Result<(), BenchError> {
    let different = run.plan.sizes.different;
    let messages = workloads::messages(9, different, MESSAGE_BYTES);
    let hashes = &keccak_asm::keccak256(&messages);
    let mut reach = Reach::new(run.time(share).as_secs_f64());
    for items in run.plan.sizes.curve.clone() {
        let workload = &format!("{} messages of {MESSAGE_BYTES} bytes", count(items));
        let batch: &Vec<&[u8]> = &messages
            .iter()
            .map(Vec::as_slice)
            .cycle()
            .take(items)
            .collect();
        let check = |found: Vec<B256>| found.iter().eq(hashes.iter().cycle().take(items));
        let mut contest = Contest::new(Topic::KeccakSizes, workload, "message", items, Clock::Wall);
        for player in players(field, items) {
            let name = player.name();
            if reach.allows(&name, items) {
                let engine = player.engine();
                let call = move || -> Vec<B256> { engine.keccak256(black_box(batch)) };
                let contender = Contender::checked(name, workload, call, check)?;
                contest.phalanx(player, contender);
            }
        }
        let name = "keccak-asm, over rayon";
        if reach.allows(name, items) {
            let call = move || keccak_asm::keccak256_on(&field.pool, black_box(batch));
            let rival = Contender::checked(name, workload, call, check)?;
            contest.rival(field.threads, rival);
        }
        if !size(field, run, contest, items, share, &mut reach)? {
            break;
        }
    }
    Ok(())
}

/// Plays a size; false if Phalanx has nobody in it.
fn size(
    field: &Field,
    run: &mut Run<'_>,
    contest: Contest<'_>,
    items: usize,
    share: f64,
    reach: &mut Reach,
) -> Result<bool, BenchError> {
    let title = contest.topic().title();
    let (time, rounds) = part(run, items);
    if !contest.has(Role::Phalanx) {
        let note = format!(
            "{title}: ends before {}, which would take too long",
            count(items)
        );
        run.note(note);
        return Ok(false);
    }
    let rounds = match contest.has(Role::Rival) || items < LARGE {
        true => rounds,
        false => FEW_ROUNDS.min(rounds),
    };
    let known: Vec<String> = reach.last.keys().cloned().collect();
    let row = run.play_rounds(field, contest, share * time, rounds)?;
    reach.note(row);
    let left: Vec<String> = known
        .into_iter()
        .filter(|name| row.entries.iter().all(|entry| entry.name != *name))
        .collect();
    for name in left {
        reach.last.insert(name.clone(), f64::INFINITY);
        let note = format!("{title}: {name} is left out from {} on", count(items));
        if !run
            .notes
            .iter()
            .any(|known| known.starts_with(&format!("{title}: {name} is left out")))
        {
            run.note(note);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::record::tests::row;

    #[test]
    fn the_fastest_reaches_farthest() {
        let mut reach = Reach::new(30.0);
        assert!(reach.allows("portable", 1 << 20), "nobody knows yet");
        reach.note(&row(Topic::RecoverySizes, 64, 1_000.0, 20_000.0));
        // A second each but for the fastest, which has five.
        assert!(reach.allows("portable", 5_000_000) && !reach.allows("portable", 5_000_001));
        assert!(reach.allows("rival", 50_000) && !reach.allows("rival", 50_001));
    }
}
