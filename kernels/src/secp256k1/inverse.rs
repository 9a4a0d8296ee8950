//! Inverses modulo p of the lanes of one value.

use super::{
    field::{Field, Packed, portable::Portable},
    inversion::invert,
    words::{P, Words},
};

/// 1/a in every lane, by one inversion for all of them. No lane is zero.
pub(super) fn invert_lanes<F: Field>(proof: F::Proof, a: F) -> F {
    let mut lanes = [Packed::default(); 32];
    let lanes = &mut lanes[..F::LANES];
    F::vectorize(
        proof,
        #[inline(always)]
        || {
            let a = a.canonical();
            F::store(a, a, lanes);
        },
    );

    // Going up, y holds the product of the lanes before; the inverse of all products goes down.
    let mut product = element(&[1, 0, 0, 0]);
    for lane in &mut *lanes {
        lane.y = product.canonical().to_words();
        product = product.times(element(&lane.x));
    }
    let product = product.canonical().to_words();
    debug_assert_ne!(product, [0; 4]);
    let mut suffix = element(&invert(&product, &P));
    for lane in lanes.iter_mut().rev() {
        let a = element(&lane.x);
        lane.x = suffix.times(element(&lane.y)).canonical().to_words();
        suffix = suffix.times(a);
    }

    let lanes = &*lanes;
    F::vectorize(
        proof,
        #[inline(always)]
        || F::load(proof, |lane| &lanes[lane]).0,
    )
}

fn element(words: &Words) -> Portable {
    Portable::splat((), words)
}
