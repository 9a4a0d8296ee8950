//! Phalanx as a library, as a client would use it.

use alloy_primitives::{B256, address, b256, keccak256};
use phalanx::{
    Backend, Engine, RecoverInput, SRule,
    block::Block,
    chain::{ChainSpec, genesis_header},
    exec::{Serial, bytecode},
    generate::Plan,
    verdict::{Check, Outcome},
    verify::{header::Surroundings, prestate::over_source},
};
use revm::{
    database::{CacheDB, EmptyDB},
    state::AccountInfo,
};

#[test]
fn batches() {
    let engine = Engine::builder()
        .backend(Backend::Auto)
        .threads(2)
        .build()
        .unwrap();

    let hashes = engine.keccak256(&["", "abc"]);
    assert_eq!(hashes, [keccak256(""), keccak256("abc")]);

    // Results stand by index; a bad signature spoils none of its neighbours.
    let good = RecoverInput {
        prehash: b256!("18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c").0,
        r: b256!("73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f").0,
        s: b256!("eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549").0,
        y_parity: 1,
        s_rule: SRule::Any,
    };
    let bad = RecoverInput { r: [0; 32], ..good };
    let signers = engine.recover(&[good, bad, good]);
    let signer = address!("a94f5374fce5edbc8e2a8697c15331677e6ebf0b");
    assert_eq!(signers[0], Ok(signer));
    assert!(signers[1].is_err());
    assert_eq!(signers[2], Ok(signer));

    // ethereum/tests, TrieTests: any order, and the last of equal keys counts.
    let pairs = [
        ("do", "verb"),
        ("dog", "puppy"),
        ("doge", "coin"),
        ("horse", "stallion"),
    ];
    let root = b256!("29b235a58c3c25ab83010c327d5932bcf05324b7d6b1185e650798034783ca9d");
    assert_eq!(engine.secure_root(&pairs), root);
    assert_eq!(
        engine.ordered_root::<&[u8]>(&[]),
        alloy_consensus::EMPTY_ROOT_HASH
    );
}

/// A block over the client's own database, here revm's `CacheDB`.
#[test]
fn a_block_over_a_clients_database() {
    let engine = Engine::builder().build().unwrap();
    let plan = Plan {
        seed: 1,
        blocks: 1,
        transactions: 50,
    };
    let (genesis, blocks) = plan.build(&engine).unwrap();

    let mut state = CacheDB::new(EmptyDB::default());
    for (address, account) in &genesis.alloc {
        let info = AccountInfo::from_balance(account.balance)
            .with_nonce(account.nonce.unwrap_or(0))
            .with_code(bytecode(account.code.clone().unwrap_or_default()));
        state.insert_account_info(*address, info);
        for (slot, value) in account.storage_slots() {
            state
                .insert_account_storage(*address, slot.into(), value)
                .unwrap();
        }
    }

    let chain = ChainSpec::from_genesis(&genesis).unwrap();
    let mut block = Block::decode(&blocks[0]).unwrap();
    let root = phalanx::trie::WorldState::from_genesis_alloc(&engine, &genesis.alloc).root();
    let parent = genesis_header(&genesis, &chain, root);
    state
        .cache
        .block_hashes
        .insert(alloy_primitives::U256::ZERO, block.header.parent_hash);
    let surroundings = Surroundings {
        parent: Some(&parent),
        ..Surroundings::alone(&chain)
    };

    let verdict = over_source(&engine, &Serial, &surroundings, &block, &state);
    assert!(verdict.is_verified(), "{verdict:?}");
    assert_eq!(*verdict.outcome(Check::ReceiptsRoot), Outcome::Passed);
    assert_eq!(verdict.gas, block.header.gas_used);

    // A wrong block is named as such, and what is wrong with it.
    block.header.receipts_root = B256::ZERO;
    let verdict = over_source(&engine, &Serial, &surroundings, &block, &state);
    assert!(!verdict.is_verified());
    assert!(verdict.outcome(Check::ReceiptsRoot).is_fault());
}
