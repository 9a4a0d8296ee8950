//! Right documents made wrong at random, from a seed: reading and verifying them must end, soon, and without a panic.

use super::{
    corpus::{self, Folder},
    small::{Small, block, engine},
};
use alloy_consensus::Header;
use alloy_primitives::{B256, Bytes, U256};
use phalanx::{
    Engine,
    block::{Block, header_hash},
    chain::ChainSpec,
    exec::Serial,
    input::{Case, CaseKind, ChainCase, Limits, ListedBlock, Progress, WitnessCase, read},
    verify::case::{Options, run},
};
use std::{
    fs,
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    time::{Duration, Instant},
};

/// No mutated document of this size may take longer, on a loaded machine.
const MOST: Duration = Duration::from_secs(10);

/// xorshift64*: few lines, and the same everywhere.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// A number near the places where arithmetic goes wrong.
    fn number(&mut self) -> u64 {
        const EDGES: [u64; 12] = [
            0,
            1,
            5_000,
            131_072,
            1_920_000,
            15_537_394,
            1 << 31,
            1 << 32,
            1 << 53,
            (1 << 63) - 1,
            1 << 63,
            u64::MAX,
        ];
        let edge = EDGES[self.below(EDGES.len())];
        match self.below(4) {
            0 => self.next() >> self.below(64),
            1 => edge.wrapping_add(self.next() % 8),
            2 => edge.wrapping_sub(self.next() % 8),
            _ => edge,
        }
    }
}

/// Cases in the short run; more if `PHALANX_FUZZ_CASES` asks for them, real documents then included.
fn plan(short: u64) -> (u64, u64, bool) {
    let variable = |name| {
        std::env::var(name)
            .ok()
            .and_then(|text: String| text.parse().ok())
    };
    let asked = variable("PHALANX_FUZZ_CASES");
    let seed = variable("PHALANX_FUZZ_SEED").unwrap_or(0);
    (seed, asked.unwrap_or(short), asked.is_some())
}

fn guarded(what: &str, seed: u64, work: impl FnOnce()) {
    let start = Instant::now();
    if catch_unwind(AssertUnwindSafe(work)).is_err() {
        panic!("{what}: case {seed} panicked");
    }
    let took = start.elapsed();
    assert!(took < MOST, "{what}: case {seed} took {took:?}");
}

#[test]
fn mutated_documents() {
    let (first, count, long) = plan(1_500);
    let mut folders = corpus::by_hand();
    if long {
        folders.extend(corpus::real());
    }
    let engine = engine();
    let place =
        std::env::temp_dir().join(format!("phalanx-hostile-{}-{first}", std::process::id()));
    for seed in first..first + count {
        guarded("documents", seed, || {
            let mut random = Random::new(seed);
            let mut folder = folders[random.below(folders.len())].clone();
            mutate_folder(&mut random, &mut folder, &folders);
            verify_folder(&engine, &place, &folder);
        });
    }
    fs::remove_dir_all(&place).ok();
}

fn verify_folder(engine: &Engine, place: &PathBuf, folder: &Folder) {
    fs::remove_dir_all(place).ok();
    fs::create_dir_all(place).expect("a folder");
    for (name, bytes) in folder {
        fs::write(place.join(name), bytes).expect("a file");
    }
    let limits = Limits {
        document_bytes: 16 << 20,
        era1_bytes: 16 << 20,
        free_expansion: 16 << 20,
        held_bytes: 64 << 20,
        ..Limits::default()
    };
    let mut cases = Vec::new();
    let flow = read(
        std::slice::from_ref(place),
        &limits,
        &Progress::default(),
        &mut |case| {
            cases.push(case);
            ControlFlow::Continue(())
        },
    );
    assert!(flow.is_continue());
    for case in cases {
        run(engine, &Serial, &Options::default(), case);
    }
}

