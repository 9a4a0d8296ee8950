//! Inputs that are no points: which error, and that an acceptable one stays acceptable beside them.

use super::super::{
    Bn254Error, g1_add, g1_mul,
    limbs::{self, P},
    pairing_check,
    testing::{Random, encode1, encode2},
};
use ark_ec::AffineRepr;

/// Encodings of coordinates that are not below p, made of the one that is.
fn not_canonical(coordinate: [u8; 32]) -> [[u8; 32]; 4] {
    let words = limbs::from_be_bytes(&coordinate);
    let mut high_bit = coordinate;
    high_bit[0] |= 0x80;
    [
        limbs::to_be_bytes(&limbs::add(&words, &P)),
        limbs::to_be_bytes(&P),
        high_bit,
        [0xff; 32],
    ]
}

/// The encoding with one coordinate replaced.
fn with<const N: usize>(bytes: &[u8; N], index: usize, coordinate: &[u8; 32]) -> [u8; N] {
    let mut bytes = *bytes;
    bytes[32 * index..][..32].copy_from_slice(coordinate);
    bytes
}

fn coordinate(bytes: &[u8], index: usize) -> [u8; 32] {
    bytes[32 * index..][..32].try_into().expect("32 bytes")
}

#[test]
fn coordinates_at_or_above_p() {
    let mut random = Random(60);
    let (p, q) = (encode1(random.g1()), encode2(random.g2()));
    let refused = Bn254Error::Coordinate;
    for point in [p, [0; 64]] {
        for index in 0..2 {
            for bad in not_canonical(coordinate(&point, index)) {
                let bad = with(&point, index, &bad);
                assert_eq!(g1_add(&bad, &p), Err(refused));
                assert_eq!(g1_add(&p, &bad), Err(refused));
                assert_eq!(g1_mul(&bad, &[1; 32]), Err(refused));
                assert_eq!(pairing_check(&[(&bad, &q)]), Err(refused));
                assert_eq!(pairing_check(&[(&bad, &[0; 128])]), Err(refused));
            }
        }
    }
    for point in [q, [0; 128]] {
        for index in 0..4 {
            for bad in not_canonical(coordinate(&point, index)) {
                let bad = with(&point, index, &bad);
                assert_eq!(pairing_check(&[(&p, &bad)]), Err(refused));
                assert_eq!(pairing_check(&[(&p, &q), (&[0; 64], &bad)]), Err(refused));
            }
        }
    }
}

#[test]
fn points_off_their_curve() {
    let mut random = Random(61);
    let refused = Bn254Error::NotOnCurve;
    for _ in 0..50 {
        let (p, q) = (encode1(random.g1()), encode2(random.g2()));
        let other = random.fp().to_be_bytes();
        for index in 0..2 {
            let off = with(&p, index, &other);
            assert_eq!(g1_add(&off, &p), Err(refused));
            assert_eq!(g1_add(&p, &off), Err(refused));
            assert_eq!(g1_mul(&off, &[1; 32]), Err(refused));
            assert_eq!(pairing_check(&[(&off, &[0; 128])]), Err(refused));
        }
        for index in 0..4 {
            let off = with(&q, index, &other);
            assert_eq!(pairing_check(&[(&p, &off)]), Err(refused));
            assert_eq!(pairing_check(&[(&[0; 64], &off)]), Err(refused));
        }
    }
}

/// The factor of i comes first: the other order is another point, and not one of the twist.
#[test]
fn order_of_the_coordinates_of_g2() {
    let q = ark_bn254::G2Affine::generator();
    let (p, right) = (encode1(ark_bn254::G1Affine::generator()), encode2(q));
    let mut swapped = right;
    swapped[..64].rotate_left(32);
    swapped[64..].rotate_left(32);
    assert_eq!(pairing_check(&[(&p, &right)]), Ok(false));
    assert_eq!(
        pairing_check(&[(&p, &swapped)]),
        Err(Bn254Error::NotOnCurve)
    );
    // The generator of EIP-197 starts with this imaginary part of x.
    assert_eq!(right[..4], [0x19, 0x8e, 0x93, 0x93]);
}

/// Any bytes at all give a result.
#[test]
fn bytes_at_random_do_not_panic() {
    let mut random = Random(62);
    for _ in 0..2000 {
        let mut bytes = [[0; 32]; 6].map(|_: [u8; 32]| random.bytes());
        for coordinate in &mut bytes {
            coordinate[0] &= 0x3f;
        }
        let p: [u8; 64] = bytes[..2].concat().try_into().expect("64 bytes");
        let q: [u8; 128] = bytes[2..].concat().try_into().expect("128 bytes");
        assert!(g1_add(&p, &[0; 64]).is_err());
        assert!(g1_mul(&p, &bytes[2]).is_err());
        assert!(pairing_check(&[(&p, &q)]).is_err());
    }
}
