//! Memory of the caller: the only place where its pointers are read or written, but for engines being freed.
//!
//! What can be checked is: NULL, alignment, lengths, overlap. That memory of the given length is there, initialised where
//! it is read, and left alone by others during the call, is the caller's promise, which the header states.

use crate::{
    failure::Failure,
    status::Status,
    types::{Bytes, Config},
};
use std::{
    ffi::{CStr, c_char},
    ops::Range,
};

/// A part of the caller's memory that holds `count` of `T`: checked, and not yet touched.
#[derive(Debug)]
pub struct Place<T> {
    name: &'static str,
    pointer: *mut T,
    count: usize,
}

/// Types any bits of which are a value, without padding or destructors.
///
/// # Safety
///
/// That is so.
pub unsafe trait Plain: Copy {}

// SAFETY: integers, and structs of byte arrays, of integers and of pointers that fill them.
unsafe impl Plain for u8 {}
// SAFETY: as above.
unsafe impl Plain for usize {}
// SAFETY: as above.
unsafe impl Plain for crate::types::Address {}
// SAFETY: as above.
unsafe impl Plain for crate::types::Hash {}
// SAFETY: as above.
unsafe impl Plain for crate::types::Signature {}
// SAFETY: as above.
unsafe impl Plain for Bytes {}
// SAFETY: as above.
unsafe impl Plain for *mut crate::engine::EngineHandle {}

/// A part of the caller's memory, by its addresses.
#[derive(Debug)]
pub struct Region {
    name: &'static str,
    addresses: Range<usize>,
}

impl Region {
    /// Checks that it shares no byte with another.
    pub fn apart_from(&self, other: &Self) -> Result<(), Failure> {
        let (own, others) = (&self.addresses, &other.addresses);
        if own.start.max(others.start) < own.end.min(others.end) {
            let details = format!("{} overlaps {}", self.name, other.name);
            return Err(Failure::new(Status::Overlap, details));
        }
        Ok(())
    }
}

impl<T: Plain> Place<T> {
    /// Checks a pointer and the number of items at it. With no items, any pointer will do.
    pub fn new(name: &'static str, pointer: *const T, count: usize) -> Result<Self, Failure> {
        let place = Self {
            name,
            pointer: pointer.cast_mut(),
            count,
        };
        if count == 0 {
            return Ok(place);
        }
        let fail = |status, details| Err(Failure::new(status, format!("{name} {details}")));
        if pointer.is_null() {
            return fail(Status::NullPointer, "is NULL".to_owned());
        }
        if !pointer.is_aligned() {
            let align = align_of::<T>();
            return fail(
                Status::Misaligned,
                format!("is not at a multiple of {align} bytes"),
            );
        }
        let size = count.checked_mul(size_of::<T>());
        let size = size.filter(|size| *size <= isize::MAX as usize);
        if size.is_none_or(|size| pointer.addr().checked_add(size).is_none()) {
            let details = format!("of {count} items is more than memory can hold");
            return fail(Status::TooLong, details);
        }
        Ok(place)
    }

    /// The addresses that it takes up.
    pub fn region(&self) -> Region {
        let start = self.pointer.addr();
        // In range, as `new` has checked.
        let end = start + self.count * size_of::<T>();
        Region {
            name: self.name,
            addresses: start..end,
        }
    }

    /// The items.
    ///
    /// # Safety
    ///
    /// The caller of the entry has put `count` items there, and until `'a` ends nobody writes them.
    pub unsafe fn items<'a>(&self) -> &'a [T] {
        if self.count == 0 {
            return &[];
        }
        // SAFETY: not NULL, aligned and at most isize::MAX bytes, all checked in `new`; the rest is promised above.
        unsafe { std::slice::from_raw_parts(self.pointer, self.count) }
    }

