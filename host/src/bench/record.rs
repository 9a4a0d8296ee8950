//! What a run leaves: one JSON document, which later ones are compared with.

use super::{energy::Energy, machine::Machine, measure::Clock, noise::Noise, stats::Estimate};
use serde::{Deserialize, Serialize};

/// The version of the document's form.
pub const FORMAT: u32 = 1;

/// Everything that a run has found out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// [`FORMAT`] when it was written.
    pub format: u32,
    /// The version of Phalanx.
    pub phalanx: String,
    /// When it began, in UTC: `2026-01-31T12:34:56Z`.
    pub date: String,
    /// Seconds that it took, preparation included.
    pub seconds: f64,
    /// What it ran on.
    pub machine: Machine,
    /// What an engine would do its batches with.
    pub choice: Choice,
    /// How quiet the machine was.
    pub noise: Noise,
    /// The matches.
    pub rows: Vec<Row>,
    /// What the time of blocks is made of.
    pub stages: Vec<Stages>,
    /// Joules, where the machine tells.
    pub energy: Energy,
    /// What was left out, and why.
    pub notes: Vec<String>,
}

/// What `auto` means on a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The backend of the processor.
    pub backend: String,
    /// Why that one.
    pub reason: String,
    /// Threads that share a batch.
    pub threads: usize,
    /// What a GPU beside it gets.
    pub sharing: String,
}

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Signatures to addresses, on one thread.
    Recovery,
    /// Hashes, on one thread.
    Keccak,
    /// Changes of a large trie.
    Trie,
    /// Nodes of a witness, and blocks by their witnesses.
    Witness,
    /// Blocks, one at a time.
    Latency,
    /// Many blocks.
    Chain,
    /// The EVM alone.
    Execution,
    /// Signatures by size of the batch, on all threads.
    RecoverySizes,
    /// Hashes by size of the batch, on all threads.
    KeccakSizes,
    /// The same work on more and more threads.
    Threads,
}

impl Topic {
    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Recovery => "recovery",
            Self::Keccak => "Keccak-256",
            Self::Trie => "trie update",
            Self::Witness => "witness check",
            Self::Latency => "block latency",
            Self::Chain => "chain throughput",
            Self::Execution => "execution",
            Self::RecoverySizes => "recovery by batch size",
            Self::KeccakSizes => "Keccak-256 by batch size",
            Self::Threads => "scaling with threads",
        }
    }

    /// True where rows differ by the size of the batch alone, and make a curve.
    pub const fn is_curve(self) -> bool {
        matches!(self, Self::RecoverySizes | Self::KeccakSizes)
    }
}

/// Contenders on the same inputs in the same rounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What it is about.
    pub topic: Topic,
    /// What is computed.
    pub workload: String,
    /// What an item is.
    pub unit: String,
    /// Items a call.
    pub items: usize,
    /// Transactions of a call, where blocks are executed.
    pub transactions: Option<usize>,
    /// Gas of a call, where real blocks are: generated ones burn much of theirs at once.
    pub gas: Option<u64>,
    /// By which clock.
    pub clock: Clock,
    /// In how many rounds all took their turn.
    pub rounds: usize,
    /// Who took part.
    pub entries: Vec<Entry>,
}

/// Who takes part, as what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Phalanx, held against the others.
    Phalanx,
    /// Somebody else.
    Rival,
    /// Phalanx on one thread, which more threads are held against.
    Baseline,
}

/// One contender's figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name, of which there is one in a row.
    pub name: String,
    /// As what it takes part.
    pub role: Role,
    /// The backend, for Phalanx.
    pub backend: Option<String>,
    /// Threads that it uses at most.
    pub threads: usize,
    /// Nanoseconds an item.
    pub item_ns: Estimate,
    /// For Phalanx, how it compares with each rival or with the baseline.
    pub ratios: Vec<Ratio>,
}

/// How many times as fast as somebody else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ratio {
    /// Whom it is held against.
    pub rival: String,
    /// The rival's time through Phalanx's, round by round: above 1, Phalanx is faster.
    pub times: Estimate,
}

/// How a comparison ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Phalanx is faster, all of the interval says.
    Won,
    /// It is slower, all of the interval says.
    Lost,
    /// The interval has 1 in it, or there were too few rounds for one that is sure enough.
    Undecided,
}

impl Outcome {
    /// In a word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Won => "won",
            Self::Lost => "LOST",
            Self::Undecided => "undecided",
        }
    }
}

impl Ratio {
    /// How it ended.
    pub fn outcome(&self) -> Outcome {
        match self.times {
            times if !times.is_sure() => Outcome::Undecided,
            times if times.low > 1.0 => Outcome::Won,
            times if times.high < 1.0 => Outcome::Lost,
            _ => Outcome::Undecided,
        }
    }
}

impl Entry {
    /// Items a second.
    pub fn rate(&self) -> f64 {
        1e9 / self.item_ns.median
    }
}

impl Row {
    /// Every comparison with a rival: who, and how it ended.
    pub fn comparisons(&self) -> impl Iterator<Item = (&Entry, &Ratio)> {
        let phalanx = self
            .entries
            .iter()
            .filter(|entry| entry.role == Role::Phalanx);
        phalanx.flat_map(|entry| entry.ratios.iter().map(move |ratio| (entry, ratio)))
    }

    /// Transactions a second of an entry, and gas a second, where blocks are executed.
    pub fn block_rates(&self, entry: &Entry) -> (Option<f64>, Option<f64>) {
        let seconds = entry.item_ns.median * self.items as f64 / 1e9;
        let transactions = self.transactions.map(|count| count as f64 / seconds);
        (transactions, self.gas.map(|gas| gas as f64 / seconds))
    }
}

/// What the time of blocks is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stages {
    /// Which blocks, how.
    pub workload: String,
    /// Which engine.
    pub engine: String,
    /// Nanoseconds a block by stage, in the pipeline's order; the times of all threads.
    pub parts: Vec<(String, f64)>,
}

#[cfg(test)]
pub(crate) mod tests;
