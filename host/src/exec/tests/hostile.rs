//! Random blocks in which everything depends on everything: few accounts, few slots, contracts that come and go.

use super::{
    assembly::*,
    block::{Block, person},
    lifetimes::{FACTORY, child, jack, made},
    random::Random,
    *,
};

const PEOPLE: usize = 7;
const TOKEN: Address = Address::repeat_byte(0x41);
const WETH: Address = Address::repeat_byte(0x42);
const COUNTER: Address = Address::repeat_byte(0x43);
const LOOKER: Address = Address::repeat_byte(0x44);
const CHASER: Address = Address::repeat_byte(0x45);
const PAYER: Address = Address::repeat_byte(0x46);
const FAILING: Address = Address::repeat_byte(0x47);
const MAKER: Address = Address::repeat_byte(0x48);
const JACK: Address = Address::repeat_byte(0x49);
const CONTRACTS: [Address; 9] = [
    TOKEN, WETH, COUNTER, LOOKER, CHASER, PAYER, FAILING, MAKER, JACK,
];
const FORKS: [&str; 9] = [
    "EIP158",
    "Byzantium",
    "ConstantinopleFix",
    "Istanbul",
    "London",
    "Shanghai",
    "Cancun",
    "Prague",
    "Osaka",
];

/// A world and a block over it. The block may be invalid.
pub(super) fn scene(random: &mut Random) -> (World, Block) {
    let mut world = world(random);
    let has_delegations = world
        .rules
        .is_active(alloy_hardforks::EthereumHardfork::Prague);
    let price = random.pick(&[0, 0, 1, 7]);
    let beneficiaries = [
        MINER,
        MINER,
        MINER,
        person(0),
        person(99),
        LOOKER,
        JACK,
        made(),
    ];
    world.header.beneficiary = random.pick(&beneficiaries);
    let mut block = Block::default();
    for _ in 0..20 + random.below(61) {
        add(random, &mut block, price, has_delegations);
    }
    (world, block)
}

fn world(random: &mut Random) -> World {
    let fork = random.pick(&FORKS);
    let mut world = World::new(fork);
    world.header.gas_limit = 100_000_000;
    for index in 0..PEOPLE {
        let balance = random.pick(&[100, 100_000_000_000, 100_000_000_000, 100_000_000_000]);
        world.account(person(index), balance, 0);
    }
    let look = [&word(0)[..], &[op::BALANCE], &word(1), &[op::SSTORE]].concat();
    let follow = [
        op::PUSH1,
        0,
        op::SLOAD,
        op::DUP1,
        op::SLOAD,
        op::PUSH1,
        1,
        op::ADD,
    ];
    let follow = [&follow[..], &[op::SWAP1, op::SSTORE]].concat();
    let lead = [&[op::CALLVALUE][..], &store(0)].concat();
    let pay = call(&word(0), &word(1));
    let revert = [op::PUSH1, 0, op::PUSH1, 0, op::REVERT];
    let make = [
        &[op::PUSH1, 0, op::PUSH1, 0, op::CALLVALUE, op::CREATE][..],
        &store(0),
    ]
    .concat();
    for (address, code) in [
        (TOKEN, token()),
        (WETH, wrapped_ether()),
        (COUNTER, count(0)),
        (LOOKER, if_data(&look, &[])),
        (CHASER, if_data(&follow, &lead)),
        (PAYER, if_data(&[&pay[..], &store(2)].concat(), &[])),
        (FAILING, [&pay[..], &count(3), &revert].concat()),
        (MAKER, make),
        (JACK, jack()),
        (FACTORY, create2()),
    ] {
        world.contract(address, code);
        if random.once_in(3) {
            let account = world.db.cache.accounts.get_mut(&address).unwrap();
            account.info.balance = U256::from(random.below(50));
        }
    }
    (0..4).for_each(|slot| world.slot(JACK, slot, 5));
    if random.once_in(8) {
        let giants = [
            U256::MAX,
            U256::MAX >> 1,
            U256::from(1) << 128,
            U256::MAX - U256::from(60),
        ];
        let address = random.pick(&[person(1), PAYER, WETH, JACK]);
        let account = world.db.cache.accounts.get_mut(&address).unwrap();
        account.info.balance = random.pick(&giants);
    }
    world
}

