//! Errors and panics as status codes, with the details for whoever asks.

use crate::status::Status;
use std::{
    any::Any,
    cell::RefCell,
    ffi::{CString, c_char},
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Why a call fails.
#[derive(Debug)]
pub struct Failure {
    status: Status,
    details: String,
}

impl Failure {
    /// A failure with what is known of it.
    pub fn new(status: Status, details: impl Into<String>) -> Self {
        Self {
            status,
            details: details.into(),
        }
    }

    /// The same, of one of many.
    pub fn of_item(self, list: &str, index: usize) -> Self {
        Self::new(self.status, format!("{list}[{index}]: {}", self.details))
    }

    /// The status that the call returns.
    pub fn status(&self) -> Status {
        self.status
    }
}

thread_local! {
    static LAST: RefCell<Option<CString>> = const { RefCell::new(None) };
}

/// Details of the last call on this thread that failed, in English; "" if none has.
///
/// Never NULL. The text is the library's own, and stays until another call on this thread fails or the thread ends.
#[unsafe(no_mangle)]
pub extern "C" fn phalanx_last_error_message() -> *const c_char {
    let kept = LAST.try_with(|last| last.borrow().as_ref().map(|text| text.as_ptr()));
    kept.ok().flatten().unwrap_or(c"".as_ptr())
}

/// Runs the work of an entry, and keeps the details of its failure.
///
/// Whatever the work had in hand is dropped by a panic, and memory of the caller is written by no step that can panic: so
/// nothing half done is seen afterwards.
pub fn guard(work: impl FnOnce() -> Result<(), Failure>) -> Status {
    let failure = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => return Status::Ok,
        Ok(Err(failure)) => failure,
        Err(payload) => {
            let failure = Failure::new(Status::Panic, text_of(&*payload));
            // Its destructor is anybody's code, which might panic again.
            std::mem::forget(payload);
            failure
        }
    };
    let details: Vec<u8> = failure.details.bytes().filter(|byte| *byte != 0).collect();
    let details = CString::new(details).unwrap_or_default();
    // A thread that is ending has no place for it any more.
    let _ = LAST.try_with(|last| last.replace(Some(details)));
    failure.status
}

fn text_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without a message").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CStr;

    fn last() -> String {
        // SAFETY: the pointer is to NUL-terminated text that no other call replaces meanwhile.
        let text = unsafe { CStr::from_ptr(phalanx_last_error_message()) };
        text.to_str().expect("UTF-8").to_owned()
    }

    #[test]
    fn a_panic_is_a_status() {
        assert_eq!(last(), "");
        assert_eq!(guard(|| panic!("seventeen is {}", 17)), Status::Panic);
        assert_eq!(last(), "seventeen is 17");
        assert_eq!(guard(|| std::panic::panic_any(17)), Status::Panic);
        assert_eq!(last(), "a panic without a message");
    }

    #[test]
    fn details_stay_until_the_next_failure_of_this_thread() {
        let fail = |details: &str| Err(Failure::new(Status::Malformed, details));
        assert_eq!(guard(|| fail("one\0two")), Status::Malformed);
        assert_eq!(guard(|| Ok(())), Status::Ok);
        std::thread::spawn(move || {
            assert_eq!(last(), "");
            guard(|| fail("elsewhere"));
        })
        .join()
        .expect("no panic");
        assert_eq!(last(), "onetwo");
    }
}
