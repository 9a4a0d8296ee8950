//! A panic takes its own block and nothing else.

use super::*;
use std::sync::Arc;

fn outcomes(threads: usize, mode: Mode, at: Stage) {
    let lane = Arc::new(Lane::new(Vec::new()));
    let bad = [3, 4, 11, 19];
    let item = |id| {
        let panics = bad.contains(&id).then_some(at);
        Item {
            lane: (id % 2 == 1).then(|| Arc::clone(&lane)),
            transactions: transactions(match panics {
                Some(Stage::Recover) => 13,
                _ => 2,
            }),
            panics,
            ..Item::new(id)
        }
    };
    let items: Vec<Item> = (0..20).map(item).collect();
    let settings = |options: &mut Options| {
        options.mode = mode;
        if mode == Mode::Latency {
            (options.blocks, options.signatures) = (1, 1);
        }
    };
    let outcomes = run(threads, settings, &Fake::default(), items.into_iter());
    for (id, outcome) in (0..).zip(outcomes) {
        let expected = match bad.contains(&id) {
            true => Err(Defect { stage: at }),
            false => Ok(id),
        };
        assert_eq!(outcome, expected, "{threads} {mode} {at}");
    }
    let good = (0..20).filter(|id| id % 2 == 1 && !bad.contains(id));
    assert_eq!(lane.take(), Some(good.collect()), "{threads} {mode} {at}");
}

#[test]
fn in_every_stage() {
    for threads in THREADS {
        for mode in MODES {
            for at in [Stage::Decode, Stage::Hash, Stage::Recover, Stage::Execute] {
                outcomes(threads, mode, at);
            }
        }
    }
}

#[test]
fn of_the_source() {
    for threads in THREADS {
        let source = (0..50).map(|id| {
            assert_ne!(id, 40, "a panic made for this test");
            Item::new(id)
        });
        let all: Vec<_> = run(threads, |_| (), &Fake::default(), source).collect();
        let (last, before) = all.split_last().unwrap();
        assert_eq!(*last, Err(Defect { stage: Stage::Pull }));
        assert_eq!(before, (0..40).map(Ok).collect::<Vec<_>>());
    }
}
