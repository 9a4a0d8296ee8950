//! Tries: whole ones from sorted pairs, updates of a large one, witnesses, and where an update's cost lies.
//!
//! Contenders take turns, round by round; the table gives medians. Every answer is compared in every round.
//!
//! `cargo bench -p phalanx-benches --bench trie -- [sorted] [updates] [witness] [whale] [dirty]`, all if none is named.

use alloy_primitives::{Address, B256, Bytes, U256, keccak256, map::B256Map};
use phalanx::{
    Engine,
    exec::{AccountChange, StateChanges},
    trie::{Account, Preimages, WorldState},
};
use phalanx_benches::{
    engines::{self, alloy_trie, eth_trie, keccak_asm},
    workloads::{self, Updates},
};
use revm::state::AccountInfo;
use std::{
    collections::BTreeMap,
    hint::black_box,
    time::{Duration, Instant},
};

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let benches: [(&str, fn()); 5] = [
        ("sorted", sorted),
        ("updates", updates),
        ("witness", witness),
        ("whale", whale),
        ("dirty", dirty),
    ];
    let named = |name| asked.contains(&name);
    let all = !benches.iter().any(|(name, _)| named(*name));
    for (name, bench) in benches {
        if all || named(name) {
            println!("\n{name}");
            bench();
        }
    }
}

/// Times by contender.
#[derive(Default)]
struct Table(BTreeMap<String, Vec<Duration>>);

impl Table {
    /// Runs a contender and notes how long it took.
    fn time<R>(&mut self, name: &str, work: impl FnOnce() -> R) -> R {
        let start = Instant::now();
        let result = black_box(work());
        let times = self.0.entry(name.to_owned()).or_default();
        times.push(start.elapsed());
        result
    }

    fn print(&mut self, per: usize, unit: &str) {
        let mut lines: Vec<(Duration, Duration, &String, usize)> = Vec::new();
        for (name, times) in &mut self.0 {
            times.sort_unstable();
            lines.push((times[times.len() / 2], times[0], name, times.len()));
        }
        lines.sort_unstable();
        for (median, least, name, rounds) in lines {
            let each = |time: Duration| time.as_nanos() as f64 / per as f64;
            println!(
                "  {name:<26} median {:>10.3} ms, {:>8.1} ns a {unit} (least {:.1}; {rounds} rounds)",
                median.as_secs_f64() * 1e3,
                each(median),
                each(least),
            );
        }
    }
}

fn single() -> Vec<(String, Engine)> {
    let engines = engines::phalanx().into_iter();
    engines
        .filter(|(_, engine)| engine.threads() == 1)
        .collect()
}

fn sorted() {
    const COUNT: usize = 1_000_000;
    let pairs = workloads::sorted_pairs(1, COUNT);
    let mut table = Table::default();
    for _ in 0..5 {
        let root = table.time("alloy-trie HashBuilder", || {
            alloy_trie::sorted_root(pairs.iter().map(|(key, value)| (*key, &value[..])))
        });
        for (name, engine) in single() {
            let ours = table.time(&name, || {
                let pairs = pairs.iter().map(|(key, value)| (&key[..], &value[..]));
                engine.sorted_root(pairs).expect("in order")
            });
            assert_eq!(ours, root, "{name}");
        }
    }
    table.print(COUNT, "key");
}

fn changes(batch: &[(Address, Option<u64>)]) -> StateChanges {
    let accounts = batch.iter().map(|(address, balance)| {
        let info = balance.map(|balance| AccountInfo {
            balance: U256::from(balance),
            ..AccountInfo::default()
        });
        let change = AccountChange {
            info,
            ..AccountChange::default()
        };
        (*address, change)
    });
    StateChanges {
        accounts: accounts.collect(),
    }
}

/// The same changes for a rival: keys are hashed and values encoded beforehand.
fn pairs(batch: &[(Address, Option<u64>)]) -> Vec<(B256, Vec<u8>)> {
    let pairs = batch.iter().map(|(address, balance)| {
        let account = balance.map(|balance| Account {
            balance: U256::from(balance),
            ..Account::default()
        });
        let value = account.map(alloy_rlp::encode).unwrap_or_default();
        (keccak256(address), value)
    });
    let mut pairs: Vec<_> = pairs.collect();
    pairs.sort_unstable();
    pairs
}

