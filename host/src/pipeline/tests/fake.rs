//! Works that note what is done with them.

use super::*;
use crate::{block::Transaction, verify::senders::BlockRecovery};
use alloy_consensus::{Signed, TxLegacy};
use alloy_primitives::{Signature, U256};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

/// A lane that notes which works it lent to.
pub(super) type Noting = Arc<Lane<Vec<u64>>>;

/// A work.
#[derive(Debug, Clone, Default)]
pub(super) struct Item {
    pub(super) id: u64,
    pub(super) lane: Option<Noting>,
    pub(super) transactions: Vec<Transaction>,
    pub(super) bytes: usize,
    /// The stage in which it panics.
    pub(super) panics: Option<Stage>,
    /// How long each of its stages takes.
    pub(super) takes: Duration,
    /// How much longer its execution takes.
    pub(super) executes: Duration,
    /// Tells that it lives.
    pub(super) _alive: Option<Arc<()>>,
}

impl Item {
    pub(super) fn new(id: u64) -> Self {
        Self {
            id,
            ..Self::default()
        }
    }

    fn at(&self, stage: Stage) {
        if !self.takes.is_zero() {
            std::thread::sleep(self.takes);
        }
        assert_ne!(self.panics, Some(stage), "a panic made for this test");
    }
}

/// Transactions with signatures that nobody recovers.
pub(super) fn transactions(count: usize) -> Vec<Transaction> {
    let signature = Signature::new(U256::ONE, U256::ONE, false);
    let signed = Signed::new_unhashed(TxLegacy::default(), signature);
    vec![Transaction::Legacy(signed); count]
}

/// Gives back what it executes.
#[derive(Debug, Clone, Default)]
pub(super) struct Fake(pub(super) Arc<Notes>);

#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Transactions of each batch, by block.
    pub(super) batches: Mutex<Vec<Vec<usize>>>,
    pub(super) executed: Mutex<Vec<u64>>,
    pub(super) executing: AtomicUsize,
    pub(super) most_executing: AtomicUsize,
    /// Signatures that are recovered, or being so, of items that are not executed, and the most there were.
    pub(super) held: AtomicUsize,
    pub(super) most_held: AtomicUsize,
    /// How long each of a batch's parts takes, which other threads may take.
    pub(super) batch_takes: Duration,
}

impl Notes {
    fn shared_out(&self, engine: &Engine) {
        let takes = self.batch_takes;
        if !takes.is_zero() {
            engine.scope(|scope| {
                (0..4).for_each(|_| scope.spawn(move |_| std::thread::sleep(takes)));
            });
        }
    }
}

impl Stages for Fake {
    type Work = Item;
    type Hashes = u64;
    type Output = u64;

    fn bytes(&self, item: &Item) -> usize {
        item.bytes
    }

    fn lane(&self, item: &Item) -> Option<LaneId> {
        item.lane.as_ref().map(|lane| lane.id())
    }

    fn number(&self, item: &Item) -> Option<u64> {
        Some(item.id)
    }

    fn decode(&self, item: Item) -> Item {
        item.at(Stage::Decode);
        item
    }

    fn transactions<'w>(&self, item: &'w Item) -> &'w [Transaction] {
        &item.transactions
    }

    fn hash(&self, item: &Item) -> u64 {
        item.at(Stage::Hash);
        item.id
    }

    fn mode(&self) -> Mode {
        Mode::Throughput
    }

    fn recover(&self, engine: &Engine, blocks: &[&[Transaction]]) -> Vec<BlockRecovery> {
        let counts: Vec<usize> = blocks.iter().map(|block| block.len()).collect();
        // A block of 13 signatures is one that panics.
        assert!(!counts.contains(&13), "a panic made for this test");
        let total = counts.iter().sum();
        let held = total + self.0.held.fetch_add(total, Ordering::SeqCst);
        self.0.most_held.fetch_max(held, Ordering::SeqCst);
        self.0.batches.lock().unwrap().push(counts);
        self.0.shared_out(engine);
        let recovery = |block: &&[Transaction]| BlockRecovery {
            recovered: Vec::new(),
            time: Duration::from_nanos(block.len() as u64),
            later: false,
        };
        blocks.iter().map(recovery).collect()
    }

    fn execute(&self, item: &Item, hashes: u64, recovery: BlockRecovery) -> u64 {
        let now = 1 + self.0.executing.fetch_add(1, Ordering::SeqCst);
        self.0.most_executing.fetch_max(now, Ordering::SeqCst);
        let done = |list: &mut Vec<u64>| {
            item.at(Stage::Execute);
            if !item.executes.is_zero() {
                std::thread::sleep(item.executes);
            }
            list.push(item.id);
        };
        assert_eq!(hashes, item.id, "hashes are the work's own");
        let signatures = recovery.time.as_nanos() as usize;
        assert_eq!(signatures, item.transactions.len(), "so are its senders");
        match &item.lane {
            Some(lane) => lane.lend(done),
            None => done(&mut Vec::new()),
        }
        self.0.executing.fetch_sub(1, Ordering::SeqCst);
        self.0.held.fetch_sub(signatures, Ordering::SeqCst);
        self.0.executed.lock().unwrap().push(item.id);
        item.id
    }
}

/// A pipeline over items.
pub(super) fn run(
    threads: usize,
    options: impl FnOnce(&mut Options),
    fake: &Fake,
    source: impl Iterator<Item = Item> + Send + 'static,
) -> Outcomes<Fake> {
    let engine = engine(threads);
    let mut settings = Options::new(Mode::Throughput, &engine);
    options(&mut settings);
    Outcomes::start(&engine, settings, fake.clone(), Box::new(source))
}
