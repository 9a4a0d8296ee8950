//! Programs of field operations within the ranges that the contract of `field` allows.

use crate::{
    Level,
    secp256k1::{
        field::Field,
        testing::{for_fields, into_lanes, oracle::p, out_of_lanes, reader::Reader},
    },
};
use num_bigint::BigUint;

/// The most units of a sum, of either sign.
const SUM: u32 = 16;
/// What `factor` takes.
const FACTOR: u32 = 4;
/// Operations in a program.
const STEPS: usize = 48;
/// Factors that a program chooses among: the last so many.
const REGISTERS: usize = 6;

/// The program that the bytes are, at each field of the level.
pub fn field(level: Level, bytes: &[u8]) {
    for_fields!(level, run, bytes);
}

/// A factor, and what it is in each lane.
#[derive(Clone)]
struct Factor<F> {
    value: F,
    numbers: Vec<BigUint>,
}

/// A sum, what it is in each lane modulo p, and its range in units.
struct Total<F: Field> {
    sum: F::Sum,
    numbers: Vec<BigUint>,
    above: u32,
    below: u32,
}

struct Machine<'a, F: Field> {
    proof: F::Proof,
    reader: Reader<'a>,
    factors: Vec<Factor<F>>,
    total: Option<Total<F>>,
}

fn run<F: Field>(proof: F::Proof, bytes: &[u8]) {
    let mut machine = Machine::<F> {
        proof,
        reader: Reader::new(bytes),
        factors: Vec::new(),
        total: None,
    };
    machine.load();
    for _ in 0..STEPS {
        if machine.reader.is_empty() {
            break;
        }
        match machine.reader.byte() % 8 {
            0 => machine.load(),
            1 => machine.make_canonical(),
            2 => machine.select(),
            3 => machine.close(),
            4 => machine.multiply(),
            _ => machine.add_term(),
        }
    }
    machine.close();
}

/// Each lane of one or two values, modulo p.
fn lanes<const N: usize>(
    values: [&[BigUint]; N],
    number: impl Fn(usize, [&BigUint; N]) -> BigUint,
) -> Vec<BigUint> {
    (0..values[0].len())
        .map(|lane| number(lane, values.map(|value| &value[lane])) % p())
        .collect()
}

