//! Pipelines that share an engine, while their batches wait for other threads of it.

use super::{fake::Notes, *};
use crate::Engine;
use std::{
    sync::{Arc, mpsc},
    thread,
};

/// Far longer than what is asked for takes: who has not ended by then never does.
const PATIENCE: Duration = Duration::from_secs(120);

/// Short pipelines of small batches, one after the other. Each depends on the first call for a thread that it makes.
fn short_ones(engine: &Engine, mode: Mode, count: u64) {
    for round in 0..count {
        let notes = Notes {
            batch_takes: Duration::from_micros(100 + round % 5 * 50),
            ..Notes::default()
        };
        let options = Options {
            signatures: if mode == Mode::Latency { 1 } else { 4 },
            ..Options::new(mode, engine)
        };
        let item = |id| Item {
            transactions: transactions(1 + (id % 3) as usize),
            ..Item::new(id)
        };
        let source = Box::new((0..8).map(item));
        let outcomes = Outcomes::start(engine, options, Fake(Arc::new(notes)), source);
        let all: Vec<u64> = outcomes.map(|outcome| outcome.unwrap()).collect();
        assert_eq!(all, (0..8).collect::<Vec<u64>>());
    }
}

/// A thread that waits inside a batch of one pipeline may be the one that the other calls for: that call is not lost.
#[test]
fn both_end() {
    for threads in [1, 2, 8] {
        for mode in MODES {
            let engine = engine(threads);
            let (sender, ended) = mpsc::channel();
            for _ in 0..2 {
                let (engine, sender) = (engine.clone(), sender.clone());
                // A thread that hangs is left behind.
                thread::spawn(move || {
                    short_ones(&engine, mode, 60);
                    sender.send(()).expect("it is waited for");
                });
            }
            for _ in 0..2 {
                let end = ended.recv_timeout(PATIENCE);
                assert_eq!(end, Ok(()), "{threads} threads, {mode}");
            }
        }
    }
}
