//! The multiples of a point of the twist that a Miller loop runs through, and the lines it meets.
//!
//! Coordinates are homogeneous, (x/z, y/z), after Costello, Lange and Naehrig ("Faster pairing computations on curves with
//! high-degree twists", 2010). The twist's point (x, y) is the point (x·w², y·w³) of the curve over Fp12.

use super::{
    digits::non_adjacent,
    field::Fp,
    fp2::Fp2,
    frobenius::{TWIST_B, U},
    g2::psi,
    jacobian::Affine,
};

/// 6u + 2 in non-adjacent form, lowest digit first.
const LOOP: [i8; 66] = non_adjacent(6 * U as u128 + 2, 2);

/// A line through points of the twist: its value at a point P of G1 is a·yP + b·xP·w + c·w³, up to a factor in Fp2, which
/// the final exponentiation removes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) a: Fp2,
    pub(super) b: Fp2,
    pub(super) c: Fp2,
}

impl Line {
    #[inline]
    pub(super) fn at(&self, p: &Affine<Fp>) -> Self {
        Self {
            a: self.a.scale(p.y),
            b: self.b.scale(p.x),
            c: self.c,
        }
    }
}

/// What the walks do next, all of them together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// T becomes 2T.
    Double,
    /// T becomes T + Q.
    Add,
    /// T becomes T - Q.
    Subtract,
    /// T becomes T + ψ(Q).
    AddImage,
    /// T becomes T - ψ²(Q).
    SubtractSecondImage,
}

/// The steps from Q to [6u+2]Q + ψ(Q) - ψ²(Q).
pub(super) fn steps() -> impl Iterator<Item = Step> {
    let digits = LOOP.iter().rev().skip(1).flat_map(|&digit| {
        let add = match digit {
            0 => None,
            1.. => Some(Step::Add),
            _ => Some(Step::Subtract),
        };
        std::iter::once(Step::Double).chain(add)
    });
    digits.chain([Step::AddImage, Step::SubtractSecondImage])
}

/// A walk: where it began, and where it is.
#[derive(Debug, Clone)]
pub(super) struct Walk {
    q: Affine<Fp2>,
    x: Fp2,
    y: Fp2,
    z: Fp2,
}

impl Walk {
    /// Begins at a point of the twist, in the subgroup or not.
    pub(super) fn new(q: Affine<Fp2>) -> Self {
        Self {
            q,
            x: q.x,
            y: q.y,
            z: Fp2::ONE,
        }
    }

    pub(super) fn step(&mut self, step: Step) -> Line {
        match step {
            Step::Double => self.double(),
            Step::Add => self.add(self.q),
            Step::Subtract => self.add(-self.q),
            Step::AddImage => self.add(psi(&self.q)),
            Step::SubtractSecondImage => self.add(-psi(&psi(&self.q))),
        }
    }

    /// After the last step: whether Q is in the subgroup of order r, which is whether T = -ψ³(Q).
    ///
    /// A sum of equal or opposite points, or with infinity, makes z zero, and it remains zero. In the subgroup there is
    /// none: all multiples met are of small factors, and r is large.
    pub(super) fn began_in_subgroup(&self) -> bool {
        let end = -psi(&psi(&psi(&self.q)));
        !self.z.is_zero() && self.x == end.x * self.z && self.y == end.y * self.z
    }

    /// Four products and six squares, one of them by a constant.
    fn double(&mut self) -> Line {
        let (x, y, z) = (self.x, self.y, self.z);
        let xy2 = (x * y).double();
        let b = y.square();
        let c = z.square();
        let h = (y + z).square() - b - c;
        let e = (c.double() + c) * TWIST_B;
        let e2 = e.double();
        let f = e2 + e;
        let j = x.square();
        self.x = xy2 * (b - f);
        let ee4 = e2.square();
        self.y = (b + f).square() - (ee4.double() + ee4);
        self.z = (b * h).double().double();
        Line {
            a: -h,
            b: j.double() + j,
            c: e - b,
        }
    }

    /// Eleven products and two squares.
    fn add(&mut self, q: Affine<Fp2>) -> Line {
        let rise = self.y - q.y * self.z;
        let run = self.x - q.x * self.z;
        let run2 = run.square();
        let run3 = run2 * run;
        let f = self.z * rise.square();
        let g = self.x * run2;
        let h = run3 + f - g.double();
        self.x = run * h;
        self.y = rise * (g - h) - run3 * self.y;
        self.z = self.z * run3;
        Line {
            a: run,
            b: -rise,
            c: rise * q.x - run * q.y,
        }
    }
}

/// Whether a point of the twist is in the subgroup of order r.
pub(super) fn is_in_subgroup(q: Affine<Fp2>) -> bool {
    let mut walk = Walk::new(q);
    for step in steps() {
        walk.step(step);
    }
    walk.began_in_subgroup()
}
