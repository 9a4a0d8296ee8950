//! Rows in slabs: what is kept for each row beside its input and its output is kept for one slab alone.

use pyo3::prelude::*;
use std::ops::Range;

/// Rows of a slab: enough to give many threads, or a GPU, full batches; some 15 MB of signatures on their way.
pub(crate) const SLAB: usize = 1 << 16;

/// Rows of one chunk of results at most: texts of that many rows stay far from the 2 GiB at which their offsets end.
const CHUNK: usize = 1 << 20;

/// Runs through all rows in chunks of results, and through each chunk in slabs, with the interpreter's lock released
/// within a slab; signals are looked at between them, so that a long call can be broken off.
pub(crate) fn run<B: Send>(
    py: Python<'_>,
    rows: usize,
    mut begin: impl FnMut(usize) -> B,
    mut slab: impl FnMut(Range<usize>, &mut B) + Send,
    mut finish: impl FnMut(B) -> PyResult<()>,
) -> PyResult<()> {
    let mut start = 0_usize;
    // Once for no rows too: what they are columns of is told all the same.
    loop {
        let end = rows.min(start.saturating_add(CHUNK));
        let mut builder = begin(end - start);
        while start < end {
            let own = start..end.min(start.saturating_add(SLAB));
            start = own.end;
            py.detach(|| slab(own, &mut builder));
            py.check_signals()?;
        }
        finish(builder)?;
        if start == rows {
            return Ok(());
        }
    }
}
