//! What the twins of a recovery leave in each buffer, in the words of the curve: no device needed.

use crate::signatures::{Stream, crafted, ends, exceptions, lambda, power_of_two, random};
use k256::{
    ProjectivePoint, Scalar,
    elliptic_curve::{PrimeField, point::AffineCoordinates},
};
use num_bigint::BigUint;
use phalanx_kernels::{Level, LevelName, RecoverError, RecoverInput, curve, recover_batch};
use phalanx_shaders::{
    layout::{COLUMNS, FIRST_WINDOW, Outcome, RecoverParams, generator_table},
    twin::recovery::{Buffers, stages},
};

const SLICES: [(u32, u32); 2] = [(FIRST_WINDOW, 9), (8, 0)];

fn params(count: usize) -> RecoverParams {
    RecoverParams {
        count: count as u32,
        stride: count as u32 + 2,
        lanes: 1,
        window_high: FIRST_WINDOW,
        window_low: 0,
    }
}

/// The buffers after the stages up to one.
fn run_until(last: &str, inputs: &[RecoverInput]) -> Buffers {
    let params = params(inputs.len());
    let rows = inputs.iter().map(Into::into).collect();
    let mut buffers = Buffers::new(rows, generator_table(), params.stride, 0xa5a5_a5a5);
    for (stage, (window_high, window_low)) in stages(&SLICES) {
        let params = RecoverParams {
            window_high,
            window_low,
            ..params
        };
        assert!(buffers.run(stage, &params));
        if stage == last {
            break;
        }
    }
    buffers
}

/// A number of `width` words in columns.
fn number(buffers: &Buffers, name: &str, width: usize, number: usize, row: usize) -> BigUint {
    let index = COLUMNS.iter().position(|(column, _)| *column == name);
    let column = &buffers.columns[index.expect("the column exists")];
    let stride = buffers.rows.len() + 2;
    let words = (0..width).map(|j| column[(width * number + j) * stride + row]);
    BigUint::new(words.collect())
}

fn to_scalar(number: &BigUint) -> Scalar {
    let mut bytes = [0; 32];
    let digits = number.to_bytes_be();
    bytes[32 - digits.len()..].copy_from_slice(&digits);
    Scalar::from_repr(bytes.into()).expect("below n")
}

fn coordinates(point: &ProjectivePoint) -> [BigUint; 2] {
    let point = point.to_affine();
    [point.x(), point.y()].map(|coordinate| BigUint::from_bytes_be(&coordinate))
}

/// Discrete logarithms of R and multipliers, and their signatures.
fn known(count: usize) -> (Vec<[Scalar; 3]>, Vec<RecoverInput>) {
    let mut stream = Stream(11);
    let mut values: Vec<_> = (0..count)
        .map(|_| [stream.scalar(), stream.scalar(), stream.scalar()])
        .collect();
    let [l, one] = [lambda(), Scalar::ONE];
    for u2 in [
        one,
        -one,
        l,
        -l,
        l * l,
        l + one,
        l - one,
        power_of_two(127) * l,
    ] {
        for u1 in [
            Scalar::ZERO,
            one,
            -one,
            power_of_two(128),
            power_of_two(128) - one,
        ] {
            values.push([Scalar::from(9u64), u1, u2]);
        }
    }
    let inputs = values
        .iter()
        .map(|&[k, u1, u2]| crafted(k, u1, u2))
        .collect();
    (values, inputs)
}

#[test]
fn lift_gives_r() {
    let (values, inputs) = known(20);
    let buffers = run_until("lift", &inputs);
    for (row, [k, ..]) in values.iter().enumerate() {
        let point = [0, 1].map(|i| number(&buffers, "point", 8, i, row));
        assert_eq!(point, coordinates(&(ProjectivePoint::GENERATOR * k)));
    }
}

