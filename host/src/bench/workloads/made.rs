//! A chain from the generator, for every way of verifying its blocks.

use super::{
    memory::Memory,
    whole::{People, PreStateBlock},
};
use crate::{
    Engine,
    block::Block,
    chain::{ChainError, ChainSpec},
    exec::{Executor, Serial},
    generate::{GenerateError, Plan},
    trie::WorldState,
    verify::export::genesis_block,
};
use alloy_consensus::Header;
use alloy_genesis::Genesis;
use std::sync::Arc;

/// A genesis and the blocks that follow it.
#[derive(Debug)]
pub struct Made {
    /// How reports name it.
    pub name: String,
    /// Its rules.
    pub spec: ChainSpec,
    /// What it begins with.
    pub genesis: Genesis,
    /// The header of the genesis block.
    pub header: Header,
    /// The state of the genesis in tries.
    pub state: WorldState,
    /// Each with the state before it in memory.
    pub blocks: Vec<PreStateBlock>,
}

/// Why there is no chain: a defect of Phalanx.
#[derive(Debug, thiserror::Error)]
pub enum MadeError {
    /// The generator gave up.
    #[error(transparent)]
    Generate(#[from] GenerateError),
    /// Its genesis is of no known kind.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// Its own blocks are not valid.
    #[error("block {0} of the generated chain is not valid: {1}")]
    Block(usize, String),
}

impl Made {
    /// The chain of a plan. Its blocks are executed serially to know the states between them.
    pub fn new(engine: &Engine, plan: Plan) -> Result<Self, MadeError> {
        let (genesis, raws) = plan.build(engine)?;
        let spec = ChainSpec::from_genesis(&genesis)?;
        let (header, state) = genesis_block(engine, &genesis, &spec);
        let mut memory = Memory::genesis(&genesis);
        memory.block_hashes.insert(0, header.hash_slow());
        let mut blocks = Vec::new();
        for (raw, index) in raws.into_iter().zip(1..) {
            let fault = |reason: String| MadeError::Block(index, reason);
            let block = Block::decode(&raw).map_err(|error| fault(error.to_string()))?;
            let (number, timestamp) = (block.header.number, block.header.timestamp);
            let rules = spec.rules_at(number, timestamp, None);
            let people = People::of(engine, &block).ok_or_else(|| fault("a signature".into()))?;
            let before = Arc::new(memory.clone());
            let output = Serial.execute(&people.job(&rules, &block), &before);
            let output = output.map_err(|error| fault(error.to_string()))?;
            output.steps.iter().for_each(|step| memory.apply(step));
            memory.block_hashes.insert(number, block.hash);
            blocks.push(PreStateBlock {
                raw,
                ommers: None,
                block,
                rules,
                state: before,
            });
        }
        Ok(Self {
            name: plan.to_string(),
            spec,
            genesis,
            header,
            state,
            blocks,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each block's state before it is the right one, or its gas would not be the header's.
    #[test]
    fn states_between_blocks() {
        let engine = Engine::builder().build().expect("an engine");
        let plan = Plan {
            blocks: 3,
            transactions: 120,
            ..Plan::default()
        };
        let made = Made::new(&engine, plan).expect("a sound plan");
        assert_eq!(made.blocks.len(), 3);
        for block in &made.blocks {
            let people = People::of(&engine, &block.block).expect("signed");
            let output = Serial.execute(&people.job(&block.rules, &block.block), &block.state);
            let output = output.expect("its own block");
            assert_eq!(output.gas_used, block.block.header.gas_used);
        }
    }
}
