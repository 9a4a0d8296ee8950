//! The part `constants`: the curve's constants in WGSL, in words and in the limbs of a variant.

use super::{curve, status::Status};
use std::{error::Error, fmt::Write as _};

/// A number of ten 32-bit words, lowest first: more than any constant has.
type Number = [u32; 10];

/// Limbs of a field element: how many, and bits of each.
fn limbs(ending: &str) -> Result<(usize, u32), Box<dyn Error>> {
    match ending {
        "_u64" => Ok((9, 29)),
        "_u32" => Ok((20, 13)),
        _ => Err("constants of the field have variants: the stage needs the part `field`".into()),
    }
}

/// The text of the part for the variant of an ending.
pub(crate) fn wgsl(ending: &str) -> Result<String, Box<dyn Error>> {
    let (count, width) = limbs(ending)?;
    let mut text = String::new();
    for (status, name) in Status::ALL {
        writeln!(text, "const {name}: u32 = {}u;", status as u32)?;
    }
    for (name, value) in [
        ("POINT_WINDOW", curve::POINT_WINDOW),
        ("POINT_WINDOWS", curve::POINT_WINDOWS),
        ("POINT_MULTIPLES", 1 << (curve::POINT_WINDOW - 1)),
        ("GENERATOR_WINDOW", curve::GENERATOR_WINDOW),
        ("GENERATOR_MULTIPLES", 1 << (curve::GENERATOR_WINDOW - 1)),
    ] {
        writeln!(text, "const {name}: u32 = {value}u;")?;
    }

    let n = number(&curve::N);
    for (name, value) in [
        ("N", n),
        ("HALF_N", number(&curve::HALF_N)),
        ("N_MINUS_2", sub(&n, &[2, 0, 0, 0, 0, 0, 0, 0, 0, 0])),
        ("GENERATOR_X", number(&curve::GENERATOR_X)),
        ("GENERATOR_Y", number(&curve::GENERATOR_Y)),
        ("GLV_G1", number(&curve::G1)),
        ("GLV_G2", number(&curve::G2)),
        ("GLV_A1", wide(curve::A1)),
        ("GLV_MINUS_B1", wide(curve::MINUS_B1)),
        ("GLV_A2", add(&wide(curve::A2_LOW), &shifted_one(128))),
    ] {
        writeln!(text, "const {name} = {};", words(&value, 8))?;
    }
    for (name, offset) in [
        ("POINT_OFFSET", curve::POINT_OFFSET),
        ("GENERATOR_OFFSET", curve::GENERATOR_OFFSET),
    ] {
        let [a, b, c] = offset;
        writeln!(text, "const {name} = {};", words(&number(&[a, b, c, 0]), 5))?;
    }

    for (name, value) in [
        ("FE_ONE", number(&[1, 0, 0, 0])),
        ("FE_SEVEN", number(&[7, 0, 0, 0])),
        ("FE_BETA", number(&curve::BETA)),
        ("FE_P", number(&curve::P)),
        ("SCALAR_N", n),
        (
            "SCALAR_RADIX_SQUARED",
            power_of_two(2 * count as u32 * width, &n),
        ),
    ] {
        let limbs = (0..count).map(|i| bits(&value, width * i as u32, width));
        writeln!(text, "const {name} = {};", array(limbs))?;
    }
    let inverse = minus_inverse(n[0]) & ((1 << width) - 1);
    writeln!(text, "const SCALAR_MINUS_INVERSE: u32 = {inverse:#x}u;")?;
    let bias: Vec<u32> = bias(count, width).collect();
    if bias
        .iter()
        .any(|limb| !((2 << width) - 3..3 << width).contains(limb))
    {
        return Err(format!("limbs of a multiple of p out of their range: {bias:x?}").into());
    }
    writeln!(text, "const FE_BIAS = {};", array(bias.into_iter()))?;
    Ok(text)
}

/// A multiple of p whose limbs are all between two (but for 3) and three units of the place above, so that a factor can be
/// taken from it limb by limb: 2^6·p for limbs that hold 261 bits and 2^5·p for those of 260, with two units of each limb lent by the one above.
fn bias(count: usize, width: u32) -> impl Iterator<Item = u32> {
    let shift = count as u32 * width - 255;
    let p = number(&curve::P);
    let multiple: Number = std::array::from_fn(|i| {
        let low = p[i] << shift;
        if i == 0 {
            low
        } else {
            low | p[i - 1] >> (32 - shift)
        }
    });
    (0..count).map(move |i| {
        let top = i == count - 1;
        // The top limb keeps all bits above it.
        let limb = bits(
            &multiple,
            width * i as u32,
            if top { width + 1 } else { width },
        );
        let lent = if i == 0 { 0 } else { 2 };
        let borrowed = if top { 0 } else { 2 << width };
        limb + borrowed - lent
    })
}

/// 2^exponent modulo an odd number of 256 bits.
fn power_of_two(exponent: u32, modulus: &Number) -> Number {
    (0..exponent).fold(number(&[1, 0, 0, 0]), |power, _| {
        let twice = add(&power, &power);
        let less = sub(&twice, modulus);
        // Below zero it wraps around.
        if less[9] == 0 { less } else { twice }
    })
}

/// -1/a modulo 2^32, of an odd number: each step doubles the bits that are right, three at first.
fn minus_inverse(a: u32) -> u32 {
    let inverse = (0..4).fold(a, |x, _| {
        x.wrapping_mul(2u32.wrapping_sub(a.wrapping_mul(x)))
    });
    inverse.wrapping_neg()
}

fn number(a: &curve::Words) -> Number {
    std::array::from_fn(|i| {
        a.get(i / 2)
            .map_or(0, |word| (word >> (32 * (i % 2))) as u32)
    })
}

fn wide(a: u128) -> Number {
    number(&[a as u64, (a >> 64) as u64, 0, 0])
}

fn shifted_one(bit: usize) -> Number {
    std::array::from_fn(|i| if i == bit / 32 { 1 << (bit % 32) } else { 0 })
}

fn add(a: &Number, b: &Number) -> Number {
    let mut carry = 0;
    std::array::from_fn(|i| {
        let sum = u64::from(a[i]) + u64::from(b[i]) + carry;
        carry = sum >> 32;
        sum as u32
    })
}

fn sub(a: &Number, b: &Number) -> Number {
    let mut borrow = false;
    std::array::from_fn(|i| {
        let (low, below) = a[i].overflowing_sub(b[i]);
        let (low, below_again) = low.overflowing_sub(u32::from(borrow));
        borrow = below || below_again;
        low
    })
}

/// `width` bits from `first` on; bits beyond the number are zeros.
fn bits(a: &Number, first: u32, width: u32) -> u32 {
    (0..width)
        .filter(|bit| {
            let at = first + bit;
            a.get((at / 32) as usize)
                .is_some_and(|word| word >> (at % 32) & 1 == 1)
        })
        .fold(0, |sum, bit| sum | 1 << bit)
}

fn words(a: &Number, count: usize) -> String {
    array(a.iter().take(count).copied())
}

fn array(values: impl Iterator<Item = u32>) -> String {
    let values: Vec<String> = values.map(|value| format!("{value:#x}u")).collect();
    format!("array<u32, {}>({})", values.len(), values.join(", "))
}
