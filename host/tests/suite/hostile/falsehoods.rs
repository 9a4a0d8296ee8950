//! False blocks and false claims, each right but for one thing: none may come out verified.

use super::{
    corpus,
    small::{Small, block, verify},
};
use alloy_consensus::{
    Eip658Value, Header, Receipt, ReceiptEnvelope, Signed, TxEip1559, TxLegacy, TxReceipt,
};
use alloy_eips::Encodable2718;
use alloy_primitives::{Address, B256, Bloom, Bytes, Log, LogData, Signature, U256};
use phalanx::{
    block::{Block, Ommers, Transaction, header_hash},
    input::{CaseKind, ChainCase, Era1Block, Era1Case, FixtureBlock, FixtureCase, ListedBlock},
    senders::Recovered,
    verdict::{BlockVerdict, Check, Outcome},
    verify::{accumulator, report::Expectation, senders::BlockRecovery},
};
use std::sync::Arc;

fn failed(verdict: &BlockVerdict, check: Check) -> bool {
    matches!(verdict.outcome(check), Outcome::Failed { .. })
}

fn listed(block: Block) -> ListedBlock {
    ListedBlock {
        block: Ok(block),
        label: String::new(),
        senders: None,
        receipts: None,
    }
}

fn list(blocks: Vec<ListedBlock>) -> Vec<BlockVerdict> {
    let report = verify(CaseKind::Blocks(blocks));
    assert_eq!(report.unreadable, None);
    let verdicts = report.blocks.into_iter();
    verdicts.map(|block| block.verdict).collect()
}

fn one(listed: ListedBlock) -> BlockVerdict {
    list(vec![listed]).remove(0)
}

/// Ommers are paid, so that a witness whose ommers nobody looks at would prove any issue of ether.
#[test]
fn ommers_are_held_against_what_is_known_without_ancestors() {
    let ommer = |number, miner| Header {
        number,
        beneficiary: Address::repeat_byte(miner),
        ..Header::default()
    };
    // The reward of an ommer far from its block wraps around to more ether than there is.
    let wrapped = u128::from(8u64.wrapping_sub(1_000));
    let far = Small::from_number(1_000);
    let too_many = (0..20).map(|miner| (ommer(1_004, miner), 7)).collect();
    let twice = vec![(ommer(1_004, 3), 7), (ommer(1_004, 3), 7)];
    for (name, ommers) in [
        ("far", vec![(ommer(1, 3), wrapped)]),
        ("too many", too_many),
        ("twice", twice),
        ("the block's own number", vec![(ommer(1_001, 3), 8)]),
    ] {
        let mut small = far.clone();
        small.push(ommers);
        let report = verify(CaseKind::Witness(Box::new(small.witness())));
        let verdict = &report.blocks[0].verdict;
        assert!(failed(verdict, Check::Ommers), "{name}: {verdict:?}");
        let verdict = one(listed(small.blocks[0].clone()));
        assert!(failed(&verdict, Check::Ommers), "{name}: {verdict:?}");
    }
    let mut small = far;
    small.push(vec![(ommer(999, 3), 6)]);
    let report = verify(CaseKind::Witness(Box::new(small.witness())));
    let verdict = &report.blocks[0].verdict;
    assert!(verdict.is_verified(), "{verdict:?}");
    assert!(matches!(
        verdict.outcome(Check::Ommers),
        Outcome::NotCheckable { .. }
    ));
}

/// Whoever names ommers of a block whose header says that it has none is lying about one of the two.
#[test]
fn ommers_named_by_hash_need_a_header_that_has_some() {
    let mut small = Small::new();
    small.push(Vec::new());
    let mut block = small.blocks[0].clone();
    block.ommers = Ommers::Hashes(vec![B256::repeat_byte(1)]);
    let verdict = one(listed(block));
    assert!(failed(&verdict, Check::OmmersHash), "{verdict:?}");
}

