//! The parts of a run.

mod blocks;
mod chain;
mod joules;
mod keccak;
mod recovery;
mod sizes;
mod threads;
mod trie;
mod witness;

pub(super) use recovery::Signed;

use super::{
    field::Field,
    plan::{BenchError, Run},
};

/// A part of a run.
pub(super) struct Section {
    /// What it is called.
    pub(super) title: &'static str,
    /// Its share of the time.
    pub(super) share: f64,
    /// Measures it.
    pub(super) play: fn(&Field, &mut Run<'_>) -> Result<(), BenchError>,
}

/// All parts in order.
pub(super) const ALL: [Section; 9] = [
    Section {
        title: "recovery",
        share: 0.15,
        play: recovery::play,
    },
    Section {
        title: "Keccak-256",
        share: 0.06,
        play: keccak::play,
    },
    Section {
        title: "trie update",
        share: 0.07,
        play: trie::play,
    },
    Section {
        title: "witness check",
        share: 0.06,
        play: witness::play,
    },
    Section {
        title: "blocks",
        share: 0.13,
        play: blocks::play,
    },
    Section {
        title: "chain throughput",
        share: 0.08,
        play: chain::play,
    },
    Section {
        title: "batch sizes",
        share: 0.35,
        play: sizes::play,
    },
    Section {
        title: "threads",
        share: 0.07,
        play: threads::play,
    },
    Section {
        title: "energy",
        share: 0.03,
        play: joules::play,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_one_whole() {
        let sum: f64 = ALL.iter().map(|section| section.share).sum();
        assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    }
}
