//! Real data with one thing changed: the verdict names that thing.

use super::{ERA1, faults, first_case, run};
use alloy_consensus::Header;
use alloy_primitives::{B256, Bloom, U256};
use phalanx::{
    block::{Block, header_hash},
    input::{CaseKind, WitnessCase},
    verdict::{BlockVerdict, Check, Outcome},
};

/// A block of Prague with transactions and withdrawals, some tens of kilobytes.
const WITNESS: &str = "witness/hoodi-1265656.json.zst";

fn witness(test: &str) -> Option<Box<WitnessCase>> {
    match first_case(test, WITNESS)? {
        CaseKind::Witness(case) => Some(case),
        other => panic!("{other:?}"),
    }
}

fn judge(case: Box<WitnessCase>) -> BlockVerdict {
    let mut report = run(CaseKind::Witness(case));
    assert_eq!((report.blocks.len(), report.unreadable), (1, None));
    report.blocks.remove(0).verdict
}

fn failed(verdict: &BlockVerdict) -> Vec<Check> {
    faults(verdict)
        .into_iter()
        .map(|(check, _)| check)
        .collect()
}

/// Seals the block again after a change, so that its hash tells nothing.
fn reseal(block: &mut Block) {
    block.hash = header_hash(&block.header);
    block.claimed_hash = None;
}

#[test]
fn each_header_field_is_checked_by_its_own_check() {
    type Change = fn(&mut Header);
    let changes: [(&str, Change, Check); 15] = [
        ("state root", |h| h.state_root.0[0] ^= 1, Check::StateRoot),
        (
            "receipts root",
            |h| h.receipts_root.0[0] ^= 1,
            Check::ReceiptsRoot,
        ),
        (
            "bloom",
            |h| h.logs_bloom = Bloom::repeat_byte(0xff),
            Check::LogsBloom,
        ),
        ("gas used", |h| h.gas_used += 1, Check::GasUsed),
        (
            "transactions root",
            |h| h.transactions_root.0[31] ^= 1,
            Check::TransactionsRoot,
        ),
        (
            "ommers hash",
            |h| h.ommers_hash.0[0] ^= 1,
            Check::HeaderRules,
        ),
        (
            "withdrawals root",
            |h| h.withdrawals_root = Some(B256::ZERO),
            Check::WithdrawalsRoot,
        ),
        (
            "requests hash",
            |h| h.requests_hash = Some(B256::ZERO),
            Check::RequestsHash,
        ),
        (
            "base fee",
            |h| h.base_fee_per_gas = h.base_fee_per_gas.map(|fee| fee + 1),
            Check::HeaderRules,
        ),
        ("number", |h| h.number += 1, Check::HeaderRules),
        ("time", |h| h.timestamp = 1_000_000_000, Check::HeaderRules),
        ("gas limit", |h| h.gas_limit *= 2, Check::HeaderRules),
        (
            "difficulty",
            |h| h.difficulty = U256::ONE,
            Check::HeaderRules,
        ),
        (
            "excess blob gas",
            |h| h.excess_blob_gas = Some(1),
            Check::HeaderRules,
        ),
        ("parent", |h| h.parent_hash.0[0] ^= 1, Check::ParentLink),
    ];
    for (name, change, check) in changes {
        let Some(mut case) = witness("verify::tampered::header_fields") else {
            return;
        };
        change(&mut case.block.header);
        reseal(&mut case.block);
        // Roots that the source claims beside the block would tell as well.
        (case.pre_state_root, case.post_state_root) = (None, None);
        case.block_hashes.clear();
        let failed = failed(&judge(case));
        assert!(failed.contains(&check), "{name}: {failed:?}");
        let alone = match name {
            "ommers hash" => failed.len() <= 2,
            _ => failed.len() == 1,
        };
        assert!(alone, "{name}: {failed:?}");
    }
}

