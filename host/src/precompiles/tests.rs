//! Against revm's own, in every fork.

use super::precompiles;
use alloy_primitives::{U256, hex};
use phalanx_kernels::{bn254, curve};
use proptest::{option, prelude::*, sample::select};
use revm::precompile::{
    PrecompileHalt::{Bn254AffineGFailedToCreate, Bn254FieldPointNotAMember},
    PrecompileResult, PrecompileSpecId,
    PrecompileStatus::Halt,
    Precompiles, u64_to_address,
};

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
///
/// Where several things are wrong with points, either may be told.
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
        let told = |mut answer: PrecompileResult| {
            if let Ok(output) = &mut answer
                && output.status == Halt(Bn254FieldPointNotAMember)
            {
                output.status = Halt(Bn254AffineGFailedToCreate);
            }
            answer
        };
        let run = |gas| {
            let answers = [ours, revms].map(|precompile| precompile.execute(input, gas, 7));
            let [ours, revms] = answers.map(told);
            (ours, revms)
        };
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
    let n = U256::from_limbs(curve::N);
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

    #[test]
    fn sums_and_multiples(
        points in prop::array::uniform2(point()),
        scalar in prop_oneof![word(), order()],
        cut in 0..140_usize,
    ) {
        let both = points.concat();
        agree(6, &both);
        agree(6, &both[..cut.min(both.len())]);
        agree(6, &[&both[..], &[1; 9]].concat());
        agree(6, &[&points[0][..], &points[0]].concat());
        let multiple = [&points[0][..], &scalar].concat();
        agree(7, &multiple);
        agree(7, &multiple[..cut.min(multiple.len())]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn pairings(
        pairs in prop::collection::vec((point(), prop::bool::weighted(0.1), option::weighted(0.1, (0..128_usize, 1..=255_u8))), 0..4),
        first in 1..1_000_u64,
        rest in option::weighted(0.1, 1..192_usize),
    ) {
        // Two that cancel out, and others.
        let mut input = [multiple(first), Q.to_vec(), negative(&multiple(first)), Q.to_vec()].concat();
        agree(8, &input);
        for (p, infinite, spoilt) in pairs {
            let mut q = if infinite { vec![0; 128] } else { Q.to_vec() };
            if let Some((at, by)) = spoilt {
                q[at] ^= by;
            }
            input.extend([p, q].concat());
        }
        agree(8, &input);
        agree(8, &input[..input.len() - rest.unwrap_or(0)]);
    }
}

/// The generator of G2.
const Q: [u8; 128] = hex!(
    "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
    "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
    "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
    "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa"
);
/// The prime of its coordinates.
const P: U256 = U256::from_be_bytes(hex!(
    "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47"
));
/// The order of G1.
const R: U256 = U256::from_be_bytes(hex!(
    "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001"
));

/// A multiple of the generator of G1.
fn multiple(of: u64) -> Vec<u8> {
    let mut generator = [0; 64];
    (generator[31], generator[63]) = (1, 2);
    let scalar = U256::from(of).to_be_bytes();
    bn254::g1_mul(&generator, &scalar)
        .expect("a point")
        .to_vec()
}

fn negative(point: &[u8]) -> Vec<u8> {
    let y = P - U256::from_be_slice(&point[32..]);
    [&point[..32], &y.to_be_bytes::<32>()].concat()
}

/// Points, their negatives, infinity; and what is none.
fn point() -> impl Strategy<Value = Vec<u8>> {
    let edges = [
        U256::ZERO,
        U256::from(1),
        U256::from(2),
        P - U256::from(2),
        P,
        P + U256::from(1),
    ];
    let coordinate = select(edges.to_vec()).prop_map(|edge| edge.to_be_bytes::<32>());
    prop_oneof![
        4 => (1..1_000_u64).prop_map(multiple),
        2 => (1..3_u64).prop_map(|of| negative(&multiple(of))),
        1 => Just(vec![0; 64]),
        1 => prop::array::uniform2(coordinate).prop_map(|both| both.concat()),
        1 => any::<[u8; 32]>().prop_map(|x| [x, x].concat()),
    ]
}

/// Scalars around multiples of the order.
fn order() -> impl Strategy<Value = [u8; 32]> {
    (0..=5_u64, 0..=2_u64, any::<bool>()).prop_map(|(times, off, down)| {
        let multiple = R * U256::from(times);
        let off = U256::from(off);
        let near = if down {
            multiple.wrapping_sub(off)
        } else {
            multiple + off
        };
        near.to_be_bytes()
    })
}
