//! Numbers and points at the ends of ranges.

use super::oracle::{Point, p};
use num_bigint::BigUint;

/// Numbers below the modulus that are small, near the modulus, its half or a power of two, or whose limbs of 26, 52 or 64
/// bits are zeros and ones only. Zero is not among them.
pub(in crate::secp256k1) fn numbers(modulus: &BigUint) -> Vec<BigUint> {
    let one = BigUint::from(1u8);
    let mut numbers: Vec<BigUint> = (1..=4u8).map(BigUint::from).collect();
    numbers.extend((1..=4u8).map(|i| modulus - i));
    numbers.extend([modulus >> 1, (modulus >> 1) + 1u8]);
    for bit in [26u32, 52, 64, 104, 128, 156, 192, 208, 234, 255] {
        let power: BigUint = &one << bit;
        numbers.extend([&power - 1u8, power.clone(), modulus - &power]);
    }
    for width in [26, 52, 64] {
        let limb = (&one << width) - 1u8;
        let every_second = (0..256 / width).step_by(2).map(|i| &limb << (width * i));
        let every_second: BigUint = every_second.sum();
        numbers.push((&every_second << width) % modulus);
        numbers.push(every_second % modulus);
    }
    // All ones, and 2^256 - p, as far as the modulus lets them be.
    numbers.extend([(&one << 256) - 1u8, (&one << 256) - p()].map(|number| number % modulus));
    numbers.sort();
    numbers.dedup();
    assert!(numbers[0] > BigUint::ZERO && numbers[numbers.len() - 1] < *modulus);
    numbers
}

/// Points with such an x or such a y, whose logarithms nobody knows.
pub(in crate::secp256k1) fn points_by_coordinate() -> Vec<Point> {
    let numbers = numbers(&p());
    let by_x = numbers.iter().filter_map(|x| Point::with_x(x, x.bit(7)));
    let by_y = numbers.iter().filter_map(Point::with_y);
    by_x.chain(by_y).collect()
}

/// ±1·G to ±`most`·G, and these times λ.
pub(in crate::secp256k1) fn multiples_of_the_generator(most: u32) -> Vec<Point> {
    let generator = Point::generator();
    let mut multiple = Point::Infinity;
    let mut points = Vec::new();
    for _ in 0..most {
        multiple = multiple.add(&generator);
        let times_lambda = multiple.times_lambda();
        points.extend([multiple.negate(), times_lambda.negate(), times_lambda]);
        points.push(multiple.clone());
    }
    points
}
