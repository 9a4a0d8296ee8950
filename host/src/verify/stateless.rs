//! A block with an execution witness: from the pre-state root to the post-state root, reading nothing unproved.
//!
//! Every node, code and header of the witness is hashed first, in one batch each, and is known by its hash from then
//! on. The parent's header is the one that hashes to the block's parent hash; its state root is the pre-state root.
//! What the witness lacks is an error that names it, never a default.

use super::{
    body, execution,
    groundwork::Groundwork,
    header::{self, Surroundings},
    senders,
};
use crate::{
    Engine,
    chain::ChainSpec,
    exec::{BlockHashes, Executor, Senders},
    input::WitnessCase,
    trie::{Preimages, WorldState},
    verdict::{BlockVerdict, Check, Outcome},
};
use alloy_consensus::Header;
use alloy_primitives::{B256, map::B256Map};
use alloy_rlp::Decodable;
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// Hashes of ancestors: proved by headers that link up to the parent, or taken on the witness's word.
struct Ancestors {
    proved: BTreeMap<u64, B256>,
    claimed: BTreeMap<u64, B256>,
    claim_used: AtomicBool,
}

impl BlockHashes for Ancestors {
    fn block_hash(&self, number: u64) -> Option<B256> {
        self.proved.get(&number).copied().or_else(|| {
            let claimed = self.claimed.get(&number).copied();
            if claimed.is_some() {
                self.claim_used.store(true, Ordering::Relaxed);
            }
            claimed
        })
    }
}

/// Verifies a block by its witness.
pub fn verify<E: Executor>(
    engine: &Engine,
    executor: &E,
    spec: &ChainSpec,
    case: &WitnessCase,
) -> BlockVerdict {
    let proofs = Proofs::of(engine, case);
    let groundwork = Groundwork::of_one(engine, &case.block);
    judge(engine, executor, spec, case, proofs, groundwork)
}

/// A witness known by its hashes.
#[derive(Debug)]
pub struct Proofs {
    headers: B256Map<Header>,
    preimages: Arc<Preimages>,
    time: Duration,
}

impl Proofs {
    /// Hashes a witness. Needs nothing else, so that it may be done long before the block's turn.
    pub fn of(engine: &Engine, case: &WitnessCase) -> Self {
        let start = Instant::now();
        let headers = headers_by_hash(engine, case);
        let preimages = Preimages::new(engine, case.nodes.iter().chain(&case.codes).cloned());
        Self {
            headers,
            preimages: Arc::new(preimages),
            time: start.elapsed(),
        }
    }
}

/// Verifies a block by its witness, both hashed beforehand.
pub fn judge<E: Executor>(
    engine: &Engine,
    executor: &E,
    spec: &ChainSpec,
    case: &WitnessCase,
    proofs: Proofs,
    groundwork: Groundwork,
) -> BlockVerdict {
    let block = &case.block;
    let headers = &proofs.headers;
    let parent = headers.get(&block.header.parent_hash);
    let surroundings = Surroundings {
        parent,
        ..Surroundings::alone(spec)
    };
    let (mut verdict, rules) = header::check(&surroundings, block);
    verdict.times.witness = proofs.time;
    body::check(block, &groundwork.roots, &mut verdict);

    let pre_state_root = pre_state_root(case, parent, &mut verdict);
    let ancestors = ancestors(case, parent, headers);
    let execute = |senders: &dyn Senders, verdict: &mut BlockVerdict| {
        let Some(root) = pre_state_root else {
            execution::skip(verdict, senders::AN_EARLIER_CHECK_FAILED);
            return None;
        };
        let world = WorldState::from_witness(root, proofs.preimages);
        let ready = execution::Ready {
            block,
            rules: &rules,
            senders,
        };
        execution::over_trie(engine, executor, ready, &world, &ancestors, verdict);
        Some(())
    };
    let recovery = groundwork.recovery;
    let executed = senders::execute_with(engine, block, &rules, recovery, &mut verdict, execute);
    if executed.is_none() {
        return verdict;
    }
    if let Some(claimed) = case.post_state_root
        && claimed != block.header.state_root
    {
        verdict.fail(
            Check::StateRoot,
            block.header.state_root.to_string(),
            claimed.to_string(),
            None,
            "the witness names another post-state root than the header",
        );
    }
    if ancestors.claim_used.load(Ordering::Relaxed)
        && matches!(verdict.outcome(Check::Execution), Outcome::Passed)
    {
        verdict.skip(
            Check::Execution,
            "executed, but BLOCKHASH was answered from hashes that no header proves",
        );
    }
    verdict
}

