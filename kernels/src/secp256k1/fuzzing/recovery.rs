//! Batches of signatures: ordinary, crafted and broken.

use crate::{
    Level, RecoverInput, SRule, recover_batch,
    secp256k1::{
        testing::{
            oracle::{self, n},
            reader::Reader,
            words,
        },
        words::to_be_bytes,
    },
};
use k256::{
    ProjectivePoint, Scalar,
    elliptic_curve::{ff::PrimeField, point::AffineCoordinates},
};
use num_bigint::BigUint;

/// Signatures in a batch: more than two vectors of any level.
const MOST: usize = 40;

/// The batch that the bytes are, against k256.
pub fn recovery(level: Level, bytes: &[u8]) {
    let mut reader = Reader::new(bytes);
    let mut inputs: Vec<RecoverInput> = Vec::new();
    while !reader.is_empty() && inputs.len() < MOST {
        let shape = reader.byte();
        let next = match (shape % 4, inputs.last()) {
            (0, _) => raw(&mut reader),
            (1, Some(last)) => change(*last, &mut reader),
            _ => crafted(&mut reader),
        };
        inputs.push(RecoverInput {
            s_rule: if shape & 128 == 0 {
                SRule::Any
            } else {
                SRule::Low
            },
            ..next
        });
    }
    // No real signer: an item that is left out would show.
    let mut out = vec![Ok([0xee; 20]); inputs.len()];
    recover_batch(level, &inputs, &mut out);
    for (input, own) in inputs.iter().zip(out) {
        assert_eq!(own, oracle::recover(input), "{input:x?}");
    }
}

fn be(number: &BigUint) -> [u8; 32] {
    to_be_bytes(&words(number))
}

fn raw(reader: &mut Reader) -> RecoverInput {
    let all = BigUint::from(1u8) << 256;
    RecoverInput {
        prehash: be(&reader.number(&all)),
        r: be(&reader.number(&all)),
        s: be(&reader.number(&all)),
        y_parity: reader.byte() % 3,
        s_rule: SRule::Any,
    }
}

/// The signature before, with one thing changed.
fn change(mut input: RecoverInput, reader: &mut Reader) -> RecoverInput {
    let shape = reader.byte();
    let byte = usize::from(reader.byte() % 32);
    match shape % 5 {
        0 => input.y_parity ^= 1,
        1 => input.prehash[byte] ^= shape,
        2 => input.r[byte] ^= shape,
        3 => input.s[byte] ^= shape,
        _ => {
            let s = BigUint::from_bytes_be(&input.s) % n();
            input.s = be(&((n() - s) % n()));
        }
    }
    input
}

/// The signature with R = k·G that asks for u1·G + u2·R, where u1 is chosen freely, or so that it meets u2·k.
fn crafted(reader: &mut Reader) -> RecoverInput {
    let n = n();
    let k = reader.number(&n).max(BigUint::from(1u8));
    let u2 = reader.number(&n).max(BigUint::from(1u8));
    let shape = reader.byte();
    let u1 = match shape % 4 {
        0 => reader.number(&n),
        1 => &u2 * &k % &n,
        2 => (&n - &u2 * &k % &n) % &n,
        _ => (&n + &u2 * &k % &n - reader.number(&n)) % &n,
    };
    let scalar = Scalar::from_repr(be(&k).into()).expect("below n");
    let point = (ProjectivePoint::GENERATOR * scalar).to_affine();
    let r = BigUint::from_bytes_be(&point.x()) % &n;
    RecoverInput {
        prehash: be(&((&n - u1 * &r % &n) % &n)),
        s: be(&(u2 * &r % &n)),
        r: be(&r),
        y_parity: bool::from(point.y_is_odd()).into(),
        s_rule: SRule::Any,
    }
}
