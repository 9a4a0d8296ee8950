//! States of which a witness shows all, a part, or something else than the definition says.
#![no_main]

use phalanx::trie::{Preimages, StateError, TrieError, WorldState, verify_proof};
use phalanx_host_fuzz::{Composer, Input, Plain, engine};
use std::sync::Arc;

/// True if the error says that a node is not at hand.
fn lacks_node(error: &StateError) -> bool {
    let (StateError::Account { source, .. } | StateError::Slot { source, .. }) = error else {
        return false;
    };
    matches!(**source, TrieError::MissingNode { .. })
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut input = Input(bytes);
    let composer = Composer::new(&mut input);
    let mut plain = Plain::default();
    for _ in 0..=input.below(3) {
        plain.apply(&input.changes());
    }
    let witness = composer.state(&plain);
    // What the nodes are the definition's of, if they are.
    let told = !witness.altered;
    let (whole, root) = (told && !witness.incomplete, witness.root);
    let preimages = Arc::new(Preimages::new(engine(), witness.nodes));
    let mut state = WorldState::from_witness(root, preimages);
    let may_fail = |error: &StateError| !whole && (!told || lacks_node(error));

    let mut names = plain.0.keys().copied().collect::<Vec<_>>();
    names.truncate(4);
    names.extend([input.address(), input.address()]);
    for address in names {
        let slots = [input.slot(), input.slot()];
        match state.account(address) {
            Ok(account) => assert!(!told || account == plain.account(address)),
            Err(error) => assert!(may_fail(&error), "{error}"),
        }
        for slot in slots {
            match state.slot(address, slot) {
                Ok(value) => assert!(!told || value == plain.slot(address, slot)),
                Err(error) => assert!(may_fail(&error), "{error}"),
            }
        }
        match state.proof(address, &slots) {
            Ok(proof) => assert_eq!(verify_proof(engine(), root, &proof), Ok(())),
            Err(error) => assert!(may_fail(&error), "{error}"),
        }
    }

    while !input.is_empty() {
        let changes = input.changes();
        let before = state.root();
        match state.apply(engine(), &changes) {
            Ok(()) => {
                plain.apply(&changes);
                assert!(!told || state.root() == plain.root());
                for (address, change) in &changes.accounts {
                    let account = state.account(*address).expect("it was just written");
                    let balance = account.map(|account| account.balance);
                    let written = change.info.as_ref().map(|info| info.balance);
                    assert_eq!(balance, written);
                    for (slot, value) in &change.storage {
                        let found = state.slot(*address, *slot).expect("it was just written");
                        let written = change.info.as_ref().map(|_| *value);
                        assert_eq!(found, written.unwrap_or_default());
                    }
                }
            }
            Err(error) => {
                assert!(may_fail(&error), "{error}");
                assert_eq!(state.root(), before);
            }
        }
    }
});
