//! A bad item never changes another item's result.

use super::*;

/// One of each way to fail.
fn bad_items() -> Vec<(RecoverInput, RecoverError)> {
    let k = Scalar::from(4u64);
    let valid = sign([1; 32], Scalar::from(3u64), k);
    let z = <Scalar as Reduce<FieldBytes>>::reduce(&valid.prehash.into());
    let mut items = Vec::new();
    let mut add = |error: RecoverError, spoil: &dyn Fn(&mut RecoverInput)| {
        let mut input = valid;
        spoil(&mut input);
        items.push((input, error));
    };
    add(RecoverError::RecoveryId, &|input| input.y_parity = 2);
    add(RecoverError::ROutOfRange, &|input| input.r = [0; 32]);
    add(RecoverError::ROutOfRange, &|input| input.r = bytes(N));
    add(RecoverError::SOutOfRange, &|input| input.s = [0; 32]);
    add(RecoverError::HighS, &|input| {
        input.s = bytes(N.wrapping_sub(&U256::ONE));
        input.s_rule = SRule::Low;
    });
    add(RecoverError::NotOnCurve, &|input| {
        input.r = bytes(U256::from(5u8));
    });
    add(RecoverError::Infinity, &|input| {
        input.s = be(z * k.invert().expect("not zero"));
    });
    items
}

fn good(i: u64) -> (RecoverInput, [u8; 20]) {
    let secret = Scalar::from(i + 1);
    let input = sign([i as u8; 32], secret, Scalar::from(2 * i + 3));
    (input, address_of_secret(secret))
}

/// Each bad item first, in the middle and last among three good ones, and alone.
#[test]
fn each_bad_item_in_each_place() {
    for (bad, error) in bad_items() {
        assert_eq!(recover(&[bad]), [Err(error)]);
        for place in 0..4 {
            let mut inputs: Vec<RecoverInput> = (0..3).map(|i| good(i).0).collect();
            let mut expected: Vec<Outcome> = (0..3).map(|i| Ok(good(i).1)).collect();
            inputs.insert(place, bad);
            expected.insert(place, Err(error));
            assert_eq!(recover(&inputs), expected, "{error} at {place}");
        }
    }
}

/// More items than share an inversion, good and bad in a pattern that no chunk repeats, against one at a time.
#[test]
fn long_batches_equal_single_items() {
    let bad = bad_items();
    let mut inputs = Vec::new();
    let mut expected = Vec::new();
    for i in 0..2 * lanes::CHUNK + 31 {
        if i % 5 == 3 || i % 7 == 0 {
            let (input, error) = bad[i % bad.len()];
            inputs.push(input);
            expected.push(Err(error));
        } else {
            let (input, address) = good(i as u64);
            inputs.push(input);
            expected.push(Ok(address));
        }
    }
    let results = recover(&inputs);
    assert_eq!(results, expected);
    for (input, result) in inputs.iter().zip(&results).step_by(17) {
        assert_eq!(recover_one(*input), *result);
    }
}

#[test]
fn a_batch_of_nothing_but_bad_items() {
    let (inputs, errors): (Vec<_>, Vec<_>) = bad_items().into_iter().unzip();
    let expected: Vec<Outcome> = errors.into_iter().map(Err).collect();
    assert_eq!(recover(&inputs), expected);
}
