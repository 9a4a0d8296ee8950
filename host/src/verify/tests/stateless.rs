//! Witnesses: what is proved, what is taken as given, and what is missed.

use super::*;
use crate::{input::WitnessCase, verify::stateless};
use alloy_eips::eip4788::BEACON_ROOTS_ADDRESS;
use alloy_primitives::keccak256;
use revm::bytecode::opcode as op;

/// A chain at Cancun whose state is one contract, called by the system at each block: it stores the hash of the block
/// `back` before its own.
struct Scene {
    maker: Maker,
    code: Vec<u8>,
}

/// The account trie of one account: its root is a leaf, which is the whole proof.
fn leaf(code: &[u8]) -> Vec<u8> {
    let account = crate::trie::Account {
        nonce: 1,
        code_hash: keccak256(code),
        ..Default::default()
    };
    // The whole hashed address, an even number of nibbles, marked as a leaf.
    let path = [&[0x20], &keccak256(BEACON_ROOTS_ADDRESS)[..]].concat();
    let items: [Bytes; 2] = [path.into(), alloy_rlp::encode(account).into()];
    let mut out = Vec::new();
    alloy_rlp::encode_list::<_, Bytes>(&items, &mut out);
    out
}

impl Scene {
    fn new(back: u8) -> Self {
        let ask = [op::PUSH1, back, op::NUMBER, op::SUB, op::BLOCKHASH];
        let code = [&ask[..], &[op::PUSH0, op::SSTORE]].concat();
        let contract = GenesisAccount::default()
            .with_nonce(Some(1))
            .with_code(Some(code.clone().into()));
        let maker = Maker::new("Cancun", &genesis(&[(BEACON_ROOTS_ADDRESS, contract)]));
        let root = maker.root.header().state_root;
        assert_eq!(root, keccak256(leaf(&code)), "the proof is the state's");
        Self { maker, code }
    }

    /// A witness of a block five above a genesis whose state is not changed until then.
    ///
    /// Ancestors are headers alone, their state being that of the genesis.
    fn case(&self) -> (WitnessCase, Vec<Header>) {
        let state = &self.maker.root.state;
        let mut ancestors = vec![self.maker.root.header().clone()];
        for seed in 0..4 {
            let above = Made {
                block: whole(ancestors[0].clone(), Vec::new()),
                state: state.clone(),
            };
            let mut header = self.maker.child(&above, 12, seed).block.header;
            header.state_root = self.maker.root.header().state_root;
            ancestors.insert(0, header);
        }
        let parent = Made {
            block: whole(ancestors[0].clone(), Vec::new()),
            state: state.clone(),
        };
        let made = self.maker.child(&parent, 12, 9);
        let case = WitnessCase {
            chain_id: Some(1),
            block: made.block,
            nodes: vec![leaf(&self.code).into()],
            codes: vec![self.code.clone().into()],
            headers: Vec::new(),
            block_hashes: Vec::new(),
            pre_state_root: None,
            post_state_root: None,
        };
        (case, ancestors)
    }

    fn verify(&self, case: &WitnessCase) -> BlockVerdict {
        stateless::verify(&self.maker.engine, &Serial, &self.maker.spec, case)
    }
}

fn encoded(headers: &[Header]) -> Vec<Bytes> {
    headers
        .iter()
        .map(|header| alloy_rlp::encode(header).into())
        .collect()
}

/// Seals the block with the root that the contract's write of `hash` leads to.
fn storing(scene: &Scene, case: &mut WitnessCase, hash: B256) {
    let contract = GenesisAccount::default()
        .with_nonce(Some(1))
        .with_code(Some(scene.code.clone().into()))
        .with_storage(Some([(B256::ZERO, hash)].into()));
    let alloc = [(BEACON_ROOTS_ADDRESS, contract)].into();
    let after = WorldState::from_genesis_alloc(&scene.maker.engine, &alloc);
    let root = after.root();
    case.block = changed(&case.block, |header| header.state_root = root);
}

/// BLOCKHASH of the parent needs nothing but the block itself.
fn simple() -> (Scene, WitnessCase, Vec<Header>) {
    let scene = Scene::new(1);
    let (mut case, ancestors) = scene.case();
    let parent_hash = case.block.header.parent_hash;
    storing(&scene, &mut case, parent_hash);
    (scene, case, ancestors)
}

#[test]
fn the_parents_header_proves_the_state_before() {
    let (scene, mut case, ancestors) = simple();
    case.headers = encoded(&ancestors[..1]);
    for claim in [None, Some(ancestors[0].state_root)] {
        case.pre_state_root = claim;
        let verdict = scene.verify(&case);
        assert_eq!(failed(&verdict), [], "{verdict:?}");
        for check in [
            Check::ParentLink,
            Check::HeaderRules,
            Check::Execution,
            Check::StateRoot,
        ] {
            assert!(passed(&verdict, check), "{check}");
        }
    }
    case.pre_state_root = Some(B256::ZERO);
    let verdict = scene.verify(&case);
    assert_eq!(failed(&verdict), [Check::StateRoot]);
    assert!(
        !passed(&verdict, Check::Execution),
        "not executed over either"
    );
}