#[test]
fn a_claimed_hash_is_compared() {
    let Some(mut case) = witness("verify::tampered::claimed_hash") else {
        return;
    };
    case.block.claimed_hash = Some(B256::ZERO);
    assert_eq!(failed(&judge(case)), [Check::BlockHash]);
}

#[test]
fn bodies_are_checked() {
    let test = "verify::tampered::bodies";
    let Some(case) = witness(test) else { return };
    assert!(case.block.transactions.len() > 1);

    let mut case = witness(test).unwrap();
    case.block.transactions.pop();
    assert!(failed(&judge(case)).contains(&Check::TransactionsRoot));

    let mut case = witness(test).unwrap();
    case.block.transactions.swap(0, 1);
    assert!(failed(&judge(case)).contains(&Check::TransactionsRoot));

    let mut case = witness(test).unwrap();
    case.block.withdrawals = None;
    let faults = failed(&judge(case));
    assert!(faults.contains(&Check::WithdrawalsRoot) && faults.contains(&Check::HeaderRules));
}

/// Any node that is dropped or changed is missed or was not needed; the block is never verified to another root.
#[test]
fn witness_parts_are_needed_or_idle() {
    let test = "verify::tampered::witness_parts";
    let Some(case) = witness(test) else { return };
    let count = case.nodes.len();
    let mut missed = 0;
    for index in (0..count).step_by(count / 12) {
        for drop in [true, false] {
            let mut case = witness(test).unwrap();
            if drop {
                case.nodes.remove(index);
            } else {
                let mut node = case.nodes[index].to_vec();
                let last = node.last_mut().unwrap();
                *last ^= 1;
                case.nodes[index] = node.into();
            }
            let verdict = judge(case);
            for (check, outcome) in faults(&verdict) {
                missed += 1;
                assert!(
                    matches!(&outcome, Outcome::NotCovered { reason, .. } if reason.contains("missing node")),
                    "node {index}: {check}: {outcome:?}"
                );
            }
        }
    }
    assert!(missed > 0);

    let mut case = witness(test).unwrap();
    case.codes.clear();
    let verdict = judge(case);
    assert_eq!(failed(&verdict), [Check::Execution]);
    assert!(matches!(
        verdict.outcome(Check::StateRoot),
        Outcome::NotCheckable { .. }
    ));
}

#[test]
fn the_accumulator_is_compared() {
    let Some(CaseKind::Era1(mut case)) = first_case("verify::tampered::accumulator", ERA1) else {
        return;
    };
    case.blocks.truncate(100);
    let report = run(CaseKind::Era1(case));
    assert!(
        report
            .blocks
            .iter()
            .all(|block| block.verdict.is_verified())
    );
    let checks: Vec<_> = report.faults.iter().map(|fault| fault.check).collect();
    assert_eq!(checks, ["accumulator"]);
}

#[test]
fn an_era_is_checked_block_by_block() {
    let test = "verify::tampered::era";
    let Some(CaseKind::Era1(mut case)) = first_case(test, ERA1) else {
        return;
    };
    case.blocks.truncate(20);
    case.blocks[7].total_difficulty += U256::ONE;
    case.blocks.swap(12, 13);
    case.blocks[16].receipts = vec![0xc1];
    case.blocks[18].body = vec![0xc0, 0x00];
    let report = run(CaseKind::Era1(case));
    let bad: Vec<(usize, Vec<Check>)> = report
        .blocks
        .iter()
        .enumerate()
        .map(|(index, block)| (index, failed(&block.verdict)))
        .filter(|(_, failed)| !failed.is_empty())
        .collect();
    let expected = [
        (7, vec![Check::HeaderRules]),
        (12, vec![Check::ParentLink, Check::HeaderRules]),
        (13, vec![Check::HeaderRules]),
        (14, vec![Check::ParentLink]),
        (15, vec![Check::ParentLink]),
        (16, vec![Check::ParentLink, Check::ReceiptsRoot]),
        (17, vec![Check::ParentLink]),
        (18, vec![Check::Decoding]),
        (19, vec![Check::ParentLink]),
    ];
    assert_eq!(bad, expected);
}
