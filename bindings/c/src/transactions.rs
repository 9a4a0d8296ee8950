//! Senders of transactions, alone and in blocks.

use crate::{
    engine::{EngineHandle, engine},
    failure::{Failure, guard},
    memory::{self, Place},
    outputs::Outputs,
    status::{Item, Status},
    types::{Address, Bytes, SRules},
};
use phalanx::{
    Engine, SRule,
    block::{Block, Transaction, decode_transaction},
};
use rayon::prelude::*;

/// Transactions that a thread decodes in one go: some tens of microseconds' work.
const DECODED_PER_TASK: usize = 64;

/// Recovers the sender of each of `count` signed transactions (legacy RLP, or any EIP-2718 type; a blob transaction with
/// or without its sidecar), on all threads of the engine.
///
/// `s_rule` (a phalanx_s_rule) holds for all of them. `addresses[i]` and `items[i]` (a phalanx_item) are those of
/// `transactions[i]`, whatever the others are; where the item is not PHALANX_ITEM_OK the address is zero. Bad bytes never
/// fail the call. On PHALANX_STATUS_OK both outputs are wholly written; otherwise neither is touched. With a `count` of 0
/// the other three pointers may be NULL.
///
/// # Safety
///
/// `engine` is from `phalanx_engine_new`; at the other pointers are `count` items each; nobody else writes the
/// transactions, or what they point to, or uses the outputs during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn phalanx_recover_transactions(
    engine: *const EngineHandle,
    transactions: *const Bytes,
    count: usize,
    s_rule: u8,
    addresses: *mut Address,
    items: *mut u8,
) -> Status {
    guard(|| {
        // SAFETY: promised by the caller.
        let engine = unsafe { self::engine(engine) }?;
        let s_rule = rule(s_rule)?;
        let transactions = Place::new("transactions", transactions, count)?;
        let outputs = Outputs::new(addresses, items, count)?;
        outputs.apart_from(&transactions.region())?;
        // SAFETY: promised by the caller.
        let encoded: Vec<&[u8]> = unsafe { memory::views(&transactions, &outputs.regions()) }?;
        let decoded: Vec<Option<Transaction>> = engine.install(|| {
            let encoded = encoded.par_iter().with_min_len(DECODED_PER_TASK);
            encoded
                .map(|bytes| decode_transaction(bytes).ok())
                .collect()
        });
        let good: Vec<&Transaction> = decoded.iter().flatten().collect();
        let mut senders = senders_of(engine, &good, s_rule).into_iter();
        let results = decoded.iter().map(|transaction| {
            transaction.as_ref().ok_or(Item::Malformed)?;
            senders.next().expect("a result for each that was decoded")
        });
        // SAFETY: promised by the caller.
        unsafe { outputs.write(results) };
        Ok(())
    })
}

/// Recovers the sender of each transaction of a block, given as its whole RLP: `[header, transactions, ommers,
/// withdrawals?]`, as chain exports hold it and `eth_getRawBlock` gives it. Nothing else of the block is verified.
///
/// `s_rule` (a phalanx_s_rule) is that of the block's fork. `*count` becomes the number of transactions, also where
/// `capacity` (items of each output) is less: then the status is PHALANX_STATUS_CAPACITY and the outputs are not touched,
/// and may be NULL with a capacity of 0. On PHALANX_STATUS_OK the first `*count` addresses and items are written, as
/// `phalanx_recover_transactions` does; what is behind them is not touched. On any other failure nothing is written.
/// PHALANX_STATUS_MALFORMED is for bytes that are not the canonical encoding of one block.
///
/// # Safety
///
/// `engine` is from `phalanx_engine_new`; at `block` are `length` bytes; there is room for `capacity` items at both outputs
/// and for a `size_t` at `count`; nobody else writes the block or uses the outputs during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn phalanx_block_senders(
    engine: *const EngineHandle,
    block: *const u8,
    length: usize,
    s_rule: u8,
    addresses: *mut Address,
    items: *mut u8,
    capacity: usize,
    count: *mut usize,
) -> Status {
    guard(|| {
        // SAFETY: promised by the caller.
        let engine = unsafe { self::engine(engine) }?;
        let s_rule = rule(s_rule)?;
        let block = Place::new("block", block, length)?;
        let room = Outputs::new(addresses, items, capacity)?;
        let count = Place::new("count", count, 1)?;
        room.apart_from(&block.region())?;
        room.apart_from(&count.region())?;
        block.region().apart_from(&count.region())?;
        // SAFETY: promised by the caller.
        let decoded = Block::decode(unsafe { block.items() });
        let block = decoded.map_err(|error| Failure::new(Status::Malformed, error.to_string()))?;
        let transactions: Vec<&Transaction> = block.transactions.iter().collect();
        let found = transactions.len();
        if found > capacity {
            // SAFETY: promised by the caller.
            unsafe { count.write(&[found]) };
            let details = format!("there is room for {capacity} senders, and there are {found}");
            return Err(Failure::new(Status::Capacity, details));
        }
        let senders = senders_of(engine, &transactions, s_rule);
        let outputs = Outputs::new(addresses, items, found)?;
        // SAFETY: promised by the caller.
        unsafe {
            outputs.write(senders.into_iter());
            count.write(&[found]);
        }
        Ok(())
    })
}

fn rule(number: u8) -> Result<SRule, Failure> {
    let unknown = || Failure::new(Status::InvalidArgument, format!("s_rule is {number}"));
    SRules::of(number).ok_or_else(unknown)
}

/// Senders by index.
fn senders_of(
    engine: &Engine,
    transactions: &[&Transaction],
    s_rule: SRule,
) -> Vec<Result<Address, Item>> {
    let senders = engine.recover_senders_under(transactions, s_rule);
    let senders = senders.into_iter();
    senders.map(|sender| Ok(sender?.into())).collect()
}