#[test]
fn scalars_give_the_digits_of_u1_and_u2() {
    let (values, inputs) = known(20);
    let buffers = run_until("scalars", &inputs);
    // The sum of all digits with their weights, each less half of its range.
    let sum = |half: usize, row: usize, width: u32, windows: u32| {
        let digits = number(&buffers, "digits", 5, half, row);
        assert!(digits.bits() <= u64::from(width * windows));
        (0..windows).fold(Scalar::ZERO, |sum, window| {
            let raw = (&digits >> (width * window)) % (1u32 << width);
            let digit = to_scalar(&raw) - Scalar::from(1u64 << (width - 1));
            sum + digit * power_of_two(width * window)
        })
    };
    for (row, &[_, u1, u2]) in values.iter().enumerate() {
        let [k1, k2] = [0, 1].map(|half| sum(half, row, curve::POINT_WINDOW, curve::POINT_WINDOWS));
        assert_eq!(k1 + k2 * lambda(), u2, "{row}");
        let [l, h] =
            [2, 3].map(|half| sum(half, row, curve::GENERATOR_WINDOW, curve::GENERATOR_WINDOWS));
        assert_eq!(l + h * power_of_two(128), u1, "{row}");
    }
}

#[test]
fn the_table_holds_the_multiples_of_r_and_of_lambda_r() {
    let (values, inputs) = known(3);
    let buffers = run_until("affine", &inputs);
    let table = COLUMNS.iter().position(|(name, _)| *name == "table");
    let table = &buffers.columns[table.expect("the table exists")];
    let stride = inputs.len() + 2;
    for (row, [k, ..]) in values.iter().enumerate().take(8) {
        for i in 0..16 {
            let multiple = ProjectivePoint::GENERATOR * (k * &Scalar::from(i as u64 + 1));
            let at = |number: usize| {
                let first = 8 * (number * stride + row);
                BigUint::from_slice(&table[first..first + 8])
            };
            assert_eq!([at(i), at(16 + i)], coordinates(&multiple));
            assert_eq!(
                [at(32 + i), at(16 + i)],
                coordinates(&(multiple * lambda()))
            );
        }
    }
}

#[test]
fn the_ladder_gives_the_key() {
    let (values, inputs) = known(20);
    let buffers = run_until("address", &inputs);
    let p = BigUint::from_bytes_le(bytemuck::cast_slice(&curve::P));
    let mut known = 0;
    for (row, &[k, u1, u2]) in values.iter().enumerate() {
        if buffers.results[row].outcome() == Outcome::Redo {
            continue;
        }
        known += 1;
        let [x, y] = [0, 1].map(|i| number(&buffers, "sum", 8, i, row));
        let z_inverse = number(&buffers, "inverse", 8, 0, row);
        let affine = [x * z_inverse.pow(2) % &p, y * z_inverse.pow(3) % &p];
        let key = ProjectivePoint::GENERATOR * (u1 + u2 * k);
        assert_eq!(affine, coordinates(&key), "{row}");
    }
    assert!(known >= 20, "{known} keys");
}

/// The kernels' results for every row but those to be done again: those of crafted signatures, and all keys at infinity.
#[test]
fn results_are_those_of_the_kernels() {
    let mut inputs = exceptions();
    inputs.truncate(300);
    let crafted = inputs.len();
    inputs.extend(ends());
    inputs.extend(random(40, 12));
    inputs.extend(known(20).1);
    let level = Level::new(LevelName::Portable).expect("any machine has it");
    let mut expected = vec![Err(RecoverError::Infinity); inputs.len()];
    recover_batch(level, &inputs, &mut expected);
    for error in [
        RecoverError::RecoveryId,
        RecoverError::ROutOfRange,
        RecoverError::SOutOfRange,
        RecoverError::HighS,
        RecoverError::NotOnCurve,
        RecoverError::Infinity,
    ] {
        assert!(expected.contains(&Err(error)), "{error:?} is among them");
    }
    let results = run_until("address", &inputs).results;
    let mut redo = 0;
    for (row, (result, expected)) in results.iter().zip(&expected).enumerate() {
        match result.outcome() {
            Outcome::Known(known) => assert_eq!(known, *expected, "{row}"),
            Outcome::Redo => redo += 1,
            Outcome::Unwritten => panic!("row {row} is not written"),
        }
    }
    assert!(redo > 0 && redo <= crafted + 40, "{redo}");
}
