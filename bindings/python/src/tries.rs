//! Roots of Merkle-Patricia tries.

use crate::{
    config::{Config, engine},
    input::{BytesColumn, Column, common_length},
    output::{AnswersBuilder, Columns, bytes_field, text_field},
    slabs::SLAB,
};
use arrow_array::Int64Array;
use arrow_schema::{DataType, Field};
use phalanx::trie::MAX_KEY_BYTES;
use pyo3::prelude::*;
use std::sync::Arc;

/// The root of the Merkle-Patricia trie of all rows (Yellow Paper, appendix D).
///
/// Of rows with the same key the last one counts; a value that is empty or null means that its key is absent.
///
/// Args:
///     key: binary column of keys as they are in the trie, of up to 1024 bytes, or with `secure` as they are before hashing.
///     value: binary column of values (RLP, in Ethereum's tries).
///     secure: hash the keys, as the state and storage tries do.
///     config: how to compute; by default as the environment says.
///
/// Returns:
///     One row of columns `root` (fixed-size binary of 32 bytes), `reason` (string) and `row` (int64): the root, or null
///     with what is wrong and in which row first. One row, so that Spark's `applyInArrow` takes it for each group.
///
/// Raises:
///     TypeError: a column is of another type.
///     ValueError: the columns differ in length.
///     EngineError: the engine that the configuration asks for can't be had.
#[pyfunction]
#[pyo3(signature = (key, value, *, secure=false, config=None))]
pub(crate) fn trie_root(
    py: Python<'_>,
    key: Column,
    value: Column,
    secure: bool,
    config: Option<&Bound<'_, Config>>,
) -> PyResult<Columns> {
    let key = BytesColumn::new("key", key)?;
    let value = BytesColumn::new("value", value)?;
    let rows = common_length(&[("key", key.len()), ("value", value.len())])?;
    let engine = engine(config.map(Bound::get))?;
    let root = py.detach(|| {
        let mut pairs = Vec::new();
        let (mut keys, mut values) = (Vec::new(), Vec::new());
        for start in (0..rows).step_by(SLAB) {
            let slab = start..rows.min(start.saturating_add(SLAB));
            key.fill(slab.clone(), &mut keys);
            value.fill(slab.clone(), &mut values);
            for ((row, key), value) in slab.zip(&keys).zip(&values) {
                let Some(key) = key else {
                    return Err((row, "key is null".to_owned()));
                };
                if !secure && key.len() > MAX_KEY_BYTES {
                    let reason = format!("key has {} bytes, more than {MAX_KEY_BYTES}", key.len());
                    return Err((row, reason));
                }
                pairs.push((*key, value.unwrap_or_default()));
            }
        }
        Ok(if secure {
            engine.secure_root(&pairs)
        } else {
            engine.trie_root(&pairs)
        })
    });
    let mut columns = Columns::new(vec![
        bytes_field::<32>("root"),
        text_field("reason"),
        Field::new("row", DataType::Int64, true),
    ]);
    let bad_row = root.as_ref().err().map(|(row, _)| *row as i64);
    let mut answer = AnswersBuilder::with_capacity(1);
    answer.push(
        root.as_ref()
            .map(|root| &root.0)
            .map_err(|(_, reason)| reason),
    );
    let mut arrays = answer.finish()?;
    arrays.push(Arc::new(Int64Array::from(vec![bad_row])));
    columns.push(arrays)?;
    Ok(columns)
}