/// The witness's headers by their hash. One that is not the encoding of a header is left out: if it is needed, it will
/// be missed.
fn headers_by_hash(engine: &Engine, case: &WitnessCase) -> B256Map<Header> {
    let hashes = engine.keccak256(&case.headers);
    let decoded = case.headers.iter().map(|bytes| {
        let mut rest = bytes.as_ref();
        let header = Header::decode(&mut rest).ok()?;
        (rest.is_empty() && alloy_rlp::encode(&header) == bytes.as_ref()).then_some(header)
    });
    hashes
        .into_iter()
        .zip(decoded)
        .filter_map(|(hash, header)| Some((hash, header?)))
        .collect()
}

/// The state root that the block starts from: the parent's, or where the witness has no headers the one that the source
/// names, which is then unproved.
fn pre_state_root(
    case: &WitnessCase,
    parent: Option<&Header>,
    verdict: &mut BlockVerdict,
) -> Option<B256> {
    match (parent.map(|parent| parent.state_root), case.pre_state_root) {
        (Some(proved), Some(claimed)) if proved != claimed => {
            verdict.fail(
                Check::StateRoot,
                proved.to_string(),
                claimed.to_string(),
                None,
                "the witness names another pre-state root than the parent's header",
            );
            None
        }
        (Some(root), _) => Some(root),
        // Only a source that has no headers at all is taken at its word: where there are some and none is the parent's,
        // it was altered or left out.
        (None, Some(root)) if case.headers.is_empty() => {
            let parent_hash_claimed = case.block_hashes.first();
            if parent_hash_claimed.is_some_and(|hash| *hash != case.block.header.parent_hash) {
                verdict.fail(
                    Check::ParentLink,
                    case.block.header.parent_hash.to_string(),
                    parent_hash_claimed
                        .map(ToString::to_string)
                        .unwrap_or_default(),
                    None,
                    "the first of the witness's block hashes is not the parent's",
                );
                return None;
            }
            verdict.skip(
                Check::ParentLink,
                "the witness has no parent header: its pre-state root is taken as given",
            );
            Some(root)
        }
        (None, _) => {
            verdict.not_covered(
                Check::ParentLink,
                None,
                format!(
                    "the witness lacks the parent's header {}, and with it the pre-state root",
                    case.block.header.parent_hash
                ),
            );
            None
        }
    }
}

fn ancestors(case: &WitnessCase, parent: Option<&Header>, headers: &B256Map<Header>) -> Ancestors {
    let number = case.block.header.number;
    let mut proved = BTreeMap::new();
    let mut hash = case.block.header.parent_hash;
    let mut next = parent;
    if let Some(below) = number.checked_sub(1) {
        proved.insert(below, hash);
    }
    while let Some(header) = next {
        proved.insert(header.number, hash);
        // Numbers that fall are what ends this walk: a chain of headers can't be cyclic, but it can be odd.
        let Some(below) = header.number.checked_sub(1) else {
            break;
        };
        hash = header.parent_hash;
        proved.insert(below, hash);
        next = headers
            .get(&hash)
            .filter(|ancestor| ancestor.number == below);
    }
    let claimed = (0..number)
        .rev()
        .zip(case.block_hashes.iter().copied())
        .collect();
    Ancestors {
        proved,
        claimed,
        claim_used: AtomicBool::new(false),
    }
}
