//! Twin of `integer.wgsl`.

use crate::{Arithmetic, layout::MultiplyParams};

/// Runs the stage, whose variants compute different things, on the buffers of its bindings.
///
/// # Panics
///
/// If a buffer is shorter than `params` says.
pub fn run(arithmetic: Arithmetic, params: &MultiplyParams, factors: &[u32], products: &mut [u32]) {
    let count = params.count as usize;
    for row in 0..count {
        let (x, y) = (factors[row], factors[count + row]);
        let chain = |i| match arithmetic {
            Arithmetic::U64 => wide(x.wrapping_add(i), y, params.rounds),
            Arithmetic::U32 | Arithmetic::Any => narrow(x.wrapping_add(i), y, params.rounds),
        };
        products[row] = (0..8).map(chain).fold(0, |all, word| all ^ word);
    }
}

fn wide(x: u32, y: u32, rounds: u32) -> u32 {
    let chain = (0..rounds).fold(u64::from(x), |x, _| {
        (u64::from(x as u32) * u64::from(y)).wrapping_add(x)
    });
    chain as u32 ^ (chain >> 32) as u32
}

fn narrow(x: u32, y: u32, rounds: u32) -> u32 {
    (0..rounds).fold(x, |x, _| x.wrapping_mul(y).wrapping_add(y))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_round_by_hand() {
        assert_eq!(wide(u32::MAX, u32::MAX, 1), u32::MAX);
        assert_eq!(narrow(7, 3, 1), 24);
    }
}
