//! Genesis files as geth takes them.

use super::InputError;
use alloy_genesis::Genesis;

/// Reads a genesis file, in JSON.
pub fn parse_genesis(document: &[u8]) -> Result<Genesis, InputError> {
    Ok(serde_json::from_slice(document)?)
}
