//! What decodes as a node, and what does not.

use super::{
    grown, models,
    oracle::{list, string},
};
use crate::trie::{decode::check, node::Kind};
use alloy_primitives::Bytes;
use alloy_rlp::{Decodable, Encodable};
use alloy_trie::nodes::TrieNode;
use proptest::{collection::vec, prelude::*};

fn branch(children: &[Vec<u8>], value: &[u8]) -> Vec<u8> {
    let mut items = children.to_vec();
    items.resize(16, string(&[]));
    items.push(string(value));
    list(&items)
}

/// Whatever is taken for a node has no other form: what alloy-trie reads of it encodes to the same bytes, and is of the
/// same kind.
fn has_one_form_or_none(rlp: &[u8]) -> bool {
    let Ok(shape) = check(rlp) else {
        return true;
    };
    let node = TrieNode::decode(&mut &rlp[..]).expect("a node for alloy-trie as well");
    let mut again = Vec::new();
    node.encode(&mut again);
    let same_kind = match node {
        TrieNode::Branch(branch) => {
            shape.kind() == Kind::Branch && shape.mask() == branch.state_mask.get()
        }
        TrieNode::Extension(_) => shape.kind() == Kind::Extension,
        TrieNode::Leaf(_) => shape.kind() == Kind::Leaf,
        TrieNode::EmptyRoot => false,
    };
    again == rlp && same_kind
}

proptest! {
    #[test]
    fn nodes_of_a_trie_decode(model in models()) {
        for rlp in grown(&model).all_nodes() {
            prop_assert!(check(&rlp).is_ok());
            prop_assert!(has_one_form_or_none(&rlp));
        }
    }

    #[test]
    fn altered_nodes_are_refused_or_other_nodes(
        model in models(),
        at in any::<prop::sample::Index>(),
        change in any::<u8>(),
        cut in any::<prop::sample::Index>(),
    ) {
        for rlp in grown(&model).all_nodes() {
            let mut altered = rlp.to_vec();
            let at = at.index(altered.len());
            altered[at] = change;
            prop_assert!(has_one_form_or_none(&altered));
            prop_assert!(check(&rlp[..cut.index(rlp.len())]).is_err());
        }
    }

    #[test]
    fn junk_does_no_harm(rlp in vec(any::<u8>(), 0..80)) {
        let _ = check(&rlp);
    }
}

#[test]
fn refuses_what_is_not_canonical() {
    let hash = string(&[5; 32]);
    let one = [hash.clone()];
    let two = [hash.clone(), hash.clone()];
    let leaf = list(&[string(&[0x31]), string(&[9])]);
    let extension = list(&[string(&[0x11]), branch(&[leaf.clone(), leaf.clone()], &[])]);
    assert!(check(&branch(&two, &[])).is_ok());
    assert!(check(&extension).is_ok());

    let mut trailing = branch(&two, &[]);
    trailing.push(0);
    for (rlp, reason) in [
        (vec![], "not one canonical RLP list"),
        (vec![0x80], "not one canonical RLP list"),
        (vec![0xf9, 0xff, 0xff], "not one canonical RLP list"),
        (vec![0xf8, 0x01, 0x01], "not one canonical RLP list"),
        (trailing, "bytes after the node"),
        (list(&[]), "neither 2 nor 17 items"),
        (list(&vec![hash.clone(); 3]), "neither 2 nor 17 items"),
        (list(&vec![hash.clone(); 18]), "neither 2 nor 17 items"),
        (list(&vec![string(&[]); 1 << 20]), "neither 2 nor 17 items"),
        (branch(&one, &[]), "branch with fewer than two children"),
        (
            branch(&two, &[1]),
            "branch with a value, though all keys have one length",
        ),
        (
            list(&[string(&[0x20]), string(&[])]),
            "leaf without a value",
        ),
        (
            list(&[string(&[0x20]), list(&[])]),
            "a list where a string belongs",
        ),
        (
            list(&[list(&[]), hash.clone()]),
            "a list where a string belongs",
        ),
        (
            list(&[string(&[]), hash.clone()]),
            "invalid hex-prefix path",
        ),
        (
            list(&[string(&[0x40]), hash.clone()]),
            "invalid hex-prefix path",
        ),
        (
            list(&[string(&[0x21]), hash.clone()]),
            "invalid hex-prefix path",
        ),
        (
            list(&[string(&[0x20; 34]), hash.clone()]),
            "path longer than any hash",
        ),
        (
            list(&[string(&vec![0x20; 1 << 20]), hash.clone()]),
            "path longer than any hash",
        ),
        (
            list(&[string(&[0x00]), hash.clone()]),
            "extension with an empty path",
        ),
        (
            list(&[string(&[0x11]), string(&[])]),
            "extension without a child",
        ),
        (
            list(&[string(&[0x11]), string(&[5; 31])]),
            "child reference that is no hash",
        ),
        (
            list(&[string(&[0x11]), leaf]),
            "extension over a node that is no branch",
        ),
        (
            list(&[string(&[0x11]), extension]),
            "extension over a node that is no branch",
        ),
        (
            list(&[string(&[0x11]), branch(&two, &[])]),
            "inline child of 32 bytes or more",
        ),
        (
            list(&[vec![0x81, 0x11], hash]),
            "an item that is no canonical RLP",
        ),
    ] {
        assert_eq!(check(&rlp).err(), Some(reason), "{:x?}", rlp.get(..40));
    }
}

#[test]
fn nested_lists_are_not_followed() {
    let nested = (0..2000).fold(list(&[]), |inner, _| list(&[string(&[0x11]), inner]));
    assert_eq!(
        check(&nested).err(),
        Some("inline child of 32 bytes or more")
    );
}

#[test]
fn a_mebibyte_of_value_is_a_leaf() {
    let leaf = list(&[string(&[0x20]), string(&vec![7; 1 << 20])]);
    assert!(check(&Bytes::from(leaf)).is_ok());
}
