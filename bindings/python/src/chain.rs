//! The chain that blocks belong to.

use phalanx::{
    chain::ChainSpec,
    input::{Limits, parse_genesis, read_genesis},
    verify::case::Options,
};
use pyo3::{exceptions::PyValueError, prelude::*, pybacked::PyBackedBytes, types::PyBytes};
use std::{fmt, path::PathBuf, sync::Arc};

/// A chain by name or by id.
#[derive(FromPyObject)]
pub(crate) enum Chain {
    #[pyo3(annotation = "int")]
    Id(u64),
    #[pyo3(annotation = "str")]
    Name(String),
}

/// What is known of the chain: `chain` if it is named, else what `genesis` (a file, or its bytes) describes.
pub(crate) fn options(
    chain: Option<Chain>,
    genesis: Option<&Bound<'_, PyAny>>,
) -> PyResult<Options> {
    let genesis = match genesis {
        None => None,
        Some(given) => Some(if given.is_instance_of::<PyBytes>() {
            let json: PyBackedBytes = given.extract()?;
            Arc::new(parse_genesis(&json).map_err(|error| refused("genesis", error))?)
        } else {
            let path: PathBuf = given.extract()?;
            read_genesis(&path, &Limits::default()).map_err(|error| refused("genesis", error))?
        }),
    };
    let chain = match (chain, &genesis) {
        (Some(chain), _) => Some(known(&chain)?),
        (None, Some(genesis)) => {
            Some(ChainSpec::from_genesis(genesis).map_err(|error| refused("genesis", error))?)
        }
        (None, None) => None,
    };
    Ok(Options {
        chain,
        genesis,
        ..Options::default()
    })
}

fn known(chain: &Chain) -> PyResult<ChainSpec> {
    let (spec, what) = match chain {
        Chain::Id(id) => (ChainSpec::from_chain_id(*id), format!("with id {id}")),
        Chain::Name(name) => (ChainSpec::from_name(name), format!("called {name:?}")),
    };
    spec.ok_or_else(|| {
        refused(
            "chain",
            format_args!("no chain {what} is known; give its genesis"),
        )
    })
}

fn refused(argument: &str, reason: impl fmt::Display) -> PyErr {
    PyValueError::new_err(format!("{argument}: {reason}"))
}
