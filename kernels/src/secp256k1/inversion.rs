//! Many inverses modulo n for the price of one.

use k256::{NonZeroScalar, elliptic_curve::ops::Invert};

/// The inverse of each element, by Montgomery's trick: one inversion and three multiplications an element.
///
/// A single zero would make all results zero; the element type has none.
pub(super) fn invert_all(elements: &[NonZeroScalar], inverses: &mut Vec<NonZeroScalar>) {
    inverses.clear();
    let Some((&first, rest)) = elements.split_first() else {
        return;
    };
    // Going up, inverses[i] holds the product of elements[..=i].
    let mut product = first;
    inverses.push(product);
    for element in rest {
        product *= *element;
        inverses.push(product);
    }
    // Going down, suffix is the inverse of the product of elements[..=i].
    let mut suffix = product.invert_vartime();
    for i in (1..elements.len()).rev() {
        inverses[i] = suffix * inverses[i - 1];
        suffix *= elements[i];
    }
    inverses[0] = suffix;
}

#[cfg(test)]
mod tests {
    use super::*;
    use k256::{Scalar, elliptic_curve::ff::PrimeField};

    #[test]
    fn every_element_times_its_inverse_is_one() {
        let mut inverses = Vec::new();
        for count in [0usize, 1, 2, 3, 31, 100] {
            // 1, -2, 3, -4 ...: both ends of the range, and 1, which is its own inverse.
            let elements: Vec<NonZeroScalar> = (1..=count as u64)
                .map(|i| {
                    let scalar = Scalar::from(i);
                    let scalar = if i % 2 == 0 { -scalar } else { scalar };
                    NonZeroScalar::from_repr(scalar.to_repr()).expect("not zero")
                })
                .collect();
            invert_all(&elements, &mut inverses);
            assert_eq!(inverses.len(), count);
            for (element, inverse) in elements.iter().zip(&inverses) {
                assert_eq!(**element * **inverse, Scalar::ONE);
            }
        }
    }
}
