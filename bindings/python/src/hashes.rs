//! Keccak-256 of byte strings.

use crate::{
    config::{Config, engine},
    input::{BytesColumn, Column},
    output::{AnswersBuilder, Columns, bytes_field, text_field},
    slabs,
};
use pyo3::prelude::*;

/// Keccak-256 of each row, with the padding of Ethereum (not SHA3-256).
///
/// Args:
///     data: binary column.
///     config: how to compute; by default as the environment says.
///
/// Returns:
///     Columns `hash` (fixed-size binary of 32 bytes) and `reason` (string): one of them is null in each row; a null has
///     no hash.
///
/// Raises:
///     TypeError: the column is of another type.
///     EngineError: the engine that the configuration asks for can't be had.
#[pyfunction]
#[pyo3(signature = (data, *, config=None))]
pub(crate) fn keccak256(
    py: Python<'_>,
    data: Column,
    config: Option<&Bound<'_, Config>>,
) -> PyResult<Columns> {
    let data = BytesColumn::new("data", data)?;
    let engine = engine(config.map(Bound::get))?;
    let mut rows = Vec::new();
    let mut columns = Columns::new(vec![bytes_field::<32>("hash"), text_field("reason")]);
    slabs::run(
        py,
        data.len(),
        AnswersBuilder::<32>::with_capacity,
        |slab, answers| {
            data.fill(slab, &mut rows);
            let messages: Vec<&[u8]> = rows.iter().flatten().copied().collect();
            let mut hashes = engine.keccak256(&messages).into_iter();
            for row in &rows {
                let hash = row.and_then(|_| hashes.next());
                answers.push(hash.as_ref().map(|hash| &hash.0).ok_or("data is null"));
            }
        },
        |answers| columns.push(answers.finish()?),
    )?;
    Ok(columns)
}
