//! A chain from its genesis on with all of its state in memory: each block is verified over
//! [tries of pointers](super::trie) and leaves them as the next one finds them.

use super::{Chain, witness::Tries};
use crate::chain::ChainSpec;
use alloy_consensus::{Header, constants::KECCAK_EMPTY};
use alloy_genesis::Genesis;
use alloy_primitives::{B256, U256, keccak256};
use rayon::ThreadPool;
use revm::{
    database::states::StorageSlot,
    database::{TransitionAccount, TransitionState},
    state::AccountInfo,
};

/// A chain and its state at its last block.
#[derive(Debug)]
pub struct Follower {
    spec: ChainSpec,
    state: Tries,
    head: B256,
}

impl Follower {
    /// At the genesis.
    pub fn new(spec: &ChainSpec, genesis: &Genesis, header: &Header) -> Result<Self, String> {
        let mut state = Tries::default();
        let mut step = TransitionState::default();
        for (address, account) in &genesis.alloc {
            let code = account.code.as_ref().filter(|code| !code.is_empty());
            let code_hash = code.map_or(KECCAK_EMPTY, keccak256);
            state
                .codes
                .extend(code.map(|code| (code_hash, code.clone())));
            let slot = |(slot, value): (&B256, &B256)| {
                let value = U256::from_be_bytes(value.0);
                (
                    U256::from_be_bytes(slot.0),
                    StorageSlot::new_changed(U256::ZERO, value),
                )
            };
            let info = AccountInfo {
                balance: account.balance,
                nonce: account.nonce.unwrap_or_default(),
                code_hash,
                code: None,
                ..AccountInfo::default()
            };
            let change = TransitionAccount {
                info: Some(info),
                storage: account.storage.iter().flatten().map(slot).collect(),
                ..TransitionAccount::default()
            };
            step.transitions.insert(*address, change);
        }
        super::same("genesis state root", header.state_root, state.apply(&step)?)?;
        let head = header.hash_slow();
        state.ancestors.insert(header.number, head);
        let spec = spec.clone();
        Ok(Self { spec, state, head })
    }

    /// Verifies the next block, from Byzantium on, and gives the state root after it.
    pub fn verify(&mut self, pool: &ThreadPool, raw: &[u8]) -> Result<B256, String> {
        let block = super::decode(raw)?;
        let header = &block.header;
        super::same("parent", header.parent_hash, self.head)?;
        let chain = Chain(self.spec.rules_at(header.number, header.timestamp, None));
        super::check_body(&block, None)?;
        let senders = super::senders(pool, &chain, &block.body.transactions)?;
        let executed = super::execute(&chain, &block, &senders, &mut self.state)?;
        super::check_receipts(header, &executed.receipts)?;
        super::check_executed(&chain, header, &executed)?;
        let mut root = B256::ZERO;
        for step in &executed.steps {
            let created = step.transitions.values().filter_map(|it| it.info.as_ref());
            let codes = created.filter_map(|info| {
                let code = info.code.as_ref().filter(|code| !code.is_empty())?;
                Some((info.code_hash, code.original_bytes()))
            });
            self.state.codes.extend(codes);
            root = self.state.apply(step)?;
        }
        super::same("state root", header.state_root, root)?;
        self.head = header.hash_slow();
        self.state.ancestors.insert(header.number, self.head);
        Ok(root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Engine, bench::workloads::made::Made, generate::Plan};

    #[test]
    fn a_generated_chain_is_followed_and_a_false_block_is_not() {
        let engine = Engine::builder().build().expect("an engine");
        // Long enough that contracts are called which earlier blocks have created.
        let made = Made::new(&engine, Plan::default()).expect("a sound plan");
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build();
        let pool = pool.expect("threads");
        let mut follower =
            Follower::new(&made.spec, &made.genesis, &made.header).expect("its genesis");
        let [first, rest @ ..] = made.blocks.as_slice() else {
            panic!("three blocks");
        };
        let late = follower.verify(&pool, &rest[0].raw);
        assert!(late.is_err_and(|error| error.starts_with("parent")));
        for block in std::iter::once(first).chain(rest) {
            let root = follower.verify(&pool, &block.raw);
            assert_eq!(root, Ok(block.block.header.state_root));
        }
    }
}
