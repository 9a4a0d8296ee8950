//! Phalanx for Python: columns of Arrow data in, columns with a result or a reason for each row out.
//!
//! Data goes one way: [`input`] takes columns over the Arrow C data interface as they lie in memory, each function sends
//! slabs of rows through an engine ([`config`]) with the interpreter's lock released, and [`output`] builds what goes back.
//! No row makes a call fail: rows that can't be answered are null, and say why.

mod archives;
mod blocks;
mod chain;
mod config;
mod hashes;
mod input;
mod output;
mod recovery;
mod slabs;
mod source;
mod tries;
mod verdicts;

use pyo3::prelude::*;

#[pymodule]
mod _native {
    use super::*;

    #[pymodule_export]
    use super::archives::{
        Era1Index, era1_accumulator, era1_index, generate_archives, verify_era1,
    };
    #[pymodule_export]
    use super::blocks::verify_blocks;
    #[pymodule_export]
    use super::config::{Config, EngineError};
    #[pymodule_export]
    use super::hashes::keccak256;
    #[pymodule_export]
    use super::output::Columns;
    #[pymodule_export]
    use super::recovery::{recover_senders, recover_transactions};
    #[pymodule_export]
    use super::tries::trie_root;

    #[pymodule_init]
    fn version(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
