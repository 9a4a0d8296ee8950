//! Lists of blocks without state: what their source says of them, and what they say of themselves.

use super::{Tally, cases, faults, flipped, judge, sealed};
use alloy_primitives::{Address, Bytes};
use phalanx::{
    block::{Block, BlockDecodeError},
    input::{CaseKind, ListedBlock},
    verdict::{BlockVerdict, Check},
    verify::case::Options,
};

/// Transactions of a block at most, so that a change costs little.
const TRANSACTIONS: usize = 40;

fn copy(listed: &ListedBlock) -> ListedBlock {
    ListedBlock {
        block: listed.block.clone(),
        label: listed.label.clone(),
        senders: listed.senders.clone(),
        receipts: listed.receipts.clone(),
    }
}

fn verdict(listed: ListedBlock) -> BlockVerdict {
    let mut report = judge(&Options::default(), CaseKind::Blocks(vec![listed]));
    report.blocks.remove(0).verdict
}

struct Listed<'a> {
    listed: ListedBlock,
    tally: &'a mut Tally,
}

impl Listed<'_> {
    fn expect(&mut self, kind: &str, check: Check, change: impl FnOnce(&mut ListedBlock)) {
        let mut listed = copy(&self.listed);
        change(&mut listed);
        let verdict = verdict(listed);
        let at_fault = verdict.outcome(check).is_fault();
        assert!(
            at_fault,
            "{}: {kind}: {:#?}",
            self.listed.label,
            faults(&verdict)
        );
        self.tally.note(kind, false);
    }

    fn block(&mut self, kind: &str, check: Check, change: impl FnOnce(&mut Block)) {
        self.expect(kind, check, |listed| {
            if let Ok(block) = &mut listed.block {
                change(block);
            }
        });
    }

    fn run(&mut self) {
        let block = self.listed.block.clone().expect("a block");
        self.block("claimed hash", Check::BlockHash, |b| {
            b.claimed_hash = b.claimed_hash.map(flipped)
        });
        self.block("header", Check::BlockHash, |b| {
            let claimed = b.claimed_hash;
            b.header.timestamp += 1;
            *b = sealed(b.clone());
            b.claimed_hash = claimed;
        });
        if !block.transactions.is_empty() {
            self.block("transaction dropped", Check::TransactionsRoot, |b| {
                drop(b.transactions.pop())
            });
            self.block("transaction repeated", Check::TransactionsRoot, |b| {
                b.transactions.push(b.transactions[0].clone());
            });
        }
        if block
            .withdrawals
            .as_ref()
            .is_some_and(|list| !list.is_empty())
        {
            self.block("withdrawal dropped", Check::WithdrawalsRoot, |b| {
                b.withdrawals.as_mut().map(|list| list.pop());
            });
        }
        if self
            .listed
            .senders
            .as_ref()
            .is_some_and(|list| !list.is_empty())
        {
            self.expect("claimed sender", Check::Senders, |listed| {
                listed.senders.as_mut().expect("senders")[0] = Address::ZERO;
            });
            self.expect("claimed sender dropped", Check::Senders, |listed| {
                listed.senders.as_mut().expect("senders").pop();
            });
        }
        if self
            .listed
            .receipts
            .as_ref()
            .is_some_and(|list| !list.is_empty())
        {
            let receipts = |listed: &mut ListedBlock| listed.receipts.take().expect("receipts");
            self.expect("receipt dropped", Check::ReceiptsRoot, |listed| {
                let mut list = receipts(listed);
                list.pop();
                listed.receipts = Some(list);
            });
            for byte in [0, 5, 40, usize::MAX] {
                self.expect("receipt byte", Check::ReceiptsRoot, |listed| {
                    let mut list = receipts(listed);
                    let mut first = list[0].to_vec();
                    let byte = byte.min(first.len() - 1);
                    first[byte] ^= 1;
                    list[0] = first.into();
                    listed.receipts = Some(list);
                });
            }
            self.expect("receipts absent", Check::ReceiptsRoot, |listed| {
                listed.receipts = Some(vec![Bytes::new()]);
            });
        }
        self.expect("no block", Check::Decoding, |listed| {
            listed.block = Err(BlockDecodeError::NotCanonical);
        });
    }
}

#[test]
fn of_real_blocks() {
    let test = "lists of real blocks";
    let mut tally = Tally::new(test);
    let mut found = false;
    for case in cases(test, "blocks/mainnet-blocks.jsonl.zst") {
        let CaseKind::Blocks(blocks) = case.kind else {
            continue;
        };
        for listed in blocks {
            let count = listed
                .block
                .as_ref()
                .map_or(usize::MAX, |b| b.transactions.len());
            if count > TRANSACTIONS {
                continue;
            }
            found = true;
            let original = verdict(copy(&listed));
            assert!(original.is_verified(), "{:#?}", faults(&original));
            let tally = &mut tally;
            Listed { listed, tally }.run();
        }
    }
    tally.print();
    if found {
        for kind in ["receipt byte", "withdrawal dropped", "claimed sender"] {
            assert!(tally.counts.contains_key(kind), "{kind}");
        }
    }
}
