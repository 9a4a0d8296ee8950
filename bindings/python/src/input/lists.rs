//! Columns of lists of byte strings.

use super::{Chunk, Column, chunks, is_bytes, wrong_type};
use arrow_array::{Array, cast::AsArray};
use arrow_buffer::{ArrowNativeType, NullBuffer, OffsetBuffer};
use arrow_schema::DataType;
use pyo3::prelude::*;
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
    pub(crate) fn new(name: &str, column: Column) -> PyResult<Self> {
        let fits = |ty: &DataType| match ty {
            DataType::List(item) | DataType::LargeList(item) => is_bytes(item.data_type()),
            _ => false,
        };
        let (chunks, rows) = chunks(name, "list of binary", fits, column)?;
        let column = Self {
            chunks: Vec::with_capacity(chunks.len()),
            starts: Vec::with_capacity(chunks.len()),
            rows,
        };
        column.with(name, chunks)
    }

    fn with(mut self, name: &str, arrays: Vec<arrow_array::ArrayRef>) -> PyResult<Self> {
        let mut start = 0;
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
            self.starts.push(start);
            start += array.len();
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
