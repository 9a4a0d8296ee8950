//! Twin of `multiply.wgsl`.

use super::numbers::{Layout, p};
use crate::layout::MultiplyParams;

/// Runs the stage on the buffers of its bindings.
///
/// # Panics
///
/// If a buffer is shorter than `params` says.
pub fn run(params: &MultiplyParams, factors: &[u32], products: &mut [u32]) {
    let layout = Layout::of_256_bits(params.count);
    for row in 0..params.count {
        let (mut x, y) = (layout.load(factors, 0, row), layout.load(factors, 1, row));
        for _ in 0..params.rounds {
            x = x * &y % p();
        }
        for _ in 0..params.rounds {
            x = &x * &x % p();
        }
        layout.store(products, 0, row, &(x % p()));
    }
}
