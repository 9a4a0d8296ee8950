//! Transactions and messages of blocks: mainnet's where the real data is at hand, and those of a generated chain.

use crate::data;
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{Address, Bytes};
use phalanx::{
    Engine,
    block::{Block, Transaction},
    generate::Plan,
    input::{self, CaseKind, Limits, Progress, WitnessCase},
};
use std::{ops::ControlFlow, path::PathBuf};

/// The first mainnet block whose transactions may not have s above n/2 (EIP-2).
const HOMESTEAD: u64 = 1_150_000;
/// The first mainnet block of Shanghai.
const SHANGHAI: u64 = 17_034_870;

/// A block's transactions, and who sent them.
#[derive(Debug)]
pub struct Senders {
    /// In block order.
    pub transactions: Vec<Transaction>,
    /// By transaction.
    pub senders: Vec<Address>,
}

/// Mainnet blocks from Homestead on, those with transactions; `None`, and a line saying so, where they are absent. The
/// senders are those that their source names.
pub fn real_senders() -> Option<Vec<Senders>> {
    let path = data::path("senders of real blocks", "blocks/mainnet-blocks.jsonl.zst")?;
    let mut blocks = Vec::new();
    read(path, |case| {
        let CaseKind::Blocks(listed) = case else {
            panic!("a list of blocks: {case:?}");
        };
        for listed in listed {
            let block = listed.block.expect("a mainnet block");
            if block.header.number < HOMESTEAD || block.transactions.is_empty() {
                continue;
            }
            blocks.push(Senders {
                senders: listed.senders.expect("the list names the senders"),
                transactions: block.transactions,
            });
        }
    });
    Some(blocks)
}

/// A generated block of so many transactions of all types. Its senders are the reference backend's.
pub fn generated_senders(transactions: u64) -> Vec<Senders> {
    let backend = phalanx::Backend::Reference;
    let engine = Engine::builder()
        .backend(backend)
        .build()
        .expect("it is everywhere");
    let plan = Plan {
        blocks: 1,
        transactions,
        ..Plan::default()
    };
    let (_, blocks) = plan.build(&engine).expect("the plan is a sound one");
    let decode = |bytes: &alloy_primitives::Bytes| {
        let block = Block::decode(bytes).expect("a block of our own");
        let transactions: Vec<&Transaction> = block.transactions.iter().collect();
        let senders = engine.recover_senders(&transactions);
        Senders {
            senders: senders
                .into_iter()
                .map(|sender| sender.expect("signed"))
                .collect(),
            transactions: block.transactions,
        }
    };
    blocks.iter().map(decode).collect()
}

/// What is hashed of each mainnet block from Shanghai on of which there is an execution witness: its trie nodes and its
/// transactions. `None`, and a line saying so, where they are absent.
pub fn real_messages() -> Option<Vec<Vec<Vec<u8>>>> {
    let messages = |case: WitnessCase| {
        let nodes = case.nodes.iter().map(|node| node.to_vec());
        let transactions = case.block.transactions.iter();
        nodes
            .chain(transactions.map(|tx| tx.encoded_2718()))
            .collect()
    };
    real_witnesses("messages of real blocks", messages)
}

/// The trie nodes of those blocks' witnesses.
pub fn real_nodes() -> Option<Vec<Vec<Bytes>>> {
    real_witnesses("witnesses of real blocks", |case| case.nodes)
}

fn real_witnesses<T>(what: &str, mut of: impl FnMut(WitnessCase) -> T) -> Option<Vec<T>> {
    let path = data::path(what, "witness")?;
    let mut blocks = Vec::new();
    read(path, |case| {
        let CaseKind::Witness(case) = case else {
            panic!("a witness: {case:?}");
        };
        if case.chain_id == Some(1) && case.block.header.number >= SHANGHAI {
            blocks.push(of(*case));
        }
    });
    Some(blocks)
}

pub(super) fn read(path: PathBuf, mut take: impl FnMut(CaseKind)) {
    let flow = input::read(
        &[path],
        &Limits::default(),
        &Progress::default(),
        &mut |case| {
            take(case.kind);
            ControlFlow::Continue(())
        },
    );
    assert!(flow.is_continue());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_block_is_the_plan_s() {
        let blocks = generated_senders(200);
        assert_eq!(blocks.len(), 1);
        assert_eq!(blocks[0].transactions.len(), 200);
        assert_eq!(blocks[0].senders.len(), 200);
    }

    #[test]
    fn real_blocks_are_whole() {
        if let Some(blocks) = real_senders() {
            let transactions: usize = blocks.iter().map(|block| block.transactions.len()).sum();
            assert!(
                blocks.len() > 100 && transactions > 20_000,
                "{transactions}"
            );
            for block in &blocks {
                assert_eq!(block.senders.len(), block.transactions.len());
            }
        }
        if let Some(blocks) = real_messages() {
            assert!(blocks.len() > 10, "{}", blocks.len());
            assert!(blocks.iter().all(|messages| messages.len() > 50));
        }
    }
}
