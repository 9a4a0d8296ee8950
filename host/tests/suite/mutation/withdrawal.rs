//! Withdrawals: their four fields, and how many there are.

use super::{
    Expect::{self, By, Unseen},
    Subject, Tally,
    chain::{Generated, SMALL},
    witness,
};
use alloy_eips::eip4895::{Withdrawal, Withdrawals};
use alloy_primitives::Address;
use phalanx::{generate::Plan, verdict::Check};

/// What is paid out, and to whom, is in the state. A witness need not cover another receiver.
const PAID: Expect = By(&[Check::Execution, Check::StateRoot]);

fn run(subject: &Subject, tally: &mut Tally) {
    let list = subject
        .block
        .withdrawals
        .as_ref()
        .expect("Shanghai or later");
    let mut put = |what: &str, expect, change: &dyn Fn(&mut Vec<Withdrawal>)| {
        let mut mutant = subject.block.clone();
        let mut list = list.to_vec();
        change(&mut list);
        mutant.withdrawals = Some(Withdrawals::new(list));
        subject.expect_both(tally, what, mutant, Check::WithdrawalsRoot, expect);
    };
    for (index, withdrawal) in list.iter().enumerate() {
        // Nothing, paid to whomever, is no change of the state.
        let paid = if withdrawal.amount == 0 { Unseen } else { PAID };
        let nothing = if withdrawal.amount == 0 {
            " of nothing"
        } else {
            ""
        };
        put("withdrawal index:", Unseen, &|list| list[index].index += 1);
        put("withdrawal validator:", Unseen, &|list| {
            list[index].validator_index ^= 1
        });
        put(&format!("withdrawal address{nothing}:"), paid, &|list| {
            list[index].address.0[0] ^= 1
        });
        put("withdrawal amount:", PAID, &|list| list[index].amount += 1);
        put(&format!("withdrawal dropped{nothing}:"), paid, &|list| {
            list.remove(index);
        });
        put(&format!("withdrawal repeated{nothing}:"), paid, &|list| {
            list.push(list[index])
        });
    }
    let added = Withdrawal {
        address: Address::repeat_byte(0xee),
        amount: 1,
        ..Withdrawal::default()
    };
    put("withdrawal added:", PAID, &|list| list.push(added));
    let mut mutant = subject.block.clone();
    mutant.withdrawals = None;
    let rules = By(&[Check::HeaderRules]);
    subject.expect_both(
        tally,
        "withdrawals absent:",
        mutant,
        Check::WithdrawalsRoot,
        rules,
    );
}

#[test]
fn of_a_generated_chain() {
    let chain = Generated::new(Plan { blocks: 8, ..SMALL });
    let mut tally = Tally::new("withdrawals of a generated chain");
    let paying = |index: &usize| {
        let list = chain.blocks[*index].withdrawals.as_ref();
        list.is_some_and(|list| !list.is_empty())
    };
    let indices: Vec<usize> = (0..chain.blocks.len()).filter(paying).collect();
    assert!(!indices.is_empty());
    for index in indices {
        run(&chain.subject(index), &mut tally);
    }
    tally.print();
    let unseen = [
        "withdrawal address of nothing",
        "withdrawal dropped of nothing",
        "withdrawal index",
        "withdrawal repeated of nothing",
        "withdrawal validator",
    ];
    assert_eq!(tally.unseen(), unseen);
}

#[test]
fn of_witnessed_blocks() {
    let test = "withdrawals of witnessed blocks";
    let mut tally = Tally::new(test);
    for name in [witness::SHANGHAI, witness::CANCUN] {
        if let Some(subject) = witness::real(test, name) {
            run(&subject, &mut tally);
        }
    }
    // The first block under proof of stake has no withdrawals yet, not even none.
    if let Some(subject) = witness::real(test, witness::PARIS) {
        let mut mutant = subject.block.clone();
        mutant.withdrawals = Some(Withdrawals::default());
        let rules = By(&[Check::HeaderRules]);
        subject.expect_both(
            &mut tally,
            "withdrawals present:",
            mutant,
            Check::WithdrawalsRoot,
            rules,
        );
    }
    tally.print();
}