fn anyone(random: &mut Random) -> Address {
    match random.below(8) {
        0..=3 => person(random.below(PEOPLE)),
        4 => random.pick(&CONTRACTS),
        5 => random.pick(&[made(), FACTORY]),
        6 => random.pick(&[MINER, BOB, person(99)]),
        _ => random.pick(&[
            person(0).create(0),
            person(1).create(1),
            MAKER.create(1),
            Address::with_last_byte(2),
        ]),
    }
}

fn padded(address: Address) -> Vec<u8> {
    address.into_word().to_vec()
}

/// Adds a transaction.
fn add(random: &mut Random, block: &mut Block, price: u128, has_delegations: bool) {
    let sender = person(random.below(PEOPLE));
    let value = random.pick(&[0, 0, 1, 2, 9, 60]);
    let amount = random.pick(&[0, 1, 5, 30]);
    let (to, value, data): (TxKind, u64, Vec<u8>) = match random.below(15) {
        0 | 1 => (anyone(random).into(), value, vec![]),
        2 => (anyone(random).into(), value, vec![1]),
        3 | 4 => {
            let recipient = person(random.below(PEOPLE));
            (
                TOKEN.into(),
                0,
                [padded(recipient), words(&[amount])].concat(),
            )
        }
        5 if random.once_in(2) => (WETH.into(), value, vec![]),
        5 => (WETH.into(), 0, words(&[amount])),
        6 => (COUNTER.into(), value, vec![1]),
        7 => {
            let data = [padded(anyone(random)), words(&[random.below(4) as u64])].concat();
            (LOOKER.into(), value, data)
        }
        8 => (CHASER.into(), value % 5, vec![1; random.below(2)]),
        9 => {
            let data = [padded(anyone(random)), words(&[amount])].concat();
            (random.pick(&[PAYER, PAYER, FAILING]).into(), value, data)
        }
        10 => (MAKER.into(), value, vec![1]),
        11 => (FACTORY.into(), value, child()),
        12 if random.once_in(2) => (TxKind::Create, value, deploying(&count(1), &jack())),
        12 | 13 => {
            let to = random.pick(&[made(), made(), JACK, person(0).create(0)]);
            let slot = random.below(4) as u64;
            let data = match random.below(4) {
                0 => vec![1],
                1 => words(&[slot]),
                _ => words(&[slot, amount]),
            };
            (to.into(), value, data)
        }
        _ if has_delegations => {
            let target = match random.below(3) {
                0 => Address::ZERO,
                1 => random.pick(&[JACK, LOOKER, PAYER, COUNTER]),
                _ => anyone(random),
            };
            let list: Vec<_> = (0..1 + random.below(2))
                .map(|_| (person(random.below(PEOPLE)), target))
                .collect();
            block.delegate(sender, anyone(random), &list);
            return;
        }
        _ => (COUNTER.into(), 0, vec![1]),
    };
    block.pay(sender, to, value, data, price);
}

/// Spoils a transaction, so that the block is most likely invalid there.
pub(super) fn spoil(random: &mut Random, block: &mut Block) {
    let at = random.below(block.transactions.len());
    let fine = TxLegacy {
        gas_limit: GAS,
        to: COUNTER.into(),
        ..TxLegacy::default()
    };
    block.transactions[at] = legacy(match random.below(5) {
        0 => TxLegacy {
            nonce: 1000,
            ..fine
        },
        1 => TxLegacy {
            value: U256::MAX,
            ..fine
        },
        2 => TxLegacy {
            gas_limit: 100_000_000,
            ..fine
        },
        3 => TxLegacy {
            gas_price: u128::MAX,
            ..fine
        },
        _ => {
            block.senders[at] = None;
            fine
        }
    });
}
