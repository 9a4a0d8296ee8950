//! Every addition of the ladder, aimed at by itself: what is added equals the sum so far (a doubling), or is its opposite
//! (infinity), or is neither.
//!
//! The ladder adds at window w, five bits each, a digit of R and one of λR, and at every third window then one of G and
//! one of 2^128·G. A digit placed above makes the sum, R's logarithm makes it meet what is added next.

use super::{
    exceptions::{check, crafted, lambda, power_of_two},
    *,
};
use crate::{
    level::testing::at_every_level,
    secp256k1::{
        glv::{GENERATOR_WINDOW, GENERATOR_WINDOWS, POINT_WINDOW, POINT_WINDOWS},
        point::tests::exceptions_met,
    },
};

at_every_level!(
    digits_of_r_and_of_lambda_r,
    digits_of_lambda_r_after_r,
    digits_of_the_generator,
    nothing_is_met_by_chance,
);

/// k, u1 and u2.
type Aimed = (Scalar, Scalar, Scalar);

/// Signatures that meet an equal point once each, and such that meet an opposite one.
#[derive(Default)]
struct Meetings {
    equal: Vec<Aimed>,
    opposite: Vec<Aimed>,
}

impl Meetings {
    /// Every one must be met at the level, and with another logarithm none; all must come out right.
    #[track_caller]
    fn check(&self, level: Level) {
        check_count(level, &self.equal, (1, 0));
        check_count(level, &self.opposite, (0, 1));
        let other = Scalar::from(0x1357_9bdf_0246_8ace_u64);
        let past = self.equal.iter().chain(&self.opposite);
        let past: Vec<Aimed> = past.map(|&(k, u1, u2)| (k + other, u1, u2)).collect();
        check_count(level, &past, (0, 0));
    }
}

/// Each signature so many times equal and so many times opposite.
#[track_caller]
fn check_count(level: Level, aimed: &[Aimed], each: (u32, u32)) {
    let mut cases: Vec<(RecoverInput, Outcome)> = aimed
        .iter()
        .map(|&(k, u1, u2)| crafted(k, u1, u2))
        .collect();
    // No lane is left that would repeat another.
    while !cases.len().is_multiple_of(16) {
        cases.push(cases[0]);
    }
    let (inputs, expected): (Vec<_>, Vec<_>) = cases.iter().copied().unzip();
    let mut out = vec![Ok([0xee; 20]); inputs.len()];
    let before = exceptions_met();
    recover_batch(level, &inputs, &mut out);
    let after = exceptions_met();
    assert_eq!(out, expected);
    let count = inputs.len() as u32;
    let met = (after.0 - before.0, after.1 - before.1);
    assert_eq!(met, (each.0 * count, each.1 * count));
    // And with ordinary signatures between.
    check(cases);
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

fn digits_of_r_and_of_lambda_r(level: Level) {
    let mut met = Meetings::default();
    for w in windows() {
        for (m, bit) in above(w) {
            // The sum at window w, in multiples of G.
            let sum = m * power_of_two(bit - POINT_WINDOW * w);
            for unit in [Scalar::ONE, lambda()] {
                for e in [1, -16, 15] {
                    let added = signed(e) * unit;
                    let k = sum * inverse(added);
                    for low in below(w) {
                        let u1 = m * power_of_two(bit);
                        let u2 = added * power_of_two(POINT_WINDOW * w) + low;
                        met.equal.push((k, u1, u2));
                        met.opposite.push((-k, u1, u2));
                    }
                }
            }
        }
    }
    met.check(level);
}

/// The digit of R goes in, and the one of λR meets the sum with it.
fn digits_of_lambda_r_after_r(level: Level) {
    let mut met = Meetings::default();
    for w in windows() {
        for (m, bit) in above(w) {
            let sum = m * power_of_two(bit - POINT_WINDOW * w);
            for (first, second) in [(1, 1), (15, -16), (-7, 9)] {
                let (first, second) = (signed(first), signed(second) * lambda());
                // ±second·k = sum + first·k.
                for low in below(w) {
                    let u1 = m * power_of_two(bit);
                    let u2 = (first + second) * power_of_two(POINT_WINDOW * w) + low;
                    met.equal.push((sum * inverse(second - first), u1, u2));
                    let k = sum * inverse(-second - first);
                    met.opposite.push((k, u1, u2));
                }
            }
        }
    }
    met.check(level);
}

/// A digit of R goes in at the window of G, and G's digit meets it; or that goes in too, and the one of 2^128·G meets
/// both.
fn digits_of_the_generator(level: Level) {
    let mut met = Meetings::default();
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
                    met.equal.push((d * divide, d * place, u2));
                    met.opposite.push((-d * divide, d * place, u2));
                    if !last {
                        // The digit -d, after one more at the window above: e·k + 2^15 = ±d, in units of the half.
                        let above = power_of_two(GENERATOR_WINDOW) * half;
                        let u1 = (above - d) * place;
                        met.equal.push(((-d - above) * divide, u1, u2));
                        met.opposite.push(((d - above) * divide, u1, u2));
                    }
                }
                // R's and G's make the sum.
                let high = signed(d) * power_of_two(128);
                let u1 = (Scalar::ONE + high) * place;
                met.equal.push(((high - Scalar::ONE) * divide, u1, u2));
                met.opposite.push(((-high - Scalar::ONE) * divide, u1, u2));
            }
        }
    }
    met.check(level);
}

/// Ordinary signatures meet nothing.
fn nothing_is_met_by_chance(level: Level) {
    let ordinary: Vec<Aimed> = (1..=250u8)
        .map(|i| {
            let random = <Scalar as Reduce<FieldBytes>>::reduce(&[i; 32].into());
            (random, random.square(), random)
        })
        .collect();
    check_count(level, &ordinary, (0, 0));
}
