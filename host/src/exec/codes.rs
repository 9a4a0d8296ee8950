//! Contract code as the EVM takes it, analysed once however many blocks run it.

use alloy_primitives::{B256, Bytes, map::B256Map};
use revm::{bytecode::Bytecode, primitives::KECCAK_EMPTY, state::AccountInfo};
use std::sync::{LazyLock, PoisonError, RwLock};

/// Bytes of code in one generation. Blocks of an hour run some 20 MB of different code.
const GENERATION_BYTES: usize = 32 << 20;
/// Code that is shorter is analysed sooner than it is looked up.
const LEAST_BYTES: usize = 256;

/// Code as the EVM takes it. Code that starts like a delegation (EIP-7702) and is none, as could be deployed before
/// EIP-3541, is legacy code.
pub fn bytecode(code: Bytes) -> Bytecode {
    Bytecode::new_raw_checked(code.clone()).unwrap_or_else(|_| Bytecode::new_legacy(code))
}

/// The same for code that is looked up by its hash, time and again: what the process has analysed lately is kept, 64 MB
/// of it at most.
///
/// The hash need not be the right one. It only says where to look: what is found there counts if it has the same bytes,
/// so that no source of state can lend its code to another.
pub fn bytecode_of(hash: B256, code: Bytes) -> Bytecode {
    static CODES: LazyLock<Codes> = LazyLock::new(Codes::default);
    if code.len() < LEAST_BYTES {
        return bytecode(code);
    }
    CODES.analysed(hash, code)
}

/// Takes the code out of an account as a source gives it, `None` where the account has none or does not bring it.
///
/// What is left names the code by its hash, as the protocol does. Some databases leave the hash out where the code comes
/// with the account, or have zero for no code.
pub(super) fn take_code(info: &mut AccountInfo) -> Option<Bytecode> {
    let code = info.code.take().filter(|code| !code.is_empty());
    if info.is_code_hash_empty_or_zero() {
        info.code_hash = code.as_ref().map_or(KECCAK_EMPTY, Bytecode::hash_slow);
    }
    code
}

/// Analysed code by hash, the most recently used first: two generations, of which the older is forgotten when the younger
/// is full.
#[derive(Debug, Default)]
struct Codes {
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
    fn analysed(&self, hash: B256, code: Bytes) -> Bytecode {
        let is_it = |known: &&Bytecode| known.original_byte_slice() == code.as_ref();
        let known = self
            .generations
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.young.get(&hash).filter(is_it) {
            return known.clone();
        }
        let old = known.old.get(&hash).filter(is_it).cloned();
        drop(known);
        let size = code.len();
        let code = old.unwrap_or_else(|| bytecode(code));
        let mut known = self
            .generations
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let replaced = known.young.insert(hash, code.clone());
        let replaced = replaced.map_or(0, |code| code.original_byte_slice().len());
        known.bytes = known.bytes.saturating_sub(replaced).saturating_add(size);
        if known.bytes > GENERATION_BYTES {
            known.old = std::mem::take(&mut known.young);
            known.bytes = 0;
        }
        code
    }

    #[cfg(test)]
    fn generation_of(&self, hash: B256) -> Option<&'static str> {
        let known = self.generations.read().unwrap();
        let young = known.young.contains_key(&hash).then_some("young");
        young.or_else(|| known.old.contains_key(&hash).then_some("old"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use revm::bytecode::opcode::{JUMPDEST, PUSH1};

    fn code(length: usize, first: u8) -> Bytes {
        let mut bytes = vec![JUMPDEST; length];
        bytes[0] = first;
        Bytes::from(bytes)
    }

    #[test]
    fn each_code_is_what_its_bytes_say_whatever_its_hash() {
        let codes = Codes::default();
        let (one, other) = (code(1000, JUMPDEST), code(1000, PUSH1));
        for code in [&one, &other, &one, &one, &other] {
            let got = codes.analysed(B256::ZERO, code.clone());
            assert_eq!(got, bytecode(code.clone()));
            assert_eq!(got.original_bytes(), *code);
            assert_eq!(bytecode_of(B256::ZERO, code.clone()), got);
        }
        let short = code(20, JUMPDEST);
        assert_eq!(bytecode_of(B256::ZERO, short.clone()), bytecode(short));
    }

    #[test]
    fn the_least_recently_used_go_first() {
        let codes = Codes::default();
        let length = GENERATION_BYTES / 2;
        let hash = B256::with_last_byte;
        let read = |name: u8| drop(codes.analysed(hash(name), code(length, name)));
        read(0);
        read(1);
        assert_eq!(codes.generation_of(hash(0)), Some("young"));
        read(2);
        assert_eq!(codes.generation_of(hash(0)), Some("old"));
        read(0);
        assert_eq!(codes.generation_of(hash(0)), Some("young"), "used again");
        read(3);
        read(4);
        assert_eq!(codes.generation_of(hash(1)), None, "not used again");
        assert_eq!(codes.generation_of(hash(0)), Some("old"));
    }
}
