//! The field's arithmetic, through the stage `multiply`.

use crate::{device::variants, signatures::Stream};
use num_bigint::BigUint;
use phalanx_kernels::curve;
use phalanx_shaders::{
    BindingKind::{StorageRead, StorageReadWrite, Uniform},
    layout::MultiplyParams,
    twin,
};

/// Numbers of 256 bits at the ends of ranges: near 0, p, n, powers of two and 2^256, limbs of ones and of zeros.
fn ends() -> Vec<BigUint> {
    let one = BigUint::from(1u8);
    let mut numbers = vec![BigUint::ZERO];
    for words in [curve::P, curve::N] {
        let modulus = BigUint::from_bytes_le(bytemuck::cast_slice(&words));
        numbers.extend((0..3u8).flat_map(|i| [&modulus - i, &modulus + i]));
        numbers.push(modulus >> 1u32);
    }
    for bit in [1, 13, 26, 29, 32, 64, 128, 232, 247, 255] {
        let power: BigUint = &one << bit;
        numbers.extend([&power - 1u8, power.clone(), (&one << 256u32) - power]);
    }
    for width in [13u32, 29, 32] {
        let limb = (&one << width) - 1u8;
        let other: BigUint = (0..256 / width)
            .step_by(2)
            .map(|i| &limb << (width * i))
            .sum();
        numbers.push(&other << width);
        numbers.push(other);
    }
    numbers.push((&one << 256u32) - 1u8);
    numbers.retain(|number| number.bits() <= 256);
    numbers.sort();
    numbers.dedup();
    numbers
}

#[test]
fn products_and_squares_of_all_ends() {
    let ends = ends();
    let pairs: Vec<_> = ends
        .iter()
        .flat_map(|a| ends.iter().map(move |b| [a, b]))
        .collect();
    let count = pairs.len();
    let mut factors = vec![0; 16 * count];
    for (row, pair) in pairs.iter().enumerate() {
        for (number, value) in pair.iter().enumerate() {
            for (j, word) in value.iter_u32_digits().enumerate() {
                factors[(8 * number + j) * count + row] = word;
            }
        }
    }
    for rounds in [0, 1, 3] {
        let params = MultiplyParams {
            count: count as u32,
            rounds,
        };
        let mut expected = vec![0; 8 * count];
        twin::multiply::run(&params, &factors, &mut expected);
        for (device, variant) in variants("products_and_squares_of_all_ends") {
            let params = device.buffer(Uniform, bytemuck::bytes_of(&params));
            let factors = device.buffer(StorageRead, bytemuck::cast_slice(&factors));
            let products = device.buffer(StorageReadWrite, &vec![0xa5; 32 * count]);
            device.dispatch("multiply", variant, count as u32, |name| match name {
                "params" => &params,
                "factors" => &factors,
                _ => &products,
            });
            let got: Vec<u32> = bytemuck::pod_collect_to_vec(&device.read(&products));
            for row in 0..count {
                let words = |buffer: &[u32]| -> Vec<u32> {
                    (0..8).map(|j| buffer[j * count + row]).collect()
                };
                assert_eq!(
                    words(&got),
                    words(&expected),
                    "{}, {variant:?}, {rounds} rounds of {:x?}",
                    device.name,
                    pairs[row]
                );
            }
        }
    }
}

#[test]
fn multiply_adds_of_both_widths() {
    let count = 130;
    let mut stream = Stream(8);
    let factors: Vec<u32> = (0..2 * count).map(|_| stream.next() as u32).collect();
    for rounds in [0, 1, 100] {
        let params = MultiplyParams {
            count: count as u32,
            rounds,
        };
        for (device, variant) in variants("multiply_adds_of_both_widths") {
            let mut expected = vec![0; count];
            twin::integer::run(variant, &params, &factors, &mut expected);
            let params = device.buffer(Uniform, bytemuck::bytes_of(&params));
            let factors = device.buffer(StorageRead, bytemuck::cast_slice(&factors));
            let products = device.buffer(StorageReadWrite, &vec![0xa5; 4 * count]);
            device.dispatch("integer", variant, count as u32, |name| match name {
                "params" => &params,
                "factors" => &factors,
                _ => &products,
            });
            let got: Vec<u32> = bytemuck::pod_collect_to_vec(&device.read(&products));
            assert_eq!(got, expected, "{}, {variant:?}, {rounds}", device.name);
        }
    }
}
