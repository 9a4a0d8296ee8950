//! Genesis files as geth takes them.

use super::InputError;
use alloy_genesis::Genesis;

/// Reads a genesis file.
pub(super) fn read(document: &[u8]) -> Result<Genesis, InputError> {
    Ok(serde_json::from_slice(document)?)
}
