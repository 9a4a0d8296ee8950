//! The final exponentiation: to the power of (p¹² - 1)/r, times a number prime to r, which keeps what is 1 and what isn't.

use super::{digits::non_adjacent, fp12::Fp12, frobenius::U};

/// Width of the digits of u.
const WIDTH: u32 = 4;

/// u in non-adjacent form, lowest digit first.
const DIGITS: [i8; 64] = non_adjacent(U as u128, WIDTH);

/// f to the power of 2u(6u² + 3u + 1)·(p¹² - 1)/r, for f other than zero.
///
/// The hard part after Fuentes-Castañeda, Knapp and Rodríguez-Henríquez ("Faster hashing to G2", 2011):
/// 2u(6u² + 3u + 1)·(p⁴ - p² + 1)/r is λ0 + λ1·p + λ2·p² + λ3·p³ with λ2 = 12u³ + 6u² + 6u, λ1 = λ2 - 2u, λ0 = λ2 + 6u² + 1
/// and λ3 = λ1 - 1.
pub(super) fn final_exponentiation(f: &Fp12) -> Fp12 {
    let f = easy_part(f);
    let f2u = power_of_u(&f).cyclotomic_square();
    let f6u = f2u.cyclotomic_square().times(&f2u);
    let f6u2 = power_of_u(&f6u);
    let f12u3 = power_of_u(&f6u2.cyclotomic_square());
    let second = f12u3.times(&f6u2).times(&f6u);
    let first = second.times(&f2u.conjugate());
    let zeroth = second.times(&f6u2).times(&f);
    let third = first.times(&f.conjugate());
    third
        .frobenius()
        .times(&second)
        .frobenius()
        .times(&first)
        .frobenius()
        .times(&zeroth)
}

/// f to the power of (p⁶ - 1)(p² + 1): in the cyclotomic subgroup.
fn easy_part(f: &Fp12) -> Fp12 {
    let f = f.conjugate().times(&f.invert());
    f.frobenius().frobenius().times(&f)
}

/// f^u in the cyclotomic subgroup, where the conjugate is the inverse.
fn power_of_u(f: &Fp12) -> Fp12 {
    let square = f.cyclotomic_square();
    let mut odd_powers = [*f; 1 << (WIDTH - 2)];
    for i in 1..odd_powers.len() {
        odd_powers[i] = odd_powers[i - 1].times(&square);
    }
    let power = |digit: i8| {
        let power = odd_powers[usize::from(digit.unsigned_abs() / 2)];
        if digit < 0 { power.conjugate() } else { power }
    };
    let mut digits = DIGITS.iter().rev().skip_while(|&&digit| digit == 0);
    let mut result = digits.next().map_or(Fp12::ONE, |&digit| power(digit));
    for &digit in digits {
        result = result.cyclotomic_square();
        if digit != 0 {
            result = result.times(&power(digit));
        }
    }
    result
}