#[test]
fn without_the_header_the_claim_is_taken_and_said_so() {
    let (scene, mut case, ancestors) = simple();
    case.pre_state_root = Some(ancestors[0].state_root);
    case.headers.clear();
    for hashes in [vec![], vec![case.block.header.parent_hash]] {
        case.block_hashes = hashes;
        let verdict = scene.verify(&case);
        assert_eq!(failed(&verdict), [], "{verdict:?}");
        assert!(passed(&verdict, Check::StateRoot));
        assert!(reason(&verdict, Check::ParentLink).contains("taken as given"));
        assert!(!passed(&verdict, Check::HeaderRules));
    }
    case.block_hashes = vec![B256::ZERO];
    assert_eq!(failed(&scene.verify(&case)), [Check::ParentLink]);
    // Headers that are not the parent's, or not headers, are no parent; and a source that has some is not believed.
    case.block_hashes.clear();
    for headers in [encoded(&ancestors[1..2]), vec![Bytes::from_static(&[0xc0])]] {
        case.headers = headers;
        assert_eq!(failed(&scene.verify(&case)), [Check::ParentLink]);
    }
}

#[test]
fn without_either_nothing_is_covered() {
    let (scene, case, _) = simple();
    let verdict = scene.verify(&case);
    assert_eq!(failed(&verdict), [Check::ParentLink]);
    let hash = case.block.header.parent_hash.to_string();
    assert!(reason(&verdict, Check::ParentLink).contains(&hash));
    assert!(!passed(&verdict, Check::StateRoot));
}

#[test]
fn a_header_with_bytes_after_it_is_no_header() {
    let (scene, mut case, ancestors) = simple();
    let mut header = encoded(&ancestors[..1]).remove(0).to_vec();
    header.push(0);
    case.headers = vec![header.into()];
    assert_eq!(failed(&scene.verify(&case)), [Check::ParentLink]);
}

#[test]
fn other_claims_after_the_block_are_a_fault() {
    let (scene, mut case, ancestors) = simple();
    case.headers = encoded(&ancestors[..1]);
    case.post_state_root = Some(case.block.header.state_root);
    assert_eq!(failed(&scene.verify(&case)), []);
    case.post_state_root = Some(B256::ZERO);
    assert_eq!(failed(&scene.verify(&case)), [Check::StateRoot]);
}

#[test]
fn missing_parts_are_named() {
    let (scene, mut case, ancestors) = simple();
    case.headers = encoded(&ancestors[..1]);
    let whole = case.nodes.clone();
    case.nodes.clear();
    let verdict = scene.verify(&case);
    assert_eq!(failed(&verdict), [Check::Execution]);
    let root = ancestors[0].state_root.to_string();
    assert!(
        reason(&verdict, Check::Execution).contains(&root),
        "{verdict:?}"
    );
    case.nodes = whole;
    case.codes.clear();
    let verdict = scene.verify(&case);
    let code = keccak256(&scene.code).to_string();
    assert!(
        reason(&verdict, Check::Execution).contains(&code),
        "{verdict:?}"
    );
}

#[test]
fn ancestors_hashes_are_proved_by_headers_or_noted() {
    let scene = Scene::new(3);
    let (mut case, ancestors) = scene.case();
    let right = header_hash(&ancestors[2]);
    storing(&scene, &mut case, right);
    let claims: Vec<B256> = ancestors.iter().map(header_hash).collect();

    // The header two blocks back holds the hash of the third.
    case.headers = encoded(&ancestors[..2]);
    let verdict = scene.verify(&case);
    assert!(passed(&verdict, Check::Execution) && passed(&verdict, Check::StateRoot));
    // Order is nothing, and claims change nothing where there is proof.
    case.headers.reverse();
    case.block_hashes = vec![claims[0], B256::ZERO, B256::ZERO];
    let verdict = scene.verify(&case);
    assert!(passed(&verdict, Check::Execution) && passed(&verdict, Check::StateRoot));

    case.headers = encoded(&ancestors[..1]);
    case.block_hashes = claims.clone();
    let verdict = scene.verify(&case);
    assert_eq!(failed(&verdict), [], "{verdict:?}");
    assert!(reason(&verdict, Check::Execution).contains("no header proves"));
    assert!(passed(&verdict, Check::StateRoot));

    // A gap in the headers breaks the chain of proof.
    case.headers = encoded(&[ancestors[0].clone(), ancestors[2].clone()]);
    case.block_hashes.clear();
    let verdict = scene.verify(&case);
    assert_eq!(failed(&verdict), [Check::Execution]);
    assert!(
        reason(&verdict, Check::Execution).contains("ancestor 2"),
        "{verdict:?}"
    );

    // A wrong claim leads to another state.
    case.headers = encoded(&ancestors[..1]);
    case.block_hashes = vec![claims[0], claims[1], B256::repeat_byte(1)];
    assert_eq!(failed(&scene.verify(&case)), [Check::StateRoot]);
}
