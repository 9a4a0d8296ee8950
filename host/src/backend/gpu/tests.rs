//! Faults of devices, each put into a driver that computes on the CPU: the results are right and complete all the same.

mod levels;

use super::*;
use crate::gpu::{Capacity, Driver, Plan, Progress, keccak, recover};
use phalanx_kernels::{Level, LevelName};
use phalanx_shaders::{
    Status,
    layout::{ResultRow, SignatureRow},
    twin,
};
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Duration,
};

/// Small, so that every call takes several batches.
const CAPACITY: Capacity = Capacity {
    messages: 11,
    message_words: 1 << 20,
    signatures: 64,
    windows: 6,
};
const LIMIT: Duration = Duration::from_millis(200);
/// The batch that a fault strikes, counted from 0: there are some before it and some after.
const STRUCK: usize = 2;

/// What is wrong with a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::backend) enum Fault {
    None,
    /// The driver says that the device is gone.
    Lost,
    /// There is no memory for a batch.
    OutOfMemory,
    /// Success is reported, and nothing was written.
    Zeros,
    /// Success is reported, and the output is an earlier batch's.
    Stale,
    /// The last row is wrong in one bit.
    Flipped,
    /// The first row is wrong in one bit, and the last is right.
    First,
    /// Of a batch of levels, the second is run before the first.
    Early,
    /// The output is shorter than it should be.
    Short,
    /// One row in the middle was not written.
    Hole,
    /// The driver never returns, as far as anyone is willing to wait.
    Stuck,
    /// The driver returns, and the batch is never through.
    Endless,
    /// The driver panics.
    Panic,
    /// The device leaves rows to the CPU, which is no fault.
    Redo,
}

/// A driver that computes on the CPU.
struct Twin {
    fault: Fault,
    finished: usize,
    flying: VecDeque<Plan>,
    last: Vec<u32>,
    most_flying: Arc<AtomicUsize>,
}

impl Driver for Twin {
    fn submit(&mut self, plan: &Plan) -> Result<(), GpuError> {
        if self.fault == Fault::OutOfMemory && self.finished + self.flying.len() == STRUCK {
            return Err(GpuError::Fault("out of memory".into()));
        }
        self.flying.push_back(plan.clone());
        self.most_flying
            .fetch_max(self.flying.len(), Ordering::Relaxed);
        Ok(())
    }

    fn finish(&mut self, _: Duration) -> Result<Option<Vec<u32>>, GpuError> {
        if self.fault == Fault::Endless && self.finished == STRUCK {
            thread::sleep(LIMIT / 50);
            return Ok(None);
        }
        let mut plan = self.flying.pop_front().expect("a batch is under way");
        if self.fault == Fault::Early && self.finished == STRUCK && plan.program == "levels" {
            plan.dispatches.swap(0, 1);
        }
        let mut output = compute(&plan);
        let now = output.clone();
        let row = output.len() / plan.dispatches[0].invocations as usize;
        if self.finished == STRUCK {
            let middle = output.len() / row / 2 * row;
            match self.fault {
                Fault::None | Fault::OutOfMemory | Fault::Endless | Fault::Early => {}
                Fault::Lost => return Err(GpuError::Fault("device lost".into())),
                Fault::Zeros => output.fill(0),
                Fault::Stale => output.clone_from(&self.last),
                Fault::Flipped => *output.last_mut().expect("a row") ^= 1 << 31,
                // Not in the first word, which is a signature's status.
                Fault::First => output[1] ^= 1 << 31,
                Fault::Short => output.truncate(middle),
                Fault::Hole => output[middle..middle + row].fill(0),
                Fault::Stuck => thread::sleep(20 * LIMIT),
                // Without the hook, whose trace takes longer than the limit.
                Fault::Panic => std::panic::resume_unwind(Box::new("expected by the test")),
                Fault::Redo => {
                    if plan.program == "recover" {
                        let ok = Status::Ok as u32;
                        let status = output.iter_mut().step_by(row).find(|status| **status == ok);
                        *status.expect("a row that recovers") = Status::Redo as u32;
                    }
                }
            }
        }
        self.finished += 1;
        self.last = now;
        Ok(Some(output))
    }
}

/// The output of a plan, by the twins where there is one for the whole.
fn compute(plan: &Plan) -> Vec<u32> {
    let buffer = |name| {
        let upload = plan.uploads.iter().find(|upload| upload.name == name);
        bytemuck::cast_slice::<u32, u8>(&upload.expect("an upload").words)
    };
    let mut output = vec![0; plan.output.1];
    if plan.program == "levels" {
        levels::compute(plan, &mut output);
        return output;
    }
    if plan.program == "keccak" {
        let bytes = bytemuck::cast_slice_mut(&mut output);
        twin::keccak::run(
            &plan.uniforms[0],
            buffer("messages"),
            buffer("places"),
            bytes,
        );
        return output;
    }
    let rows: Vec<SignatureRow> = bytemuck::pod_collect_to_vec(buffer("rows"));
    let inputs: Vec<RecoverInput> = rows.iter().map(input).collect();
    let mut results = vec![Ok([0; 20]); inputs.len()];
    cpu().recover(&inputs, &mut results);
    let rows: Vec<ResultRow> = results.into_iter().map(row).collect();
    bytemuck::pod_collect_to_vec(&rows)
}

