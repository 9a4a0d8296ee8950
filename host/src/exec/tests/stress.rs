//! Random schedules of hostile blocks: whatever the threads do, the output is the serial one.
//!
//! `PHALANX_SCHEDULES` asks for more schedules than usual, `PHALANX_SEED` for those from another seed on; a failure names
//! its seed.

use super::{block::Block, everyone::*, hostile, random::Random, rigged::Rigged, *};
use crate::exec::{
    access_list,
    parallel::{Counts, Limits, Parallel},
};
use std::{
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::Duration,
};

const SCHEDULES: u64 = 1000;
/// Schedules of each block.
const EACH: u64 = 5;

fn number(name: &str, default: u64) -> u64 {
    let text = std::env::var(name);
    text.map_or(default, |text| text.parse().expect("a number"))
}

/// Senders that take their time: each transaction's is asked for just before it is run.
#[derive(Debug)]
struct Slow<'a> {
    block: &'a Block,
    seed: AtomicU64,
    /// The part of answers in 64 that are slow.
    share: usize,
}

impl Senders for Slow<'_> {
    fn len(&self) -> usize {
        self.block.len()
    }

    fn sender(&self, index: usize) -> Option<Address> {
        let mut random = Random::new(self.seed.fetch_add(1, Ordering::Relaxed));
        if random.below(64) < self.share {
            match random.below(4) {
                0 | 1 => thread::yield_now(),
                2 => thread::sleep(Duration::from_micros(random.below(150) as u64)),
                _ => (0..random.below(4000)).for_each(|_| std::hint::spin_loop()),
            }
        }
        self.block.sender(index)
    }

    fn authorities(&self, index: usize) -> &[Option<Address>] {
        self.block.authorities(index)
    }
}

/// A block that is valid, from one that may not be; or one that is most likely not.
fn block(random: &mut Random) -> (World, Block) {
    let (world, mut block) = hostile::scene(random);
    if random.once_in(8) {
        hostile::spoil(random, &mut block);
        return (world, block);
    }
    let judged = Serial.execute(&world.job_of(&block), &world.db);
    if let Err(ExecError::Invalid {
        transaction: Some(index),
        ..
    }) = judged
    {
        block.truncate(index);
    }
    (world, block)
}

/// Runs a block on one schedule, and compares.
fn run(seed: u64, world: &World, block: &Block) -> Option<Counts> {
    let mut random = Random::new(seed ^ 0x5eed);
    let step_per_transaction = random.once_in(2);
    let senders = Slow {
        block,
        seed: AtomicU64::new(seed << 20),
        share: random.pick(&[0, 8, 24, 60]),
    };
    let stepped = BlockJob {
        step_per_transaction: true,
        ..world.job_of(block)
    };
    let wanted_stepped = Serial.execute(&stepped, &world.db);
    let list = wanted_stepped.as_ref().ok().map(access_list::changes);
    let list = list.filter(|_| random.once_in(4));
    let job = BlockJob {
        step_per_transaction,
        senders: &senders,
        access_list: list.as_deref(),
        ..world.job_of(block)
    };
    let wanted = match step_per_transaction {
        true => wanted_stepped,
        false => Serial.execute(&world.job_of(block), &world.db),
    };
    let state = Rigged::new(&world.db).delaying(seed << 16, random.pick(&[0, 10, 60]));
    let threads = random.pick(&[2, 3, 8]);
    let executor = Parallel::new(engine(threads)).with_limits(Limits {
        window_per_thread: 1 + random.below(16),
        // From each transaction by itself to a few long runs.
        run_gas: [1, 3_000_000, 12_000_000][random.below(3)],
        stall: Duration::from_secs(60),
    });
    let executor = executor.following_lists();
    let (got, counts) = executor.execute_counted(&job, &state);
    let who = format!("PHALANX_SEED={seed} PHALANX_SCHEDULES=1, {threads} threads");
    assert_same(&wanted, &got, &who);
    assert_eq!(counts.is_some(), wanted.is_ok(), "{who}: given up");
    if let Some(counts) = counts {
        let all = counts.tried + counts.repeated + counts.at_the_head;
        assert_eq!(all, block.transactions.len(), "{who}");
    }
    counts
}

#[test]
fn random_schedules_of_hostile_blocks() {
    let first = number("PHALANX_SEED", 0);
    let schedules = number("PHALANX_SCHEDULES", SCHEDULES);
    let mut sum = Counts::default();
    let mut refused = 0;
    let mut current: Option<(u64, (World, Block))> = None;
    for seed in first..first + schedules {
        let of_block = seed / EACH;
        if current.as_ref().is_none_or(|(own, _)| *own != of_block) {
            current = Some((of_block, block(&mut Random::new(of_block))));
        }
        let (_, (world, block)) = current.as_ref().unwrap();
        match run(seed, world, block) {
            Some(counts) => {
                sum.tried += counts.tried;
                sum.repeated += counts.repeated;
                sum.at_the_head += counts.at_the_head;
            }
            None => refused += 1,
        }
    }
    if schedules >= SCHEDULES {
        let all = sum.tried + sum.repeated + sum.at_the_head;
        assert!(all > 20_000, "{sum:?}: the blocks are short");
        assert!(sum.tried > all / 20 && sum.repeated > all / 100, "{sum:?}");
        assert!((20..schedules / 3).contains(&refused), "{refused}");
    }
}
