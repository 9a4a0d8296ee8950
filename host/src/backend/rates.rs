//! How long batches take where, and how one is shared between the CPU and a GPU.

use super::BatchBackend;
use phalanx_kernels::{RecoverError, RecoverInput};
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// What a batch costs at one place: a fixed time and a time for each item, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// Of any batch.
    pub fixed: f64,
    /// Of each item.
    pub each: f64,
}

/// Costs of one call at both places.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// On all threads of the engine.
    pub cpu: Cost,
    /// On the device, packing and transfers included.
    pub gpu: Cost,
}

/// What was measured of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// An item is a signature.
    pub recover: Pair,
    /// An item is a block of 136 bytes, which is a permutation.
    pub keccak: Pair,
}

/// The part of the time on the CPU alone that a GPU has to save to be asked at all.
const LEAST_GAIN: f64 = 0.1;

impl Cost {
    /// Time of a batch.
    pub fn of(&self, items: usize) -> f64 {
        if items == 0 {
            0.0
        } else {
            self.fixed + self.each * items as f64
        }
    }

    /// The line through two measurements, of few items and of more; neither part is negative.
    fn through(few: (usize, f64), more: (usize, f64)) -> Self {
        let each = ((more.1 - few.1) / (more.0 - few.0).max(1) as f64).max(0.0);
        let fixed = (few.1 - each * few.0 as f64).max(0.0);
        // Noise can hide all of the slope; a batch's time over its items never does.
        let each = if each > 0.0 {
            each
        } else {
            more.1 / more.0 as f64
        };
        Self { fixed, each }
    }
}

impl Pair {
    /// Items of a batch that the GPU should do while the CPU does the others, so that all are done soonest: none where
    /// that saves too little, otherwise as many as make both end together, or all.
    pub fn split(&self, items: usize) -> usize {
        let alone = self.cpu.of(items);
        // cpu.fixed + cpu.each (items - x) = gpu.fixed + gpu.each x
        let even = (alone - self.gpu.fixed) / (self.cpu.each + self.gpu.each);
        let shared = (even.max(0.0) as usize).min(items);
        let time = |x: usize| self.gpu.of(x).max(self.cpu.of(items - x));
        let best = if time(items) <= time(shared) {
            items
        } else {
            shared
        };
        if best > 0 && time(best) <= (1.0 - LEAST_GAIN) * alone {
            best
        } else {
            0
        }
    }

    /// The fewest items of which the GPU gets any; `None` if there is no such number below 2^32.
    pub fn crossover(&self) -> Option<usize> {
        let (mut below, mut at) = (0, 1 << 32);
        if self.split(at) == 0 {
            return None;
        }
        while at - below > 1 {
            let middle = below + (at - below) / 2;
            if self.split(middle) > 0 {
                at = middle;
            } else {
                below = middle;
            }
        }
        Some(at)
    }
}

/// Items of the first measurement, and the most of the second.
const FEW: usize = 1;
const MOST: usize = 1 << 16;
/// A measurement of this length is exact enough to stop at. Eight of them, with the shorter ones before each, stay
/// below 200 ms.
const LONG_ENOUGH: Duration = Duration::from_millis(12);
/// Bytes of the messages that are measured: one block each.
const MESSAGE_BYTES: usize = 100;

/// Measures both places, in under 200 ms on machines of which a batch of one takes less than 5 ms. What is compiled at
/// first use is to be compiled before.
pub fn measure(cpu: &dyn BatchBackend, gpu: &dyn BatchBackend) -> Rates {
    let inputs = signatures();
    let messages = vec![[0x33; MESSAGE_BYTES]; MOST];
    let messages: Vec<&[u8]> = messages
        .iter()
        .map(<[u8; MESSAGE_BYTES]>::as_slice)
        .collect();
    let mut results = vec![Err(RecoverError::RecoveryId); MOST];
    let mut hashes = vec![[0; 32]; MOST];
    let mut recover = |backend: &dyn BatchBackend| {
        cost(|items| backend.recover(&inputs[..items], &mut results[..items]))
    };
    let recover = Pair {
        cpu: recover(cpu),
        gpu: recover(gpu),
    };
    let mut keccak = |backend: &dyn BatchBackend| {
        cost(|items| backend.keccak256(&messages[..items], &mut hashes[..items]))
    };
    let keccak = Pair {
        cpu: keccak(cpu),
        gpu: keccak(gpu),
    };
    Rates { recover, keccak }
}

