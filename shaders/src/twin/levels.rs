//! Twin of `levels.wgsl`, by a published crate.

use crate::layout::{LevelNode, LevelParams, NO_HOLE};
use sha3::{Digest, Keccak256};

/// Runs the stage for one level.
///
/// # Panics
///
/// If a message or a hole reaches past `messages`, a hole does not hold zeros, or the byte after a message is not the first
/// of the padding.
pub fn run(
    params: &LevelParams,
    messages: &mut [u8],
    nodes: &[LevelNode],
    digests: &mut [[u8; 32]],
) {
    let level = params.first as usize..(params.first + params.count) as usize;
    for (node, digest) in nodes[level.clone()].iter().zip(&mut digests[level]) {
        let stored = &messages[4 * node.start as usize..];
        let (message, padding) = stored.split_at(node.length as usize);
        assert_eq!(padding[0], 1, "the padding byte");
        *digest = Keccak256::digest(message).into();
        if node.hole != NO_HOLE {
            let hole = &mut messages[node.hole as usize..][..32];
            assert_eq!(hole, [0; 32], "the hole");
            hole.copy_from_slice(digest);
        }
    }
}
