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
use std::{
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
};

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
    pub(crate) fn new(name: &str, column: Column) -> PyResult<Self> {
        let (chunks, rows) = chunks(name, "binary", is_bytes, column)?;
        let chunks = chunks.iter().map(|array| Chunk::new(name, array));
        Ok(Self {
            chunks: chunks.collect::<PyResult<_>>()?,
            rows,
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

fn is_bytes(ty: &DataType) -> bool {
    use DataType::{Binary, BinaryView, FixedSizeBinary, LargeBinary, Null};
    matches!(
        ty,
        Binary | LargeBinary | BinaryView | FixedSizeBinary(_) | Null
    )
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

/// A column as it is handed over.
pub(crate) struct Column(AnyArray);

impl FromPyObject<'_, '_> for Column {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        caught(|| Ok(Self(given.extract()?)))
    }
}

/// What reads the memory of others may panic over what it finds there.
fn caught<T>(read: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        let broken = "a column is not as the Arrow C data interface wants it";
        Err(PyValueError::new_err(broken))
    })
}

/// The chunks of a column of a type that fits, and how many rows they have. Each is checked: what lies in the memory of others
/// is not taken to be as its type wants it.
fn chunks(
    name: &str,
    wanted: &str,
    fits: impl Fn(&DataType) -> bool,
    column: Column,
) -> PyResult<(Vec<ArrayRef>, usize)> {
    let reader = column.0.into_reader()?;
    let ty = reader.field().data_type().clone();
    if !fits(&ty) {
        return Err(wrong_type(name, wanted, &ty));
    }
    let refused = |error: ArrowError| PyValueError::new_err(format!("{name}: {error}"));
    let read = || {
        let (mut chunks, mut rows) = (Vec::new(), 0_usize);
        for chunk in reader {
            let chunk = chunk.map_err(refused)?;
            // Nothing is ever read of an empty one, whose offsets may begin anywhere.
            if !chunk.is_empty() {
                chunk.to_data().validate_full().map_err(refused)?;
                rows = rows.checked_add(chunk.len()).ok_or_else(|| {
                    PyValueError::new_err(format!("{name}: more rows than there can be"))
                })?;
                chunks.push(chunk);
            }
        }
        Ok((chunks, rows))
    };
    // Whoever produces the chunks may need the interpreter, on a thread of their own too.
    Python::attach(|py| py.detach(|| caught(read)))
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
