//! Transactions that move ether, and blocks that must be refused.

use super::*;

#[test]
fn a_transfer_over_a_clients_database() {
    let world = World::new("Osaka");
    let output = world.run(&[transaction(0, BOB, 7, [])]).unwrap();
    assert_eq!(output.gas_used, 21_000);
    assert_eq!(output.receipts.len(), 1);
    assert!(output.receipts[0].status());
    assert_eq!(output.steps.len(), 1);
    let after = world.after(&output);
    assert_eq!(balance(&after, BOB), Some(U256::from(7)));
    assert_eq!(balance(&after, ALICE), Some(U256::from(999_999_993)));
    assert_eq!(after.basic_ref(ALICE).unwrap().unwrap().nonce, 1);
    assert_eq!(balance(&after, MINER), None, "an empty coinbase stays away");
}

#[test]
fn steps_follow_the_receipts_before_byzantium() {
    let two = [transaction(0, BOB, 1, []), transaction(1, BOB, 2, [])];
    let world = World::new("EIP158");
    let output = world.run(&two).unwrap();
    assert_eq!(output.steps.len(), 3);
    let mut db = world.db.clone();
    for (step, balance_after) in output.steps.iter().zip([1, 3, 3]) {
        apply(&mut db, step);
        assert_eq!(balance(&db, BOB), Some(U256::from(balance_after)));
    }
    assert_eq!(output.steps[2].accounts.len(), 1, "the reward alone");
    assert_eq!(World::new("Byzantium").run(&two).unwrap().steps.len(), 1);
}

#[test]
fn the_transaction_at_fault_is_named() {
    let world = World::new("Osaka");
    let good = || transaction(0, BOB, 1, []);
    let with = |change: &dyn Fn(&mut TxLegacy)| {
        let mut tx = TxLegacy {
            nonce: 1,
            gas_limit: GAS,
            to: BOB.into(),
            ..TxLegacy::default()
        };
        change(&mut tx);
        legacy(tx)
    };
    for (bad, word) in [
        (with(&|tx| tx.nonce = 0), "nonce"),
        (with(&|tx| tx.nonce = 2), "nonce"),
        (with(&|tx| tx.value = U256::from(1_000_000_000)), "fund"),
        (with(&|tx| tx.gas_price = 1000), "fund"),
        (with(&|tx| tx.gas_limit = 20_999), "gas"),
        (with(&|tx| tx.chain_id = Some(2)), "chain"),
        (with(&|tx| tx.gas_limit = 16_777_217), "gas"),
    ] {
        let (index, reason) = refused(world.run(&[good(), bad]));
        assert_eq!(index, Some(1), "{reason}");
        assert!(reason.contains(word), "{word}: {reason}");
    }
    assert!(world.run(&[good(), with(&|_| ())]).is_ok());
}

#[test]
fn the_block_gas_limit_binds_the_sum() {
    let mut world = World::new("Cancun");
    world.header.gas_limit = GAS + 21_000;
    let transfers = |count| -> Vec<_> {
        (0..count)
            .map(|nonce| transaction(nonce, BOB, 1, []))
            .collect()
    };
    // What is used counts, not what was asked for: after two transfers the third's limit does not fit.
    assert_eq!(world.run(&transfers(2)).unwrap().gas_used, 42_000);
    let (index, reason) = refused(world.run(&transfers(3)));
    assert_eq!(index, Some(2));
    assert!(reason.contains("gas"), "{reason}");
}

#[test]
fn lists_of_other_lengths_are_refused() {
    let world = World::new("Osaka");
    let one = [transaction(0, BOB, 1, [])];
    for authorities in [vec![], vec![vec![], vec![]]] {
        let result = world.run_with(&world.db, &one, &authorities);
        assert!(matches!(
            result,
            Err(ExecError::Invalid {
                transaction: None,
                ..
            })
        ));
    }
}

#[test]
fn an_error_says_where() {
    let reason = || "why".to_owned();
    let invalid = ExecError::Invalid {
        transaction: Some(3),
        reason: reason(),
    };
    assert_eq!(invalid.to_string(), "transaction 3: why");
    let state = ExecError::State {
        transaction: None,
        reason: reason(),
    };
    assert_eq!(state.to_string(), "why");
}
