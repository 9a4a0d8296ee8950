//! alloy's and revm's own code on Phalanx's arithmetic. What is installed stays for the process, hence a test program of
//! its own, with one test.

use alloy_consensus::{crypto::secp256k1::recover_signer, transaction::SignerRecoverable};
use alloy_primitives::{Address, Bytes, TxKind, U256, address, hex};
use phalanx::{
    Engine,
    alloy::{AlreadyInstalled, Provider},
    block::{Block, Transaction},
    generate::Plan,
    precompiles::PhalanxCrypto,
    senders::recover_transactions,
};
use revm::{
    Context, ExecuteEvm, MainBuilder, MainContext,
    context::TxEnv,
    context_interface::result::{ExecutionResult, Output},
    precompile::{crypto, install_crypto, u64_to_address},
};

#[test]
fn alloy_and_revm_run_unchanged() {
    // Before anything runs: an EVM that finds nothing installed installs its own.
    assert!(install_crypto(PhalanxCrypto));
    assert!(!install_crypto(PhalanxCrypto), "once");
    assert_eq!(format!("{:?}", crypto()), "PhalanxCrypto");

    let engine = Engine::builder().threads(2).build().unwrap();
    let (_, blocks) = Plan {
        blocks: 1,
        ..Plan::default()
    }
    .build(&engine)
    .unwrap();
    let block = Block::decode(&blocks[0]).unwrap();
    let before: Vec<Address> = block
        .transactions
        .iter()
        .map(|transaction| transaction.recover_signer().unwrap())
        .collect();

    let phalanx = Provider::install(&engine).unwrap();
    assert_eq!(
        Provider::install(&engine).unwrap_err(),
        AlreadyInstalled,
        "alloy has the provider"
    );
    let after = || -> Vec<Address> {
        let recover = |transaction: &Transaction| {
            recover_signer(transaction.signature(), transaction.signature_hash()).unwrap()
        };
        block.transactions.iter().map(recover).collect()
    };
    assert_eq!(after(), before, "one at a time");
    let prefetched = phalanx.prefetch(&block.transactions);
    assert!(prefetched.iter().zip(&before).all(|(a, b)| *a == Ok(*b)));
    assert_eq!(after(), before, "out of what was prefetched");
    let pairs: Vec<_> = block.transactions.iter().map(|tx| (tx, true)).collect();
    let batch = recover_transactions(&engine, &pairs);
    assert!(batch.iter().zip(&before).all(|(a, b)| a.sender == Ok(*b)));

    let recovery = hex!(
        "456e9aea5e197a1f1af7a3e85a3212fa4049a3ba34c2289b4c860fc0b0c64ef3"
        "000000000000000000000000000000000000000000000000000000000000001c"
        "9242685bf161793cc25603c231bc2f568eb630ea16aa137d2664ac8038825608"
        "4f8ae3bd7535248d0bd448298cc2e2071e56992d0774dc340c368ae950852ada"
    );
    let signer = address!("7156526fbd7a3c72969b54f64e42c10fbb768c8a");
    assert_eq!(call(1, &recovery), signer.into_word().to_vec());
    // 3^2 modulo 5, which is odd, and modulo 6, which is not.
    let lengths = [U256::from(1); 3]
        .map(|one| one.to_be_bytes::<32>())
        .concat();
    assert_eq!(call(5, &[&lengths[..], &[3, 2, 5]].concat()), [4]);
    assert_eq!(call(5, &[&lengths[..], &[3, 2, 6]].concat()), [3]);
    // The generator of BN254, twice.
    let words = |words: &[u64]| -> Vec<u8> {
        let words = words
            .iter()
            .map(|word| U256::from(*word).to_be_bytes::<32>());
        words.flatten().collect()
    };
    let doubled = hex!(
        "030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd3"
        "15ed738c0e0a7c92e7845f96b2ae9c0a68a6a449e3538fc7ff3ebf7a5a18a2c4"
    );
    assert_eq!(call(6, &words(&[1, 2, 1, 2])), doubled);
    assert_eq!(call(7, &words(&[1, 2, 2])), doubled);
    assert_eq!(call(8, &[]), words(&[1]));
}

/// What revm's mainnet EVM answers to a call of a precompile.
fn call(precompile: u64, input: &[u8]) -> Vec<u8> {
    let mut evm = Context::mainnet()
        .with_db(revm::database::EmptyDB::default())
        .build_mainnet();
    let transaction = TxEnv::builder()
        .kind(TxKind::Call(u64_to_address(precompile)))
        .data(Bytes::copy_from_slice(input))
        .gas_limit(1_000_000)
        .build()
        .unwrap();
    match evm.transact(transaction).unwrap().result {
        ExecutionResult::Success {
            output: Output::Call(answer),
            ..
        } => answer.to_vec(),
        other => panic!("{other:?}"),
    }
}