fn input(row: &SignatureRow) -> RecoverInput {
    RecoverInput {
        prehash: row.prehash,
        r: row.r,
        s: row.s,
        y_parity: row.flags as u8,
        s_rule: match row.flags >> 8 {
            0 => phalanx_kernels::SRule::Any,
            _ => phalanx_kernels::SRule::Low,
        },
    }
}

fn row(result: Result<[u8; 20], RecoverError>) -> ResultRow {
    let status = match result {
        Ok(_) => Status::Ok,
        Err(RecoverError::RecoveryId) => Status::RecoveryId,
        Err(RecoverError::ROutOfRange) => Status::ROutOfRange,
        Err(RecoverError::SOutOfRange) => Status::SOutOfRange,
        Err(RecoverError::HighS) => Status::HighS,
        Err(RecoverError::NotOnCurve) => Status::NotOnCurve,
        Err(RecoverError::Infinity) => Status::Redo,
    };
    ResultRow {
        status: status as u32,
        address: result.unwrap_or_default(),
    }
}

pub(in crate::backend) fn cpu() -> Arc<dyn BatchBackend> {
    Arc::new(Level::new(LevelName::Portable).expect("it is everywhere"))
}

/// A GPU with a fault, and the most batches that were on its queue at once.
pub(in crate::backend) fn gpu(fault: Fault) -> (Gpu, Arc<AtomicUsize>) {
    gpu_beside(fault, cpu())
}

/// The same, beside a CPU of several threads.
pub(in crate::backend) fn gpu_beside(
    fault: Fault,
    cpu: Arc<dyn BatchBackend>,
) -> (Gpu, Arc<AtomicUsize>) {
    let most_flying = Arc::new(AtomicUsize::new(0));
    let driver = Twin {
        fault,
        finished: 0,
        flying: VecDeque::new(),
        last: Vec::new(),
        most_flying: Arc::clone(&most_flying),
    };
    let worker = Worker::start("twin".into(), LIMIT, move |_: &Progress| {
        Ok((driver, CAPACITY))
    });
    (
        Gpu::new(Arc::new(worker.expect("it opens")), cpu),
        most_flying,
    )
}

fn messages() -> Vec<Vec<u8>> {
    (0..100).map(|i| vec![i as u8; i * 53 % 700]).collect()
}

/// Some that recover, some of every error, some at infinity.
fn inputs() -> Vec<RecoverInput> {
    (0..500)
        .map(|i| {
            let mut input = recover::known_input(1000 + i);
            // The first of each batch recovers.
            match (i + 4) % 7 {
                0 => input.y_parity = 2,
                1 => input.s = [0xff; 32],
                2 => input.r[31] ^= i as u8,
                3 => input.s_rule = phalanx_kernels::SRule::Low,
                _ => {}
            }
            input
        })
        .collect()
}

/// How many of them don't recover, which the device's word is not taken for.
fn rejected() -> u64 {
    let inputs = inputs();
    let mut results = vec![Ok([0; 20]); inputs.len()];
    cpu().recover(&inputs, &mut results);
    results.iter().filter(|result| result.is_err()).count() as u64
}

/// Does both kinds of batches, twice, and checks every result; gives the account after each call.
fn check(gpu: &Gpu, recoveries: bool) -> Account {
    if recoveries {
        let inputs = inputs();
        let mut expected = vec![Ok([0; 20]); inputs.len()];
        cpu().recover(&inputs, &mut expected);
        let mut results = vec![Ok([0xee; 20]); inputs.len()];
        gpu.recover(&inputs, &mut results);
        assert_eq!(results, expected);
    } else {
        let messages = messages();
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        let mut expected = vec![[0; 32]; messages.len()];
        cpu().keccak256(&messages, &mut expected);
        let mut hashes = vec![[0xee; 32]; messages.len()];
        gpu.keccak256(&messages, &mut hashes);
        assert_eq!(hashes, expected);
    }
    gpu.account().expect("it has a device")
}

/// A fault in either kind of batch: results are complete, the device is put aside for this reason, and gets nothing
/// more.
#[track_caller]
fn faulty(fault: Fault, reason: &str) {
    for recoveries in [false, true] {
        let (gpu, _) = gpu(fault);
        let account = check(&gpu, recoveries);
        let put_aside = account.put_aside.expect("the device is put aside");
        assert!(put_aside.contains(reason), "{put_aside}");
        let items = if recoveries { 500 } else { 100 };
        assert_eq!(account.computed + account.redone, items);
        assert!(account.redone > 0);
        assert!(gpu.is_aside());
        let later = check(&gpu, recoveries);
        assert_eq!(later.computed, account.computed);
        assert!(later.redone > account.redone);
    }
}

