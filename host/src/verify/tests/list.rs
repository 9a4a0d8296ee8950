//! Blocks without state.

use super::*;
use crate::{
    block::{BlockDecodeError, Transaction},
    generate::Plan,
    input::{Case, CaseKind, ListedBlock},
    verify::case::{self, Options},
};

fn listed(block: Block) -> ListedBlock {
    ListedBlock {
        block: Ok(block),
        label: String::new(),
        senders: None,
        receipts: None,
    }
}

/// Two blocks of the development chain, one after the other.
fn blocks() -> Vec<Block> {
    let plan = Plan {
        seed: 9,
        blocks: 2,
        transactions: 10,
    };
    let (_, blocks) = plan.build(&engine()).unwrap();
    blocks
        .iter()
        .map(|rlp| Block::decode(rlp).unwrap())
        .collect()
}

fn verify(blocks: Vec<ListedBlock>) -> Vec<BlockVerdict> {
    let options = Options {
        chain: Some(ChainSpec::dev()),
        ..Options::default()
    };
    let case = Case {
        input: "list".into(),
        kind: CaseKind::Blocks(blocks),
    };
    let report = case::run(&engine(), &Serial, &options, case);
    let verdicts = report.blocks.into_iter().map(|block| block.verdict);
    verdicts.collect()
}

#[test]
fn neighbours_are_parent_and_child() {
    let [first, second]: [Block; 2] = blocks().try_into().unwrap();
    let links = |list: Vec<Block>| -> Vec<bool> {
        let list: Vec<_> = list.into_iter().map(listed).collect();
        verify(list)
            .iter()
            .map(|verdict| {
                assert_eq!(failed(verdict), []);
                assert!(passed(verdict, Check::Senders));
                assert!(passed(verdict, Check::TransactionsRoot));
                assert_eq!(reason(verdict, Check::Execution), "no state is given");
                passed(verdict, Check::ParentLink)
            })
            .collect()
    };
    assert_eq!(links(vec![first.clone(), second.clone()]), [false, true]);
    assert_eq!(links(vec![second.clone(), first.clone()]), [false, false]);
    assert_eq!(links(vec![second]), [false]);
    assert!(links(Vec::new()).is_empty());
}

#[test]
fn claimed_senders_are_compared() {
    let block = blocks().remove(0);
    let groundwork = Groundwork::of(&engine(), &block);
    let right: Vec<Address> = groundwork
        .recovery
        .recovered
        .iter()
        .map(|one| one.sender.unwrap())
        .collect();
    let with = |senders: Vec<Address>| {
        let claimed = ListedBlock {
            senders: Some(senders),
            ..listed(block.clone())
        };
        verify(vec![claimed]).remove(0)
    };
    assert_eq!(failed(&with(right.clone())), []);
    let mut wrong = right.clone();
    wrong[3] = Address::ZERO;
    let verdict = with(wrong);
    assert!(matches!(
        verdict.outcome(Check::Senders),
        Outcome::Failed { transaction: Some(3), expected, .. } if *expected == Address::ZERO.to_string()
    ));
    for senders in [right[..9].to_vec(), [&right[..], &right[..1]].concat()] {
        assert_eq!(failed(&with(senders)), [Check::Senders]);
    }
}

#[test]
fn given_receipts_are_compared() {
    let mut block = blocks().remove(0);
    block
        .transactions
        .retain(|transaction| matches!(transaction, Transaction::Legacy(_)));
    block.transactions.truncate(1);
    assert_eq!(block.transactions.len(), 1, "a legacy transaction");
    let receipt = alloy_consensus::Receipt {
        status: true.into(),
        cumulative_gas_used: 21_000,
        logs: Vec::<alloy_primitives::Log>::new(),
    };
    let receipt = crate::exec::Receipt::Legacy(receipt.with_bloom());
    let bytes: Bytes = receipts::encode(&[receipt]).remove(0).into();
    let root = engine().ordered_root(std::slice::from_ref(&bytes));
    let with = |receipts: Vec<Bytes>, change: &dyn Fn(&mut Header)| {
        let given = ListedBlock {
            receipts: Some(receipts),
            ..listed(changed(&block, |header| {
                header.logs_bloom = Default::default();
                header.gas_used = 21_000;
                header.receipts_root = root;
                change(header);
            }))
        };
        verify(vec![given]).remove(0)
    };
    let right = with(vec![bytes.clone()], &|_| ());
    for check in [Check::ReceiptsRoot, Check::LogsBloom, Check::GasUsed] {
        assert!(passed(&right, check), "{check}");
    }
    assert!(!passed(&right, Check::Execution));
    type Change = fn(&mut Header);
    let changes: [(Change, Check); 3] = [
        (
            |header| header.receipts_root = B256::ZERO,
            Check::ReceiptsRoot,
        ),
        (|header| header.logs_bloom.0[0] = 1, Check::LogsBloom),
        (|header| header.gas_used = 20_999, Check::GasUsed),
    ];
    for (change, check) in changes {
        assert!(
            failed(&with(vec![bytes.clone()], &change)).contains(&check),
            "{check}"
        );
    }
    assert!(failed(&with(Vec::new(), &|_| ())).contains(&Check::ReceiptsRoot));
    // Bytes that hash to the right root and are no receipt.
    let odd = Bytes::from_static(&[0x05]);
    let odd_root = engine().ordered_root(std::slice::from_ref(&odd));
    let verdict = with(vec![odd], &|header| header.receipts_root = odd_root);
    assert!(failed(&verdict).contains(&Check::ReceiptsRoot));
}

#[test]
fn what_is_no_block_keeps_its_place() {
    let [first, second]: [Block; 2] = blocks().try_into().unwrap();
    let broken = ListedBlock {
        block: Err(BlockDecodeError::NotCanonical),
        ..listed(first.clone())
    };
    let verdicts = verify(vec![listed(first), broken, listed(second)]);
    let failures: Vec<_> = verdicts.iter().map(failed).collect();
    assert_eq!(failures, [vec![], vec![Check::Decoding], vec![]]);
    assert!(
        passed(&verdicts[2], Check::Senders),
        "senders stay with their block"
    );
}

#[test]
fn a_bad_signature_names_its_transaction() {
    let [mut first, second]: [Block; 2] = blocks().try_into().unwrap();
    let index = first
        .transactions
        .iter()
        .position(|transaction| matches!(transaction, crate::block::Transaction::Eip1559(_)))
        .unwrap();
    if let crate::block::Transaction::Eip1559(signed) = &first.transactions[index] {
        let zero = alloy_primitives::Signature::new(U256::ZERO, U256::ONE, false);
        let signed = alloy_consensus::Signed::new_unhashed(signed.tx().clone(), zero);
        first.transactions[index] = crate::block::Transaction::Eip1559(signed);
    }
    let verdicts = verify(vec![listed(first), listed(second)]);
    assert!(matches!(
        verdicts[0].outcome(Check::Senders),
        Outcome::Failed { transaction: Some(at), .. } if *at == index
    ));
    assert_eq!(failed(&verdicts[1]), []);
}
