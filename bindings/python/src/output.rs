//! What goes back: columns that anyone who speaks Arrow takes.

use arrow_array::{
    ArrayRef, FixedSizeBinaryArray, RecordBatch, StructArray, builder::StringBuilder,
};
use arrow_buffer::{BooleanBufferBuilder, MutableBuffer, NullBuffer};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use pyo3::{
    exceptions::{PyImportError, PyRuntimeError},
    prelude::*,
    types::PyCapsule,
};
use pyo3_arrow::ffi::{ArrayIterator, to_schema_pycapsule, to_stream_pycapsule};
use std::{fmt, sync::Arc};

/// Columns of results, one row for each row asked.
///
/// Whatever takes Arrow data over the PyCapsule interface takes them without a copy: `pyarrow.table(columns)`,
/// `polars.DataFrame(columns)`, `duckdb.from_arrow(columns)`, `pandas.DataFrame.from_arrow(columns)`.
#[pyclass(frozen, module = "phalanx_verify")]
pub(crate) struct Columns {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

#[pymethods]
impl Columns {
    /// The names of the columns.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        let fields = self.schema.fields().iter();
        fields.map(|field| field.name().clone()).collect()
    }

    /// The same as a `pyarrow.Table`, which shares the memory.
    fn to_pyarrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let pyarrow = slf.py().import("pyarrow").map_err(|error| {
            let wanted = PyImportError::new_err("to_pyarrow() needs the package pyarrow");
            wanted.set_cause(slf.py(), Some(error));
            wanted
        })?;
        pyarrow.getattr("table")?.call1((slf,))
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let field = Field::new_struct("", self.schema.fields().clone(), false);
        let batches = self.batches.clone().into_iter();
        let arrays = batches.map(|batch| Ok(Arc::new(StructArray::from(batch)) as ArrayRef));
        let reader = Box::new(ArrayIterator::new(arrays, field.into()));
        Ok(to_stream_pycapsule(py, reader, requested_schema)?)
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        Ok(to_schema_pycapsule(py, self.schema.as_ref())?)
    }

    fn __len__(&self) -> usize {
        self.rows()
    }

    fn __repr__(&self) -> String {
        let fields = self.schema.fields().iter();
        let fields = fields.map(|field| format!("{}: {}", field.name(), field.data_type()));
        let fields: Vec<String> = fields.collect();
        format!("<Columns of {} rows: {}>", self.rows(), fields.join(", "))
    }
}

impl Columns {
    pub(crate) fn new(fields: Vec<Field>) -> Self {
        Self {
            schema: Arc::new(Schema::new(fields)),
            batches: Vec::new(),
        }
    }

    pub(crate) fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// Adds rows, in arrays that fit the fields.
    pub(crate) fn push(&mut self, columns: Vec<ArrayRef>) -> PyResult<()> {
        let batch = RecordBatch::try_new(self.schema.clone(), columns);
        self.batches.push(batch.map_err(misfit)?);
        Ok(())
    }
}

/// A result that can't be built is a defect of ours.
fn misfit(error: ArrowError) -> PyErr {
    PyRuntimeError::new_err(format!("a defect of Phalanx: please report it: {error}"))
}

/// A field of byte strings of one length.
pub(crate) fn bytes_field<const N: usize>(name: &str) -> Field {
    Field::new(name, DataType::FixedSizeBinary(N as i32), true)
}

/// A field of text.
pub(crate) fn text_field(name: &str) -> Field {
    Field::new(name, DataType::Utf8, true)
}

/// Values of `N` bytes, or null.
pub(crate) struct FixedBuilder<const N: usize> {
    values: MutableBuffer,
    valid: BooleanBufferBuilder,
}

impl<const N: usize> FixedBuilder<N> {
    pub(crate) fn with_capacity(rows: usize) -> Self {
        Self {
            values: MutableBuffer::new(rows.saturating_mul(N)),
            valid: BooleanBufferBuilder::new(rows),
        }
    }

    pub(crate) fn push(&mut self, value: Option<&[u8; N]>) {
        self.values.extend_from_slice(value.unwrap_or(&[0; N]));
        self.valid.append(value.is_some());
    }

    pub(crate) fn finish(mut self) -> PyResult<ArrayRef> {
        let nulls =
            Some(NullBuffer::new(self.valid.finish())).filter(|nulls| nulls.null_count() > 0);
        let array = FixedSizeBinaryArray::try_new(N as i32, self.values.into(), nulls);
        Ok(Arc::new(array.map_err(misfit)?))
    }
}

/// A value of `N` bytes for each row, or null and the reason.
pub(crate) struct AnswersBuilder<const N: usize> {
    values: FixedBuilder<N>,
    reasons: StringBuilder,
}

impl<const N: usize> AnswersBuilder<N> {
    pub(crate) fn with_capacity(rows: usize) -> Self {
        Self {
            values: FixedBuilder::with_capacity(rows),
            reasons: StringBuilder::with_capacity(rows, 0),
        }
    }

    pub(crate) fn push<E: fmt::Display>(&mut self, answer: Result<&[u8; N], E>) {
        match answer {
            Ok(value) => {
                self.values.push(Some(value));
                self.reasons.append_null();
            }
            Err(reason) => {
                self.values.push(None);
                self.reasons.append_value(reason.to_string());
            }
        }
    }

    /// The columns of values and of reasons.
    pub(crate) fn finish(mut self) -> PyResult<Vec<ArrayRef>> {
        Ok(vec![self.values.finish()?, Arc::new(self.reasons.finish())])
    }
}
