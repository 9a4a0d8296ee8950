//! Files as Python names them: a path, bytes, or an object that reads and seeks.

use pyo3::{exceptions::PyValueError, intern, prelude::*, pybacked::PyBackedBytes, types::PyBytes};
use std::{
    fs::File,
    io::{self, BufReader, Cursor, Read, Seek, SeekFrom},
    path::PathBuf,
};

/// Bytes read ahead: a call into Python costs as much as copying some kilobytes.
const READ_AHEAD: usize = 1 << 16;

/// What archives are read from.
pub(crate) trait Source: Read + Seek + Send {}

impl<T: Read + Seek + Send> Source for T {}

/// A source whose file is opened when it comes to be read: that it isn't there is no error of the argument.
pub(crate) enum Given {
    Path(PathBuf),
    Bytes(PyBackedBytes),
    Object(Py<PyAny>),
}

impl FromPyObject<'_, '_> for Given {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let py = given.py();
        if given.is_instance_of::<PyBytes>() {
            return Ok(Self::Bytes(given.extract()?));
        }
        if given.hasattr(intern!(py, "read"))? && given.hasattr(intern!(py, "seek"))? {
            return Ok(Self::Object(given.to_owned().unbind()));
        }
        if let Ok(path) = given.extract() {
            return Ok(Self::Path(path));
        }
        // Another object that lends its memory; a TypeError of Python's own names its type if it is none.
        let lent = py
            .import(intern!(py, "builtins"))?
            .getattr(intern!(py, "memoryview"))?;
        let copy = lent.call1((given,))?.call_method0(intern!(py, "tobytes"))?;
        Ok(Self::Bytes(copy.extract()?))
    }
}

impl Given {
    pub(crate) fn open(self) -> io::Result<Box<dyn Source>> {
        Ok(match self {
            Self::Path(path) => Box::new(BufReader::with_capacity(READ_AHEAD, File::open(path)?)),
            Self::Bytes(bytes) => Box::new(Cursor::new(bytes)),
            Self::Object(object) => Box::new(BufReader::with_capacity(READ_AHEAD, Object(object))),
        })
    }
}

/// An object with `read` and `seek`.
struct Object(Py<PyAny>);

impl Read for Object {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Python::attach(|py| {
            let read = self
                .0
                .bind(py)
                .call_method1(intern!(py, "read"), (buffer.len(),))?;
            let bytes: PyBackedBytes = read.extract()?;
            let room = buffer.get_mut(..bytes.len());
            // What gives more than was asked for can't be read from in order.
            let room =
                room.ok_or_else(|| PyValueError::new_err("read() gave more than was asked for"))?;
            room.copy_from_slice(&bytes);
            Ok(bytes.len())
        })
        .map_err(|error: PyErr| io::Error::other(error))
    }
}

impl Seek for Object {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (offset, whence) = match to {
            SeekFrom::Start(offset) => (i128::from(offset), 0),
            SeekFrom::Current(offset) => (i128::from(offset), 1),
            SeekFrom::End(offset) => (i128::from(offset), 2),
        };
        Python::attach(|py| {
            let object = self.0.bind(py);
            let place = object.call_method1(intern!(py, "seek"), (offset, whence))?;
            match place.is_none() {
                true => object.call_method0(intern!(py, "tell"))?.extract(),
                false => place.extract(),
            }
        })
        .map_err(|error: PyErr| io::Error::other(error))
    }
}