fn mutate_folder(random: &mut Random, folder: &mut Folder, folders: &[Folder]) {
    let index = random.below(folder.len());
    let other = &folders[random.below(folders.len())];
    let donor = &other[random.below(other.len())].1;
    let text = folder[index].1.first() == Some(&b'{') || folder[index].0.ends_with("hex");
    for _ in 0..=random.below(4) {
        let bytes = &mut folder[index].1;
        if text {
            mutate_text(random, bytes);
        } else {
            mutate_bytes(random, bytes);
        }
        if random.below(6) == 0 {
            splice(random, bytes, donor);
        }
    }
    match random.below(24) {
        0 => folder[index].1 = zstd::encode_all(folder[index].1.as_slice(), 1).expect("memory"),
        1 => folder.push(("other".into(), donor.clone())),
        2 => drop(folder.swap_remove(index)),
        _ => {}
    }
}

fn splice(random: &mut Random, bytes: &mut Vec<u8>, donor: &[u8]) {
    let from = random.below(donor.len());
    let length = random.below(donor.len() - from).min(4096);
    let at = random.below(bytes.len());
    bytes.splice(at..at, donor[from..from + length].iter().copied());
}

fn mutate_bytes(random: &mut Random, bytes: &mut Vec<u8>) {
    if bytes.is_empty() {
        return;
    }
    let at = random.below(bytes.len());
    match random.below(8) {
        0 => bytes.truncate(at),
        1 => bytes[at] ^= 1 << random.below(8),
        2 => bytes[at] = random.next() as u8,
        3 => {
            let number = random.number().to_be_bytes();
            for (place, byte) in bytes[at..].iter_mut().zip(number) {
                *place = byte;
            }
        }
        4 => {
            // Lengths that no memory has.
            for (place, byte) in bytes[at..].iter_mut().zip([0xff; 9]) {
                *place = byte;
            }
        }
        5 => {
            let end = at + random.below(bytes.len() - at).min(2048);
            let section = bytes[at..end].to_vec();
            let again = section.repeat(1 + random.below(20));
            bytes.splice(at..at, again);
        }
        6 => {
            let end = at + random.below(bytes.len() - at).min(256);
            bytes.drain(at..end);
        }
        _ => {
            let many = vec![[0xc0, 0x80, 0xf9, 0x5b][random.below(4)]; random.below(100_000)];
            bytes.splice(at..at, many);
        }
    }
}

fn mutate_text(random: &mut Random, bytes: &mut Vec<u8>) {
    const WORDS: [&str; 16] = [
        "0x",
        "0x0",
        "null",
        "{}",
        "[]",
        "\"\"",
        "-1",
        "1e999",
        "18446744073709551616",
        "\"0xffffffffffffffff\"",
        "\"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"",
        "true",
        "\\u0000",
        "\"jsonrpc\":1,\"result\":",
        "\n{}\n",
        ",",
    ];
    if bytes.is_empty() {
        return;
    }
    // Values lie between quotes: replace one.
    if random.below(3) == 0 {
        let start = random.below(bytes.len());
        let quote = |bytes: &[u8], from: usize| {
            let rest = bytes.get(from..)?;
            Some(from + rest.iter().position(|byte| *byte == b'"')?)
        };
        if let Some(open) = quote(bytes, start)
            && let Some(close) = quote(bytes, open + 1)
        {
            let value = match random.below(4) {
                0 => format!("{:#x}", random.number()),
                1 => format!("{:#x}", U256::MAX >> random.below(256)),
                2 => "0x".to_owned() + &"5b".repeat(random.below(5_000)),
                _ => WORDS[random.below(WORDS.len())].to_owned(),
            };
            bytes.splice(open + 1..close, value.bytes());
            return;
        }
    }
    match random.below(6) {
        0 => {
            let at = random.below(bytes.len());
            let word = WORDS[random.below(WORDS.len())].repeat(1 + random.below(3));
            bytes.splice(at..at, word.bytes());
        }
        1 => {
            let at = random.below(bytes.len());
            let open = ["[", "{\"a\":", "{\"result\":"][random.below(3)];
            bytes.splice(at..at, open.repeat(random.below(20_000)).bytes());
        }
        2 => {
            let at = random.below(bytes.len());
            bytes[at] = b"0123456789abcdefx\"{}[],:"[random.below(24)];
        }
        _ => mutate_bytes(random, bytes),
    }
}

