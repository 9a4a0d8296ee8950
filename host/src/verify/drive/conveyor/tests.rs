//! The bounds hold, whatever the inputs weigh; and each input weighs about what it holds.

use super::*;
use crate::{
    block::{Block, Ommers, Transaction, header_hash},
    input::{ChainCase, Era1Block, Era1Case, PreAccount, PreState, PreStateCase},
};
use alloy_consensus::{Header, Signed, TxLegacy};
use alloy_primitives::{Address, B256, Bytes, Signature, U256};
use std::{
    thread,
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(60);

fn case(input: impl ToString, kind: CaseKind) -> Case {
    Case {
        input: input.to_string(),
        kind,
    }
}

fn chain(bytes: usize) -> CaseKind {
    let blocks = vec![Bytes::from(vec![0; bytes])];
    CaseKind::Chain(Box::new(ChainCase {
        genesis: None,
        blocks,
    }))
}

/// Waits until so many lie on the belt, and sees that there never are more than may be. Gives their bytes.
fn filled(shared: &Shared, cases: usize) -> usize {
    let start = Instant::now();
    loop {
        let belt = shared.lock();
        let last = belt.cases.back().map_or(belt.taken, |(_, bytes)| *bytes);
        assert!(belt.cases.len() <= CASES);
        assert!(belt.bytes - last < BYTES, "{} and {last}", belt.bytes);
        if belt.cases.len() == cases {
            return belt.bytes;
        }
        drop(belt);
        assert!(start.elapsed() < PATIENCE, "{cases} never lie there");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Has inputs put there by a thread, looks at the belt, and takes them all.
fn carry(kinds: Vec<CaseKind>, look: impl FnOnce(&Shared, &mut Unloader)) {
    let (loader, mut unloader) = conveyor();
    let shared = Arc::clone(&unloader.0);
    let count = kinds.len();
    let putting = thread::spawn(move || {
        for (index, kind) in kinds.into_iter().enumerate() {
            assert!(loader.put(case(index, kind)).is_continue());
        }
    });
    look(&shared, &mut unloader);
    let mut last = None;
    for case in unloader {
        last = Some(case.input);
    }
    assert_eq!(last, Some((count - 1).to_string()));
    putting.join().unwrap();
    assert_eq!(shared.lock().bytes, 0);
}

#[test]
fn so_many_light_ones() {
    let light = |index| CaseKind::Skipped(format!("{index}"));
    carry((0..200).map(light).collect(), |shared, unloader| {
        assert_eq!(filled(shared, CASES), CASES << 10);
        // Time for one too many.
        thread::sleep(Duration::from_millis(5));
        assert_eq!(filled(shared, CASES), CASES << 10);
        let first = unloader.next().unwrap();
        assert_eq!(first.input, "0");
        // With the one that was taken.
        assert_eq!(filled(shared, CASES), (CASES + 1) << 10);
    });
}

#[test]
fn so_many_bytes_of_heavy_ones() {
    let heavy = BYTES * 3 / 8;
    carry(
        (0..8).map(|_| chain(heavy)).collect(),
        |shared, unloader| {
            assert_eq!(filled(shared, 3), 3 * heavy);
            thread::sleep(Duration::from_millis(5));
            assert_eq!(filled(shared, 3), 3 * heavy);
            unloader.next().unwrap();
            thread::sleep(Duration::from_millis(5));
            assert_eq!(filled(shared, 2), 3 * heavy, "the first is not done with");
            unloader.next().unwrap();
            assert_eq!(filled(shared, 2), 3 * heavy);
        },
    );
}

/// What is too large by itself lies there alone, and is done with before anything else is put there.
#[test]
fn one_that_is_larger_than_the_bound() {
    let kinds = [BYTES, 1, BYTES + 1, BYTES, 1].map(chain);
    carry(kinds.into(), |shared, unloader| {
        assert_eq!(filled(shared, 1), BYTES);
        assert_eq!(unloader.next().unwrap().input, "0");
        thread::sleep(Duration::from_millis(5));
        assert_eq!(filled(shared, 0), BYTES, "it counts while it is open");
        assert_eq!(unloader.next().unwrap().input, "1");
        assert_eq!(filled(shared, 1), 1 + BYTES + 1, "beside a light one");
        assert_eq!(unloader.next().unwrap().input, "2");
        assert_eq!(filled(shared, 0), BYTES + 1);
        assert_eq!(unloader.next().unwrap().input, "3");
        assert_eq!(filled(shared, 0), BYTES);
    });
}

#[test]
fn an_end_that_is_gone_ends_the_other() {
    let (loader, unloader) = conveyor();
    assert!(loader.put(case(0, chain(BYTES))).is_continue());
    let waiting = thread::spawn(move || loader.put(case(1, chain(1))));
    drop(unloader);
    assert!(waiting.join().unwrap().is_break());
    let (loader, mut unloader) = conveyor();
    assert!(loader.put(case(0, chain(1))).is_continue());
    drop(loader);
    assert!(unloader.next().is_some() && unloader.next().is_none());
}

/// A block whose source names no length, with so many bytes in its one transaction.
fn block(input: usize) -> Block {
    let transaction = TxLegacy {
        input: vec![0; input].into(),
        ..TxLegacy::default()
    };
    let signature = Signature::test_signature();
    let signed = Signed::new_unchecked(transaction, signature, B256::ZERO);
    let header = Header::default();
    Block {
        hash: header_hash(&header),
        header,
        claimed_hash: None,
        transactions: vec![Transaction::Legacy(signed)],
        ommers: Ommers::Headers(Vec::new()),
        withdrawals: None,
        encoded_length: None,
    }
}

#[test]
fn inputs_weigh_what_they_hold() {
    const LARGE: usize = 1 << 20;
    let listed = |input, receipt| ListedBlock {
        block: Ok(block(input)),
        label: String::new(),
        senders: None,
        receipts: Some(vec![Bytes::from(vec![0; receipt])]),
    };
    let account = |slots: usize| PreAccount {
        storage: (0..slots)
            .map(|slot| (U256::from(slot), U256::ONE))
            .collect(),
        ..PreAccount::default()
    };
    let state = PreState {
        accounts: [(Address::ZERO, account(LARGE / 64))].into_iter().collect(),
        ..PreState::default()
    };
    let pre_state = PreStateCase {
        block: block(LARGE),
        state,
    };
    let archive = Era1Case {
        genesis: None,
        start: 0,
        blocks: vec![Era1Block {
            header: vec![0; 500],
            body: vec![0; LARGE],
            receipts: vec![0; LARGE],
            total_difficulty: U256::ZERO,
        }],
        ancestors: 0,
        accumulator: Some(B256::ZERO),
    };
    let blocks = vec![listed(LARGE, LARGE), listed(LARGE, 0)];
    for (kind, expected) in [
        (CaseKind::Blocks(blocks), 3 * LARGE),
        (CaseKind::PreState(Box::new(pre_state)), 2 * LARGE),
        (CaseKind::Era1(Box::new(archive)), 2 * LARGE),
        (chain(LARGE), LARGE),
        (CaseKind::Unreadable(String::new()), 1 << 10),
    ] {
        let weight = weight(&case("", kind));
        let more = weight.checked_sub(expected).expect("no less than that");
        assert!(more < 2 << 10, "{weight} for {expected}");
    }
}
