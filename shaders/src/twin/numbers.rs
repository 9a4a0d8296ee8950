//! Whole numbers, and where they stand in columns of words.

use num_bigint::BigUint;
use phalanx_kernels::curve;

/// The order of the field.
pub(super) fn p() -> BigUint {
    number(&curve::P)
}

/// The order of the group.
pub(super) fn n() -> BigUint {
    number(&curve::N)
}

/// A number of 64-bit words, lowest first.
pub(super) fn number(words: &[u64]) -> BigUint {
    words
        .iter()
        .rev()
        .fold(BigUint::ZERO, |sum, &word| (sum << 64u32) + word)
}

/// (a - b) modulo p, of reduced numbers.
pub(super) fn difference(a: &BigUint, b: &BigUint) -> BigUint {
    (a + p() - b) % p()
}

/// Where numbers stand in a buffer that has room for `stride` rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    /// Words of a number.
    width: u32,
    /// From a word of a number to the next one.
    word_step: u32,
    /// From a row to the next one.
    row_step: u32,
    /// From a number of a row to the next one.
    number_step: u32,
}

impl Layout {
    /// Columns of words: word j of number k of row i stands at (width·k + j)·stride + i.
    pub(super) fn columns(width: u32, stride: u32) -> Self {
        Self {
            width,
            word_step: stride,
            row_step: 1,
            number_step: width * stride,
        }
    }

    /// Columns of numbers of 256 bits.
    pub(super) fn of_256_bits(stride: u32) -> Self {
        Self::columns(8, stride)
    }

    /// The table of R: the eight words of number k of row i stand at 8·(k·stride + i).
    pub(super) fn of_table(stride: u32) -> Self {
        Self {
            width: 8,
            word_step: 1,
            row_step: 8,
            number_step: 8 * stride,
        }
    }

    fn at(self, number: u32, word: u32, row: u32) -> usize {
        (number * self.number_step + word * self.word_step + row * self.row_step) as usize
    }

    pub(super) fn load(self, column: &[u32], number: u32, row: u32) -> BigUint {
        let words = (0..self.width).map(|j| column[self.at(number, j, row)]);
        BigUint::new(words.collect())
    }

    /// Stores the lowest words of a number.
    pub(super) fn store(self, column: &mut [u32], number: u32, row: u32, value: &BigUint) {
        let digits = value.to_u32_digits();
        for j in 0..self.width {
            column[self.at(number, j, row)] = digits.get(j as usize).copied().unwrap_or(0);
        }
    }
}