impl<F: Field> Machine<'_, F> {
    fn push(&mut self, value: F, numbers: Vec<BigUint>) {
        assert_eq!(out_of_lanes(self.proof, value), numbers);
        let perhaps_zeros = F::vectorize(
            self.proof,
            #[inline(always)]
            || value.perhaps_zeros(),
        );
        for (lane, number) in numbers.iter().enumerate() {
            assert!(*number != BigUint::ZERO || perhaps_zeros >> lane & 1 == 1);
        }
        if self.factors.len() == REGISTERS {
            self.factors.remove(0);
        }
        self.factors.push(Factor { value, numbers });
    }

    fn choose(&mut self) -> Factor<F> {
        let choice = usize::from(self.reader.byte()) % self.factors.len();
        self.factors[choice].clone()
    }

    /// Four numbers, each in several lanes.
    fn load(&mut self) {
        let four: [BigUint; 4] = std::array::from_fn(|_| self.reader.number(&p()));
        let numbers: Vec<_> = (0..F::LANES)
            .map(|lane| four[(lane * 5 + lane / 4) % 4].clone())
            .collect();
        let value = into_lanes(self.proof, &numbers);
        self.push(value, numbers);
    }

    fn make_canonical(&mut self) {
        let Factor { value, numbers, .. } = self.choose();
        let value = F::vectorize(
            self.proof,
            #[inline(always)]
            || value.canonical(),
        );
        let (zeros, odd) = F::vectorize(
            self.proof,
            #[inline(always)]
            || (value.zeros(), value.odd()),
        );
        for (lane, number) in numbers.iter().enumerate() {
            assert_eq!(zeros >> lane & 1 == 1, *number == BigUint::ZERO);
            assert_eq!(odd >> lane & 1 == 1, number.bit(0));
        }
        self.push(value, numbers);
    }

    fn select(&mut self) {
        let (on, off) = (self.choose(), self.choose());
        let mask = self.reader.mask();
        let value = F::vectorize(
            self.proof,
            #[inline(always)]
            || F::select(mask, on.value, off.value),
        );
        let numbers = lanes([&on.numbers, &off.numbers], |lane, [on, off]| {
            if mask >> lane & 1 == 1 { on } else { off }.clone()
        });
        self.push(value, numbers);
    }

    /// The product or the square as a factor, which a level may compute in a way of its own.
    fn multiply(&mut self) {
        let (a, b) = (self.choose(), self.choose());
        if self.reader.byte() & 1 == 0 {
            let square = F::vectorize(
                self.proof,
                #[inline(always)]
                || a.value.squared(),
            );
            self.push(square, lanes([&a.numbers], |_, [a]| a * a));
        } else {
            let product = F::vectorize(
                self.proof,
                #[inline(always)]
                || a.value.times(b.value),
            );
            let numbers = lanes([&a.numbers, &b.numbers], |_, [a, b]| a * b);
            self.push(product, numbers);
        }
    }

    /// A product, a square or a factor.
    fn term(&mut self) -> Total<F> {
        let (a, b) = (self.choose(), self.choose());
        let (sum, numbers) = match self.reader.byte() % 4 {
            0 => (a.value.sum(), a.numbers),
            1 => {
                let square = F::vectorize(
                    self.proof,
                    #[inline(always)]
                    || a.value.square(),
                );
                (square, lanes([&a.numbers], |_, [a]| a * a))
            }
            _ => {
                let product = F::vectorize(
                    self.proof,
                    #[inline(always)]
                    || a.value.mul(b.value),
                );
                let numbers = lanes([&a.numbers, &b.numbers], |_, [a, b]| a * b);
                (product, numbers)
            }
        };
        Total {
            sum,
            numbers,
            above: 1,
            below: 0,
        }
    }

    /// A term, doubled a few times and negated in some lanes, to or from the sum so far.
    fn add_term(&mut self) {
        let mut term = self.term();
        let shape = self.reader.byte();
        for _ in 0..shape % 5 {
            if term.above * 2 <= SUM {
                term.sum = F::vectorize(
                    self.proof,
                    #[inline(always)]
                    || F::twice(term.sum),
                );
                term.numbers = lanes([&term.numbers], |_, [a]| a * 2u8);
                term.above *= 2;
            }
        }
        if shape & 32 != 0 {
            let mask = self.reader.mask();
            term.sum = F::vectorize(
                self.proof,
                #[inline(always)]
                || F::negate_if(term.sum, mask),
            );
            term.numbers = lanes([&term.numbers], |lane, [a]| {
                if mask >> lane & 1 == 1 {
                    p() - a
                } else {
                    a.clone()
                }
            });
            term.below = term.above;
        }
        let subtract = shape & 64 != 0;
        if subtract && self.total.is_none() {
            self.total = Some(self.term());
        }
        let Some(total) = self.total.take() else {
            self.total = Some(term);
            return;
        };
        let (more, less) = if subtract {
            (term.below, term.above)
        } else {
            (term.above, term.below)
        };
        if total.above + more > SUM || total.below + less > SUM {
            self.total = Some(total);
            self.close();
            self.total = Some(term);
            return;
        }
        let sums = (total.sum, term.sum);
        let sum = F::vectorize(
            self.proof,
            #[inline(always)]
            || {
                if subtract {
                    sums.0 - sums.1
                } else {
                    sums.0 + sums.1
                }
            },
        );
        let numbers = lanes([&total.numbers, &term.numbers], |_, [a, b]| {
            if subtract { a + p() - b } else { a + b }
        });
        self.total = Some(Total {
            sum,
            numbers,
            above: total.above + more,
            below: total.below + less,
        });
    }

    /// The sum to a factor, in one of the ways that its range allows.
    fn close(&mut self) {
        let Some(total) = self.total.take() else {
            return;
        };
        let sum = total.sum;
        let unsigned = total.below == 0 && total.above <= FACTOR;
        let value = if unsigned && self.reader.byte() & 1 == 0 {
            F::vectorize(
                self.proof,
                #[inline(always)]
                || F::factor(sum),
            )
        } else {
            F::vectorize(
                self.proof,
                #[inline(always)]
                || F::factor_signed(sum),
            )
        };
        self.push(value, total.numbers);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::testing::at_every_level;

    at_every_level!(factors_around_p_and_its_half);

    fn factors_around_p_and_its_half(level: Level) {
        for_fields!(level, around_at);
    }

    /// Numbers little below p, or p/2, or above: loaded, and as differences bring them about, whose limbs may stand for
    /// a little more or less than any loaded ones. All products of two, in both forms.
    fn around_at<F: Field>(proof: F::Proof) {
        let p = p();
        let distances = [0, 1, 2, 31, 33, 40, 49, 50, 51, 63].map(|bit| (1u64 << bit) + 235);
        let near: Vec<BigUint> = distances
            .into_iter()
            .flat_map(|distance| {
                let half = &p >> 1;
                [
                    &p - distance,
                    distance.into(),
                    &half - distance,
                    half + distance,
                ]
            })
            .collect();
        let factors: Vec<(F, BigUint)> = near
            .iter()
            .flat_map(|number| {
                let loaded = into_lanes::<F>(proof, &vec![number.clone(); F::LANES]);
                let five = F::splat(proof, &[5, 0, 0, 0]);
                let (tight, below) = F::vectorize(
                    proof,
                    #[inline(always)]
                    || {
                        let sixteen = F::twice(F::twice(F::twice(F::twice(five.sum()))));
                        let loaded = loaded.sum();
                        (F::factor_signed(loaded), F::factor_signed(loaded - sixteen))
                    },
                );
                let less = (number + &p - 80u8) % &p;
                [
                    (loaded, number.clone()),
                    (tight, number.clone()),
                    (below, less),
                ]
            })
            .collect();
        for (a, a_number) in &factors {
            for (b, b_number) in &factors {
                let products = F::vectorize(
                    proof,
                    #[inline(always)]
                    || [a.times(*b), F::factor_signed(a.mul(*b))],
                );
                let expected = a_number * b_number % &p;
                for product in products {
                    let product = out_of_lanes(proof, product);
                    assert_eq!(product[0], expected, "{a_number:x} times {b_number:x}");
                }
            }
        }
    }
}
