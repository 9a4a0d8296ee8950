//! Every addition of the ladder, aimed at by itself: what is added equals the sum so far (a doubling), or is its opposite
//! (infinity), or is neither.
//!
//! The ladder adds at window w, five bits each, a digit of R and one of λR, and at every third window then one of G and
//! one of 2^128·G. A digit placed above makes the sum, R's logarithm makes it meet what is added next.

use super::{
    exceptions::{check, crafted, lambda, power_of_two},
    *,
};
use crate::secp256k1::{
    field::Field,
    glv::{GENERATOR_WINDOW, GENERATOR_WINDOWS, POINT_WINDOW, POINT_WINDOWS},
    point::tests::take_exceptions_met,
    testing::for_fields,
};

/// k, u1 and u2.
type Aimed = (Scalar, Scalar, Scalar);

/// The signatures, met with and past; every one must be found at every level, and all must come out right.
#[track_caller]
fn check_all_met(aimed: &[Aimed]) {
    check_count(aimed, true);
    // Another logarithm than the one that meets.
    let other = Scalar::from(0x1357_9bdf_0246_8ace_u64);
    let past: Vec<Aimed> = aimed
        .iter()
        .map(|&(k, u1, u2)| (k + other, u1, u2))
        .collect();
    check_count(&past, false);
}

#[track_caller]
fn check_count(aimed: &[Aimed], met: bool) {
    let cases: Vec<(RecoverInput, Outcome)> = aimed
        .iter()
        .map(|&(k, u1, u2)| crafted(k, u1, u2))
        .collect();
    let inputs: Vec<RecoverInput> = cases.iter().map(|&(input, _)| input).collect();
    for &level in levels() {
        for_fields!(level, check_lanes, &inputs, met);
    }
    check(cases);
}

/// Vector by vector, whole ones: whether each lane met an exception.
fn check_lanes<F: Field>(proof: F::Proof, inputs: &[RecoverInput], met: bool) {
    take_exceptions_met();
    for inputs in inputs.chunks(F::LANES) {
        let mut vector = inputs.to_vec();
        vector.resize(F::LANES, *inputs.last().expect("chunks are not empty"));
        let mut out = vec![Ok([0xee; 20]); F::LANES];
        lanes::recover::<F>(proof, Level::portable(), &vector, &mut out);
        let lanes = u32::MAX >> (32 - F::LANES);
        assert_eq!(take_exceptions_met(), if met { lanes } else { 0 });
    }
}

fn signed(number: i64) -> Scalar {
    let absolute = Scalar::from(number.unsigned_abs());
    if number < 0 { -absolute } else { absolute }
}

fn inverse(scalar: Scalar) -> Scalar {
    scalar.invert().expect("not zero")
}

/// A digit of G, and the bit where it stands in u1, for each window of G above the point's window w: the nearest and the
/// highest, in both halves.
fn above(w: u32) -> Vec<(Scalar, u32)> {
    let windows_in_one = GENERATOR_WINDOW / POINT_WINDOW;
    let mut digits = Vec::new();
    for j in [w / windows_in_one + 1, GENERATOR_WINDOWS - 1] {
        if windows_in_one * j > w && j < GENERATOR_WINDOWS {
            for half in [0, 128] {
                digits.push((Scalar::from(3u64), GENERATOR_WINDOW * j + half));
            }
        }
    }
    digits
}

/// Windows that have one of G above.
fn windows() -> std::ops::Range<u32> {
    0..POINT_WINDOWS - 2
}

/// What may follow at lower windows, as part of u2: nothing, or a digit in the lowest window.
fn below(w: u32) -> [Scalar; 2] {
    [Scalar::ZERO, Scalar::from(u64::from(w > 0))]
}

#[test]
fn digits_of_r_and_of_lambda_r() {
    let mut aimed = Vec::new();
    for w in windows() {
        for (m, bit) in above(w) {
            // The sum at window w, in multiples of G.
            let sum = m * power_of_two(bit - POINT_WINDOW * w);
            for unit in [Scalar::ONE, lambda()] {
                for e in [1, -16, 15] {
                    let added = signed(e) * unit;
                    for sum in [sum, -sum] {
                        let k = sum * inverse(added);
                        for low in below(w) {
                            let u2 = added * power_of_two(POINT_WINDOW * w) + low;
                            aimed.push((k, m * power_of_two(bit), u2));
                        }
                    }
                }
            }
        }
    }
    check_all_met(&aimed);
}

/// The digit of R goes in, and the one of λR meets the sum with it.
#[test]
fn digits_of_lambda_r_after_r() {
    let mut aimed = Vec::new();
    for w in windows() {
        for (m, bit) in above(w) {
            let sum = m * power_of_two(bit - POINT_WINDOW * w);
            for (first, second) in [(1, 1), (15, -16), (-7, 9)] {
                let (first, second) = (signed(first), signed(second) * lambda());
                // ±second·k = sum + first·k.
                for added in [second, -second] {
                    let k = sum * inverse(added - first);
                    for low in below(w) {
                        let u2 = (first + second) * power_of_two(POINT_WINDOW * w) + low;
                        aimed.push((k, m * power_of_two(bit), u2));
                    }
                }
            }
        }
    }
    check_all_met(&aimed);
}

/// A digit of R goes in at the window of G, and G's digit meets it; or that goes in too, and the one of 2^128·G meets
/// both.
#[test]
fn digits_of_the_generator() {
    let mut aimed = Vec::new();
    for j in 0..GENERATOR_WINDOWS {
        let last = j == GENERATOR_WINDOWS - 1;
        let place = power_of_two(GENERATOR_WINDOW * j);
        let lows = [Scalar::ZERO, Scalar::from(u64::from(j > 0))];
        // The last windows have room for few bits.
        let digits = if last { [1, 2, 3] } else { [1, 15, -16] };
        for (e, low) in digits.into_iter().flat_map(|e| lows.map(|low| (e, low))) {
            let u2 = signed(e) * place + low;
            let divide = inverse(signed(e));
            for d in [1, 2, 101] {
                for half in [Scalar::ONE, power_of_two(128)] {
                    let d = signed(d) * half;
                    aimed.push((d * divide, d * place, u2));
                    aimed.push((-d * divide, d * place, u2));
                    if !last {
                        // The digit -d, after one more at the window above: e·k + 2^15 = ±d, in units of the half.
                        let above = power_of_two(GENERATOR_WINDOW) * half;
                        let u1 = (above - d) * place;
                        aimed.push(((-d - above) * divide, u1, u2));
                        aimed.push(((d - above) * divide, u1, u2));
                    }
                }
                // R's and G's make the sum.
                let high = signed(d) * power_of_two(128);
                let u1 = (Scalar::ONE + high) * place;
                aimed.push(((high - Scalar::ONE) * divide, u1, u2));
                aimed.push(((-high - Scalar::ONE) * divide, u1, u2));
            }
        }
    }
    check_all_met(&aimed);
}

/// Ordinary signatures meet nothing.
#[test]
fn nothing_is_met_by_chance() {
    let ordinary: Vec<Aimed> = (1..=250u8)
        .map(|i| {
            let random = <Scalar as Reduce<FieldBytes>>::reduce(&[i; 32].into());
            (random, random.square(), random)
        })
        .collect();
    check_count(&ordinary, false);
}
