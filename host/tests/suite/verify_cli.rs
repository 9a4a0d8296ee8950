//! `phalanx verify` and `phalanx generate`, the binary itself.

use phalanx::{
    Engine,
    block::{Block, header_hash},
    generate::Plan,
};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

fn phalanx(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_phalanx"))
        .args(args)
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs")
}

/// A folder of its own for each test, removed when the test has passed.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("phalanx-{test}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            // What stays behind is the system's to clean up.
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}

/// Exit status and the JSON object.
fn verify(args: &[&str]) -> (Option<i32>, Value) {
    let output = phalanx(&[&["verify", "--json"], args].concat());
    let stderr = String::from_utf8_lossy(&output.stderr);
    let json = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{args:?}: {error}: {stderr}"));
    (output.status.code(), json)
}

/// An error that ends the command before anything is verified.
fn refused(args: &[&str]) -> String {
    let output = phalanx(&[&["verify"], args].concat());
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    assert!(output.stdout.is_empty(), "{args:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// Writes a chain of 3 blocks of 40 transactions; gives the paths of the chain and of its genesis.
fn generate(folder: &Folder) -> (String, String) {
    let chain = folder.path("chain.rlp");
    let output = phalanx(&[
        "generate", "--seed", "5", "--blocks", "3", "--txs", "40", "-o", &chain,
    ]);
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.is_empty() && output.stderr.is_empty());
    let genesis = phalanx::generate::genesis_path(Path::new(&chain));
    (chain, genesis.to_str().unwrap().to_owned())
}

fn blocks() -> Vec<Block> {
    let engine = Engine::builder().threads(1).build().unwrap();
    let plan = Plan {
        seed: 5,
        blocks: 3,
        transactions: 40,
    };
    let (_, blocks) = plan.build(&engine).unwrap();
    blocks
        .iter()
        .map(|bytes| Block::decode(bytes).unwrap())
        .collect()
}

fn write_chain(path: &str, blocks: &[Block]) {
    let encoded: Vec<Vec<u8>> = blocks.iter().map(|block| block.encode().unwrap()).collect();
    fs::write(path, encoded.concat()).unwrap();
}

fn is_the_whole_chain(json: &Value, what: &str) {
    assert_eq!(json["blocks"], 3, "{what}: {json}");
    assert_eq!(json["passed"], 3, "{what}");
    assert_eq!(json["transactions"], 120, "{what}");
    assert_eq!(json["checks"]["state_root"]["passed"], 3, "{what}");
    assert_eq!(json["failures"], Value::Array(Vec::new()), "{what}");
}

#[test]
fn without_a_path_the_embedded_chain_is_verified() {
    let (status, json) = verify(&[]);
    assert_eq!(status, Some(0), "{json}");
    let counts = ["blocks", "transactions", "passed", "failed", "unreadable"];
    assert_eq!(
        counts.map(|key| json[key].as_u64().unwrap()),
        [8, 2400, 8, 0, 0]
    );
    assert_eq!(json["checks"]["state_root"]["passed"], 8);
    assert!(json["gas"].as_u64().unwrap() > 8 * 2400 * 21_000 / 2);
    assert_eq!(json["gas"], json["gas_executed"]);
    assert!(json["stages"]["generate"].as_f64().unwrap() > 0.0);

    let output = phalanx(&["verify"]);
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("2400") || text.contains("2,400"), "{text}");
    assert!(!text.contains('\x1b'), "no colours but on a terminal");
}

