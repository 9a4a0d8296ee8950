//! Changes of the state: by a transaction or a block, and out of nothing at genesis.

mod writes;

use super::{
    StateError, WorldState,
    forest::{Name, Root},
    heap::Writer,
    merge::{Merge, WORTH_THREADS},
    plan::Plan,
    state::Account,
};
use crate::{Engine, exec::StateChanges};
use alloy_genesis::GenesisAccount;
use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY};
use std::collections::BTreeMap;
use tracing::trace_span;
use writes::Writes;

impl WorldState {
    /// Applies the changes of a transaction or a block. On an error, nothing is changed.
    ///
    /// In every trie, it is as if all upserts came before any delete: otherwise a branch may be left for a moment with
    /// one child whose content nobody needs, and which an honest witness therefore lacks.
    pub fn apply(&mut self, engine: &Engine, changes: &StateChanges) -> Result<(), StateError> {
        self.apply_split(engine, changes, WORTH_THREADS)
    }

    /// The same; so many changes below one place are worth being spread over threads.
    pub(super) fn apply_split(
        &mut self,
        engine: &Engine,
        changes: &StateChanges,
        worth_threads: usize,
    ) -> Result<(), StateError> {
        let mut writes = Writes::default();
        for (address, change) in &changes.accounts {
            let account = change.info.as_ref().map(|info| Account {
                nonce: info.nonce,
                balance: info.balance,
                code_hash: match info.code_hash {
                    // The engine that runs the code has either for "no code".
                    B256::ZERO => KECCAK256_EMPTY,
                    hash => hash,
                },
                ..Account::default()
            });
            let slots = change.storage.iter().map(|(slot, value)| (*slot, *value));
            writes.account(*address, account, change.storage_wiped, slots);
        }
        self.write(engine, &writes, worth_threads)?;
        for info in changes.accounts.values().filter_map(|c| c.info.as_ref()) {
            if let Some(code) = &info.code
                && !code.is_empty()
                && self.codes.get(&info.code_hash).is_none()
            {
                self.codes.insert(info.code_hash, code.original_bytes());
            }
        }
        Ok(())
    }

    /// The state at genesis. Slots that are zero don't exist; accounts without anything do.
    pub fn from_genesis_alloc(engine: &Engine, alloc: &BTreeMap<Address, GenesisAccount>) -> Self {
        let mut state = Self::default();
        let codes: Vec<&Bytes> = alloc.values().filter_map(|a| a.code.as_ref()).collect();
        let mut code_hashes = engine.keccak256(&codes).into_iter().zip(codes);
        let mut writes = Writes::default();
        for (address, genesis) in alloc {
            let mut account = Account {
                nonce: genesis.nonce.unwrap_or_default(),
                balance: genesis.balance,
                ..Account::default()
            };
            if genesis.code.is_some()
                && let Some((hash, code)) = code_hashes.next()
            {
                account.code_hash = hash;
                state.codes.insert(hash, code.clone());
            }
            let slots = genesis.storage.iter().flatten();
            let slots = slots.map(|(slot, value)| ((*slot).into(), (*value).into()));
            writes.account(*address, Some(account), false, slots);
        }
        let written = state.write(engine, &writes, WORTH_THREADS);
        written.expect("a state without accounts lacks no node");
        state
    }

    fn write(
        &mut self,
        engine: &Engine,
        writes: &Writes,
        worth_threads: usize,
    ) -> Result<(), StateError> {
        let writes =
            trace_span!(target: "phalanx::trie", "keys").in_scope(|| writes.sorted(engine));
        let plan = Plan::new(engine, Writer::after(&self.forest.heap), true);
        let mut merge = Merge::new(&self.forest, plan);
        merge.worth_threads = worth_threads;
        let merged = trace_span!(target: "phalanx::trie", "merge")
            .in_scope(|| merge.trie(Name::Accounts, self.root, &writes));
        let Some(root) = merged? else {
            return Ok(());
        };
        let mut plan = merge.plan;
        plan.hash();
        let hash = plan.hash_of(root).expect("all nodes are hashed");
        self.root = Root {
            hash: hash.into(),
            id: root.id,
        };
        let _seal = trace_span!(target: "phalanx::trie", "seal").entered();
        let first = self.forest.heap.bytes() == 0;
        self.forest.heap.seal(plan.into_writer().into_chunks());
        match first {
            true => self.needed_bytes = self.forest.heap.bytes(),
            false => {
                trace_span!(target: "phalanx::trie", "compact").in_scope(|| self.compact(engine))
            }
        }
        Ok(())
    }
}
