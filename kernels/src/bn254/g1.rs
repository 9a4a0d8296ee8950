//! The curve y² = x³ + 3 over Fp: the group of prime order r, all of it.

use super::{
    Bn254Error,
    digits::non_adjacent,
    field::Fp,
    glv::{BETA, split},
    jacobian::{Affine, Jacobian},
    limbs::Words,
};

const B: Fp = Fp::constant([3, 0, 0, 0]);

/// Width of the digits of half a scalar, and the odd multiples of a point that they ask for.
const WIDTH: u32 = 5;
const MULTIPLES: usize = 1 << (WIDTH - 2);

/// A point as EIP-196 has it: x, y; `None` is infinity.
pub(super) fn from_bytes(bytes: &[u8; 64]) -> Result<Option<Affine<Fp>>, Bn254Error> {
    let ([x, y], []) = bytes.as_chunks() else {
        unreachable!("64 bytes are two coordinates");
    };
    let x = Fp::from_be_bytes(x).ok_or(Bn254Error::Coordinate)?;
    let y = Fp::from_be_bytes(y).ok_or(Bn254Error::Coordinate)?;
    if x.is_zero() && y.is_zero() {
        return Ok(None);
    }
    if y.square() != x.square() * x + B {
        return Err(Bn254Error::NotOnCurve);
    }
    Ok(Some(Affine { x, y }))
}

pub(super) fn to_bytes(point: Option<Affine<Fp>>) -> [u8; 64] {
    let mut bytes = [0; 64];
    if let Some(Affine { x, y }) = point {
        bytes[..32].copy_from_slice(&x.to_be_bytes());
        bytes[32..].copy_from_slice(&y.to_be_bytes());
    }
    bytes
}

/// P + Q by the slope of the line through both, or of the tangent.
pub(super) fn add(p: Affine<Fp>, q: Affine<Fp>) -> Option<Affine<Fp>> {
    let (rise, run) = if p.x != q.x {
        (q.y - p.y, q.x - p.x)
    } else if p.y == q.y {
        let xx = p.x.square();
        (xx.double() + xx, p.y.double())
    } else {
        return None;
    };
    // The order of the group is odd, so no y is zero, and neither is the run.
    let slope = rise * run.invert();
    let x = slope.square() - p.x - q.x;
    let y = slope * (p.x - x) - p.y;
    Some(Affine { x, y })
}

/// k·P for any number k.
pub(super) fn mul(point: Affine<Fp>, k: &Words) -> Option<Affine<Fp>> {
    let halves = split(k).map(|half| {
        let digits = non_adjacent::<128>(half.unsigned_abs(), WIDTH);
        (digits, half < 0)
    });
    let (multiples, scale) = odd_multiples(point);
    let images = multiples.map(|Affine { x, y }| Affine { x: x * BETA, y });

    let mut sum = Jacobian::INFINITY;
    let begun = |&i: &usize| halves.iter().any(|(digits, _)| digits[i] != 0);
    let first = (0..128).rev().find(begun)?;
    for i in (0..=first).rev() {
        sum.double();
        for ((digits, negative), table) in halves.iter().zip([&multiples, &images]) {
            let digit = digits[i];
            if digit != 0 {
                let multiple = table[usize::from(digit.unsigned_abs() / 2)];
                let minus = (digit < 0) != *negative;
                sum.add(&if minus { -multiple } else { multiple });
            }
        }
    }
    sum.z = sum.z * scale;
    affine(&sum)
}

/// P, 3P, 5P and so on as affine points of another curve y² = x³ + b: with the scale s returned, (x, y) there is
/// (x/s², y/s³) here.
///
/// One sum after the other, all with the same 2P, and their z in the end brought to the last one's; 2P is affine on the
/// curve that its own z scales to. The order of P is a large prime, so no sum meets an equal or opposite point.
fn odd_multiples(point: Affine<Fp>) -> ([Affine<Fp>; MULTIPLES], Fp) {
    let mut twice = Jacobian::from(point);
    twice.double();
    let step = Affine {
        x: twice.x,
        y: twice.y,
    };
    let first = scaled(point.x, point.y, twice.z);
    let mut multiples = [first; MULTIPLES];
    let mut ratios = [Fp::ONE; MULTIPLES];
    let mut last = Jacobian::from(first);
    for i in 1..MULTIPLES {
        let difference = last.difference(&step);
        last = last.sum(&difference);
        multiples[i] = Affine {
            x: last.x,
            y: last.y,
        };
        ratios[i] = difference.h;
    }
    let mut ratio = Fp::ONE;
    for i in (0..MULTIPLES - 1).rev() {
        ratio = ratio * ratios[i + 1];
        multiples[i] = scaled(multiples[i].x, multiples[i].y, ratio);
    }
    (multiples, twice.z * last.z)
}

/// (x·z², y·z³).
fn scaled(x: Fp, y: Fp, z: Fp) -> Affine<Fp> {
    let zz = z.square();
    Affine {
        x: x * zz,
        y: y * (zz * z),
    }
}

fn affine(point: &Jacobian) -> Option<Affine<Fp>> {
    (!point.is_infinity()).then(|| scaled(point.x, point.y, point.z.invert()))
}
