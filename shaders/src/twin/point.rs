//! Twin of the part `point`: sums of points in Jacobian coordinates, x = X/Z² and y = Y/Z³, with their exceptions.

use super::numbers::{difference, p};
use num_bigint::BigUint;

/// X, Y and Z, reduced.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Jacobian {
    pub(super) x: BigUint,
    pub(super) y: BigUint,
    pub(super) z: BigUint,
}

impl Jacobian {
    pub(super) fn affine(x: BigUint, y: BigUint) -> Self {
        let z = BigUint::from(1u8);
        Self { x, y, z }
    }

    /// 2P.
    pub(super) fn double(&self) -> Self {
        let p = &p();
        let s = &self.y * &self.y % p;
        let half = (p + 1u8) / 2u8;
        let l = &self.x * &self.x * 3u8 * half % p;
        let t = &self.x * &s % p;
        let x = difference(&(&l * &l % p), &(&t * 2u8 % p));
        let y = difference(&(l * difference(&t, &x) % p), &(&s * &s % p));
        let z = &self.y * &self.z % p;
        Self { x, y, z }
    }

    /// P + (x, y), and what Z was multiplied with: Z = 0 where the points are equal or opposite, or Z was zero before.
    pub(super) fn add(&self, x: &BigUint, y: &BigUint) -> (Self, BigUint) {
        let p = &p();
        let zz = &self.z * &self.z % p;
        let h = difference(&(x * &zz % p), &self.x);
        let r = difference(&(y * zz * &self.z % p), &self.y);
        let hh = &h * &h % p;
        let hhh = &h * &hh % p;
        let v = &self.x * hh % p;
        let new_x = difference(&(&r * &r % p), &((&hhh + &v * 2u8) % p));
        let new_y = difference(&(r * difference(&v, &new_x) % p), &(&self.y * hhh % p));
        let z = &self.z * &h % p;
        let sum = Self {
            x: new_x,
            y: new_y,
            z,
        };
        (sum, h)
    }
}
