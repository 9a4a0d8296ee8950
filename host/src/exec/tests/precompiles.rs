//! Every precompile, in transaction after transaction, with answers that are known.

use super::{assembly::*, block::*, *};
use alloy_primitives::{hex, keccak256};

/// Calls the address of the first word with the rest of the call data, and stores the hash of what comes back in the
/// caller's slot.
fn asker() -> Vec<u8> {
    let rest = [op::PUSH1, 32, op::CALLDATASIZE, op::SUB];
    let copy = [&rest[..], &[op::PUSH1, 32, op::PUSH1, 0, op::CALLDATACOPY]].concat();
    let call = [
        &[op::PUSH1, 0, op::PUSH1, 0][..],
        &rest,
        &[op::PUSH1, 0, op::PUSH1, 0],
        &word(0),
        &[op::GAS, op::CALL, op::POP],
    ]
    .concat();
    let keep = [
        op::RETURNDATASIZE,
        op::PUSH1,
        0,
        op::PUSH1,
        0,
        op::RETURNDATACOPY,
    ];
    let hash = [
        op::RETURNDATASIZE,
        op::PUSH1,
        0,
        op::KECCAK256,
        op::CALLER,
        op::SSTORE,
    ];
    [&copy[..], &call, &keep, &hash].concat()
}

/// Precompile, input, output. What BLS12-381's maps give is long; that they give something is enough here.
fn questions() -> Vec<(u64, Vec<u8>, Option<Vec<u8>>)> {
    let bytes = |hex: &str| hex::decode(hex).unwrap();
    let infinity = |bytes: usize| {
        let mut point = vec![0; bytes];
        point[0] = 0xc0;
        point
    };
    let recovery = bytes(concat!(
        "456e9aea5e197a1f1af7a3e85a3212fa4049a3ba34c2289b4c860fc0b0c64ef3",
        "000000000000000000000000000000000000000000000000000000000000001c",
        "9242685bf161793cc25603c231bc2f568eb630ea16aa137d2664ac8038825608",
        "4f8ae3bd7535248d0bd448298cc2e2071e56992d0774dc340c368ae950852ada"
    ));
    let recovered = bytes("0000000000000000000000007156526fbd7a3c72969b54f64e42c10fbb768c8a");
    let sha256 = bytes("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    let ripemd = bytes("0000000000000000000000008eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
    let modexp = [words(&[1, 1, 1]), vec![3, 2, 5]].concat();
    let blake2f = bytes(concat!(
        "0000000c48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5",
        "d182e6ad7f520e511f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b",
        "6162630000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0300000000000000000000000000000001"
    ));
    let mixed = bytes(concat!(
        "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1",
        "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"
    ));
    // The polynomial 0 is 0 everywhere: commitment and proof are the point at infinity.
    let commitment = infinity(48);
    let mut versioned = <sha2::Sha256 as sha2::Digest>::digest(&commitment).to_vec();
    versioned[0] = 1;
    let evaluation = [&versioned[..], &words(&[5, 0]), &commitment, &infinity(48)].concat();
    let modulus = bytes("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");
    let evaluated = [words(&[4096]), modulus].concat();
    let generator = words(&[1, 2]);
    let doubled = bytes(concat!(
        "030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd3",
        "15ed738c0e0a7c92e7845f96b2ae9c0a68a6a449e3538fc7ff3ebf7a5a18a2c4"
    ));
    vec![
        (1, recovery, Some(recovered)),
        (2, b"abc".to_vec(), Some(sha256)),
        (3, b"abc".to_vec(), Some(ripemd)),
        (4, b"abc".to_vec(), Some(b"abc".to_vec())),
        (5, modexp, Some(vec![4])),
        (6, generator.repeat(2), Some(doubled.clone())),
        (7, [generator, words(&[2])].concat(), Some(doubled)),
        (8, Vec::new(), Some(words(&[1]))),
        (9, blake2f, Some(mixed)),
        (10, evaluation, Some(evaluated)),
        (11, vec![0; 256], Some(vec![0; 128])),
        (12, vec![0; 160], Some(vec![0; 128])),
        (13, vec![0; 512], Some(vec![0; 256])),
        (14, vec![0; 288], Some(vec![0; 256])),
        (15, vec![0; 384], Some(words(&[1]))),
        (16, vec![0; 64], None),
        (17, vec![0; 128], None),
    ]
}

/// The hash of an answer, as it is stored.
fn word_of(answer: &[u8]) -> U256 {
    U256::from_be_bytes(keccak256(answer).0)
}

#[test]
fn every_one_of_them() {
    let questions = questions();
    let count = 3 * questions.len();
    let mut world = World::new("Osaka");
    world.header.gas_limit = 100_000_000;
    world.people(count);
    world.contract(CONTRACT, asker());
    let mut block = Block::default();
    for (index, (precompile, input, _)) in questions.iter().cycle().take(count).enumerate() {
        let data = [words(&[*precompile]), input.clone()].concat();
        block.send(person(index), CONTRACT, 0, data);
    }
    let (output, counts) = world.stale(&block);
    assert_eq!(counts.repeated, 0, "{counts:?}");
    let after = world.after(&output);
    for (index, (precompile, _, answer)) in questions.iter().cycle().take(count).enumerate() {
        let slot = U256::from_be_slice(&person(index)[..]);
        let hash = after.storage_ref(CONTRACT, slot).unwrap();
        match answer {
            Some(answer) => assert_eq!(hash, word_of(answer), "precompile {precompile}"),
            None => assert_ne!(hash, word_of(&[]), "precompile {precompile}"),
        }
    }
    world.agreed(&block).unwrap();
}

/// Precompiles as recipients, with ether and gas to spare or too little of it.
#[test]
fn as_recipients() {
    let mut world = World::new("Osaka");
    world.header.gas_limit = 100_000_000;
    world.people(40);
    let mut block = Block::default();
    for index in 0..40 {
        let precompile = Address::with_last_byte(1 + (index % 18) as u8);
        block.send(
            person(index),
            precompile,
            index as u64 % 3,
            vec![1; index % 5 * 64],
        );
    }
    let output = world.agreed(&block).unwrap();
    let failed = output.receipts.iter().filter(|receipt| !receipt.status());
    assert!((1..40).contains(&failed.count()));
}
