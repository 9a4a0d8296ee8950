//! Contract code that the blocks of one executor have in common, analysed once.

use alloy_primitives::{B256, keccak256, map::B256Map};
use revm::bytecode::Bytecode;
use std::sync::{PoisonError, RwLock};

/// Bytes of code in one generation. Blocks of an hour run some 20 MB of different code.
const GENERATION_BYTES: usize = 32 << 20;

/// Code by hash, the most recently used first: two generations, of which the older is forgotten when the younger is
/// full.
#[derive(Debug, Default)]
pub(super) struct Codes {
    generations: RwLock<Generations>,
}

#[derive(Debug, Default)]
struct Generations {
    young: B256Map<Bytecode>,
    old: B256Map<Bytecode>,
    /// Bytes in `young`.
    bytes: usize,
}

impl Codes {
    /// The code with this hash, or what `read` gives for it.
    ///
    /// Sources are not trusted to know each other's code: what goes in here is held against its hash first.
    pub(super) fn get_or_read<E>(
        &self,
        hash: B256,
        read: impl FnOnce() -> Result<Bytecode, E>,
    ) -> Result<Bytecode, E> {
        let known = self
            .generations
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(code) = known.young.get(&hash) {
            return Ok(code.clone());
        }
        let old = known.old.get(&hash).cloned();
        drop(known);
        let code = match old {
            Some(code) => code,
            None => {
                let code = read()?;
                if keccak256(code.original_byte_slice()) != hash {
                    return Ok(code);
                }
                code
            }
        };
        let mut known = self
            .generations
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let size = code.original_byte_slice().len();
        if known.young.insert(hash, code.clone()).is_none() {
            known.bytes = known.bytes.saturating_add(size);
        }
        if known.bytes > GENERATION_BYTES {
            known.old = std::mem::take(&mut known.young);
            known.bytes = 0;
        }
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::Bytes;
    use std::convert::Infallible;

    fn code(length: usize, first: u8) -> (B256, Bytecode) {
        let mut bytes = vec![0; length];
        bytes[0] = first;
        let bytes = Bytes::from(bytes);
        (keccak256(&bytes), Bytecode::new_legacy(bytes))
    }

    fn unread() -> Result<Bytecode, Infallible> {
        panic!("read again")
    }

    #[test]
    fn what_was_read_is_not_read_again() {
        let codes = Codes::default();
        let (hash, code) = code(40, 1);
        let first = codes.get_or_read(hash, || Ok::<_, Infallible>(code.clone()));
        assert_eq!(first.unwrap(), code);
        assert_eq!(codes.get_or_read(hash, unread).unwrap(), code);
    }

    #[test]
    fn code_under_a_false_hash_is_handed_on_and_not_kept() {
        let codes = Codes::default();
        let (_, wrong) = code(40, 1);
        let (hash, right) = code(40, 2);
        let got = codes.get_or_read(hash, || Ok::<_, Infallible>(wrong.clone()));
        assert_eq!(got.unwrap(), wrong);
        let got = codes.get_or_read(hash, || Ok::<_, Infallible>(right.clone()));
        assert_eq!(got.unwrap(), right);
    }

    #[test]
    fn an_error_of_the_source_is_the_error() {
        let codes = Codes::default();
        let got = codes.get_or_read(B256::ZERO, || Err("gone"));
        assert_eq!(got.unwrap_err(), "gone");
    }

    #[test]
    fn the_least_recently_used_go_first() {
        let codes = Codes::default();
        let length = GENERATION_BYTES / 2;
        let (kept, kept_code) = code(length, 0);
        let read = |code: &Bytecode| Ok::<_, Infallible>(code.clone());
        codes.get_or_read(kept, || read(&kept_code)).unwrap();
        let (lost, lost_code) = code(length, 1);
        codes.get_or_read(lost, || read(&lost_code)).unwrap();
        for first in 2..5 {
            let (hash, code) = code(length, first);
            codes.get_or_read(hash, || read(&code)).unwrap();
            codes.get_or_read(kept, unread).unwrap();
        }
        let reread = std::cell::Cell::new(false);
        let again = || {
            reread.set(true);
            read(&lost_code)
        };
        codes.get_or_read(lost, again).unwrap();
        assert!(reread.get());
    }
}
