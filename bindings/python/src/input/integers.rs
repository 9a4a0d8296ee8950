//! Columns of y parities, in whatever integers they are kept.

use super::{Column, chunks, overlaps};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, PrimitiveArray,
    cast::AsArray,
    types::{
        Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
    },
};
use arrow_schema::DataType;
use pyo3::prelude::*;
use std::ops::Range;

/// A column of y parities: integers of any width, or booleans.
pub(crate) struct ParityColumn {
    chunks: Vec<ArrayRef>,
    rows: usize,
}

/// Stands for every number that is no y parity.
const NEITHER: u8 = u8::MAX;

impl ParityColumn {
    /// Takes a column; `name` is what the caller knows it by.
    pub(crate) fn new(name: &str, column: Column) -> PyResult<Self> {
        let fits =
            |ty: &DataType| ty.is_integer() || matches!(ty, DataType::Boolean | DataType::Null);
        let (chunks, rows) = chunks(name, "integer or boolean", fits, column)?;
        Ok(Self { chunks, rows })
    }

    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    /// Replaces what `out` holds with these rows: 0, 1, another number for whatever is neither, `None` where one is null.
    pub(crate) fn fill(&self, rows: Range<usize>, out: &mut Vec<Option<u8>>) {
        out.clear();
        for (chunk, rows) in overlaps(&self.chunks, |chunk| chunk.len(), rows) {
            match chunk.data_type() {
                DataType::Int8 => integers::<Int8Type>(chunk, rows, out),
                DataType::Int16 => integers::<Int16Type>(chunk, rows, out),
                DataType::Int32 => integers::<Int32Type>(chunk, rows, out),
                DataType::Int64 => integers::<Int64Type>(chunk, rows, out),
                DataType::UInt8 => integers::<UInt8Type>(chunk, rows, out),
                DataType::UInt16 => integers::<UInt16Type>(chunk, rows, out),
                DataType::UInt32 => integers::<UInt32Type>(chunk, rows, out),
                DataType::UInt64 => integers::<UInt64Type>(chunk, rows, out),
                DataType::Boolean => {
                    let array = chunk.as_boolean();
                    out.extend(
                        rows.map(|row| array.is_valid(row).then(|| u8::from(array.value(row)))),
                    );
                }
                _ => out.extend(rows.map(|_| None)),
            }
        }
    }
}

fn integers<T: ArrowPrimitiveType>(chunk: &ArrayRef, rows: Range<usize>, out: &mut Vec<Option<u8>>)
where
    T::Native: TryInto<u8>,
{
    let array: &PrimitiveArray<T> = chunk.as_primitive();
    out.extend(rows.map(|row| {
        let value = array.is_valid(row).then(|| array.value(row))?;
        Some(value.try_into().unwrap_or(NEITHER))
    }));
}
