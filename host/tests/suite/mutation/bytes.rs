//! Bytes of whole blocks, changed at random places.

use super::{
    Random, Subject, Tally,
    chain::{Generated, SMALL},
    judge, witness,
};
use phalanx::{
    block::Block,
    generate::Plan,
    input::{CaseKind, ChainCase},
    verify::case::Options,
};
use std::sync::Arc;

/// One change: a bit, a byte, a cut, an insertion, a piece copied elsewhere.
fn change(bytes: &[u8], random: &mut Random) -> (&'static str, Vec<u8>) {
    let mut changed = bytes.to_vec();
    let at = random.below(bytes.len());
    let kind = match random.below(8) {
        0..=2 => {
            changed[at] ^= 1 << random.below(8);
            "bit flipped"
        }
        3 => {
            changed[at] = random.next() as u8;
            "byte overwritten"
        }
        4 => {
            changed.truncate(at);
            "cut off"
        }
        5 => {
            changed.remove(at);
            "byte dropped"
        }
        6 => {
            // Length prefixes among them: long strings and lists that nothing follows.
            let inserted = [
                0x00,
                0x80,
                0xb8,
                0xbf,
                0xc0,
                0xf8,
                0xff,
                random.next() as u8,
            ];
            changed.insert(at, inserted[random.below(inserted.len())]);
            "byte inserted"
        }
        _ => {
            let length = random.below(40).min(bytes.len() - at);
            let to = random.below(bytes.len() - length);
            changed[to..to + length].copy_from_slice(&bytes[at..at + length]);
            "piece copied"
        }
    };
    (kind, changed)
}

/// Under the hash that the block had, everything is refused. Under its own it may stand only if the body is the same.
fn run(subject: &Subject, rlp: &[u8], count: usize, tally: &mut Tally) {
    let mut random = Random(2);
    for _ in 0..count {
        let (kind, changed) = change(rlp, &mut random);
        if changed == rlp {
            continue;
        }
        let Ok(mut block) = Block::decode(&changed) else {
            tally.note(format!("{kind}, no block"), false);
            continue;
        };
        let verdict = (subject.judge)(&block);
        if verdict.is_verified() {
            assert_ne!(block.hash, subject.block.hash);
            assert!(block.transactions == subject.block.transactions);
            assert!(block.withdrawals == subject.block.withdrawals);
            assert!(block.ommers == subject.block.ommers);
        }
        tally.note(kind, verdict.is_verified());
        block.claimed_hash = Some(subject.block.hash);
        let verdict = (subject.judge)(&block);
        assert!(!verdict.is_verified(), "{kind}: {block:#?}");
        tally.note(format!("{kind}, claimed hash kept"), false);
    }
}

#[test]
fn of_generated_blocks() {
    let chain = Generated::new(Plan {
        transactions: 12,
        ..SMALL
    });
    let mut tally = Tally::new("bytes of generated blocks");
    for index in [0, 3] {
        run(
            &chain.subject(index),
            &chain.encoded[index],
            1000,
            &mut tally,
        );
    }
    tally.print();
}

#[test]
fn of_a_generated_chain_export() {
    let chain = Generated::new(Plan {
        transactions: 3,
        ..SMALL
    });
    let mut random = Random(5);
    let genesis = Arc::new(chain.genesis.clone());
    let options = Options::default();
    let verify = |blocks| {
        let genesis = Some(Arc::clone(&genesis));
        let case = ChainCase { genesis, blocks };
        let report = judge(&options, CaseKind::Chain(Box::new(case)));
        assert_eq!(report.blocks.len(), chain.encoded.len());
        report
            .blocks
            .iter()
            .all(|block| block.verdict.is_verified())
    };
    assert!(verify(chain.encoded.clone()));
    let last = chain.encoded.len() - 1;
    let mut refused = 0;
    for _ in 0..150 {
        let index = random.below(last);
        let (kind, changed) = change(&chain.encoded[index], &mut random);
        if changed == chain.encoded[index] {
            continue;
        }
        let mut blocks = chain.encoded.clone();
        blocks[index] = changed.into();
        // Whatever stands in the place of a block, the one after it does not follow it.
        assert!(!verify(blocks), "{kind} in block {}", index + 1);
        refused += 1;
    }
    assert!(refused > 140);
    println!("bytes of a generated chain export: {refused} refused");
}

#[test]
fn of_real_blocks() {
    let test = "bytes of real blocks";
    let mut tally = Tally::new(test);
    for name in ["mainnet-116524", "mainnet-2675002", "mainnet-21429992"] {
        if let Some(subject) = witness::real(test, name) {
            let rlp = subject.block.encode().expect("ommers are at hand");
            run(&subject, &rlp, 700, &mut tally);
        }
    }
    tally.print();
}