#[test]
fn json_has_the_promised_keys() {
    let folder = Folder::new("keys");
    let (chain, genesis) = generate(&folder);
    let mut bad = blocks();
    bad[1].header.state_root.0[0] ^= 1;
    write_chain(&chain, &bad);
    let (status, json) = verify(&[&chain, &genesis]);
    assert_eq!(status, Some(1));
    for key in [
        "blocks",
        "transactions",
        "gas",
        "passed",
        "failed",
        "unreadable",
    ] {
        assert!(json[key].is_u64(), "{key}: {json}");
    }
    assert!(json["tests"]["passed"].is_u64() && json["tests"]["failed"].is_u64());
    let stages = json["stages"].as_object().unwrap();
    for stage in [
        "read",
        "decode",
        "witness",
        "senders",
        "body",
        "execute",
        "state_root",
        "wall",
    ] {
        assert!(stages[stage].is_f64() || stages[stage].is_u64(), "{stage}");
    }
    let failures = json["failures"].as_array().unwrap();
    for failure in failures {
        assert!(failure["input"].as_str().unwrap().contains("chain.rlp"));
        assert!(failure["block"].is_u64());
        for key in ["check", "expected", "got", "reason"] {
            assert!(failure[key].is_string(), "{key}: {failure}");
        }
    }
    // The block with the wrong root, and the one that can no longer stand on it.
    let named: Vec<_> = failures
        .iter()
        .map(|failure| (failure["block"].as_u64(), failure["check"].as_str()))
        .collect();
    assert_eq!(
        named,
        [
            (Some(2), Some("state_root")),
            (Some(3), Some("parent_link"))
        ]
    );
    let wrong = bad[1].header.state_root.to_string();
    assert_eq!(failures[0]["expected"], wrong);
    assert_ne!(failures[0]["got"], wrong);
    assert_eq!(json["passed"], 1);
    assert_eq!(json["failed"], 2);
}

