//! Batches of changes against tries that alloy-trie builds from scratch.
#![no_main]

use phalanx::trie::WorldState;
use phalanx_host_fuzz::{Input, Plain, engine};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut input = Input(bytes);
    let (mut state, mut plain) = (WorldState::default(), Plain::default());
    let mut snapshot = None;
    while !input.is_empty() {
        if input.below(4) == 0 {
            // A version from before, to which the state may come back later.
            let before = (state.clone(), plain.clone());
            if let Some(kept) = snapshot.replace(before)
                && input.below(2) == 0
            {
                (state, plain) = kept;
                assert_eq!(state.root(), plain.root());
            }
        }
        let changes = input.changes();
        plain.apply(&changes);
        state.apply(engine(), &changes).expect("a state in memory");
        assert_eq!(state.root(), plain.root());
        for address in changes.accounts.keys().copied().chain([input.address()]) {
            assert_eq!(state.account(address), Ok(plain.account(address)));
            let slot = input.slot();
            let value = state.slot(address, slot);
            assert_eq!(value, Ok(plain.slot(address, slot)));
        }
    }
});
