//! Verification on small chains made here, without transactions but with rewards or a system call's changes of state.

mod ahead;
mod arriving;
mod chain;
mod drive;
mod export;
mod list;
mod stateless;

use crate::{
    Engine,
    block::{Block, Ommers, header_hash},
    chain::{ChainSpec, genesis_header},
    exec::{BlockHashes, BlockJob, Executor, KnownSenders, Serial, WithBlockHashes, receipts},
    rules::{difficulty, next_base_fee},
    trie::WorldState,
    verdict::{BlockVerdict, Check, Outcome},
    verify::groundwork::Groundwork,
};
use alloy_consensus::{EMPTY_OMMER_ROOT_HASH, EMPTY_ROOT_HASH, Header};
use alloy_eips::eip7685::EMPTY_REQUESTS_HASH;
use alloy_genesis::{Genesis, GenesisAccount};
use alloy_hardforks::EthereumHardfork as F;
use alloy_primitives::{Address, B256, Bytes, U256};
use std::collections::BTreeMap;

fn engine() -> Engine {
    Engine::builder().threads(1).build().unwrap()
}

fn spec(network: &str) -> ChainSpec {
    ChainSpec::from_fixture_network(network, &BTreeMap::new(), 1).unwrap()
}

fn genesis(accounts: &[(Address, GenesisAccount)]) -> Genesis {
    Genesis {
        difficulty: U256::from(131_072),
        gas_limit: 1_000_000,
        timestamp: 1000,
        alloc: accounts.iter().cloned().collect(),
        ..Genesis::default()
    }
}

/// A block and the state after it.
#[derive(Clone)]
struct Made {
    block: Block,
    state: WorldState,
}

impl Made {
    fn header(&self) -> &Header {
        &self.block.header
    }

    fn rlp(&self) -> Bytes {
        self.block.encode().unwrap().into()
    }
}

/// Makes valid blocks without transactions on top of others.
struct Maker {
    engine: Engine,
    spec: ChainSpec,
    root: Made,
}

struct NoHashes;

impl BlockHashes for NoHashes {
    fn block_hash(&self, _: u64) -> Option<B256> {
        Some(B256::repeat_byte(0x77))
    }
}

impl Maker {
    fn new(network: &str, genesis: &Genesis) -> Self {
        let engine = engine();
        let spec = spec(network);
        let state = WorldState::from_genesis_alloc(&engine, &genesis.alloc);
        let mut header = genesis_header(genesis, &spec, state.root());
        if spec.rules_at(0, 0, None).is_post_merge() {
            header.difficulty = U256::ZERO;
        }
        let root = Made {
            block: whole(header, Vec::new()),
            state,
        };
        Self { engine, spec, root }
    }

    /// A child, `seconds` later; `seed` makes it differ from its siblings.
    fn child(&self, parent: &Made, seconds: u64, seed: u8) -> Made {
        self.child_with(parent, seconds, seed, Vec::new())
    }

    fn child_with(&self, parent: &Made, seconds: u64, seed: u8, ommers: Vec<Header>) -> Made {
        let above = parent.header();
        let number = above.number + 1;
        let timestamp = above.timestamp + seconds;
        let rules = self.spec.rules_at(number, timestamp, None);
        let since = |fork| rules.is_active(fork).then_some(());
        let mut header = Header {
            parent_hash: parent.block.hash,
            beneficiary: Address::repeat_byte(seed),
            number,
            timestamp,
            gas_limit: above.gas_limit,
            difficulty: match rules.is_post_merge() {
                true => U256::ZERO,
                false => difficulty(&rules, number, timestamp, above.into()).unwrap(),
            },
            extra_data: vec![seed].into(),
            base_fee_per_gas: since(F::London).map(|()| next_base_fee(above) as u64),
            withdrawals_root: since(F::Shanghai).map(|()| EMPTY_ROOT_HASH),
            blob_gas_used: since(F::Cancun).map(|()| 0),
            excess_blob_gas: since(F::Cancun).map(|()| 0),
            parent_beacon_block_root: since(F::Cancun).map(|()| B256::repeat_byte(seed)),
            requests_hash: since(F::Prague).map(|()| EMPTY_REQUESTS_HASH),
            ..Header::default()
        };
        if !ommers.is_empty() {
            header.ommers_hash = alloy_primitives::keccak256(alloy_rlp::encode(&ommers));
        }
        let withdrawals = since(F::Shanghai).map(|()| Default::default());
        let nobody = KnownSenders {
            senders: &[],
            authorities: &[],
        };
        let job = BlockJob {
            ommers: &ommers,
            withdrawals: withdrawals.as_ref(),
            ..BlockJob::new(&rules, &header, &[], &nobody)
        };
        let source = WithBlockHashes {
            state: &parent.state,
            hashes: &NoHashes,
        };
        let output = Serial.execute(&job, &source).unwrap();
        let mut state = parent.state.clone();
        for step in &output.steps {
            state.apply(&self.engine, step).unwrap();
        }
        assert!(receipts::encode(&output.receipts).is_empty());
        header.state_root = state.root();
        let block = Block {
            withdrawals,
            ..whole(header, ommers)
        };
        Made { block, state }
    }
}

fn whole(header: Header, ommers: Vec<Header>) -> Block {
    assert!(ommers.is_empty() == (header.ommers_hash == EMPTY_OMMER_ROOT_HASH));
    Block {
        hash: header_hash(&header),
        header,
        claimed_hash: None,
        transactions: Vec::new(),
        ommers: Ommers::Headers(ommers),
        withdrawals: None,
        encoded_length: None,
    }
}

/// The block with its header changed and sealed again.
fn changed(block: &Block, change: impl FnOnce(&mut Header)) -> Block {
    let mut block = block.clone();
    change(&mut block.header);
    block.hash = header_hash(&block.header);
    block
}

fn failed(verdict: &BlockVerdict) -> Vec<Check> {
    let faults = verdict.outcomes().filter(|(_, outcome)| outcome.is_fault());
    faults.map(|(check, _)| check).collect()
}

fn passed(verdict: &BlockVerdict, check: Check) -> bool {
    *verdict.outcome(check) == Outcome::Passed
}

/// Why a check was not made, or found something missing.
fn reason(verdict: &BlockVerdict, check: Check) -> &str {
    match verdict.outcome(check) {
        Outcome::NotCheckable { reason } | Outcome::NotCovered { reason, .. } => reason,
        other => panic!("{check}: {other:?}"),
    }
}
