//! Every executor, on every block of these tests.

use super::*;
use crate::{
    Engine,
    exec::{Chosen, ExecutorKind, Parallel, access_list, parallel::Limits},
};
use std::sync::OnceLock;

pub(super) const THREADS: [usize; 4] = [1, 2, 3, 8];

/// The engine with so many threads.
pub(super) fn engine(threads: usize) -> &'static Engine {
    static ENGINES: [OnceLock<Engine>; THREADS.len()] = [const { OnceLock::new() }; THREADS.len()];
    let index = THREADS.iter().position(|count| *count == threads).unwrap();
    ENGINES[index].get_or_init(|| {
        let builder = Engine::builder().threads(threads);
        builder.build().unwrap()
    })
}

/// A parallel executor with so many threads and a window of so many places a thread.
pub(super) fn parallel(threads: usize, window_per_thread: usize) -> Parallel {
    Parallel::new(engine(threads)).with_limits(Limits {
        window_per_thread,
        ..Limits::default()
    })
}

/// What all executors give for a block, with and without a step a transaction.
pub(super) fn agreed<S: StateSource>(
    job: &BlockJob<'_>,
    state: &S,
) -> Result<BlockOutput, ExecError> {
    let stepped_job = BlockJob {
        step_per_transaction: true,
        ..*job
    };
    let stepped = Serial.execute(&stepped_job, state);
    let list = stepped.as_ref().ok().map(access_list::changes);
    let plain = Serial.execute(job, state);
    for (wanted, job) in [(&stepped, stepped_job), (&plain, *job)] {
        let led = BlockJob {
            access_list: list.as_deref().or(job.access_list),
            ..job
        };
        for threads in THREADS {
            let got = parallel(threads, 4).execute(&job, state);
            assert_same(wanted, &got, &format!("parallel, {threads} threads"));
            for kind in ExecutorKind::ALL {
                let chosen = Chosen::new(engine(threads), kind);
                let got = chosen.execute(&led, state);
                assert_same(wanted, &got, &format!("{kind}, {threads} threads"));
            }
        }
    }
    plain
}

type Judged = Result<BlockOutput, ExecError>;

#[track_caller]
pub(super) fn assert_same(wanted: &Judged, got: &Judged, who: &str) {
    if let Some(difference) = difference(wanted, got) {
        panic!("{who}: {difference}");
    }
}

/// In what an executor's answer differs from another's.
pub(super) fn difference(wanted: &Judged, got: &Judged) -> Option<String> {
    let (wanted, got) = match (wanted, got) {
        (Ok(wanted), Ok(got)) => (wanted, got),
        (Err(wanted), Err(got)) if wanted == got => return None,
        _ => {
            let of = |judged: &Judged| match judged {
                Ok(output) => format!("an output, {} gas", output.gas_used),
                Err(error) => format!("{error:?}"),
            };
            return Some(format!("{} in place of {}", of(got), of(wanted)));
        }
    };
    for (index, (a, b)) in wanted.receipts.iter().zip(&got.receipts).enumerate() {
        if a != b {
            return Some(format!("receipt {index}: {b:?} in place of {a:?}"));
        }
    }
    for (index, (a, b)) in wanted.steps.iter().zip(&got.steps).enumerate() {
        let addresses = a.accounts.keys().chain(b.accounts.keys());
        for address in addresses {
            let (a, b) = (a.accounts.get(address), b.accounts.get(address));
            if a != b {
                return Some(format!("step {index}, {address}: {b:?} in place of {a:?}"));
            }
        }
    }
    let counts = |output: &BlockOutput| {
        (
            output.receipts.len(),
            output.steps.len(),
            output.gas_used,
            output.requests.clone(),
        )
    };
    (counts(wanted) != counts(got))
        .then(|| format!("{:?} in place of {:?}", counts(got), counts(wanted)))
}
