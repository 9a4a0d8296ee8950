//! Generated chains to change blocks of.

use super::{ENGINE, Subject, faults, rules_of};
use alloy_consensus::Header;
use alloy_genesis::Genesis;
use alloy_primitives::{Address, B256, Bytes, keccak256, map::AddressMap};
use k256::ecdsa::SigningKey;
use phalanx::{
    block::Block,
    chain::ChainSpec,
    exec::Serial,
    generate::Plan,
    trie::WorldState,
    verdict::BlockVerdict,
    verify::{chain::ChainVerifier, export::genesis_block, groundwork::Groundwork},
};
use std::cell::RefCell;

/// A chain of small blocks that has every type of transaction.
pub(super) const SMALL: Plan = Plan {
    seed: 1,
    blocks: 4,
    transactions: 30,
};

/// A generated chain.
pub(super) struct Generated {
    plan: Plan,
    pub(super) genesis: Genesis,
    pub(super) spec: ChainSpec,
    pub(super) genesis_header: Header,
    pub(super) genesis_state: WorldState,
    pub(super) blocks: Vec<Block>,
    pub(super) encoded: Vec<Bytes>,
}

type Verifier = ChainVerifier<Serial>;

/// The verdict on a block that comes next.
pub(super) fn import(verifier: &mut Verifier, block: &Block) -> BlockVerdict {
    verifier.import(block, Groundwork::of(&ENGINE, block), None, None)
}

impl Generated {
    pub(super) fn new(plan: Plan) -> Self {
        let (genesis, encoded) = plan.build(&ENGINE).expect("a chain");
        let spec = ChainSpec::from_genesis(&genesis).expect("a chain");
        let (genesis_header, genesis_state) = genesis_block(&ENGINE, &genesis, &spec);
        let blocks = encoded.iter().map(|bytes| Block::decode(bytes));
        Self {
            plan,
            spec,
            genesis_header,
            genesis_state,
            blocks: blocks.collect::<Result<_, _>>().expect("blocks"),
            encoded,
            genesis,
        }
    }

    /// A verifier that has accepted the first `count` blocks.
    pub(super) fn verifier(&self, count: usize) -> Verifier {
        let (header, state) = (self.genesis_header.clone(), self.genesis_state.clone());
        let spec = self.spec.clone();
        let mut verifier = ChainVerifier::from_genesis(&ENGINE, Serial, spec, header, Some(state));
        for block in &self.blocks[..count] {
            let verdict = import(&mut verifier, block);
            assert!(verdict.is_verified(), "{:#?}", faults(&verdict));
        }
        verifier
    }

    /// The block at an index of [`blocks`](Self::blocks), judged as the successor of those before it.
    pub(super) fn subject(&self, index: usize) -> Subject {
        let original = &self.blocks[index];
        let verdict = import(&mut self.verifier(index), original);
        assert!(verdict.is_verified(), "{:#?}", faults(&verdict));
        // The verifier that judges never sees the original: what is refused leaves no trace in it.
        let verifier = RefCell::new(self.verifier(index));
        let parent = match index.checked_sub(1) {
            Some(before) => self.blocks[before].header.clone(),
            None => self.genesis_header.clone(),
        };
        Subject {
            name: format!("block {} of {}", index + 1, self.plan),
            block: original.clone(),
            rules: rules_of(&self.spec, original),
            parent: Some(parent),
            next: self.blocks.get(index + 1).cloned(),
            judge: Box::new(move |block| import(&mut verifier.borrow_mut(), block)),
        }
    }

    /// The keys of those who sign, by address; derived as the generator derives them.
    pub(super) fn keys(&self) -> AddressMap<SigningKey> {
        let seed = self.plan.seed;
        let people = ["user", "wallet"].into_iter().flat_map(|role| {
            (0..64).map(move |index| keccak256(format!("phalanx {seed} {role} {index}")))
        });
        people
            .map(|secret| {
                let key = SigningKey::from_slice(secret.as_slice()).expect("a key");
                (address_of(&key), key)
            })
            .collect()
    }
}

fn address_of(key: &SigningKey) -> Address {
    let point = key.verifying_key().to_sec1_point(false);
    let hash: B256 = keccak256(&point.as_bytes()[1..]);
    Address::from_word(hash)
}
