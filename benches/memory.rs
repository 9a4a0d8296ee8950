//! Memory that a node of a trie takes: read in a witness, and made here.

use alloy_primitives::Bytes;
use phalanx::{
    Engine,
    trie::{Preimages, WorldState},
};
use phalanx_benches::{
    memory::{Counting, Use},
    workloads::{tries, updates::Updates},
};
use std::sync::Arc;

#[global_allocator]
static MEMORY: Counting = Counting::new();

const ACCOUNTS: usize = 1_000_000;
/// Accounts whose paths a witness shows: some 16,000 nodes.
const SHOWN: usize = 4096;

fn main() {
    let engine = Engine::builder().threads(1).build().expect("an engine");
    let start = Updates::new(2, ACCOUNTS).start();
    let (root, nodes) = tries::witness(&engine, &start, SHOWN);
    let bytes: usize = nodes.iter().map(Vec::len).sum();
    println!(
        "Bytes asked of the allocator, beyond those before, by node; nodes are of {:.0} bytes on average.",
        bytes as f64 / nodes.len() as f64
    );
    println!("live: in use by what was made; peak: the most that were in use on the way.");

    let (state, witness) = MEMORY.measure(|| {
        let items = nodes.iter().map(|node| Bytes::copy_from_slice(node));
        let preimages = Preimages::new(&engine, items);
        WorldState::from_witness(root, Arc::new(preimages))
    });
    for address in start.spread(SHOWN) {
        let account = state.account(address).expect("it is shown");
        assert!(account.is_some(), "{address}");
    }
    let of = format!(
        "{} nodes of a witness, their own bytes included",
        nodes.len()
    );
    print(&of, nodes.len(), witness);

    let pairs = start.pairs();
    let count = tries::count_nodes(&pairs);
    let (state, made) = MEMORY.measure(|| start.state(&engine));
    assert!(!state.root().is_zero());
    print(
        &format!("{count} nodes of {ACCOUNTS} accounts made here"),
        count,
        made,
    );
}

fn print(what: &str, nodes: usize, used: Use) {
    let each = |bytes: usize| bytes as f64 / nodes as f64;
    println!(
        "{what}: live {:.0}, peak {:.0}",
        each(used.live),
        each(used.peak)
    );
}
