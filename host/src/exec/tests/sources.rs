//! States that give code in other ways than a trie: the output is that over any other state with the same accounts.

use super::{assembly::*, block::*, everyone::*, rigged::*, *};
use alloy_primitives::keccak256;
use revm::primitives::KECCAK_EMPTY;

/// Keeps the hash of the code of the account of the first word in the caller's slot.
const READER: Address = Address::repeat_byte(0x51);
const OTHER: Address = Address::repeat_byte(0x52);
const NOBODY: Address = Address::repeat_byte(0x53);
const PEOPLE: usize = 24;

/// Codes that are run, looked at, delegated to and made, and accounts without.
fn scene() -> (World, Block) {
    let mut world = World::new("Prague");
    world.people(PEOPLE);
    world.account(BOB, 5, 0);
    world.contract(CONTRACT, count(0));
    world.contract(OTHER, [&count(1)[..], &count(1)].concat());
    world.contract(
        READER,
        [&word(0)[..], &[op::EXTCODEHASH, op::CALLER, op::SSTORE]].concat(),
    );
    let mut block = Block::default();
    let looked_at = [BOB, CONTRACT, OTHER, NOBODY];
    for index in 0..PEOPLE {
        let sender = person(index);
        match index % 6 {
            0 => block.send(sender, CONTRACT, 1, [1]),
            1 => block.send(sender, OTHER, 0, [1]),
            2 => block.delegate(
                sender,
                person(0),
                &[(person(0), [CONTRACT, OTHER][index / 6 % 2])],
            ),
            3 => block.send(sender, person(0), 0, [1]),
            4 => block.send(sender, TxKind::Create, 0, deploying(&[], &count(0))),
            _ => block.send(sender, READER, 0, looked_at[index / 6].into_word().0),
        }
    }
    (world, block)
}

#[test]
fn code_by_hash_or_with_the_account() {
    let (world, block) = scene();
    let job = world.job_of(&block);
    let wanted = Serial.execute(&job, &world.db);
    let after = world.after(wanted.as_ref().unwrap());
    let seen = [5, 11, 17, 23].map(|index| {
        let slot = U256::from_be_slice(&person(index)[..]);
        B256::from(after.storage_ref(READER, slot).unwrap())
    });
    let hash_of = |code: &[u8]| keccak256(code);
    let other = [&count(1)[..], &count(1)].concat();
    let hashes = [
        KECCAK_EMPTY,
        hash_of(&count(0)),
        hash_of(&other),
        B256::ZERO,
    ];
    assert_eq!(seen, hashes);
    assert_eq!((slot(&after, CONTRACT, 0), slot(&after, OTHER, 1)), (4, 8));
    let no_codes: [fn(Address) -> B256; 3] = [
        |_| KECCAK_EMPTY,
        |_| B256::ZERO,
        |address| [KECCAK_EMPTY, B256::ZERO][usize::from(address[19] % 2)],
    ];
    for codes in [
        Codes::ByHash,
        Codes::Lenient,
        Codes::Inline,
        Codes::Nameless,
    ] {
        for (kind, no_code) in no_codes.into_iter().enumerate() {
            let state = Rigged::new(&world.db).giving(codes).naming_no_code(no_code);
            let got = agreed(&job, &state);
            assert_same(&wanted, &got, &format!("{codes:?}, {kind}"));
        }
    }
}

/// EIP-7002, EIP-7251: an account without code is none of the contracts, however its state names that.
#[test]
fn no_code_by_another_name_is_none() {
    for no_code in [KECCAK_EMPTY, B256::ZERO] {
        let mut world = World::new("Prague");
        let [contract, _] = system::REQUEST_CONTRACTS;
        world.account(contract, 1, 0);
        let block = Block::default();
        let state = Rigged::new(&world.db).naming_no_code(match no_code {
            KECCAK_EMPTY => |_| KECCAK_EMPTY,
            _ => |_| B256::ZERO,
        });
        let (transaction, reason) = refused(agreed(&world.job_of(&block), &state));
        assert_eq!(transaction, None);
        assert!(reason.contains("has no code"), "{reason}");
    }
}