#[test]
fn headers_at_the_edges() {
    let (first, count, _) = plan(6_000);
    let engine = engine();
    let specs: Vec<ChainSpec> = ["mainnet", "sepolia", "holesky", "hoodi", "dev"]
        .iter()
        .filter_map(|name| ChainSpec::from_name(name))
        .collect();
    let mut small = Small::new();
    small.push(Vec::new());
    for seed in first..first + count {
        guarded("headers", seed, || {
            let mut random = Random::new(seed);
            let parent = edges(&mut random, small.genesis.clone());
            let mut child = edges(&mut random, small.blocks[0].header.clone());
            if random.below(8) > 0 {
                child.number = parent.number.wrapping_add(1);
            }
            if random.below(3) > 0 {
                child.timestamp = parent.timestamp.wrapping_add(1 + random.below(20) as u64);
            }
            child.parent_hash = header_hash(&parent);
            let ommers = (0..random.below(3))
                .map(|_| edges(&mut random, parent.clone()))
                .collect();
            let mut child = with_ommers(child, ommers);
            if random.below(2) == 0 {
                child.withdrawals = Some(withdrawals(&mut random));
            }
            let options = Options {
                chain: Some(specs[random.below(specs.len())].clone()),
                ..Options::default()
            };
            for kind in kinds(&small, parent, child) {
                let input = "edges".into();
                run(&engine, &Serial, &options, Case { input, kind });
            }
        });
    }
}

fn withdrawals(random: &mut Random) -> alloy_eips::eip4895::Withdrawals {
    let list = (0..random.below(50))
        .map(|_| alloy_eips::eip4895::Withdrawal {
            index: random.number(),
            validator_index: random.number(),
            address: alloy_primitives::Address::repeat_byte(1),
            amount: random.number(),
        })
        .collect();
    alloy_eips::eip4895::Withdrawals::new(list)
}

/// Parent and child as a list, as a chain and with a witness.
fn kinds(small: &Small, parent: Header, child: Block) -> Vec<CaseKind> {
    let witness = WitnessCase {
        block: child.clone(),
        headers: vec![alloy_rlp::encode(&parent).into()],
        pre_state_root: Some(small.genesis.state_root),
        ..small.witness()
    };
    let parent = block(parent, Vec::new());
    let chain = [&parent, &child].map(|block| Bytes::from(block.encode().expect("a whole block")));
    let listed = [parent, child].map(|block| ListedBlock {
        block: Ok(block),
        label: String::new(),
        senders: None,
        receipts: Some(Vec::new()),
    });
    vec![
        CaseKind::Blocks(listed.into()),
        CaseKind::Chain(Box::new(ChainCase {
            genesis: None,
            blocks: chain.into(),
        })),
        CaseKind::Witness(Box::new(witness)),
    ]
}

fn with_ommers(mut header: Header, ommers: Vec<Header>) -> Block {
    let mut list = Vec::new();
    alloy_rlp::encode_list(&ommers, &mut list);
    header.ommers_hash = alloy_primitives::keccak256(list);
    block(header, ommers)
}

/// The header with some fields moved to the edges of their ranges, or absent, or present.
fn edges(random: &mut Random, mut header: Header) -> Header {
    for _ in 0..random.below(6) {
        let number = random.number();
        match random.below(12) {
            0 => header.number = number,
            1 => header.timestamp = number,
            2 => header.gas_limit = number,
            3 => header.gas_used = number,
            4 => header.difficulty = U256::from(number),
            5 => header.difficulty = U256::MAX >> random.below(256),
            6 => header.extra_data = vec![0; random.below(100)].into(),
            7 => header.beneficiary = alloy_primitives::Address::repeat_byte(number as u8),
            8 => header.difficulty = U256::ZERO,
            9 => header.ommers_hash = B256::repeat_byte(3),
            _ => {
                // The fields of later forks come in order.
                let forks = random.below(5);
                let mut value = |from| (forks >= from).then(|| random.number());
                header.base_fee_per_gas = value(1);
                header.withdrawals_root =
                    value(2).map(|_| alloy_consensus::constants::EMPTY_ROOT_HASH);
                header.blob_gas_used = value(3);
                header.excess_blob_gas = value(3);
                header.parent_beacon_block_root = value(3).map(|_| B256::ZERO);
                header.requests_hash = value(4).map(|_| B256::ZERO);
                if forks >= 2 {
                    header.difficulty = U256::ZERO;
                }
            }
        }
    }
    header
}
