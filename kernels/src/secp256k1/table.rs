//! The multiples of R that the ladder adds, 1·R to 16·R, affine, for a whole chunk of lanes at once.
//!
//! Affine additions need an inverse each. All the additions of a round share one, over all lanes and all groups of the
//! chunk, and four rounds are enough: 2; 3, 4; 5 to 8; 9 to 16. No denominator is zero: among multiples up to 16 of a
//! point of prime order n no two are equal or opposite, and no point has y = 0.

use super::{field::Field, inverse::invert_lanes};

/// Multiples in a table: the absolute values of digits.
pub(super) const MULTIPLES: usize = 16;

/// x and y, tight, of 1·R to 16·R in each lane.
pub(super) type Table<F> = [(F, F); MULTIPLES];

/// Fills in the tables, of which the first entry is given.
pub(super) fn fill<F: Field>(proof: F::Proof, tables: &mut [Table<F>], prefixes: &mut Vec<F>) {
    for base in [1, 2, 4, 8] {
        round(proof, tables, prefixes, base);
    }
}

/// From multiples up to `base`, those up to twice as many.
fn round<F: Field>(proof: F::Proof, tables: &mut [Table<F>], prefixes: &mut Vec<F>, base: usize) {
    let product = F::vectorize(
        proof,
        #[inline(always)]
        || multiply_up(proof, tables, prefixes, base),
    );
    let inverse = invert_lanes(proof, product);
    F::vectorize(
        proof,
        #[inline(always)]
        || add_down(tables, prefixes, base, inverse),
    );
}

/// x(base) - x(i), and for i = base 2·y(base): what the sum of both divides by.
#[inline(always)]
fn denominator<F: Field>(table: &Table<F>, base: usize, i: usize) -> F {
    let (x, y) = table[base - 1];
    if i == base {
        F::factor(F::twice(y.sum()))
    } else {
        F::factor_signed(x.sum() - table[i - 1].0.sum())
    }
}

/// Going up: `prefixes` holds the products of all denominators before each one; the result is that of all.
#[inline(always)]
fn multiply_up<F: Field>(
    proof: F::Proof,
    tables: &[Table<F>],
    prefixes: &mut Vec<F>,
    base: usize,
) -> F {
    prefixes.clear();
    let mut product = F::splat(proof, &[1, 0, 0, 0]);
    for table in tables {
        for i in 1..=base {
            prefixes.push(product);
            product = product.times(denominator(table, base, i));
        }
    }
    product
}

/// Going down: `suffix` is the inverse of the product of the denominators up to the one at hand. An addition takes 4
/// multiplications and 1 square, with the one above 5 and 1.
#[inline(always)]
fn add_down<F: Field>(tables: &mut [Table<F>], prefixes: &[F], base: usize, mut suffix: F) {
    for (table, prefixes) in tables.iter_mut().zip(prefixes.chunks_exact(base)).rev() {
        let (x, y) = table[base - 1];
        for i in (1..=base).rev() {
            let inverse = suffix.times(prefixes[i - 1]);
            suffix = suffix.times(denominator(table, base, i));
            let (other_x, other_y) = table[i - 1];
            let slope = if i == base {
                let xx = x.square();
                F::factor(F::twice(xx) + xx).times(inverse)
            } else {
                F::factor_signed(y.sum() - other_y.sum()).times(inverse)
            };
            let sum_x = F::factor_signed(slope.square() - x.sum() - other_x.sum());
            let run = F::factor_signed(x.sum() - sum_x.sum());
            let sum_y = F::factor_signed(slope.mul(run) - y.sum());
            table[base + i - 1] = (sum_x, sum_y);
        }
    }
}

#[cfg(test)]
mod tests;
