//! Columns of lists of byte strings.

use super::{Chunk, chunks, wrong_type};
use arrow_array::{Array, cast::AsArray};
use arrow_buffer::{ArrowNativeType, NullBuffer, OffsetBuffer};
use arrow_schema::DataType;
use pyo3::prelude::*;
use pyo3_arrow::input::AnyArray;
use std::ops::Range;

/// A column of lists of byte strings: list or large list of what [`BytesColumn`](super::BytesColumn) takes.
pub(crate) struct ListColumn {
    chunks: Vec<Lists>,
    /// The first row of each chunk.
    starts: Vec<usize>,
    rows: usize,
}

struct Lists {
    values: Chunk,
    /// Where each list lies among the values.
    places: Vec<Range<usize>>,
    nulls: Option<NullBuffer>,
}

impl ListColumn {
    /// Takes a column; `name` is what the caller knows it by.
    pub(crate) fn new(name: &str, column: AnyArray) -> PyResult<Self> {
        let mut column = Self {
            chunks: Vec::new(),
            starts: Vec::new(),
            rows: 0,
        }
        .with(name, chunks(name, column)?)?;
        column.chunks.shrink_to_fit();
        Ok(column)
    }

    fn with(mut self, name: &str, arrays: Vec<arrow_array::ArrayRef>) -> PyResult<Self> {
        for array in arrays {
            let (values, places) = match array.data_type() {
                DataType::List(_) => {
                    let lists = array.as_list::<i32>();
                    (lists.values().clone(), places(lists.offsets()))
                }
                DataType::LargeList(_) => {
                    let lists = array.as_list::<i64>();
                    (lists.values().clone(), places(lists.offsets()))
                }
                other => return Err(wrong_type(name, "list of binary", other)),
            };
            self.starts.push(self.rows);
            self.rows += array.len();
            self.chunks.push(Lists {
                values: Chunk::new(name, &values)?,
                places,
                nulls: array.nulls().cloned(),
            });
        }
        Ok(self)
    }

    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    /// The list of a row, `None` where it is null; a null in it is `None`.
    pub(crate) fn get(&self, row: usize) -> Option<impl Iterator<Item = Option<&[u8]>>> {
        let at = self
            .starts
            .partition_point(|start| *start <= row)
            .checked_sub(1)?;
        let (chunk, row) = (&self.chunks[at], row - self.starts[at]);
        if chunk.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            return None;
        }
        let place = chunk.places.get(row)?.clone();
        Some(place.map(|at| chunk.values.get(at)))
    }
}

/// Offsets were checked to ascend and to lie within the values.
fn places<O: ArrowNativeType>(offsets: &OffsetBuffer<O>) -> Vec<Range<usize>> {
    let pairs = offsets.windows(2);
    pairs
        .map(|pair| pair[0].as_usize()..pair[1].as_usize())
        .collect()
}
