//! Whole mainnet blocks: raw bytes, and what is known of the state before them.

use super::{
    blocks::read,
    memory::{self, Memory},
};
use crate::{data, engines::best_practice::Chain};
use alloy_primitives::{Address, Bytes};
use phalanx::{
    Engine,
    block::{Block, Ommers},
    chain::{ChainSpec, Rules},
    exec::{BlockJob, Senders},
    input::{CaseKind, WitnessCase},
    senders::recover_transactions,
};
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
    /// Recovers those of a valid block.
    pub fn of(engine: &Engine, block: &Block) -> Self {
        let all: Vec<_> = block.transactions.iter().map(|tx| (tx, false)).collect();
        let recovered = recover_transactions(engine, &all).into_iter();
        let (senders, authorities) = recovered
            .map(|one| {
                let authorities = one.authorities.into_iter().map(Result::ok);
                (one.sender.expect("a valid block"), authorities.collect())
            })
            .unzip();
        Self {
            senders,
            authorities,
        }
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

/// Mainnet blocks with their pre-state, by number; `None`, and a line saying so, where they are absent.
pub fn pre_states() -> Option<Vec<PreStateBlock>> {
    let path = data::path("blocks with pre-state", "prestate/mainnet-prestate.tar.zst")?;
    let spec = ChainSpec::mainnet();
    let mut codes = None;
    let mut blocks = Vec::new();
    read(path, |case| {
        let case = match case {
            CaseKind::PreState(case) => case,
            CaseKind::Skipped(_) => return,
            other => panic!("a block with pre-state: {other:?}"),
        };
        let codes = codes.get_or_insert_with(|| memory::codes(&case.state));
        let mut bare = case.block.clone();
        let known = bare.ommers.headers().is_some();
        if !known {
            bare.ommers = Ommers::Headers(Vec::new());
        }
        let header = &case.block.header;
        blocks.push(PreStateBlock {
            raw: bare.encode().expect("its ommers are there").into(),
            ommers: (!known).then(|| case.block.ommers.clone()),
            rules: spec.rules_at(header.number, header.timestamp, None),
            state: Arc::new(Memory::new(&case.state, codes.clone())),
            block: case.block,
        });
    });
    blocks.sort_by_key(|block| block.block.header.number);
    Some(blocks)
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

/// The blocks that have an execution witness, of mainnet and test networks, by chain. Without the one of the DAO fork:
/// alloy-evm moves the funds after the transactions, whose receipts then hold other state roots. `None`, and a line saying
/// so, where they are absent.
pub fn witnesses() -> Option<Vec<(ChainSpec, Vec<WitnessBlock>)>> {
    let path = data::path("blocks with witnesses", "witness")?;
    let mut chains: Vec<(ChainSpec, Vec<WitnessBlock>)> = Vec::new();
    read(path, |case| {
        let CaseKind::Witness(case) = case else {
            panic!("a witness: {case:?}");
        };
        let id = case.chain_id.expect("its source names the chain");
        let place = chains.iter().position(|(spec, _)| spec.chain_id == id);
        let place = place.unwrap_or_else(|| {
            let spec = ChainSpec::from_chain_id(id).expect("a known chain");
            chains.push((spec, Vec::new()));
            chains.len() - 1
        });
        let (spec, blocks) = &mut chains[place];
        let header = &case.block.header;
        let rules = spec.rules_at(header.number, header.timestamp, None);
        if rules.dao_fork_block != Some(header.number) {
            blocks.push(WitnessBlock {
                raw: case.block.encode().expect("its ommers are there").into(),
                chain: Chain(rules),
                case: *case,
            });
        }
    });
    Some(chains)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_the_blocks() {
        if let Some(blocks) = pre_states() {
            assert_eq!(blocks.len(), 42);
            for block in &blocks {
                let mut decoded = Block::decode(&block.raw).expect("a mainnet block");
                if let Some(ommers) = &block.ommers {
                    decoded.ommers = ommers.clone();
                }
                assert_eq!(decoded.hash, block.block.hash);
                assert_eq!(decoded.transactions, block.block.transactions);
                assert_eq!(decoded.ommers.headers(), block.block.ommers.headers());
            }
            let bare = blocks.iter().filter(|block| block.ommers.is_some());
            assert_eq!(bare.count(), 1);
        }
        if let Some(chains) = witnesses() {
            let blocks = chains.iter().map(|(_, blocks)| blocks.len());
            assert_eq!((chains.len(), blocks.sum::<usize>()), (4, 66));
        }
    }
}
