//! What can be said of a block by its header, its parent and its ancestors.

use super::body::OMMERS_UNKNOWN;
use crate::{
    block::Block,
    chain::{ChainSpec, Rules},
    rules::{
        Ancestry, HeaderError, OmmersCheck, check_blob_gas_used, check_ommers, check_standalone,
        check_with_parent, check_withdrawals_presence,
    },
    verdict::{BlockVerdict, Check},
};
use alloy_consensus::{Header, Transaction as _};
use alloy_primitives::{B256, U256};
use std::time::Instant;

/// What is known around a block.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// Its chain.
    pub spec: &'a ChainSpec,
    /// The header that hashes to the block's parent hash. The caller answers for that.
    pub parent: Option<&'a Header>,
    /// Total difficulty including the parent, where it is known.
    pub parent_total_difficulty: Option<U256>,
    /// Further ancestors, against which ommers are held.
    pub ancestry: Option<&'a dyn Ancestry>,
}

impl<'a> Surroundings<'a> {
    /// A block of which only the chain is known.
    pub fn alone(spec: &'a ChainSpec) -> Self {
        Self {
            spec,
            parent: None,
            parent_total_difficulty: None,
            ancestry: None,
        }
    }
}

impl std::fmt::Debug for Surroundings<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings")
            .field("spec", &self.spec.name)
            .field("parent", &self.parent.map(|parent| parent.number))
            .finish_non_exhaustive()
    }
}

/// What is known of the ancestors of a block that comes without them.
struct NoAncestors<'a>(&'a ChainSpec);

impl Ancestry for NoAncestors<'_> {
    fn header(&self, _: B256) -> Option<&Header> {
        None
    }

    fn ommer_hashes(&self, _: B256) -> Option<Vec<B256>> {
        None
    }

    fn rules(&self, header: &Header) -> Rules {
        self.0.rules_at(header.number, header.timestamp, None)
    }
}

/// Opens a block's verdict: decoding, block hash, parent link, header rules, seal and ommers. Also gives the rules in
/// force for the block.
pub fn check(known: &Surroundings<'_>, block: &Block) -> (BlockVerdict, Rules) {
    let start = Instant::now();
    let header = &block.header;
    let mut verdict = BlockVerdict::new(Some(header.number), Some(block.hash));
    verdict.transactions = block.transactions.len();
    verdict.gas = header.gas_used;
    verdict.pass(Check::Decoding);
    match &block.claimed_hash {
        Some(claimed) => {
            verdict.compare(Check::BlockHash, claimed, &block.hash);
        }
        None => verdict.skip(Check::BlockHash, "the source names no block hash"),
    }
    let rules = known.spec.rules_at(
        header.number,
        header.timestamp,
        known.parent_total_difficulty,
    );
    check_rules(known, block, &rules, &mut verdict);
    if rules.is_post_merge() {
        verdict.skip(Check::Seal, "the block's fork has no proof of work");
    } else {
        verdict.skip(Check::Seal, "proof-of-work seals are not checked");
    }
    check_ommers_of(known, block, &rules, &mut verdict);
    verdict.times.body += start.elapsed();
    (verdict, rules)
}

fn check_rules(known: &Surroundings<'_>, block: &Block, rules: &Rules, verdict: &mut BlockVerdict) {
    let header = &block.header;
    if !rules.is_supported() {
        let reason = format!("the rules of {} are not supported", rules.fork);
        return verdict.not_covered(Check::HeaderRules, None, reason);
    }
    let blobs = block
        .transactions
        .iter()
        .map(|tx| tx.blob_count().unwrap_or(0));
    let blobs = blobs.fold(0u64, u64::saturating_add);
    let alone = check_standalone(rules, header, block.encoded_length)
        .and_then(|()| check_withdrawals_presence(rules, block.withdrawals.is_some()))
        .and_then(|()| check_blob_gas_used(rules, header, blobs));
    if let Err(error) = alone {
        return fail(verdict, error);
    }
    let Some(parent) = known.parent else {
        let reason = "the parent's header is not at hand";
        verdict.skip(Check::ParentLink, reason);
        verdict.skip(
            Check::HeaderRules,
            format!("{reason}; the rules that need none hold"),
        );
        return;
    };
    verdict.pass(Check::ParentLink);
    match check_with_parent(rules, header, parent) {
        Ok(()) => verdict.pass(Check::HeaderRules),
        Err(error) => fail(verdict, error),
    }
}

fn fail(verdict: &mut BlockVerdict, error: HeaderError) {
    let reason = error.to_string();
    verdict.fail(Check::HeaderRules, error.expected, error.got, None, reason);
}

fn check_ommers_of(
    known: &Surroundings<'_>,
    block: &Block,
    rules: &Rules,
    verdict: &mut BlockVerdict,
) {
    let Some(headers) = block.ommers.headers() else {
        return verdict.skip(Check::Ommers, OMMERS_UNKNOWN);
    };
    if headers.is_empty() {
        return verdict.pass(Check::Ommers);
    }
    // Ommers are rewarded, so that what is wrong with them without any ancestor must be found without any.
    let none = NoAncestors(known.spec);
    let ancestry = known.ancestry.unwrap_or(&none);
    match check_ommers(rules, &block.header, headers, ancestry) {
        OmmersCheck::Valid => verdict.pass(Check::Ommers),
        OmmersCheck::Unknown { reason } => verdict.skip(Check::Ommers, reason),
        OmmersCheck::Invalid(error) => {
            let reason = error.to_string();
            verdict.fail(Check::Ommers, "valid ommers", &*reason, None, &*reason);
        }
    }
}
