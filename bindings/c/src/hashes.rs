//! Hashes of messages, and roots of tries.

use crate::{
    engine::{EngineHandle, engine},
    failure::guard,
    memory::{self, Place},
    status::Status,
    types::{Bytes, Hash},
};

/// Keccak-256 of each of `count` messages of any lengths, on all threads of the engine.
///
/// `hashes[i]` is that of `messages[i]`. On PHALANX_STATUS_OK all hashes are written; otherwise none is touched. With a
/// `count` of 0 the other two pointers may be NULL.
///
/// # Safety
///
/// `engine` is from `phalanx_engine_new`; at the other pointers are `count` items each; nobody else writes the messages,
/// or what they point to, or uses the output during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn phalanx_keccak256(
    engine: *const EngineHandle,
    messages: *const Bytes,
    count: usize,
    hashes: *mut Hash,
) -> Status {
    guard(|| {
        // SAFETY: promised by the caller.
        let engine = unsafe { self::engine(engine) }?;
        let messages = Place::new("messages", messages, count)?;
        let out = Place::new("hashes", hashes, count)?;
        messages.region().apart_from(&out.region())?;
        // SAFETY: promised by the caller.
        let messages: Vec<&[u8]> = unsafe { memory::views(&messages, &[out.region()]) }?;
        let hashes = engine.keccak256(&messages).into_iter();
        let hashes: Vec<Hash> = hashes.map(Hash::from).collect();
        // SAFETY: promised by the caller.
        unsafe { out.write(&hashes) };
        Ok(())
    })
}

/// Root of the trie of a list (transactions, receipts, withdrawals): keys are RLP of the index, values the `count` items.
///
/// An empty item is absent from the trie. On PHALANX_STATUS_OK `*root` is written; otherwise it is not touched. With a
/// `count` of 0, the root is that of an empty trie and `list` may be NULL.
///
/// # Safety
///
/// `engine` is from `phalanx_engine_new`; at `list` are `count` items, at `root` is room for one hash; nobody else writes
/// the list, or what it points to, or uses the output during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn phalanx_ordered_root(
    engine: *const EngineHandle,
    list: *const Bytes,
    count: usize,
    root: *mut Hash,
) -> Status {
    guard(|| {
        // SAFETY: promised by the caller.
        let engine = unsafe { self::engine(engine) }?;
        let list = Place::new("list", list, count)?;
        let out = Place::new("root", root, 1)?;
        list.region().apart_from(&out.region())?;
        // SAFETY: promised by the caller.
        let list: Vec<&[u8]> = unsafe { memory::views(&list, &[out.region()]) }?;
        let root = engine.ordered_root(&list);
        // SAFETY: promised by the caller.
        unsafe { out.write(&[root.into()]) };
        Ok(())
    })
}

/// Root of a secure trie (states, storages): of `count` pairs `keys[i]`, `values[i]`, whose keys are hashed here.
///
/// Pairs may come in any order. Of pairs with the same key the last one counts; an empty value is absent from the trie.
/// On PHALANX_STATUS_OK `*root` is written; otherwise it is not touched. With a `count` of 0, the root is that of an empty
/// trie and both lists may be NULL.
///
/// # Safety
///
/// As for `phalanx_ordered_root`, of both lists.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn phalanx_secure_root(
    engine: *const EngineHandle,
    keys: *const Bytes,
    values: *const Bytes,
    count: usize,
    root: *mut Hash,
) -> Status {
    guard(|| {
        // SAFETY: promised by the caller.
        let engine = unsafe { self::engine(engine) }?;
        let out = Place::new("root", root, 1)?;
        let keys = Place::new("keys", keys, count)?;
        let values = Place::new("values", values, count)?;
        keys.region().apart_from(&out.region())?;
        values.region().apart_from(&out.region())?;
        // SAFETY: promised by the caller.
        let (keys, values): (Vec<&[u8]>, Vec<&[u8]>) = unsafe {
            let written = [out.region()];
            (
                memory::views(&keys, &written)?,
                memory::views(&values, &written)?,
            )
        };
        let pairs: Vec<_> = keys.into_iter().zip(values).collect();
        let root = engine.secure_root(&pairs);
        // SAFETY: promised by the caller.
        unsafe { out.write(&[root.into()]) };
        Ok(())
    })
}
