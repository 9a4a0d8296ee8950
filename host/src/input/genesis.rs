//! Genesis files as geth takes them.

use super::{
    InputError,
    sniff::{Kind, Sketch},
};
use alloy_genesis::Genesis;

/// Reads a genesis, in JSON.
///
/// # Errors
///
/// If it is no JSON, or another document.
pub fn parse_genesis(document: &[u8]) -> Result<Genesis, InputError> {
    match Sketch::take(document) {
        Ok(mut sketch) => match sketch.kind() {
            Kind::Genesis => read(document),
            _ => Err(InputError::Nothing("not a genesis".into())),
        },
        Err((_, error)) => Err(error.into()),
    }
}

/// Reads a document that is known to be a genesis.
pub(super) fn read(document: &[u8]) -> Result<Genesis, InputError> {
    Ok(serde_json::from_slice(document)?)
}