#[test]
fn a_generated_chain_in_every_wrapping() {
    let folder = Folder::new("wrapping");
    let (chain, genesis) = generate(&folder);
    let bytes = fs::read(&chain).unwrap();

    let (status, json) = verify(&[&chain, &genesis]);
    assert_eq!(status, Some(0));
    is_the_whole_chain(&json, "two files");
    let (status, json) = verify(&[folder.0.to_str().unwrap()]);
    assert_eq!(status, Some(0));
    is_the_whole_chain(&json, "the folder");

    let other = Folder::new("wrapped");
    let archive = other.path("chain.tar.gz");
    let gzip = flate2::write::GzEncoder::new(
        fs::File::create(&archive).unwrap(),
        flate2::Compression::fast(),
    );
    let mut tar = tar::Builder::new(gzip);
    for path in [&chain, &genesis] {
        let name = Path::new(path).file_name().unwrap();
        tar.append_path_with_name(path, name).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap();
    let (status, json) = verify(&[&archive]);
    assert_eq!(status, Some(0));
    is_the_whole_chain(&json, "an archive");

    let packed = other.path("chain.rlp.zst");
    fs::write(&packed, zstd::encode_all(&bytes[..], 1).unwrap()).unwrap();
    let (status, json) = verify(&[&packed, &genesis]);
    assert_eq!(status, Some(0));
    is_the_whole_chain(&json, "Zstandard");
}

#[test]
fn a_genesis_by_chain() {
    let folder = Folder::new("chain");
    let (chain, genesis) = generate(&folder);
    let apart = Folder::new("chain-apart");
    let moved = apart.path("blocks");
    fs::rename(&chain, &moved).unwrap();

    let (status, json) = verify(&["--chain", &genesis, &moved]);
    assert_eq!(status, Some(0));
    is_the_whole_chain(&json, "--chain FILE");

    // By name the rules are known and the state is not.
    let (status, json) = verify(&["--chain", "dev", &moved]);
    assert_eq!(status, Some(0), "{json}");
    assert_eq!(json["passed"], 3);
    assert_eq!(json["checks"]["state_root"]["not_checkable"], 3);
    assert_eq!(json["checks"]["execution"]["passed"], 0);

    // Another chain's rules do not fit.
    let (status, _) = verify(&["--chain", "mainnet", &moved]);
    assert_eq!(status, Some(1));
}

#[test]
fn what_can_not_be_had_is_refused() {
    let folder = Folder::new("refused");
    let message = refused(&["--chain", "nonsense"]);
    assert!(message.contains("nonsense"), "{message}");
    let broken = folder.path("genesis.json");
    fs::write(&broken, "{").unwrap();
    let message = refused(&["--chain", &broken]);
    assert!(message.contains("genesis.json"), "{message}");
    let message = refused(&["--backend", "gpu", "--gpu", "no adapter is called this"]);
    assert!(
        message.contains("gpu") && message.contains("can't be had"),
        "{message}"
    );
    for args in [&["--threads", "0"][..], &["--backend", "nonsense"]] {
        assert!(!refused(args).is_empty());
    }
}

#[test]
fn what_can_not_be_read_is_status_two() {
    let folder = Folder::new("unreadable");
    let (chain, genesis) = generate(&folder);
    let missing = folder.path("missing.rlp");
    let (status, json) = verify(&[&missing]);
    assert_eq!((status, &json["unreadable"]), (Some(2), &Value::from(1)));
    let failure = &json["failures"][0];
    assert!(failure["input"].as_str().unwrap().contains("missing.rlp"));
    assert_eq!(failure["check"], "input");

    let bytes = fs::read(&chain).unwrap();
    fs::write(&chain, &bytes[..bytes.len() - 1]).unwrap();
    let (status, json) = verify(&[&chain, &genesis]);
    assert_eq!(status, Some(2), "{json}");
    assert!(json["unreadable"].as_u64() >= Some(1));
    assert_eq!(json["failed"], 0);

    // Something false goes before something unreadable.
    let mut bad = blocks();
    bad[0].header.gas_used += 1;
    let other = Folder::new("unreadable-bad");
    let (bad_chain, bad_genesis) = generate(&other);
    write_chain(&bad_chain, &bad);
    let (status, json) = verify(&[&missing, &bad_chain, &bad_genesis]);
    assert_eq!(status, Some(1));
    assert!(json["unreadable"].as_u64() >= Some(1));
}

#[test]
fn a_tampered_block_is_named_in_the_table() {
    let folder = Folder::new("tampered");
    let (chain, genesis) = generate(&folder);
    let mut bad = blocks();
    bad[2].header.receipts_root.0[0] ^= 1;
    let hash = header_hash(&bad[2].header);
    assert_ne!(hash, bad[2].hash);
    write_chain(&chain, &bad);
    let output = phalanx(&["verify", &chain, &genesis]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("receipts_root"), "{text}");
    let line = text.lines().find(|line| line.contains("chain.rlp"));
    assert!(line.is_some_and(|line| line.contains('3')), "{text}");
}

#[test]
fn threads_change_times_alone() {
    let timeless = |threads| {
        let (status, mut json) = verify(&["--threads", threads]);
        assert_eq!(status, Some(0));
        let object = json.as_object_mut().unwrap();
        for key in ["stages", "transactions_per_second", "mgas_per_second"] {
            assert!(object.remove(key).is_some());
        }
        json
    };
    assert_eq!(timeless("1"), timeless("2"));
}

#[test]
fn a_closed_standard_output_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_phalanx"))
        .args(["verify", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
}

#[test]
fn a_generated_chain_in_archives() {
    let folder = Folder::new("archives");
    let chain = folder.path("chain");
    let generate = |blocks: &str| {
        let plan = ["generate", "--seed", "5", "--blocks", "9", "--txs", "10"];
        phalanx(&[&plan[..], &["--era1", blocks, "-o", &chain]].concat())
    };
    for blocks in ["0", "8193"] {
        let output = generate(blocks);
        assert_eq!(output.status.code(), Some(2));
        let error = String::from_utf8(output.stderr).unwrap();
        let expected = format!("phalanx generate: an archive can't have {blocks} blocks");
        assert!(error.starts_with(&expected), "{error}");
        assert!(!Path::new(&chain).exists());
    }
    let output = generate("4");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.is_empty() && output.stderr.is_empty());
    let mut files: Vec<PathBuf> = fs::read_dir(&chain)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let [genesis, first, second, third] = files.as_slice() else {
        panic!("{files:?}");
    };
    assert!(genesis.ends_with("genesis.json"));

    let (status, json) = verify(&[&chain]);
    assert_eq!(status, Some(0), "{json}");
    assert_eq!((&json["blocks"], &json["passed"]), (&10.into(), &10.into()));
    assert_eq!(json["transactions"], 90);
    // Of the first archive, and of no other.
    assert_eq!(json["checks"]["state_root"]["passed"], 4);

    // Later archives by themselves, with the genesis as the name of their chain.
    for chain in [genesis.to_str().unwrap(), "dev"] {
        let paths = [second, third].map(|path| path.to_str().unwrap());
        let (status, json) = verify(&[&["--chain", chain][..], &paths].concat());
        assert_eq!(status, Some(0), "{json}");
        assert_eq!((&json["blocks"], &json["passed"]), (&6.into(), &6.into()));
    }

    let mut bytes = fs::read(first).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(first, bytes).unwrap();
    let (status, json) = verify(&[&chain]);
    assert_eq!((status, &json["unreadable"]), (Some(2), &1.into()));
}