#[test]
fn a_genesis_block_has_the_body_that_its_header_says() {
    let mut small = Small::new();
    small.push(Vec::new());
    let genesis = || Some(Arc::new(small.genesis_file()));
    let with = |genesis_block: &Block| {
        let blocks = [genesis_block, &small.blocks[0]];
        let blocks = blocks.map(|block| Bytes::from(block.encode().expect("a whole block")));
        verify(CaseKind::Chain(Box::new(ChainCase {
            genesis: genesis(),
            blocks: blocks.into(),
        })))
    };
    let right = block(small.genesis.clone(), Vec::new());
    let report = with(&right);
    assert!(
        report
            .blocks
            .iter()
            .all(|block| block.verdict.is_verified())
    );

    let ommers = block(small.genesis.clone(), vec![Header::default()]);
    let verdict = with(&ommers).blocks.remove(0).verdict;
    assert!(failed(&verdict, Check::OmmersHash), "{verdict:?}");
    let mut transactions = right.clone();
    transactions.transactions.push(legacy(Some(1)));
    let verdict = with(&transactions).blocks.remove(0).verdict;
    assert!(failed(&verdict, Check::TransactionsRoot), "{verdict:?}");

    let mut era = era(&small);
    era.blocks[0].receipts = alloy_rlp::encode(vec![receipt(1, Vec::new())]);
    let verdict = verify(CaseKind::Era1(Box::new(era)))
        .blocks
        .remove(0)
        .verdict;
    assert!(failed(&verdict, Check::ReceiptsRoot), "{verdict:?}");
}

fn era(small: &Small) -> Era1Case {
    let genesis = block(small.genesis.clone(), Vec::new());
    let mut total_difficulty = U256::ZERO;
    let blocks: Vec<Era1Block> = std::iter::once(&genesis)
        .chain(&small.blocks)
        .map(|block| {
            total_difficulty += block.header.difficulty;
            Era1Block {
                header: alloy_rlp::encode(&block.header),
                body: vec![0xc2, 0xc0, 0xc0],
                receipts: vec![0xc0],
                total_difficulty,
            }
        })
        .collect();
    let records: Vec<(B256, U256)> = std::iter::once(&genesis)
        .chain(&small.blocks)
        .zip(&blocks)
        .map(|(block, entry)| (block.hash, entry.total_difficulty))
        .collect();
    Era1Case {
        genesis: Some(Arc::new(small.genesis_file())),
        start: 0,
        blocks,
        ancestors: 0,
        accumulator: accumulator::root(&records),
    }
}

#[test]
fn chains_do_not_leave_their_genesis() {
    let mut small = Small::new();
    small.push(Vec::new());
    small.push(Vec::new());
    let report = verify(CaseKind::Era1(Box::new(era(&small))));
    assert!(report.faults.is_empty() && report.blocks.len() == 3);
    assert!(
        report
            .blocks
            .iter()
            .all(|block| block.verdict.is_verified())
    );

    let mut other = small.genesis_file();
    other.timestamp -= 1;
    let other = Some(Arc::new(other));
    let mut era = era(&small);
    era.genesis = other.clone();
    let report = verify(CaseKind::Era1(Box::new(era)));
    assert!(
        !report
            .blocks
            .iter()
            .any(|block| block.verdict.is_verified())
    );
    let blocks = small.blocks.iter();
    let blocks = blocks.map(|block| Bytes::from(block.encode().expect("a whole block")));
    let report = verify(CaseKind::Chain(Box::new(ChainCase {
        genesis: other,
        blocks: blocks.collect(),
    })));
    assert!(
        !report
            .blocks
            .iter()
            .any(|block| block.verdict.is_verified())
    );
}

/// A sum beyond 256 bits is no total difficulty, and what the archive says after it is not to be believed.
#[test]
fn total_difficulty_that_overflows_is_a_fault() {
    let mut small = Small::new();
    for _ in 0..3 {
        small.push(Vec::new());
    }
    let mut era = era(&small);
    era.genesis = None;
    era.start = 1;
    era.blocks.remove(0);
    let claims = [U256::MAX, U256::from(1), U256::from(2)];
    let mut records = Vec::new();
    for ((entry, claim), block) in era.blocks.iter_mut().zip(claims).zip(&small.blocks) {
        entry.total_difficulty = claim;
        records.push((block.hash, claim));
    }
    era.accumulator = accumulator::root(&records);
    let report = verify(CaseKind::Era1(Box::new(era)));
    for block in &report.blocks[1..] {
        assert!(failed(&block.verdict, Check::HeaderRules), "{block:?}");
    }
}

fn legacy(chain_id: Option<u64>) -> Transaction {
    let tx = TxLegacy {
        chain_id,
        gas_limit: 21_000,
        ..TxLegacy::default()
    };
    Signed::new_unhashed(tx, signature()).into()
}

fn dynamic(chain_id: u64) -> Transaction {
    let tx = TxEip1559 {
        chain_id,
        gas_limit: 21_000,
        to: Address::ZERO.into(),
        ..TxEip1559::default()
    };
    Signed::new_unhashed(tx, signature()).into()
}

