//! Points in lanes, each with what the oracle says that it must be.

use super::{
    into_lanes,
    oracle::{Point, p},
    out_of_lanes, words,
};
use crate::secp256k1::{
    field::{Field, Packed},
    ladder::{Lines, Multipliers, ladder},
    point::Jacobian,
    table,
};
use num_bigint::BigUint;
use std::{cell::RefCell, collections::HashMap};

/// Sums of the oracle that were asked for before, by this field or another: it takes far longer than what it checks.
fn sum_of(a: &Point, b: &Point) -> Point {
    thread_local! {
        static KNOWN: RefCell<HashMap<[Point; 2], Point>> = RefCell::default();
    }
    KNOWN.with_borrow_mut(|known| {
        if known.len() > 10_000 {
            known.clear();
        }
        let sum = known.entry([a.clone(), b.clone()]);
        sum.or_insert_with(|| a.add(b)).clone()
    })
}

/// What a lane of a sum holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::secp256k1) enum Lane {
    Infinity,
    /// A point, not infinity.
    Sum(Point),
}

/// A sum in lanes, and what must be in each lane.
pub(in crate::secp256k1) struct Sums<F: Field> {
    proof: F::Proof,
    sum: Jacobian<F>,
    pub(in crate::secp256k1) lanes: Vec<Lane>,
}

impl<F: Field> Sums<F> {
    pub(in crate::secp256k1) fn infinity(proof: F::Proof) -> Self {
        let Packed { x, y } = Point::generator().packed();
        let sum = Jacobian::infinity((F::splat(proof, &x), F::splat(proof, &y)));
        let sums = Self {
            proof,
            sum,
            lanes: vec![Lane::Infinity; F::LANES],
        };
        sums.check();
        sums
    }

    /// Points with these Z. By the low bits of `shape`, limbs are not the canonical ones: X and Y tight, Z twice a half.
    pub(in crate::secp256k1) fn given(
        proof: F::Proof,
        points: Vec<Point>,
        z: &[BigUint],
        shape: u8,
    ) -> Self {
        let p = p();
        let coordinates = points.iter().map(Point::coordinates);
        let (x, y): (Vec<_>, Vec<_>) = coordinates
            .zip(z)
            .map(|((x, y), z)| (x * z * z % &p, y * z * z * z % &p))
            .unzip();
        let half = (&p + 1u8) >> 1;
        let halves: Vec<_> = z.iter().map(|z| z * &half % &p).collect();
        let mut sum = Jacobian::<F> {
            x: into_lanes(proof, &x),
            y: into_lanes(proof, &y),
            z: into_lanes(proof, z),
            infinite: 0,
        };
        let halves = into_lanes::<F>(proof, &halves);
        F::vectorize(
            proof,
            #[inline(always)]
            || {
                if shape & 1 == 1 {
                    sum.x = F::factor_signed(sum.x.sum());
                }
                if shape & 2 == 2 {
                    sum.y = F::factor_signed(F::negate_if(F::negate_if(sum.y.sum(), !0), !0));
                }
                if shape & 4 == 4 {
                    sum.z = F::factor(F::twice(halves.sum()));
                }
            },
        );
        let sums = Self {
            proof,
            sum,
            lanes: points.into_iter().map(Lane::Sum).collect(),
        };
        sums.check();
        sums
    }

    pub(in crate::secp256k1) fn double(&mut self) {
        F::vectorize(
            self.proof,
            #[inline(always)]
            || self.sum.double(),
        );
        for lane in &mut self.lanes {
            if let Lane::Sum(point) = lane {
                *point = sum_of(point, point);
            }
        }
        self.check();
    }

    /// Adds a point to each lane, its opposite in the lanes of `negate`, nothing in those of `skip`.
    pub(in crate::secp256k1) fn add(&mut self, points: &[Point], negate: u32, skip: u32) {
        let lines: Vec<Packed> = points.iter().map(Point::packed).collect();
        let skip = skip & (u32::MAX >> (32 - F::LANES));
        let mut sum = self.sum;
        F::vectorize(
            self.proof,
            #[inline(always)]
            || {
                let point = F::load(self.proof, |lane| &lines[lane]);
                sum.add(self.proof, point, negate, skip);
            },
        );
        self.sum = sum;
        for (i, (lane, point)) in self.lanes.iter_mut().zip(points).enumerate() {
            if skip >> i & 1 == 1 {
                continue;
            }
            let point = match negate >> i & 1 {
                1 => point.negate(),
                _ => point.clone(),
            };
            let sum = match lane {
                Lane::Infinity => point,
                Lane::Sum(sum) => sum_of(sum, &point),
            };
            *lane = match sum {
                Point::Infinity => Lane::Infinity,
                Point::Affine { .. } => Lane::Sum(sum),
            };
        }
        self.check();
    }

