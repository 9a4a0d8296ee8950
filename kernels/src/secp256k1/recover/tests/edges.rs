//! Values chosen because an implementation may get them wrong.

use super::*;

/// A signature that recovers, for tests that change one field.
fn valid() -> RecoverInput {
    sign([0x11; 32], Scalar::from(7u64), Scalar::from(11u64))
}

#[test]
fn recovery_ids() {
    for y_parity in 0..=1 {
        let input = RecoverInput {
            y_parity,
            ..valid()
        };
        let result = recover_one(input);
        assert!(result.is_ok(), "{y_parity}");
        assert_eq!(result, oracle::recover(&input));
    }
    for y_parity in (2..=5).chain([27, 28, 255]) {
        let input = RecoverInput {
            y_parity,
            ..valid()
        };
        assert_eq!(recover_one(input), Err(RecoverError::RecoveryId));
    }
}

#[test]
fn range_of_r() {
    let with_r = |r: U256| RecoverInput {
        r: bytes(r),
        ..valid()
    };
    for r in [
        U256::ZERO,
        N,
        // Between n and p, where x coordinates may lie but no r.
        N.wrapping_add(&U256::ONE),
        N.wrapping_add(&U256::from(2u8)),
        U256::MAX,
    ] {
        assert_eq!(recover_one(with_r(r)), Err(RecoverError::ROutOfRange));
    }
    for r in [1u8, 2, 3, 4] {
        let input = with_r(U256::from(r));
        assert!(recover_one(input).is_ok(), "{r} is an x coordinate");
        assert_eq!(recover_one(input), oracle::recover(&input));
    }
    let last = with_r(N.wrapping_sub(&U256::ONE));
    assert_ne!(recover_one(last), Err(RecoverError::ROutOfRange));
    assert_eq!(recover_one(last), oracle::recover(&last));
}

#[test]
fn r_without_a_point() {
    let input = RecoverInput {
        r: bytes(U256::from(5u8)),
        ..valid()
    };
    assert_eq!(recover_one(input), Err(RecoverError::NotOnCurve));
    assert_eq!(oracle::recover(&input), Err(RecoverError::NotOnCurve));
}

#[test]
fn range_of_s() {
    for s_rule in [SRule::Any, SRule::Low] {
        let with_s = |s: U256| RecoverInput {
            s: bytes(s),
            s_rule,
            ..valid()
        };
        for s in [U256::ZERO, N, N.wrapping_add(&U256::ONE), U256::MAX] {
            assert_eq!(recover_one(with_s(s)), Err(RecoverError::SOutOfRange));
        }
        let half = N.shr_vartime(1);
        for s in [U256::ONE, half] {
            assert!(recover_one(with_s(s)).is_ok());
            assert_eq!(recover_one(with_s(s)), oracle::recover(&with_s(s)));
        }
        for s in [
            half.wrapping_add(&U256::ONE),
            N.wrapping_sub(&U256::from(2u8)),
            N.wrapping_sub(&U256::ONE),
        ] {
            let result = recover_one(with_s(s));
            match s_rule {
                SRule::Any => assert!(result.is_ok()),
                SRule::Low => assert_eq!(result, Err(RecoverError::HighS)),
            }
            assert_eq!(result, oracle::recover(&with_s(s)));
        }
    }
}

/// A signature and its mirror, -s for -R, name the same signer where the rule lets both in.
#[test]
fn both_signs_of_s() {
    let signature = valid();
    let s = N.wrapping_sub(&U256::from_be_slice(&signature.s));
    let mirrored = RecoverInput {
        s: bytes(s),
        y_parity: 1 - signature.y_parity,
        ..signature
    };
    let signer = address_of_secret(Scalar::from(7u64));
    assert_eq!(recover_one(signature), Ok(signer));
    assert_eq!(recover_one(mirrored), Ok(signer));
}

#[test]
fn prehash_is_reduced() {
    let at = |prehash: U256| RecoverInput {
        prehash: bytes(prehash),
        ..valid()
    };
    for offset in [0u8, 1, 2, 255] {
        let small = U256::from(offset);
        let result = recover_one(at(N.wrapping_add(&small)));
        assert!(result.is_ok());
        assert_eq!(result, recover_one(at(small)));
        assert_eq!(result, oracle::recover(&at(small)));
    }
    assert_eq!(
        recover_one(at(U256::MAX)),
        recover_one(at(U256::MAX.wrapping_sub(&N)))
    );
}

/// With z = 0 the key is (s/r)·R; nothing of G remains in the sum.
#[test]
fn zero_prehash() {
    let secret = Scalar::from(0xdead_beef_u64);
    let input = sign([0; 32], secret, Scalar::from(5u64));
    assert_eq!(recover_one(input), Ok(address_of_secret(secret)));
}

/// s = z/k makes s·R = z·G, so r·Q = s·R - z·G is the point at infinity.
#[test]
fn infinity() {
    for k in [1u64, 2, 3, 0xffff_ffff_ffff] {
        for negate in [false, true] {
            let k = Scalar::from(k);
            let k = if negate { -k } else { k };
            let point = (ProjectivePoint::GENERATOR * k).to_affine();
            let prehash = [0x5a; 32];
            let z = <Scalar as Reduce<FieldBytes>>::reduce(&prehash.into());
            let forged = RecoverInput {
                prehash,
                r: point.x().into(),
                s: be(z * k.invert().expect("not zero")),
                y_parity: bool::from(point.y_is_odd()).into(),
                s_rule: SRule::Any,
            };
            assert_eq!(recover_one(forged), Err(RecoverError::Infinity));
            assert_eq!(oracle::recover(&forged), Err(RecoverError::Infinity));
            // The other parity is another R, and an ordinary key.
            let other = RecoverInput {
                y_parity: 1 - forged.y_parity,
                ..forged
            };
            assert!(recover_one(other).is_ok());
            assert_eq!(recover_one(other), oracle::recover(&other));
        }
    }
}

/// Small nonces of either sign make R a multiple of G that a table for G may hold as well, and small keys make the two
/// products meet: sums of equal and of opposite points.
#[test]
fn small_multiples_of_the_generator() {
    let mut inputs = Vec::new();
    let mut expected = Vec::new();
    for k in 1..=17u64 {
        for secret in 1..=5u64 {
            for k in [Scalar::from(k), -Scalar::from(k)] {
                let secret = Scalar::from(secret);
                for prehash in [U256::ONE, N.wrapping_sub(&U256::ONE)] {
                    inputs.push(sign(bytes(prehash), secret, k));
                    expected.push(Ok(address_of_secret(secret)));
                }
            }
        }
    }
    assert_eq!(recover(&inputs), expected);
}

#[test]
fn an_empty_batch_is_fine() {
    assert!(recover(&[]).is_empty());
}

#[test]
#[should_panic(expected = "one result for each signature")]
fn lengths_must_agree() {
    recover_batch(Level::portable(), &[valid()], &mut []);
}
