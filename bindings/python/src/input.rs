//! Columns as they come over the Arrow C data interface: looked at where they lie, never copied.

mod integers;
mod lists;

pub(crate) use integers::ParityColumn;
pub(crate) use lists::ListColumn;

use arrow_array::{
    Array, ArrayRef, BinaryArray, BinaryViewArray, FixedSizeBinaryArray, LargeBinaryArray,
    cast::AsArray,
};
use arrow_schema::{ArrowError, DataType};
use pyo3::{
    exceptions::{PyTypeError, PyValueError},
    prelude::*,
};
use pyo3_arrow::input::AnyArray;
use std::ops::Range;

/// A column of byte strings in chunks: binary, large binary, binary view, fixed-size binary, or nulls alone.
pub(crate) struct BytesColumn {
    chunks: Vec<Chunk>,
    rows: usize,
}

pub(crate) enum Chunk {
    Binary(BinaryArray),
    Large(LargeBinaryArray),
    View(BinaryViewArray),
    Fixed(FixedSizeBinaryArray),
    Null(usize),
}

impl BytesColumn {
    /// Takes a column; `name` is what the caller knows it by.
    pub(crate) fn new(name: &str, column: AnyArray) -> PyResult<Self> {
        let chunks = chunks(name, column)?;
        let chunks = chunks.iter().map(|array| Chunk::new(name, array));
        let chunks: Vec<Chunk> = chunks.collect::<PyResult<_>>()?;
        Ok(Self {
            rows: chunks.iter().map(Chunk::len).sum(),
            chunks,
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    /// Replaces what `out` holds with these rows; `None` where one is null.
    pub(crate) fn fill<'a>(&'a self, rows: Range<usize>, out: &mut Vec<Option<&'a [u8]>>) {
        out.clear();
        for (chunk, rows) in overlaps(&self.chunks, Chunk::len, rows) {
            match chunk {
                Chunk::Null(_) => out.extend(rows.map(|_| None)),
                Chunk::Binary(array) => {
                    out.extend(rows.map(|row| value(array, row, BinaryArray::value)))
                }
                Chunk::Large(array) => {
                    out.extend(rows.map(|row| value(array, row, LargeBinaryArray::value)))
                }
                Chunk::View(array) => {
                    out.extend(rows.map(|row| value(array, row, BinaryViewArray::value)))
                }
                Chunk::Fixed(array) => {
                    out.extend(rows.map(|row| value(array, row, FixedSizeBinaryArray::value)))
                }
            }
        }
    }
}

fn value<'a, A: Array>(
    array: &'a A,
    row: usize,
    get: impl Fn(&'a A, usize) -> &'a [u8],
) -> Option<&'a [u8]> {
    array.is_valid(row).then(|| get(array, row))
}

impl Chunk {
    pub(crate) fn new(name: &str, array: &ArrayRef) -> PyResult<Self> {
        Ok(match array.data_type() {
            DataType::Binary => Self::Binary(array.as_binary().clone()),
            DataType::LargeBinary => Self::Large(array.as_binary().clone()),
            DataType::BinaryView => Self::View(array.as_binary_view().clone()),
            DataType::FixedSizeBinary(_) => Self::Fixed(array.as_fixed_size_binary().clone()),
            DataType::Null => Self::Null(array.len()),
            other => return Err(wrong_type(name, "binary", other)),
        })
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Binary(array) => array.len(),
            Self::Large(array) => array.len(),
            Self::View(array) => array.len(),
            Self::Fixed(array) => array.len(),
            Self::Null(rows) => *rows,
        }
    }

    /// One value; `None` where it is null.
    pub(crate) fn get(&self, row: usize) -> Option<&[u8]> {
        match self {
            Self::Binary(array) => value(array, row, BinaryArray::value),
            Self::Large(array) => value(array, row, LargeBinaryArray::value),
            Self::View(array) => value(array, row, BinaryViewArray::value),
            Self::Fixed(array) => value(array, row, FixedSizeBinaryArray::value),
            Self::Null(_) => None,
        }
    }
}

/// The chunks of a column, each checked: what lies in memory of others is not taken to be as its type wants it.
fn chunks(name: &str, column: AnyArray) -> PyResult<Vec<ArrayRef>> {
    let refused = |error: ArrowError| PyValueError::new_err(format!("{name}: {error}"));
    let reader = column.into_reader()?;
    reader
        .map(|chunk| {
            let chunk = chunk.map_err(refused)?;
            chunk.to_data().validate_full().map_err(refused)?;
            Ok(chunk)
        })
        .collect()
}

fn wrong_type(name: &str, wanted: &str, got: &DataType) -> PyErr {
    PyTypeError::new_err(format!("{name}: a {wanted} column is wanted, not {got}"))
}

/// The chunks that rows of a column lie in, each with those rows as it counts them.
fn overlaps<C>(
    chunks: &[C],
    len: impl Fn(&C) -> usize,
    rows: Range<usize>,
) -> impl Iterator<Item = (&C, Range<usize>)> {
    let mut start = 0;
    chunks.iter().filter_map(move |chunk| {
        let own = start..start + len(chunk);
        start = own.end;
        let common = rows.start.max(own.start)..rows.end.min(own.end);
        (!common.is_empty()).then(|| (chunk, common.start - own.start..common.end - own.start))
    })
}

/// The rows that columns have in common.
pub(crate) fn common_length(columns: &[(&str, usize)]) -> PyResult<usize> {
    let rows = columns.first().map_or(0, |(_, rows)| *rows);
    if columns.iter().all(|(_, own)| *own == rows) {
        return Ok(rows);
    }
    let lengths: Vec<String> = columns
        .iter()
        .map(|(name, rows)| format!("{name} has {rows}"))
        .collect();
    Err(PyValueError::new_err(format!(
        "columns differ in length: {} rows",
        lengths.join(", ")
    )))
}
