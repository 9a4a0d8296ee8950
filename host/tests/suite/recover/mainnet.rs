//! Every transaction of the mainnet blocks at hand.

use super::Engines;
use crate::data;
use alloy_consensus::Header;
use alloy_eips::eip2718::Decodable2718;
use alloy_primitives::{Address, Bytes};
use alloy_rlp::Decodable;
use phalanx::{
    Engine, RecoverError,
    block::{Block, Transaction},
    senders::recover_transactions,
};
use std::{
    fs::File,
    io::{BufRead, BufReader},
};

/// The first mainnet block under EIP-2.
const HOMESTEAD_BLOCK: u64 = 1_150_000;

/// A line of the list: a whole block, or a header and transactions, each as bytes.
#[derive(serde::Deserialize)]
struct Line {
    number: u64,
    block: Option<Bytes>,
    header: Option<Bytes>,
    txs: Option<Vec<Bytes>>,
    senders: Vec<Address>,
}

impl Line {
    fn transactions(&self) -> Vec<Transaction> {
        if let Some(bytes) = &self.block {
            let block = Block::decode(bytes).expect("a mainnet block");
            assert_eq!(block.header.number, self.number);
            return block.transactions;
        }
        let mut header: &[u8] = self.header.as_ref().expect("a header");
        let header = Header::decode(&mut header).expect("a mainnet header");
        assert_eq!(header.number, self.number);
        let list = self.txs.as_ref().expect("transactions").iter();
        list.map(|bytes| Transaction::decode_2718_exact(bytes).expect("a transaction"))
            .collect()
    }
}

fn lines(test: &str) -> Option<Vec<Line>> {
    let path = data::path(test, "blocks/mainnet-blocks.jsonl.zst")?;
    let file = File::open(path).expect("readable");
    let decoder = zstd::stream::read::Decoder::new(file).expect("zstd");
    let lines = BufReader::new(decoder).lines();
    let parse = |line: String| serde_json::from_str(&line).expect("a block of the list");
    Some(lines.map(|line| parse(line.expect("zstd"))).collect())
}

#[test]
fn every_sender_of_the_list() {
    let Some(lines) = lines("senders of mainnet blocks") else {
        return;
    };
    let blocks: Vec<Vec<Transaction>> = lines.iter().map(Line::transactions).collect();
    // All blocks in one batch, each transaction under its own block's rule.
    let listed: Vec<(&Transaction, bool)> = lines
        .iter()
        .zip(&blocks)
        .flat_map(|(line, transactions)| {
            let low_s = line.number >= HOMESTEAD_BLOCK;
            transactions.iter().map(move |tx| (tx, low_s))
        })
        .collect();
    let expected = lines.iter().flat_map(|line| &line.senders);
    let Engines(engines) = Engines::new();
    let (first, others) = engines.split_first().expect("there is always one");
    let recovered = recover_transactions(first, &listed);
    for other in others {
        let same = recover_transactions(other, &listed) == recovered;
        assert!(same, "{} and {}", other.backend(), first.backend());
    }
    assert_eq!(recovered.len(), expected.clone().count());
    assert!(recovered.len() >= 23_604, "{}", recovered.len());
    for (own, sender) in recovered.iter().zip(expected) {
        assert_eq!(own.sender, Ok(*sender));
    }
    let mut authorities = 0;
    for (own, (transaction, _)) in recovered.iter().zip(&listed) {
        if let Transaction::Eip7702(signed) = transaction {
            let list = &signed.tx().authorization_list;
            assert_eq!(own.authorities.len(), list.len());
            for (authority, authorization) in own.authorities.iter().zip(list) {
                let alloy = authorization.recover_authority();
                assert_eq!(authority.ok(), alloy.ok());
                authorities += 1;
            }
        }
    }
    assert!(authorities > 0, "the list has EIP-7702 transactions");
}

/// Block 116525 holds four signatures in the upper half, valid before Homestead and not after.
#[test]
fn frontier_signatures_under_homestead_rules() {
    let Some(lines) = lines("high s of block 116525") else {
        return;
    };
    let Some(line) = lines.iter().find(|line| line.number == 116_525) else {
        println!("SKIPPED high s of block 116525: the list has no such block");
        return;
    };
    let transactions = line.transactions();
    let engine = Engine::builder().threads(1).build().expect("portable");
    let plain: Vec<&Transaction> = transactions.iter().collect();
    let refused = engine.recover_senders(&plain);
    let high = refused.iter().filter(|&&r| r == Err(RecoverError::HighS));
    assert_eq!(high.count(), 4);
    let listed: Vec<_> = plain.iter().map(|&tx| (tx, false)).collect();
    let recovered = recover_transactions(&engine, &listed);
    let senders: Vec<_> = recovered.iter().map(|own| own.sender).collect();
    let expected: Vec<_> = line.senders.iter().copied().map(Ok).collect();
    assert_eq!(senders, expected);
}
