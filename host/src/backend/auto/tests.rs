//! Batches shared with devices that compute on the CPU.

use super::*;
use crate::backend::{
    Pool,
    cpu::Cpu,
    gpu::tests::{Fault, cpu, gpu, gpu_beside},
    rates::{Cost, Pair},
};
use phalanx_kernels::{Level, LevelName};
use std::sync::{Barrier, mpsc};

/// With a device that is there already, and costs nothing like its own.
fn auto(device: Gpu, rates: Rates) -> Auto {
    auto_beside(cpu(), device, rates)
}

/// The same on a CPU of several threads.
fn auto_beside(cpu: Arc<dyn BatchBackend>, device: Gpu, rates: Rates) -> Auto {
    let auto = Auto::new(cpu, 1, &Config::default());
    let device = Device { gpu: device, rates };
    auto.late
        .device
        .set(Some(device))
        .expect("nobody has set it");
    auto
}

/// Half of each large batch goes to either place.
fn halves() -> Rates {
    let cpu = Cost {
        fixed: 0.0,
        each: 1.0,
    };
    let pair = Pair {
        cpu,
        gpu: Cost { fixed: 50.0, ..cpu },
    };
    Rates {
        recover: pair,
        keccak: pair,
    }
}

#[test]
fn large_batches_are_shared_and_small_ones_are_not() {
    let messages: Vec<Vec<u8>> = (0..400).map(|i| vec![i as u8; i % 300]).collect();
    let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
    let inputs: Vec<_> = (0..250).map(crate::gpu::recover::known_input).collect();
    for fault in [Fault::None, Fault::Lost] {
        let auto = auto(gpu(fault).0, halves());
        let small = [messages[1]; 50];
        auto.keccak256(&small, &mut [[0; 32]; 50]);
        assert_eq!(auto.account().map(|account| account.computed), Some(0));
        // A device that fails leaves nothing undone, in its first batch and in those after.
        for _ in 0..2 {
            let mut hashes = vec![[0; 32]; messages.len()];
            auto.keccak256(&messages, &mut hashes);
            let mut expected = hashes.clone();
            auto.cpu.keccak256(&messages, &mut expected);
            assert_eq!(hashes, expected);
            let mut results = vec![Ok([0; 20]); inputs.len()];
            auto.recover(&inputs, &mut results);
            let mut expected = results.clone();
            auto.cpu.recover(&inputs, &mut expected);
            assert_eq!(results, expected);
        }
        let account = auto.account().expect("it has a device");
        let given = account.computed + account.redone;
        if fault == Fault::None {
            // 100 signatures, and messages of about as many blocks as the CPU gets; twice.
            assert_eq!(account.redone, 0);
            assert!((400..800).contains(&given), "{account:?}");
        } else {
            assert!(account.put_aside.is_some() && account.redone > 0);
        }
    }
}

#[test]
fn levels_go_where_they_end_sooner() {
    let fast = Pair {
        cpu: Cost {
            fixed: 0.0,
            each: 1e-6,
        },
        gpu: Cost {
            fixed: 1e-3,
            each: 1e-8,
        },
    };
    let slow = Pair {
        gpu: fast.cpu,
        cpu: fast.gpu,
    };
    let with = |keccak| {
        auto(
            gpu(Fault::None).0,
            Rates {
                recover: slow,
                keccak,
            },
        )
    };
    let (fast, slow) = (with(fast), with(slow));
    assert!(fast.levels_bytes().is_some() && slow.levels_bytes().is_none());
    let device = fast.device().expect("it is there");
    // 1,000 blocks take the CPU as long as the GPU needs to begin.
    assert!(!device.is_worth_levels(1_000, 1) && device.is_worth_levels(1_200, 1));
    assert!(!device.is_worth_levels(1_200, 9));
    let message = [b"one block".as_slice()];
    let levels = Levels {
        messages: &message,
        holes: &[None],
        levels: &[vec![0]],
    };
    assert!(!fast.keccak256_levels(&levels, &mut [[0; 32]]));
}

#[test]
fn prefixes() {
    let costs = [3, 1, 4, 1, 5];
    let prefix = |most| prefix(costs.into_iter(), most);
    assert_eq!(
        [0, 2, 3, 4, 8, 13, 14, 99].map(prefix),
        [0, 0, 1, 2, 3, 4, 5, 5]
    );
}

#[test]
fn a_gpu_is_looked_for_once_and_not_at_once() {
    let late = Late::default();
    let part = LOOK_AFTER / 4;
    let answers = [(); 8].map(|()| late.pays(part));
    assert_eq!(answers.iter().position(|&pays| pays), Some(3));
    assert_eq!(answers.iter().filter(|&&pays| pays).count(), 1);
}

/// Two callers on the engine's only two threads, both of which wait for a device that leaves its items to the CPU.
#[test]
fn callers_on_all_threads_of_the_engine_get_what_a_device_leaves() {
    let config = Config {
        threads: Some(2),
        recover_chunk_items: 1,
        ..Config::default()
    };
    for fault in [Fault::Lost, Fault::Stuck] {
        let pool = Arc::new(Pool::new(&config).expect("two threads"));
        let level = Level::new(LevelName::Portable).expect("it is everywhere");
        let shared: Arc<dyn BatchBackend> = Arc::new(Cpu::new(level, &config, Arc::clone(&pool)));
        let device = gpu_beside(fault, Arc::clone(&shared)).0;
        let auto = auto_beside(shared, device, halves());
        let (send, done) = mpsc::channel();
        // Its own thread, which is left behind if it never ends.
        thread::spawn(move || {
            // Three batches of each caller: the third of all is struck, so both have some left.
            let inputs: Vec<_> = (0..400).map(crate::gpu::recover::known_input).collect();
            let both_are_here = Barrier::new(2);
            let call = || {
                both_are_here.wait();
                let mut results = vec![Ok([0; 20]); inputs.len()];
                auto.recover(&inputs, &mut results);
                results
            };
            let results = pool.install(|| rayon::join(call, call));
            let mut expected = vec![Ok([0; 20]); inputs.len()];
            cpu().recover(&inputs, &mut expected);
            let account = auto.account().expect("it has a device");
            let _ = send.send(results.0 == expected && results.1 == expected && account.redone > 0);
        });
        let right = done.recv_timeout(Duration::from_secs(60));
        assert_eq!(right, Ok(true), "{fault:?}");
    }
}

#[test]
fn a_search_ends_with_its_engine() {
    let around = Around {
        quiet: &|| true,
        ended: &|| true,
    };
    let request = Request {
        name: None,
        arithmetic: None,
        software: true,
    };
    let ended = calibrate(cpu(), 1, &request, None, around);
    assert_eq!(ended.err(), Some(GpuError::Ended));
}