fn cost(mut run: impl FnMut(usize)) -> Cost {
    let mut time = |items| {
        let start = Instant::now();
        run(items);
        start.elapsed()
    };
    // The better of two: the first wakes threads and allocates buffers.
    let few = time(FEW).min(time(FEW));
    let mut items = 256;
    loop {
        let took = time(items);
        if took >= LONG_ENOUGH || items >= MOST {
            return Cost::through((FEW, few.as_secs_f64()), (items, took.as_secs_f64()));
        }
        // As far as this one's speed says that it is long enough, and a little farther.
        let factor = LONG_ENOUGH.as_secs_f64() / took.as_secs_f64().max(1e-6);
        items = (items as f64 * factor.clamp(2.0, 16.0)) as usize;
        items = items.min(MOST);
    }
}

/// Signatures that nobody made; whether r is an x coordinate doesn't change what they cost.
fn signatures() -> Vec<RecoverInput> {
    let input = crate::gpu::recover::known_input(0);
    (0..MOST as u64)
        .map(|index| {
            let mut input = input;
            input.prehash[..8].copy_from_slice(&index.to_be_bytes());
            input.s[8..16]
                .copy_from_slice(&index.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
            input
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CPU: Cost = Cost {
        fixed: 10e-6,
        each: 5e-6,
    };
    const GPU: Cost = Cost {
        fixed: 1e-3,
        each: 0.1e-6,
    };
    const PAIR: Pair = Pair { cpu: CPU, gpu: GPU };

    #[test]
    fn small_batches_never_wait_for_the_gpu() {
        for items in 0..200 {
            assert_eq!(PAIR.split(items), 0, "{items}");
        }
    }

    #[test]
    fn both_ends_meet_in_large_batches() {
        for items in [400, 5_000, 100_000, 10_000_000] {
            let share = PAIR.split(items);
            let (cpu, gpu) = (CPU.of(items - share), GPU.of(share));
            assert!(share > 0 && share < items, "{items}: {share}");
            // To within an item of the slower.
            assert!((cpu - gpu).abs() <= 2.0 * CPU.each, "{items}: {cpu} {gpu}");
        }
    }

    #[test]
    fn all_goes_to_the_gpu_where_the_cpu_is_late_to_start() {
        let pair = Pair {
            cpu: Cost {
                fixed: 1.0,
                each: 1.0,
            },
            gpu: Cost {
                fixed: 0.0,
                each: 1e-3,
            },
        };
        assert_eq!(pair.split(100), 100);
    }

    #[test]
    fn a_slow_gpu_gets_what_is_worth_it_and_a_useless_one_nothing() {
        let slow = Pair {
            cpu: CPU,
            gpu: Cost {
                fixed: 1e-3,
                each: 5e-6,
            },
        };
        let share = slow.split(100_000);
        assert!((49_000..51_000).contains(&share), "{share}");
        let useless = Pair {
            cpu: CPU,
            gpu: Cost {
                fixed: 1e-3,
                each: 300e-6,
            },
        };
        assert_eq!(useless.split(usize::MAX >> 12), 0);
        assert_eq!(useless.crossover(), None);
    }

    #[test]
    fn the_crossover_is_where_the_first_item_goes_to_the_gpu() {
        let at = PAIR.crossover().expect("the GPU is faster");
        assert!(PAIR.split(at) > 0);
        assert_eq!(PAIR.split(at - 1), 0);
        assert!((200..400).contains(&at), "{at}");
    }

    #[test]
    fn costs_from_measurements() {
        let line = Cost::through((1, 1e-3), (1001, 3e-3));
        assert!((line.each - 2e-6).abs() < 1e-12 && (line.fixed - 0.998e-3).abs() < 1e-9);
        // Noise: the longer batch took less time.
        let noisy = Cost::through((1, 2e-3), (100, 1e-3));
        assert!(noisy.each > 0.0 && noisy.fixed >= 0.0);
    }
}