    /// Writes the items, one for each that there is room for.
    ///
    /// # Safety
    ///
    /// The caller of the entry lets us write `count` items there, and nobody else uses them until the entry returns.
    pub unsafe fn write(self, items: &[T]) {
        assert_eq!(items.len(), self.count, "{}", self.name);
        if self.count == 0 {
            return;
        }
        // SAFETY: `count` items can be written there, as promised; not NULL and aligned, as checked in `new`; `items` is
        // memory of our own and therefore apart.
        unsafe { std::ptr::copy_nonoverlapping(items.as_ptr(), self.pointer, self.count) }
    }
}

/// The bytes behind each view, apart from what is written.
///
/// # Safety
///
/// As for [`Place::items`], of the views and of the bytes behind them.
pub unsafe fn views<'a>(
    place: &Place<Bytes>,
    written: &[Region],
) -> Result<Vec<&'a [u8]>, Failure> {
    // SAFETY: promised above.
    let views = unsafe { place.items() };
    let bytes_of = |(index, view): (usize, &Bytes)| {
        let bytes = Place::new("data", view.data, view.length)
            .and_then(|bytes| {
                let region = bytes.region();
                written
                    .iter()
                    .try_for_each(|other| region.apart_from(other))?;
                Ok(bytes)
            })
            .map_err(|failure| failure.of_item(place.name, index))?;
        // SAFETY: promised above.
        Ok(unsafe { bytes.items() })
    };
    views.iter().enumerate().map(bytes_of).collect()
}

/// The value at a pointer that must not be NULL.
///
/// # Safety
///
/// If the pointer is aligned and not NULL, there is a `T` that nobody changes until `'a` ends.
pub unsafe fn reference<'a, T>(name: &str, pointer: *const T) -> Result<&'a T, Failure> {
    if pointer.is_null() {
        return Err(Failure::new(Status::NullPointer, format!("{name} is NULL")));
    }
    if !pointer.is_aligned() {
        return Err(Failure::new(
            Status::Misaligned,
            format!("{name} is misaligned"),
        ));
    }
    // SAFETY: aligned and not NULL; the rest is promised above.
    Ok(unsafe { &*pointer })
}

/// Text that ends in NUL; `None` for NULL.
///
/// # Safety
///
/// Unless NULL, the pointer is to bytes that end in a zero, which nobody changes until `'a` ends.
pub unsafe fn text<'a>(name: &str, pointer: *const c_char) -> Result<Option<&'a str>, Failure> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: promised above.
    let text = unsafe { CStr::from_ptr(pointer) }.to_str();
    let text =
        text.map_err(|_| Failure::new(Status::InvalidArgument, format!("{name} is not UTF-8")))?;
    Ok(Some(text))
}

/// A configuration of any version, apart from what is written.
///
/// # Safety
///
/// If the pointer is aligned and not NULL, as many bytes as its first field says are there, at least that field, and
/// nobody changes them meanwhile.
pub unsafe fn config(pointer: *const Config, written: &Region) -> Result<Config, Failure> {
    /// What no version of the structure comes near.
    const MOST: usize = 4096;
    // SAFETY: promised above.
    let size = *unsafe { reference("config", pointer.cast::<usize>()) }?;
    let own = size_of::<Config>();
    if !(own..=MOST).contains(&size) {
        let details = format!("config->struct_size is {size}; it is {own} in this version");
        return Err(Failure::new(Status::InvalidArgument, details));
    }
    let all = Place::new("config", pointer.cast::<u8>(), size)?;
    written.apart_from(&all.region())?;
    // SAFETY: promised above. What may be padding in a later version's fields is not: that one has zeros there.
    let unknown: &[u8] = &unsafe { all.items() }[own..];
    if unknown.iter().any(|byte| *byte != 0) {
        let details = "config asks for something that this version doesn't know";
        return Err(Failure::new(Status::InvalidArgument, details));
    }
    // SAFETY: aligned (its first field, the most aligned of all, is) and not NULL; as long as `Config`, by its own word.
    Ok(unsafe { *pointer })
}

#[cfg(test)]
mod tests;
