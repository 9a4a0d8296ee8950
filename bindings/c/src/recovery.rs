//! Signers of hashes.

use crate::{
    engine::{EngineHandle, engine},
    failure::guard,
    memory::Place,
    outputs::Outputs,
    status::{Item, Status},
    types::{Address, SRules, Signature},
};
use phalanx::{RecoverInput, SRule};

/// Recovers the signer of each of `count` signatures, on all threads of the engine.
///
/// `addresses[i]` and `items[i]` (a phalanx_item) are those of `signatures[i]`, whatever the others are; where the item
/// is not PHALANX_ITEM_OK the address is zero. A bad signature never fails the call. On PHALANX_STATUS_OK both outputs
/// are wholly written; otherwise neither is touched. With a `count` of 0 the other three pointers may be NULL.
///
/// # Safety
///
/// `engine` is from `phalanx_engine_new`; at the other pointers are `count` items each, and nobody else writes the
/// signatures or uses the outputs during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn phalanx_recover(
    engine: *const EngineHandle,
    signatures: *const Signature,
    count: usize,
    addresses: *mut Address,
    items: *mut u8,
) -> Status {
    guard(|| {
        // SAFETY: promised by the caller.
        let engine = unsafe { self::engine(engine) }?;
        let signatures = Place::new("signatures", signatures, count)?;
        let outputs = Outputs::new(addresses, items, count)?;
        outputs.apart_from(&signatures.region())?;
        // SAFETY: promised by the caller.
        let signatures: &[Signature] = unsafe { signatures.items() };
        let inputs: Vec<_> = signatures.iter().map(input).collect();
        let results = engine.recover(&inputs).into_iter().zip(signatures);
        let results = results.map(|(result, signature)| {
            SRules::of(signature.s_rule).ok_or(Item::SRule)?;
            Ok(result?.into())
        });
        // SAFETY: promised by the caller.
        unsafe { outputs.write(results) };
        Ok(())
    })
}

/// A signature as the engine takes it. One whose rule is unknown is recovered as well, and its result is not used.
fn input(signature: &Signature) -> RecoverInput {
    RecoverInput {
        prehash: signature.prehash,
        r: signature.r,
        s: signature.s,
        y_parity: signature.y_parity,
        s_rule: SRules::of(signature.s_rule).unwrap_or(SRule::Low),
    }
}