fn state(engine: &Engine, accounts: &[(Address, Option<u64>)]) -> WorldState {
    let mut state = WorldState::default();
    for chunk in accounts.chunks(100_000) {
        state.apply(engine, &changes(chunk)).expect("in memory");
    }
    state
}

fn updates() {
    const COUNT: usize = 2_000;
    let mut workload = Updates::new(2, 1_000_000);
    let start: Vec<_> = workload.accounts().iter().map(|a| (*a, Some(1))).collect();
    let sorted = pairs(&start);
    let mut ours: Vec<_> = single()
        .into_iter()
        .map(|(name, engine)| {
            let state = state(&engine, &start);
            (name, engine, state)
        })
        .collect();
    let mut eth_trie = eth_trie::Kept::new(&sorted);
    #[cfg(feature = "ethrex")]
    let mut ethrex = engines::ethrex_trie::Kept::new(&sorted);
    drop(sorted);
    let mut table = Table::default();
    for _ in 0..15 {
        let batch = workload.batch(COUNT);
        let (changes, pairs) = (changes(&batch), pairs(&batch));
        let root = table.time("eth_trie", || eth_trie.update(&pairs));
        #[cfg(feature = "ethrex")]
        assert_eq!(table.time("ethrex-trie", || ethrex.update(&pairs)), root);
        for (name, engine, state) in &mut ours {
            table.time(name, || state.apply(engine, &changes).expect("in memory"));
            assert_eq!(state.root(), root, "{name}");
        }
    }
    table.print(COUNT, "change");
}

fn witness() {
    const COUNT: usize = 16_000;
    let nodes: Vec<Bytes> = workloads::block_messages(7, COUNT)
        .into_iter()
        .map(Bytes::from)
        .collect();
    let mut table = Table::default();
    for _ in 0..31 {
        let map = table.time("keccak-asm and a hash map", || {
            let hashed = nodes
                .iter()
                .map(|node| (keccak_asm::hash(node), node.clone()));
            hashed.collect::<B256Map<Bytes>>()
        });
        for (name, engine) in single() {
            let preimages = table.time(&name, || Preimages::new(&engine, nodes.iter().cloned()));
            assert_eq!(preimages.len(), map.len(), "{name}");
            for (hash, node) in &map {
                assert_eq!(preimages.get(hash), Some(node), "{name}");
            }
        }
    }
    table.print(COUNT, "node");
}

fn whale_change(count: u64, round: u64) -> StateChanges {
    let change = AccountChange {
        info: Some(AccountInfo::default()),
        storage_wiped: false,
        storage: (0..count)
            .map(|slot| (U256::from(slot), U256::from(round + 1)))
            .collect(),
    };
    StateChanges {
        accounts: [(Address::repeat_byte(1), change)].into_iter().collect(),
    }
}

fn whale() {
    const COUNT: u64 = 100_000;
    let engines = [1, 2].map(|threads| Engine::builder().threads(threads).build());
    let mut states = engines.map(|engine| {
        let engine = engine.expect("an engine");
        let mut state = WorldState::default();
        let start = whale_change(COUNT, 0);
        state.apply(&engine, &start).expect("in memory");
        (engine, state)
    });
    let mut table = Table::default();
    for round in 1..10 {
        let change = whale_change(COUNT, round);
        let mut root = None;
        for (engine, state) in &mut states {
            let name = format!("phalanx/{}/{}", engine.backend(), engine.threads());
            table.time(&name, || state.apply(engine, &change).expect("in memory"));
            assert_eq!(*root.get_or_insert(state.root()), state.root());
        }
    }
    table.print(COUNT as usize, "slot");
}

fn dirty() {
    let mut workload = Updates::new(3, 1_000_000);
    let start: Vec<_> = workload.accounts().iter().map(|a| (*a, Some(1))).collect();
    let engine = Engine::builder().threads(1).build().expect("an engine");
    let mut state = state(&engine, &start);
    for count in [10, 100, 1_000, 10_000, 100_000] {
        let mut table = Table::default();
        for _ in 0..9 {
            let changes = changes(&workload.batch(count));
            table.time(&format!("{count} changes"), || {
                state.apply(&engine, &changes).expect("in memory");
            });
        }
        table.print(count, "change");
    }
}