#[test]
fn a_device_without_fault_does_everything_and_several_batches_at_once() {
    let (gpu, most_flying) = gpu(Fault::None);
    for recoveries in [false, true] {
        let account = check(&gpu, recoveries);
        assert_eq!(account.put_aside, None);
        assert_eq!(account.redone, if recoveries { rejected() } else { 0 });
    }
    let computed = gpu.account().map(|account| account.computed);
    assert_eq!(computed, Some(600 - rejected()));
    assert!((100..400).contains(&rejected()));
    assert!(most_flying.load(Ordering::Relaxed) >= 2);
}

#[test]
fn device_lost() {
    faulty(Fault::Lost, "device lost");
}

#[test]
fn out_of_memory() {
    faulty(Fault::OutOfMemory, "out of memory");
}

#[test]
fn a_driver_that_returns_zeros() {
    faulty(Fault::Zeros, "not written");
}

#[test]
fn a_driver_that_returns_what_was_there() {
    faulty(Fault::Stale, "known");
}

#[test]
fn a_wrong_bit_in_the_known_row() {
    faulty(Fault::Flipped, "known");
}

/// As if a stage had been left out for some rows, and a batch before had left its numbers there.
#[test]
fn a_wrong_bit_beside_a_right_known_row() {
    faulty(Fault::First, "sampled");
}

#[test]
fn an_output_that_is_too_short() {
    faulty(Fault::Short, "not written");
}

#[test]
fn a_row_that_was_not_written() {
    faulty(Fault::Hole, "not written");
}

#[test]
fn a_driver_that_is_stuck() {
    faulty(Fault::Stuck, "no answer within");
}

#[test]
fn a_batch_that_is_never_through() {
    faulty(Fault::Endless, "no answer within");
}

#[test]
fn a_driver_that_panics() {
    faulty(Fault::Panic, "has ended");
}

#[test]
fn rows_that_the_device_leaves_are_no_fault() {
    let (gpu, _) = gpu(Fault::Redo);
    let left = rejected() + 1;
    let account = check(&gpu, true);
    assert_eq!((account.redone, account.put_aside), (left, None));
    let account = check(&gpu, false);
    assert_eq!((account.redone, account.put_aside), (left, None));
}

#[test]
fn messages_too_long_for_the_device_are_the_cpus() {
    let (gpu, _) = gpu(Fault::None);
    let long = vec![7; keccak::LONGEST_MESSAGE_BYTES + 1];
    let longest = &long[1..];
    let messages = [b"a".as_slice(), &long, b"", longest];
    let mut hashes = [[0; 32]; 4];
    gpu.keccak256(&messages, &mut hashes);
    let mut expected = [[0; 32]; 4];
    cpu().keccak256(&messages, &mut expected);
    assert_eq!(hashes, expected);
    let account = gpu.account().expect("it has a device");
    assert_eq!((account.computed, account.redone), (3, 1));
}

#[test]
fn nothing_to_do() {
    let (gpu, _) = gpu(Fault::Lost);
    gpu.keccak256(&[], &mut []);
    gpu.recover(&[], &mut []);
    let account = gpu.account().expect("it has a device");
    assert_eq!(
        (account.computed, account.redone, account.put_aside),
        (0, 0, None)
    );
}

/// Callers that wait for a device when another finds it faulty all get their results.
#[test]
fn a_fault_beside_other_callers() {
    for fault in [Fault::Lost, Fault::Zeros, Fault::Stuck, Fault::Panic] {
        let (gpu, _) = gpu(fault);
        thread::scope(|scope| {
            for caller in 0..4 {
                let gpu = &gpu;
                scope.spawn(move || check(gpu, caller % 2 == 0));
            }
        });
        assert!(gpu.is_aside());
    }
}

#[test]
fn a_device_that_does_not_open() {
    let refused = Worker::start::<Twin>("twin".into(), LIMIT, |_| {
        Err(GpuError::NoDevice("none left".into()))
    });
    assert_eq!(refused.err(), Some(GpuError::NoDevice("none left".into())));
    let stuck = Worker::start::<Twin>("twin".into(), LIMIT, |_| {
        thread::sleep(20 * LIMIT);
        Err(GpuError::NoDevice("too late".into()))
    });
    assert_eq!(stuck.err(), Some(GpuError::Timeout(LIMIT)));
    let panics = Worker::start::<Twin>("twin".into(), LIMIT, |_| {
        std::panic::resume_unwind(Box::new("expected by the test"))
    });
    assert!(matches!(panics.err(), Some(GpuError::Fault(_))));
    // One that takes its time is waited for as long as it makes progress.
    let slow = Worker::start::<Twin>("twin".into(), LIMIT, |progress| {
        for _ in 0..6 {
            thread::sleep(LIMIT / 2);
            progress.step();
        }
        Err(GpuError::NoDevice("after all".into()))
    });
    assert_eq!(slow.err(), Some(GpuError::NoDevice("after all".into())));
}
