//! What decodes as a node, and what does not.

use super::{all_nodes, built, list, models, string};
use crate::trie::decode::decode;
use alloy_primitives::Bytes;
use proptest::{collection::vec, prelude::*};

fn branch(children: &[Vec<u8>], value: &[u8]) -> Vec<u8> {
    let mut items = children.to_vec();
    items.resize(16, string(&[]));
    items.push(string(value));
    list(&items)
}

/// Whatever decodes has no other form: it encodes to the same bytes.
fn decodes_to_itself_or_not_at_all(rlp: Bytes) -> bool {
    let Ok(body) = decode(&rlp) else {
        return true;
    };
    let mut again = Vec::new();
    body.encode(&mut again);
    again == rlp[..]
}

proptest! {
    #[test]
    fn nodes_of_a_trie_decode(model in models()) {
        for rlp in all_nodes(&built(&model)) {
            prop_assert!(decode(&rlp).is_ok());
            prop_assert!(decodes_to_itself_or_not_at_all(rlp));
        }
    }

    #[test]
    fn altered_nodes_are_refused_or_other_nodes(
        model in models(),
        at in any::<prop::sample::Index>(),
        change in any::<u8>(),
        cut in any::<prop::sample::Index>(),
    ) {
        for rlp in all_nodes(&built(&model)) {
            let mut altered = rlp.to_vec();
            let at = at.index(altered.len());
            altered[at] = change;
            prop_assert!(decodes_to_itself_or_not_at_all(altered.into()));
            prop_assert!(decode(&rlp.slice(..cut.index(rlp.len()))).is_err());
        }
    }

    #[test]
    fn junk_does_no_harm(rlp in vec(any::<u8>(), 0..80)) {
        prop_assert!(decodes_to_itself_or_not_at_all(rlp.into()));
    }
}

#[test]
fn refuses_what_is_not_canonical() {
    let hash = string(&[5; 32]);
    let one = [hash.clone()];
    let two = [hash.clone(), hash.clone()];
    let leaf = list(&[string(&[0x31]), string(&[9])]);
    let extension = list(&[string(&[0x11]), branch(&[leaf.clone(), leaf.clone()], &[])]);
    assert!(decode(&branch(&two, &[]).into()).is_ok());
    assert!(decode(&branch(&one, &[1]).into()).is_ok());
    assert!(decode(&extension.clone().into()).is_ok());

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
        (branch(&one, &[]), "branch with fewer than two places taken"),
        (branch(&[], &[1]), "branch with fewer than two places taken"),
        (
            list(&[string(&[0x20]), string(&[])]),
            "leaf without a value",
        ),
        (
            list(&[string(&[0x20]), list(&[])]),
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
        assert_eq!(
            decode(&rlp.clone().into()).err(),
            Some(reason),
            "{:x?}",
            rlp.get(..40)
        );
    }
}

#[test]
fn nested_lists_are_not_followed() {
    let nested = (0..2000).fold(list(&[]), |inner, _| list(&[string(&[0x11]), inner]));
    assert_eq!(
        decode(&nested.into()).err(),
        Some("inline child of 32 bytes or more")
    );
}