/// Any signature recovers to someone, if a point has its r.
fn signature() -> Signature {
    let x = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
    let r = U256::from_str_radix(x, 16).expect("the generator's x");
    Signature::new(r, U256::from(7), false)
}

/// A block of mainnet at this number with these transactions, right in all that needs neither parent nor state.
fn at(number: u64, transactions: Vec<Transaction>) -> Block {
    let mut small = Small::from_number(number - 1);
    small.push(Vec::new());
    let mut header = small.blocks[0].header.clone();
    header.base_fee_per_gas = (number >= 12_965_000).then_some(7);
    let encoded: Vec<Vec<u8>> = transactions.iter().map(|tx| tx.encoded_2718()).collect();
    header.transactions_root = super::small::engine().ordered_root(&encoded);
    let mut block = block(header, Vec::new());
    block.transactions = transactions;
    block
}

#[test]
fn transactions_are_of_their_chain_and_fork() {
    let berlin_less = 9_500_000;
    for (number, transactions, right) in [
        (berlin_less, vec![legacy(Some(1)), legacy(None)], true),
        (berlin_less, vec![legacy(Some(1)), legacy(Some(5))], false),
        (berlin_less, vec![legacy(Some(1)), dynamic(1)], false),
        (12_300_000, vec![dynamic(1)], false),
        (13_000_000, vec![dynamic(1)], true),
        (13_000_000, vec![dynamic(1), dynamic(17_000)], false),
    ] {
        let verdict = one(listed(at(number, transactions)));
        assert_eq!(verdict.is_verified(), right, "{number}: {verdict:?}");
        assert_ne!(failed(&verdict, Check::Senders), right, "{number}");
    }
}

/// The chain of a list is that of the first transaction that is bound to one, in whatever block.
#[test]
fn the_chain_of_a_list_does_not_hang_on_its_first_block() {
    let report = verify(CaseKind::Blocks(vec![
        listed(at(9_500_000, vec![legacy(None)])),
        listed(at(9_500_001, vec![legacy(Some(999))])),
    ]));
    assert!(
        report
            .unreadable
            .is_some_and(|reason| reason.contains("chain id 999")),
        "no rules are known for it"
    );
}

fn receipt(gas: u64, logs: Vec<Log>) -> ReceiptEnvelope {
    let receipt = Receipt {
        status: Eip658Value::Eip658(true),
        cumulative_gas_used: gas,
        logs,
    };
    ReceiptEnvelope::Legacy(receipt.with_bloom())
}

/// A block of two transactions with receipts that its header commits to.
fn with_receipts(receipts: Vec<ReceiptEnvelope>) -> BlockVerdict {
    let mut block = at(9_500_000, vec![legacy(Some(1)), legacy(None)]);
    let encoded: Vec<Bytes> = receipts.iter().map(|r| r.encoded_2718().into()).collect();
    let header = &mut block.header;
    header.receipts_root = super::small::engine().ordered_root(&encoded);
    header.logs_bloom = receipts.iter().fold(Bloom::ZERO, |all, r| all | r.bloom());
    header.gas_used = receipts.last().map_or(0, |r| r.cumulative_gas_used());
    block.hash = header_hash(header);
    one(ListedBlock {
        receipts: Some(encoded),
        ..listed(block)
    })
}

/// That a header commits to receipts does not make them receipts of its block.
#[test]
fn receipts_that_come_along_are_those_of_the_transactions() {
    let log = || Log {
        address: Address::repeat_byte(9),
        data: LogData::new_unchecked(vec![B256::repeat_byte(1)], Bytes::new()),
    };
    let right = with_receipts(vec![
        receipt(21_000, vec![log()]),
        receipt(42_000, Vec::new()),
    ]);
    assert!(right.is_verified(), "{right:?}");
    assert_eq!(*right.outcome(Check::LogsBloom), Outcome::Passed);

    let few = with_receipts(vec![receipt(42_000, Vec::new())]);
    assert!(failed(&few, Check::ReceiptsRoot), "{few:?}");
    let falls = with_receipts(vec![
        receipt(50_000, Vec::new()),
        receipt(42_000, Vec::new()),
    ]);
    assert!(failed(&falls, Check::GasUsed), "{falls:?}");
    let other_type = match receipt(42_000, Vec::new()) {
        ReceiptEnvelope::Legacy(receipt) => ReceiptEnvelope::Eip1559(receipt),
        other => other,
    };
    let typed = with_receipts(vec![receipt(21_000, Vec::new()), other_type]);
    assert!(failed(&typed, Check::ReceiptsRoot), "{typed:?}");
    // The header's bloom is the union of the receipts', and one of those is not that of its logs.
    let lie = match receipt(42_000, vec![log()]) {
        ReceiptEnvelope::Legacy(mut receipt) => {
            receipt.logs_bloom = Bloom::ZERO;
            ReceiptEnvelope::Legacy(receipt)
        }
        other => other,
    };
    let bloom = with_receipts(vec![receipt(21_000, Vec::new()), lie]);
    assert!(failed(&bloom, Check::LogsBloom), "{bloom:?}");
}

