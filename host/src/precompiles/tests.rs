//! Against revm's own, in every fork.

use super::precompiles;
use alloy_primitives::{U256, hex};
use proptest::{prelude::*, sample::select};
use revm::precompile::{PrecompileSpecId, Precompiles, u64_to_address};

const FORKS: [PrecompileSpecId; 7] = [
    PrecompileSpecId::HOMESTEAD,
    PrecompileSpecId::BYZANTIUM,
    PrecompileSpecId::ISTANBUL,
    PrecompileSpecId::BERLIN,
    PrecompileSpecId::CANCUN,
    PrecompileSpecId::PRAGUE,
    PrecompileSpecId::OSAKA,
];

/// The same answer, gas and refusal as revm's, in every fork that has it, with gas to spare, just enough and too little.
#[track_caller]
fn agree(address: u64, input: &[u8]) {
    let address = u64_to_address(address);
    for fork in FORKS {
        let (ours, revms) = (precompiles(fork), Precompiles::new(fork));
        let (Some(ours), Some(revms)) = (ours.get(&address), revms.get(&address)) else {
            assert!(!ours.contains(&address) && !revms.contains(&address));
            continue;
        };
        assert_eq!(ours.id(), revms.id());
        let run = |gas| (ours.execute(input, gas, 7), revms.execute(input, gas, 7));
        let (got, wanted) = run(100_000_000);
        assert_eq!(got, wanted, "{fork:?} {address} {}", hex::encode(input));
        let used = wanted.unwrap().gas_used;
        for gas in [0, used.saturating_sub(1), used] {
            let (got, wanted) = run(gas);
            assert_eq!(
                got,
                wanted,
                "{fork:?} {address} {gas} {}",
                hex::encode(input)
            );
        }
    }
}

#[test]
fn the_same_addresses() {
    for fork in FORKS {
        let mut ours: Vec<_> = precompiles(fork).addresses().collect();
        let mut revms: Vec<_> = Precompiles::new(fork).addresses().collect();
        ours.sort();
        revms.sort();
        assert_eq!(ours, revms);
    }
}

/// A word that is likely to be at an edge of what a word may be.
fn word() -> impl Strategy<Value = [u8; 32]> {
    let n = U256::from_limbs(phalanx_kernels::curve::N);
    let edges = [
        U256::ZERO,
        U256::from(1),
        U256::from(27),
        U256::from(28),
        n - U256::from(1),
        n,
        n + U256::from(1),
        n / U256::from(2),
        U256::MAX,
    ];
    prop_oneof![
        any::<[u8; 32]>(),
        select(edges.to_vec()).prop_map(|edge| edge.to_be_bytes()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn recoveries(
        prehash in word(), v in prop_oneof![6 => 26..30_u64, 1 => Just(1 << 40)], r in word(), s in word(), cut in 0..200_usize,
    ) {
        let v = U256::from(v).to_be_bytes::<32>();
        let whole = [prehash, v, r, s].concat();
        agree(1, &whole);
        agree(1, &whole[..cut.min(whole.len())]);
        agree(1, &[whole, vec![1; 9]].concat());
    }

    #[test]
    fn powers(
        base in prop::collection::vec(any::<u8>(), 0..90),
        exponent in prop::collection::vec(select(&[0, 1, 2, 0xff, 0x80][..]), 0..70),
        modulus in prop::collection::vec(any::<u8>(), 0..90),
        zeros in 0..40_usize,
        cut in 0..40_usize,
    ) {
        let mut modulus = modulus;
        modulus.splice(0..0, vec![0; zeros]);
        let lengths = [base.len(), exponent.len(), modulus.len()].map(|length| U256::from(length).to_be_bytes::<32>());
        let whole = [&lengths.concat(), &base[..], &exponent, &modulus].concat();
        agree(5, &whole);
        agree(5, &whole[..whole.len() - cut]);
    }

    /// Lengths that nobody has.
    #[test]
    fn lengths_that_are_not_there(
        lengths in prop::array::uniform3(select(&[0_u64, 1, 31, 32, 33, 64, 1023, 1024, 1025, 1 << 20, 1 << 40, u64::MAX][..])),
        above in prop::array::uniform3(prop::bool::weighted(0.1)),
        rest in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let mut input = Vec::new();
        for (length, above) in lengths.into_iter().zip(above) {
            let above = U256::from(u8::from(above)) << 64;
            let length: U256 = U256::from(length) + above;
            input.extend(length.to_be_bytes::<32>());
        }
        input.extend(rest);
        let costly = lengths.iter().any(|length| *length > 1 << 16) || lengths.iter().sum::<u64>() < 1 << 12;
        prop_assume!(costly);
        agree(5, &input);
    }
}
