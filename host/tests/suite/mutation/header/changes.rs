//! Every change of every field of a header, and what must come of it.

use super::super::{
    EXECUTED,
    Expect::{self, By, IfRead, Unseen},
    Subject, flipped,
};
use alloy_consensus::Header;
use alloy_hardforks::EthereumHardfork as Fork;
use alloy_primitives::{B64, B256, U256};
use phalanx::verdict::Check;

const RULES: Expect = By(&[Check::HeaderRules]);
/// What a client sees if a value that reaches the state or the EVM is another.
const STATE: Expect = By(&[Check::Execution, Check::StateRoot]);

/// A changed header, and what must come of it once its hash fits.
type Change = (&'static str, Header, Expect);

/// Every change of every field.
pub(super) fn changes(subject: &Subject) -> Vec<Change> {
    let header = &subject.block.header;
    let mut changes = Vec::new();
    roots(subject, &mut |name, change, expect| {
        let mut changed = header.clone();
        change(&mut changed);
        changes.push((name, changed, expect));
    });
    numbers(subject, &mut |name, change, expect| {
        let mut changed = header.clone();
        change(&mut changed);
        changes.push((name, changed, expect));
    });
    options(header, &mut |name, change, expect| {
        let mut changed = header.clone();
        change(&mut changed);
        changes.push((name, changed, expect));
    });
    changes
}

type Add<'a> = &'a mut dyn FnMut(&'static str, &dyn Fn(&mut Header), Expect);

fn roots(subject: &Subject, add: Add<'_>) {
    let (header, rules) = (&subject.block.header, &subject.rules);
    let merged = rules.is_post_merge();
    let pays = !merged || !subject.block.transactions.is_empty();
    let link = By(&[Check::ParentLink]);
    add(
        "parent hash",
        &|h| h.parent_hash = flipped(h.parent_hash),
        link,
    );
    let ommers = By(&[Check::OmmersHash]);
    add(
        "ommers hash",
        &|h| h.ommers_hash = flipped(h.ommers_hash),
        ommers,
    );
    let beneficiary = if pays { STATE } else { Unseen };
    add("beneficiary", &|h| h.beneficiary.0[0] ^= 1, beneficiary);
    let root = By(&[Check::StateRoot]);
    add(
        "state root",
        &|h| h.state_root = flipped(h.state_root),
        root,
    );
    let root = By(&[Check::TransactionsRoot]);
    let flip = |h: &mut Header| h.transactions_root = flipped(h.transactions_root);
    add("transactions root", &flip, root);
    let root = By(&[Check::ReceiptsRoot]);
    add(
        "receipts root",
        &|h| h.receipts_root = flipped(h.receipts_root),
        root,
    );
    let bloom = By(&[Check::LogsBloom]);
    add("logs bloom", &|h| h.logs_bloom.0[17] ^= 1, bloom);

    // The DAO fork marks its blocks by their extra data (EIP-779).
    let marked = rules.chain_id == 1 && (1_920_000..1_920_010).contains(&header.number);
    let extra = if marked { RULES } else { Unseen };
    let change = |h: &mut Header| {
        let mut extra = h.extra_data.to_vec();
        extra.truncate(31);
        extra.push(0xee);
        h.extra_data = extra.into();
    };
    add("extra data", &change, extra);
    add(
        "extra data too long",
        &|h| h.extra_data = vec![0; 33].into(),
        RULES,
    );
    let mix = if merged { IfRead(EXECUTED) } else { Unseen };
    add("mix hash", &|h| h.mix_hash = flipped(h.mix_hash), mix);
    let nonce = if merged { RULES } else { Unseen };
    add(
        "nonce",
        &|h| h.nonce = B64::from(u64::from(h.nonce) ^ 1),
        nonce,
    );
}

fn numbers(subject: &Subject, add: Add<'_>) {
    let (header, rules) = (&subject.block.header, &subject.rules);
    let parent = subject.parent.as_ref().expect("the parent is known");
    add("difficulty", &|h| h.difficulty += U256::ONE, RULES);
    add("number", &|h| h.number += 1, RULES);
    add("number", &|h| h.number -= 1, RULES);
    add("number", &|h| h.number = u64::MAX, RULES);

    let bound = parent.gas_limit / 1024;
    let apart = |limit: u64| limit.abs_diff(parent.gas_limit);
    add(
        "gas limit",
        &|h| h.gas_limit = parent.gas_limit + bound,
        RULES,
    );
    add("gas limit", &|h| h.gas_limit = 4_999, RULES);
    add("gas limit", &|h| h.gas_limit = u64::MAX, RULES);
    if header.gas_used > 0 {
        add("gas limit", &|h| h.gas_limit = h.gas_used - 1, RULES);
    }
    // One wei of gas nearer to the parent's limit, or one further where they are the same.
    let step = |limit: u64| match limit.cmp(&parent.gas_limit) {
        std::cmp::Ordering::Greater => limit - 1,
        _ => limit + 1,
    };
    if apart(step(header.gas_limit)) < bound {
        let change = |h: &mut Header| h.gas_limit = step(h.gas_limit);
        add("gas limit in bounds", &change, IfRead(EXECUTED));
    }
    let used = By(&[Check::GasUsed, Check::HeaderRules]);
    add("gas used", &|h| h.gas_used ^= 1, used);
    add("gas used", &|h| h.gas_used = h.gas_limit + 1, RULES);

    add("timestamp", &|h| h.timestamp = parent.timestamp, RULES);
    add("timestamp", &|h| h.timestamp = 0, RULES);
    let later = match rules.is_active(Fork::Cancun) {
        // Written to the state by a system call (EIP-4788).
        true => STATE,
        false if rules.is_post_merge() => IfRead(EXECUTED),
        false => IfRead(&[
            Check::HeaderRules,
            Check::Execution,
            Check::GasUsed,
            Check::ReceiptsRoot,
            Check::StateRoot,
        ]),
    };
    add("timestamp in bounds", &|h| h.timestamp += 1, later);
}

/// Fields that came with a fork: changed, taken away, and put where the fork has none.
fn options(header: &Header, add: Add<'_>) {
    let root = Some(B256::repeat_byte(7));
    match header.base_fee_per_gas {
        Some(fee) => {
            add("base fee", &|h| h.base_fee_per_gas = Some(fee + 1), RULES);
            add("base fee", &|h| h.base_fee_per_gas = Some(fee - 1), RULES);
            add("base fee absent", &|h| h.base_fee_per_gas = None, RULES);
        }
        None => add("base fee present", &|h| h.base_fee_per_gas = Some(7), RULES),
    }
    match header.withdrawals_root {
        Some(before) => {
            let expect = By(&[Check::WithdrawalsRoot]);
            let after = Some(flipped(before));
            add("withdrawals root", &|h| h.withdrawals_root = after, expect);
            add(
                "withdrawals root absent",
                &|h| h.withdrawals_root = None,
                RULES,
            );
        }
        None => add(
            "withdrawals root present",
            &|h| h.withdrawals_root = root,
            RULES,
        ),
    }
    match header.blob_gas_used {
        Some(gas) => {
            add(
                "blob gas used",
                &|h| h.blob_gas_used = Some(gas + 131_072),
                RULES,
            );
            add("blob gas used", &|h| h.blob_gas_used = Some(gas + 1), RULES);
            add("blob gas used absent", &|h| h.blob_gas_used = None, RULES);
        }
        None => add(
            "blob gas used present",
            &|h| h.blob_gas_used = Some(0),
            RULES,
        ),
    }
    match header.excess_blob_gas {
        Some(gas) => {
            add(
                "excess blob gas",
                &|h| h.excess_blob_gas = Some(gas ^ 1),
                RULES,
            );
            add(
                "excess blob gas absent",
                &|h| h.excess_blob_gas = None,
                RULES,
            );
        }
        None => add(
            "excess blob gas present",
            &|h| h.excess_blob_gas = Some(0),
            RULES,
        ),
    }
    match header.parent_beacon_block_root {
        Some(before) => {
            let after = Some(flipped(before));
            add(
                "beacon root",
                &|h| h.parent_beacon_block_root = after,
                STATE,
            );
            add(
                "beacon root absent",
                &|h| h.parent_beacon_block_root = None,
                RULES,
            );
        }
        None => add(
            "beacon root present",
            &|h| h.parent_beacon_block_root = root,
            RULES,
        ),
    }
    match header.requests_hash {
        Some(before) => {
            let expect = By(&[Check::RequestsHash]);
            add(
                "requests hash",
                &|h| h.requests_hash = Some(flipped(before)),
                expect,
            );
            add("requests hash absent", &|h| h.requests_hash = None, RULES);
        }
        None => add("requests hash present", &|h| h.requests_hash = root, RULES),
    }
    add(
        "access list hash present",
        &|h| h.block_access_list_hash = root,
        RULES,
    );
    add("slot number present", &|h| h.slot_number = Some(1), RULES);
}
