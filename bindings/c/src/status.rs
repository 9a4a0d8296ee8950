//! The codes of calls and of items, and what they mean in words.

use phalanx::RecoverError;
use std::ffi::{CStr, c_char};

/// What became of a call. Codes keep their numbers; later versions may add some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum Status {
    /// Done, and every output is written.
    Ok = 0,
    /// A pointer is NULL that must not be.
    NullPointer = 1,
    /// A pointer is not aligned for what it points to.
    Misaligned = 2,
    /// A length is more than memory can hold: half the address space, or past its end.
    TooLong = 3,
    /// Memory to be written overlaps other memory of the call.
    Overlap = 4,
    /// A value is none of those that the argument, or a variable of the environment, takes.
    InvalidArgument = 5,
    /// The backend or the threads can't be had here.
    Unavailable = 6,
    /// The bytes are not the canonical encoding of a block.
    Malformed = 7,
    /// The output has too little room; the call has said how much it needs.
    Capacity = 8,
    /// Phalanx itself failed, which is a bug in it. The engine may be freed; nothing else should be asked of it.
    Panic = 9,
}

/// What became of one item of a batch: a `uint8_t` each. Codes keep their numbers; later versions may add some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Item {
    /// The address is recovered.
    Ok = 0,
    /// The recovery id is not 0 or 1.
    RecoveryId = 1,
    /// r is zero or at least n, the order of the group.
    RRange = 2,
    /// s is zero or at least n.
    SRange = 3,
    /// s is above n/2 where PHALANX_S_RULE_LOW asks for less.
    HighS = 4,
    /// No point of the curve has x = r.
    NotOnCurve = 5,
    /// The public key would be the point at infinity.
    Infinity = 6,
    /// The rule for s is not one of phalanx_s_rule.
    SRule = 7,
    /// The bytes are not the canonical encoding of a signed transaction.
    Malformed = 8,
}

impl From<RecoverError> for Item {
    fn from(error: RecoverError) -> Self {
        match error {
            RecoverError::RecoveryId => Self::RecoveryId,
            RecoverError::ROutOfRange => Self::RRange,
            RecoverError::SOutOfRange => Self::SRange,
            RecoverError::HighS => Self::HighS,
            RecoverError::NotOnCurve => Self::NotOnCurve,
            RecoverError::Infinity => Self::Infinity,
        }
    }
}

/// A status in words. Takes any number; never NULL, and the library's own.
#[unsafe(no_mangle)]
pub extern "C" fn phalanx_strerror(status: i32) -> *const c_char {
    let text: &CStr = match status {
        0 => c"done",
        1 => c"a pointer is NULL",
        2 => c"a pointer is misaligned",
        3 => c"a length is more than memory can hold",
        4 => c"memory to be written overlaps other memory of the call",
        5 => c"an argument has a value that it does not take",
        6 => c"the engine can't be had here",
        7 => c"the bytes are not a block",
        8 => c"the output has too little room",
        9 => c"Phalanx failed, which is a bug in it",
        _ => c"not a status of this version",
    };
    text.as_ptr()
}

/// The status of an item in words. Takes any number; never NULL, and the library's own.
#[unsafe(no_mangle)]
pub extern "C" fn phalanx_item_strerror(item: u8) -> *const c_char {
    let text: &CStr = match item {
        0 => c"recovered",
        1 => c"the recovery id is not 0 or 1",
        2 => c"r is out of range",
        3 => c"s is out of range",
        4 => c"s is in the upper half",
        5 => c"r is no x coordinate of the curve",
        6 => c"the public key is the point at infinity",
        7 => c"the rule for s is unknown",
        8 => c"not the canonical encoding of a signed transaction",
        _ => c"not a status of this version",
    };
    text.as_ptr()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn text(pointer: *const c_char) -> &'static str {
        // SAFETY: both functions give NUL-terminated text that lives as long as the program.
        unsafe { CStr::from_ptr(pointer) }.to_str().expect("ASCII")
    }

    #[test]
    fn every_code_has_words_of_its_own() {
        let unknown = text(phalanx_strerror(-1));
        let known = Status::Ok as i32..=Status::Panic as i32;
        let mut texts: HashSet<_> = known
            .clone()
            .map(|code| text(phalanx_strerror(code)))
            .collect();
        assert!(texts.insert(unknown));
        assert_eq!(texts.len(), known.count() + 1);
        assert_eq!(text(phalanx_strerror(Status::Panic as i32 + 1)), unknown);

        let unknown = text(phalanx_item_strerror(u8::MAX));
        let known = Item::Ok as u8..=Item::Malformed as u8;
        let mut texts: HashSet<_> = known
            .clone()
            .map(|code| text(phalanx_item_strerror(code)))
            .collect();
        assert!(texts.insert(unknown));
        assert_eq!(texts.len(), known.count() + 1);
        assert_eq!(
            text(phalanx_item_strerror(Item::Malformed as u8 + 1)),
            unknown
        );
    }
}
