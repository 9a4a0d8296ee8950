//! Whole blocks: raw bytes, and what is known of the state before them.

use super::memory::{Codes, Memory};
use crate::{
    Engine,
    bench::engines::best_practice::Chain,
    block::{Block, Ommers},
    chain::{ChainSpec, Rules},
    exec::{BlockJob, Senders},
    input::{PreStateCase, WitnessCase},
    senders::recover_transactions,
};
use alloy_primitives::{Address, Bytes};
use std::sync::Arc;

/// A block with its pre-state.
#[derive(Debug)]
pub struct PreStateBlock {
    /// The RLP of the block. Where its source knows the ommers by hash alone, there are none in it.
    pub raw: Bytes,
    /// The ommers, where `raw` lacks them.
    pub ommers: Option<Ommers>,
    /// The block as Phalanx decodes it, ommers included.
    pub block: Block,
    /// The rules in force.
    pub rules: Rules,
    /// What it reads.
    pub state: Arc<Memory>,
}

impl PreStateBlock {
    /// A block of a chain as it was read, over the codes of all states; `None` where its bytes can't be had.
    pub fn new(case: PreStateCase, spec: &ChainSpec, codes: Codes) -> Option<Self> {
        let mut bare = case.block.clone();
        let known = bare.ommers.headers().is_some();
        if !known {
            bare.ommers = Ommers::Headers(Vec::new());
        }
        let header = &case.block.header;
        Some(Self {
            raw: bare.encode()?.into(),
            ommers: (!known).then(|| case.block.ommers.clone()),
            rules: spec.rules_at(header.number, header.timestamp, None),
            state: Arc::new(Memory::new(&case.state, codes)),
            block: case.block,
        })
    }

    /// How reports name it.
    pub fn name(&self) -> String {
        format!(
            "block {}, {} transactions, {:.1} Mgas",
            self.block.header.number,
            self.block.transactions.len(),
            self.block.header.gas_used as f64 / 1e6
        )
    }

    /// The rules as alloy-evm asks for them.
    pub fn chain(&self) -> Chain {
        Chain(self.rules.clone())
    }
}

/// The senders and authorities of a block.
#[derive(Debug)]
pub struct People {
    /// By transaction.
    pub senders: Vec<Address>,
    /// Of each transaction's authorizations.
    pub authorities: Vec<Vec<Option<Address>>>,
}

impl People {
    /// Recovers those of a block; `None` if a signature is not valid.
    pub fn of(engine: &Engine, block: &Block) -> Option<Self> {
        let all: Vec<_> = block.transactions.iter().map(|tx| (tx, false)).collect();
        let recovered = recover_transactions(engine, &all).into_iter();
        let people = recovered.map(|one| {
            let authorities = one.authorities.into_iter().map(Result::ok);
            Some((one.sender.ok()?, authorities.collect()))
        });
        let (senders, authorities) = people.collect::<Option<Vec<_>>>()?.into_iter().unzip();
        Some(Self {
            senders,
            authorities,
        })
    }

    /// What an executor is handed.
    pub fn job<'a>(&'a self, rules: &'a Rules, block: &'a Block) -> BlockJob<'a> {
        BlockJob {
            ommers: block.ommers.headers().unwrap_or_default(),
            withdrawals: block.withdrawals.as_ref(),
            ..BlockJob::new(rules, &block.header, &block.transactions, self)
        }
    }
}

impl Senders for People {
    fn len(&self) -> usize {
        self.senders.len()
    }

    fn sender(&self, index: usize) -> Option<Address> {
        self.senders.get(index).copied()
    }

    fn authorities(&self, index: usize) -> &[Option<Address>] {
        self.authorities.get(index).map_or(&[], Vec::as_slice)
    }
}

/// A block with its execution witness.
#[derive(Debug)]
pub struct WitnessBlock {
    /// The RLP of the block.
    pub raw: Bytes,
    /// Its witness, with the block decoded.
    pub case: WitnessCase,
    /// The rules in force.
    pub chain: Chain,
}

impl WitnessBlock {
    /// A block of a chain as it was read; `None` where its bytes can't be had.
    pub fn new(case: WitnessCase, spec: &ChainSpec) -> Option<Self> {
        let header = &case.block.header;
        let rules = spec.rules_at(header.number, header.timestamp, None);
        Some(Self {
            raw: case.block.encode()?.into(),
            chain: Chain(rules),
            case,
        })
    }

    /// True for the block that moves the DAO's funds. alloy-evm moves them after the transactions, whose receipts then hold
    /// other state roots, so that there is no rival.
    pub fn is_dao_fork(&self) -> bool {
        self.chain.0.dao_fork_block == Some(self.case.block.header.number)
    }
}
