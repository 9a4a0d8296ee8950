//! Every kind of signature beside every other, in vectors of any size.

use super::{
    exceptions::{crafted, lambda, power_of_two},
    *,
};

/// One of each kind and what comes out of it.
fn kinds() -> Vec<(RecoverInput, Outcome)> {
    let mut kinds = Vec::new();
    // Ordinary; sums that meet as equal points and as opposite ones; infinity; few digits; nothing of G.
    let k = Scalar::from(0x1234_5678_9abc_def1_u64);
    let place = power_of_two(45);
    let entry = Scalar::from(101u64);
    kinds.extend([
        crafted(k, k.square(), k + Scalar::ONE),
        crafted(k, -k, k + k),
        crafted(entry, entry * place, place),
        crafted(-entry, entry * place + Scalar::ONE, place),
        crafted(entry, -entry, Scalar::ONE),
        crafted(k * lambda(), k, lambda()),
        crafted(Scalar::ONE, Scalar::ONE, Scalar::ONE),
        crafted(-Scalar::ONE, Scalar::ZERO, -Scalar::ONE),
        crafted(lambda(), Scalar::ZERO, lambda() + Scalar::ONE),
    ]);
    let valid = sign([0x42; 32], Scalar::from(77u64), k);
    let p_less_n =
        U256::from_be_hex("000000000000000000000000000000014551231950b75fc4402da1722fc9baee");
    let changes: [fn(&mut RecoverInput); 10] = [
        |_| {},
        |input| input.prehash = [0; 32],
        |input| input.prehash = [0xff; 32],
        |input| input.prehash = bytes(N),
        |input| input.s = bytes(U256::ONE),
        |input| input.s = bytes(N.wrapping_sub(&U256::ONE)),
        |input| input.y_parity = 7,
        |input| input.r = bytes(N),
        |input| input.s = [0; 32],
        |input| {
            input.s = bytes(N.shr_vartime(1).wrapping_add(&U256::ONE));
            input.s_rule = SRule::Low;
        },
    ];
    for change in changes {
        let mut input = valid;
        change(&mut input);
        kinds.push((input, oracle::recover(&input)));
    }
    // With points and without.
    for i in (1..12u8).map(U256::from) {
        for r in [N.wrapping_sub(&i), p_less_n.wrapping_sub(&i), i] {
            let input = RecoverInput {
                r: bytes(r),
                ..valid
            };
            kinds.push((input, oracle::recover(&input)));
        }
    }
    kinds
}

/// Each error, and addresses, are among the kinds.
#[test]
fn kinds_are_of_every_kind() {
    let kinds = kinds();
    for error in [
        RecoverError::RecoveryId,
        RecoverError::ROutOfRange,
        RecoverError::SOutOfRange,
        RecoverError::HighS,
        RecoverError::NotOnCurve,
        RecoverError::Infinity,
    ] {
        assert!(
            kinds.iter().any(|kind| kind.1 == Err(error)),
            "{error} is missing"
        );
    }
    assert!(kinds.iter().filter(|kind| kind.1.is_ok()).count() > 20);
}

/// Batches of every size up to a few vectors, drawn from all kinds.
#[test]
fn kinds_drawn_at_random() {
    let kinds = kinds();
    // splitmix64
    let mut state = 3u64;
    let mut draw = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        kinds[(word >> 33) as usize % kinds.len()]
    };
    for round in 0..4 {
        for count in 1..=49 {
            let (inputs, expected): (Vec<_>, Vec<_>) = (0..count).map(|_| draw()).unzip();
            assert_eq!(recover(&inputs), expected, "{round} {count}");
        }
    }
}

/// Each kind in one lane of a vector of each other.
#[test]
fn each_kind_among_each_other() {
    let kinds = kinds();
    for (i, odd_one) in kinds.iter().enumerate() {
        for (j, other) in kinds.iter().enumerate() {
            let mut batch = [*other; 16];
            batch[(i + j) % 16] = *odd_one;
            let (inputs, expected): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
            assert_eq!(recover(&inputs), expected, "{i} among {j}");
        }
    }
}
