//! Documents of every kind that are right, to be made wrong.

use super::small::{Small, engine};
use crate::data;
use alloy_primitives::{B256, Bytes, hex};
use phalanx::{
    exec::Serial,
    generate::Plan,
    input::{Limits, Progress, read},
    verify::{
        case::{Options, run},
        report::CaseReport,
    },
};
use serde_json::{Value, json};
use std::{
    fs,
    io::Write,
    ops::ControlFlow,
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
};

/// A file's name and bytes.
pub(super) type Document = (String, Vec<u8>);
/// Documents that lie in one folder.
pub(super) type Folder = Vec<Document>;

/// One folder for each kind of input, small enough for many rounds.
pub(super) fn by_hand() -> Vec<Folder> {
    let mut small = Small::new();
    for _ in 0..3 {
        small.push(Vec::new());
    }
    let rlp: Vec<Vec<u8>> = small
        .blocks
        .iter()
        .map(|block| block.encode().expect("a whole block"))
        .collect();
    let genesis = serde_json::to_vec(&small.genesis_file()).expect("JSON");
    let lines: String = small
        .blocks
        .iter()
        .zip(&rlp)
        .map(|(block, rlp)| {
            let line = json!({"number": block.header.number, "hash": block.hash,
                "block": Bytes::copy_from_slice(rlp), "senders": [], "receipts": []});
            format!("{line}\n")
        })
        .collect();
    let header = alloy_rlp::encode(&small.genesis);
    let witness = json!({"chain_id": 1, "block_hash": small.blocks[0].hash, "block": hex::encode_prefixed(&rlp[0]),
        "headers": [hex::encode_prefixed(&header)], "state": [small.genesis_node()], "codes": [],
        "pre_state_root": small.genesis.state_root, "post_state_root": small.blocks[0].header.state_root});
    let debug = json!({"jsonrpc": "2.0", "id": 1, "result":
        {"headers": [hex::encode_prefixed(&header)], "state": [small.genesis_node()], "codes": []}});
    let accounts = json!({"0x0101010101010101010101010101010101010101": {"balance": "0xf4240", "nonce": "0x0",
        "storage": {"0x1": "0x2"}, "code": "0x6001"}});
    let hashes = json!({"0": small.genesis_hash()});
    let text = |value: &Value| value.to_string().into_bytes();
    vec![
        vec![
            ("chain.rlp".into(), rlp.concat()),
            ("genesis.json".into(), genesis.clone()),
        ],
        vec![("blocks.jsonl".into(), lines.into_bytes())],
        vec![("witness.json".into(), text(&witness))],
        vec![
            ("1-witness.json".into(), text(&debug)),
            ("1-block.rlp".into(), rlp[0].clone()),
        ],
        vec![
            ("block.json".into(), text(&rpc(&small))),
            ("pre_state.json".into(), text(&accounts)),
            ("block_hashes.json".into(), text(&hashes)),
            (
                "codes.json".into(),
                text(&json!({B256::ZERO.to_string(): "0x"})),
            ),
        ],
        vec![("test.json".into(), text(&fixture(&small, &rlp)))],
        vec![
            ("0.era1".into(), era1(&small)),
            ("genesis.json".into(), genesis),
        ],
        vec![(
            "block.hex".into(),
            hex::encode_prefixed(&rlp[1]).into_bytes(),
        )],
        vec![("blocks.tar.zst".into(), packed(&rlp))],
        generated(),
    ]
}

/// A generated chain, whose blocks hold transactions of every type.
fn generated() -> Folder {
    let plan = Plan {
        seed: 3,
        blocks: 2,
        transactions: 25,
    };
    let (genesis, blocks) = plan.build(&engine()).expect("a chain");
    vec![
        ("chain.rlp".into(), blocks.concat()),
        (
            "genesis.json".into(),
            serde_json::to_vec(&genesis).expect("JSON"),
        ),
    ]
}

/// What comes of a file.
pub(super) fn verify_one(name: &str, bytes: &[u8]) -> Vec<CaseReport> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let place = format!("phalanx-hostile-{}-{number}", std::process::id());
    let place = std::env::temp_dir().join(place);
    fs::create_dir_all(&place).expect("a folder");
    let path = place.join(name);
    fs::write(&path, bytes).expect("a file");
    let mut reports = Vec::new();
    let flow = read(
        &[path],
        &Limits::default(),
        &Progress::default(),
        &mut |case| {
            reports.push(run(&engine(), &Serial, &Options::default(), case));
            ControlFlow::Continue(())
        },
    );
    fs::remove_dir_all(&place).ok();
    assert!(flow.is_continue());
    reports
}