/// A block that can't be judged has not been refused, whatever the test expects in free words.
#[test]
fn what_is_not_judged_is_not_refused_as_expected() {
    let mut small = Small::new();
    small.push(Vec::new());
    let case = |expect: Option<&str>| {
        CaseKind::Fixture(Box::new(FixtureCase {
            name: "test".into(),
            network: "Amsterdam".into(),
            chain_id: None,
            genesis: small.genesis_file(),
            genesis_rlp: block(small.genesis.clone(), Vec::new())
                .encode()
                .map(Bytes::from),
            genesis_hash: small.genesis_hash(),
            blob_schedule: Default::default(),
            blocks: vec![FixtureBlock {
                rlp: small.blocks[0].encode().expect("a whole block").into(),
                expect_exception: expect.map(str::to_owned),
            }],
            last_block_hash: small.genesis_hash(),
            post_state: None,
            post_state_hash: None,
        }))
    };
    for expect in [
        None,
        Some("anything"),
        Some("BlockException.INVALID_GASLIMIT"),
    ] {
        let report = verify(case(expect));
        let test = report.test.expect("a test");
        assert!(test.failure.is_some(), "{expect:?}");
        assert_eq!(report.blocks[0].expectation, Expectation::Valid);
    }
}

#[test]
fn senders_without_recovery_do_not_pass() {
    let block = at(9_500_000, vec![legacy(Some(1)), legacy(None)]);
    let rules = phalanx::chain::ChainSpec::mainnet().rules_at(9_500_000, 0, None);
    let mut verdict = BlockVerdict::new(None, None);
    let recovery = BlockRecovery {
        recovered: vec![Recovered {
            sender: Ok(Address::ZERO),
            authorities: Vec::new(),
        }],
        ..BlockRecovery::default()
    };
    let people = phalanx::verify::senders::check(&block, &rules, recovery, &mut verdict);
    assert!(people.is_none() && failed(&verdict, Check::Senders));
}

#[test]
fn a_line_that_names_another_number_is_no_block() {
    let mut small = Small::new();
    small.push(Vec::new());
    let rlp = Bytes::from(small.blocks[0].encode().expect("a whole block"));
    for (number, right) in [(1, true), (2, false)] {
        let line =
            serde_json::json!({"number": number, "hash": small.blocks[0].hash, "block": rlp});
        let report = corpus::verify_one("blocks.jsonl", line.to_string().as_bytes());
        let blocks: usize = report.iter().map(|r| r.blocks.len()).sum();
        let verified = report.iter().flat_map(|r| &r.blocks);
        let verified = verified.filter(|b| b.verdict.is_verified()).count();
        assert_eq!((verified == 1, blocks <= 1), (right, true), "{number}");
    }
}

/// Readers that differ in which of two equal keys counts would see two tests.
#[test]
fn a_test_names_no_account_twice() {
    let mut small = Small::new();
    small.push(Vec::new());
    let rlp: Vec<Vec<u8>> = small.blocks.iter().filter_map(Block::encode).collect();
    let text = corpus::fixture(&small, &rlp).to_string();
    let passed = |text: &str| {
        let reports = corpus::verify_one("test.json", text.as_bytes());
        let tests = reports.iter().filter_map(|report| report.test.as_ref());
        tests.filter(|test| test.failure.is_none()).count()
    };
    assert_eq!(passed(&text), 1, "{text}");
    let account = r#""0x0101010101010101010101010101010101010101":{"#;
    let other = format!(r#"{account}"balance":"0x7","nonce":"0x0","code":"0x"}},{account}"#);
    assert_eq!(passed(&text.replacen(account, &other, 1)), 0);
    let twice = r#""rlp":"0xc0","rlp":"#;
    assert_eq!(passed(&text.replacen(r#""rlp":"#, twice, 1)), 0);
}
