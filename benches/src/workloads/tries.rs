//! Nodes of a large account trie.

use super::updates::Batch;
use alloy_primitives::{B256, Bytes};
use phalanx::Engine;
use std::collections::BTreeSet;

/// The root of a state, and all nodes on the paths of some of its accounts, which are spread evenly, in the order of
/// their bytes.
pub fn witness(engine: &Engine, start: &Batch, accounts: usize) -> (B256, Vec<Vec<u8>>) {
    let state = start.state(engine);
    let mut nodes: BTreeSet<Bytes> = BTreeSet::new();
    for address in start.spread(accounts) {
        let proof = state.proof(address, &[]).expect("in memory");
        nodes.extend(proof.account_proof);
    }
    let nodes = nodes.iter().map(|node| node.to_vec()).collect();
    (state.root(), nodes)
}

/// How many nodes the trie of these pairs has.
pub fn count_nodes(pairs: &[(B256, Vec<u8>)]) -> usize {
    let neighbours = pairs.windows(2);
    let shared = neighbours.map(|pair| shared_nibbles(&pair[0].0, &pair[1].0));
    match pairs.is_empty() {
        true => 0,
        false => nodes(&shared.collect::<Vec<usize>>(), 0),
    }
}

/// Nodes at and below a place, given how many nibbles each key there shares with the next one.
fn nodes(shared: &[usize], place: usize) -> usize {
    let Some(depth) = shared.iter().copied().min() else {
        return 1;
    };
    let below = shared.split(|at| *at == depth);
    let below: usize = below.map(|shared| nodes(shared, depth + 1)).sum();
    below + 1 + usize::from(depth > place)
}

fn shared_nibbles(a: &B256, b: &B256) -> usize {
    let bytes = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let high = |key: &B256| key.get(bytes).map(|byte| byte >> 4);
    2 * bytes + usize::from(bytes < 32 && high(a) == high(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workloads::updates::{Pairs, Updates};
    use alloy_primitives::{b256, keccak256};
    use phalanx::trie::Preimages;

    #[test]
    fn nodes_are_counted() {
        let keys = [
            b256!("1234000000000000000000000000000000000000000000000000000000000000"),
            b256!("1235000000000000000000000000000000000000000000000000000000000000"),
            b256!("1300000000000000000000000000000000000000000000000000000000000000"),
            b256!("2000000000000000000000000000000000000000000000000000000000000000"),
        ];
        let pairs: Pairs = keys.map(|key| (key, vec![1; 40])).into();
        let counts: Vec<usize> = (0..5).map(|end| count_nodes(&pairs[..end])).collect();
        // With two keys an extension leads to the branch; with three, another branch stands above an extension of its
        // own; the fourth puts a branch in the place of the topmost extension.
        assert_eq!(counts, [0, 1, 4, 7, 8]);
    }

    #[test]
    fn a_witness_of_all_accounts_is_the_whole_trie() {
        let engine = Engine::builder().build().expect("an engine");
        let start = Updates::new(4, 500).start();
        let (root, nodes) = witness(&engine, &start, 500);
        assert_eq!(nodes.len(), count_nodes(&start.pairs()));
        assert!(nodes.iter().any(|node| keccak256(node) == root));
        let (_, part) = witness(&engine, &start, 20);
        assert!((25..200).contains(&part.len()), "{}", part.len());
        let nodes = nodes.into_iter().map(Bytes::from);
        assert_eq!(
            Preimages::new(&engine, nodes).len(),
            count_nodes(&start.pairs())
        );
    }
}