/// Small real documents, for the long run.
pub(super) fn real() -> Vec<Folder> {
    let mut folders = Vec::new();
    for name in ["1", "116524", "1150001", "1487668", "1920000", "15537394"] {
        let name = format!("witness/mainnet-{name}.json.zst");
        folders.extend(unpacked(&name).map(|bytes| vec![("witness.json".to_owned(), bytes)]));
    }
    if let Some(bytes) = unpacked("witness/holesky-2971844.json.zst") {
        folders.push(vec![("witness.json".into(), bytes)]);
    }
    if let Some(bytes) = unpacked("blocks/mainnet-blocks.jsonl.zst") {
        let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
        for some in lines.chunks(12) {
            folders.push(vec![("blocks.jsonl".into(), some.concat())]);
        }
    }
    let Some(archive) = unpacked("prestate/mainnet-prestate.tar.zst") else {
        return folders;
    };
    let mut shared = Vec::new();
    let mut blocks: std::collections::BTreeMap<PathBuf, Folder> = Default::default();
    let mut archive = tar::Archive::new(archive.as_slice());
    for entry in archive.entries().expect("an archive") {
        let mut entry = entry.expect("an entry");
        let path = entry.path().expect("a path").into_owned();
        let Some(name) = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
        else {
            continue;
        };
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes).expect("an entry's bytes");
        match name.as_str() {
            "block.json" | "pre_state.json" if bytes.len() < 200_000 => {
                let folder = path.parent().expect("a folder").to_owned();
                blocks.entry(folder).or_default().push((name, bytes));
            }
            "block_hashes.json" => shared.push((name, bytes)),
            _ => {}
        }
    }
    for mut folder in blocks
        .into_values()
        .filter(|folder| folder.len() == 2)
        .take(8)
    {
        folder.extend(shared.iter().cloned());
        folders.push(folder);
    }
    folders
}

fn unpacked(name: &str) -> Option<Vec<u8>> {
    let path = data::path("hostile::fuzz", name)?;
    Some(zstd::decode_all(fs::File::open(path).expect("a file")).expect("a zstd stream"))
}

fn rpc(small: &Small) -> Value {
    let block = &small.blocks[0];
    let mut json = serde_json::to_value(&block.header).expect("a header");
    let fields = json.as_object_mut().expect("an object");
    fields.insert("hash".into(), block.hash.to_string().into());
    fields.insert("uncles".into(), json!([]));
    fields.insert("transactions".into(), json!([]));
    json
}

/// A test of the official form that says what the chain says.
pub(super) fn fixture(small: &Small, rlp: &[Vec<u8>]) -> Value {
    let header = &small.genesis;
    let word = |number: u64| format!("{number:#x}");
    let blocks: Vec<Value> = rlp
        .iter()
        .map(|rlp| json!({"rlp": hex::encode_prefixed(rlp), "blockHeader": {}}))
        .collect();
    json!({"test": {
        "network": "Frontier",
        "genesisBlockHeader": {
            "parentHash": header.parent_hash, "coinbase": header.beneficiary, "difficulty": header.difficulty,
            "number": "0x0", "gasLimit": word(header.gas_limit), "timestamp": word(header.timestamp),
            "extraData": "0x", "mixHash": header.mix_hash, "nonce": header.nonce, "hash": small.genesis_hash()
        },
        "pre": {"0x0101010101010101010101010101010101010101":
            {"balance": "0xf4240", "nonce": "0x0", "code": "0x", "storage": {}}},
        "blocks": blocks,
        "lastblockhash": small.blocks.last().map(|block| block.hash),
        "postStateHash": small.tip().state_root,
    }})
}

/// The first era of the chain, genesis included.
pub(crate) fn era1(small: &Small) -> Vec<u8> {
    let mut out = Vec::new();
    let mut starts = Vec::new();
    let mut total = alloy_primitives::U256::ZERO;
    let mut records = Vec::new();
    let genesis = super::small::block(small.genesis.clone(), Vec::new());
    record(&mut out, 0x3265, &[]);
    for block in std::iter::once(&genesis).chain(&small.blocks) {
        total += block.header.difficulty;
        records.push((block.hash, total));
        starts.push(out.len());
        let ommers = block.ommers.headers().expect("whole ommers").to_vec();
        let mut body = Vec::new();
        let lists = [vec![0xc0], alloy_rlp::encode(&ommers)].concat();
        alloy_rlp::Header {
            list: true,
            payload_length: lists.len(),
        }
        .encode(&mut body);
        body.extend(lists);
        record(&mut out, 3, &snappy(&alloy_rlp::encode(&block.header)));
        record(&mut out, 4, &snappy(&body));
        record(&mut out, 5, &snappy(&[0xc0]));
        record(&mut out, 6, &total.to_le_bytes::<32>());
    }
    let root = phalanx::verify::accumulator::root(&records).expect("a short era");
    record(&mut out, 7, root.as_slice());
    let at = out.len();
    let mut index = 0u64.to_le_bytes().to_vec();
    for start in &starts {
        index.extend((*start as i64 - at as i64).to_le_bytes());
    }
    index.extend((starts.len() as u64).to_le_bytes());
    record(&mut out, 0x3266, &index);
    out
}

fn record(out: &mut Vec<u8>, ty: u16, value: &[u8]) {
    out.extend(ty.to_le_bytes());
    out.extend((value.len() as u32).to_le_bytes());
    out.extend([0, 0]);
    out.extend(value);
}

fn snappy(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = snap::write::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes).expect("memory");
    encoder.into_inner().expect("memory")
}

fn packed(rlp: &[Vec<u8>]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (index, bytes) in rlp.iter().enumerate() {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        let name = format!("block-{index}");
        builder
            .append_data(&mut header, name, bytes.as_slice())
            .expect("memory");
    }
    zstd::encode_all(builder.into_inner().expect("memory").as_slice(), 1).expect("memory")
}