    fn check(&self) {
        let p = p();
        let [x, y, z] =
            [self.sum.x, self.sum.y, self.sum.z].map(|value| out_of_lanes(self.proof, value));
        for (i, lane) in self.lanes.iter().enumerate() {
            assert_eq!(self.sum.infinite >> i & 1 == 1, *lane == Lane::Infinity);
            match lane {
                Lane::Infinity => {}
                Lane::Sum(point) => {
                    assert_ne!(z[i], BigUint::ZERO, "{point:x?}");
                    let (own_x, own_y) = point.coordinates();
                    let zz = &z[i] * &z[i] % &p;
                    assert_eq!(own_x * &zz % &p, x[i], "{point:x?}");
                    assert_eq!(own_y * &zz * &z[i] % &p, y[i], "{point:x?}");
                }
            }
        }
        assert_eq!(self.sum.infinite & !(u32::MAX >> (32 - F::LANES)), 0);
    }
}

/// 1 to 16 times each point, the lanes of a group side by side.
pub(in crate::secp256k1) fn check_tables<F: Field>(proof: F::Proof, groups: &[Vec<Point>]) {
    let mut filled: Vec<table::Table<F>> = groups
        .iter()
        .map(|points| {
            let lines: Vec<Packed> = points.iter().map(Point::packed).collect();
            [F::vectorize(
                proof,
                #[inline(always)]
                || F::load(proof, |lane| &lines[lane]),
            ); table::MULTIPLES]
        })
        .collect();
    table::fill(proof, &mut filled, &mut Vec::new());
    for (table, points) in filled.iter().zip(groups) {
        let mut multiples = points.clone();
        for (i, &(x, y)) in table.iter().enumerate() {
            let (x, y) = (out_of_lanes(proof, x), out_of_lanes(proof, y));
            let own = x.into_iter().zip(y).map(|(x, y)| Point::affine(x, y));
            assert_eq!(own.collect::<Vec<_>>(), multiples, "{}", i + 1);
            for (multiple, point) in multiples.iter_mut().zip(points) {
                *multiple = sum_of(multiple, point);
            }
        }
    }
}

/// u1·G + u2·R for R, u1 and u2 of each lane.
pub(in crate::secp256k1) fn check_ladder<F: Field>(
    proof: F::Proof,
    lanes: &[(Point, BigUint, BigUint)],
) {
    let lines: Vec<Packed> = lanes.iter().map(|(point, ..)| point.packed()).collect();
    let first = F::vectorize(
        proof,
        #[inline(always)]
        || F::load(proof, |lane| &lines[lane]),
    );
    let mut table = [[first; table::MULTIPLES]];
    table::fill(proof, &mut table, &mut Vec::new());
    let multipliers: Vec<Multipliers> = lanes
        .iter()
        .map(|(_, u1, u2)| Multipliers::new(&words(u1), &words(u2)))
        .collect();
    let sum = ladder(proof, &table[0], &mut Lines::new::<F>(), &multipliers);
    let [x, y, z] = [sum.x, sum.y, sum.z].map(|value| out_of_lanes(proof, value));
    let (g, p) = (Point::generator(), p());
    for (i, lane) in lanes.iter().enumerate() {
        let (point, u1, u2) = lane;
        let expected = g.combine(u1, point, u2, sum_of);
        let infinite = sum.infinite >> i & 1 == 1;
        assert_eq!(infinite, expected == Point::Infinity, "{lane:x?}");
        match &expected {
            Point::Infinity => {}
            Point::Affine { x: own_x, y: own_y } => {
                let zz = &z[i] * &z[i] % &p;
                assert_eq!(own_x * &zz % &p, x[i], "{lane:x?}");
                assert_eq!(own_y * &zz * &z[i] % &p, y[i], "{lane:x?}");
            }
        }
    }
}
