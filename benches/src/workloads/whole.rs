//! Whole mainnet blocks: raw bytes, and what is known of the state before them.

use super::{blocks::read, memory};
use crate::data;
pub use phalanx::bench::workloads::whole::{People, PreStateBlock, WitnessBlock};
use phalanx::{chain::ChainSpec, input::CaseKind};

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
        let block = PreStateBlock::new(*case, &spec, codes.clone());
        blocks.push(block.expect("its ommers are there"));
    });
    blocks.sort_by_key(|block| block.block.header.number);
    Some(blocks)
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
        let block = WitnessBlock::new(*case, spec).expect("its ommers are there");
        if !block.is_dao_fork() {
            blocks.push(block);
        }
    });
    Some(chains)
}

#[cfg(test)]
mod tests {
    use super::*;
    use phalanx::block::Block;

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
