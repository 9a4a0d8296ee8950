//! Documents that ask for more than a machine has, and odd files.

use super::{corpus::verify_one, small::Small, small::engine};
use alloy_consensus::{Header, Signed, TxLegacy};
use alloy_genesis::GenesisAccount;
use alloy_primitives::{Address, B256, Bytes, Signature, U256, hex};
use phalanx::{
    chain::ChainSpec,
    exec::{BlockHashes, BlockJob, Executor, KnownSenders, Serial, WithBlockHashes},
    input::{Limits, read_genesis},
    trie::WorldState,
    verify::report::CaseReport,
};
use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

/// A folder of its own for a test, removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("phalanx-limits-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).expect("a file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A failure here must not hide the test's own.
        fs::remove_dir_all(&self.0).ok();
    }
}

fn unreadable(reports: &[CaseReport]) -> &str {
    match reports {
        [one] => one.unreadable.as_deref().unwrap_or_default(),
        _ => panic!("{} reports", reports.len()),
    }
}

/// Each would take some thirty times its length in memory as a block of its own.
#[test]
fn a_file_of_short_lists_is_no_chain() {
    let mut small = Small::new();
    small.push(Vec::new());
    let mut rlp = small.blocks[0].encode().expect("a whole block");
    rlp.extend(vec![0xc0; 1_000_000]);
    let reports = verify_one("chain.rlp", &rlp);
    assert!(unreadable(&reports).contains("a list too short for a block after 1 whole blocks"));
}

#[test]
fn a_witness_has_so_many_items_at_most() {
    let mut small = Small::new();
    small.push(Vec::new());
    let block = hex::encode_prefixed(small.blocks[0].encode().expect("a whole block"));
    let items = "\"00\",".repeat(1 << 22);
    let text = format!(r#"{{"block":"{block}","codes":[],"state":[{items}"00"]}}"#);
    let reports = verify_one("witness.json", text.as_bytes());
    assert!(unreadable(&reports).contains("more than 4194304 items"));
}

/// Junk is hashed and no more.
#[test]
fn a_witness_of_junk_takes_no_time() {
    let mut small = Small::new();
    small.push(Vec::new());
    let mut witness = small.witness();
    let junk = (0..100_000u32).map(|index| Bytes::from(index.to_be_bytes().repeat(20)));
    witness.nodes.extend(junk);
    let start = Instant::now();
    let kind = phalanx::input::CaseKind::Witness(Box::new(witness));
    let report = super::small::verify(kind);
    assert!(report.blocks[0].verdict.is_verified());
    assert!(start.elapsed() < Duration::from_secs(5));
}

/// Partners are looked for in each folder of a name.
#[test]
fn names_in_archives_are_paths() {
    let mut small = Small::new();
    small.push(Vec::new());
    let rlp = small.blocks[0].encode().expect("a whole block");
    for (folders, right) in [(1_000, true), (3_000, false)] {
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(rlp.len() as u64);
        header.set_mode(0o644);
        let name = "a/".repeat(folders) + "block";
        builder
            .append_data(&mut header, name, rlp.as_slice())
            .expect("memory");
        let bytes = builder.into_inner().expect("memory");
        let reports = verify_one("blocks.tar", &bytes);
        assert_eq!(reports.len(), 1);
        assert_eq!(reports[0].unreadable.is_none(), right, "{folders}");
    }
}

/// BLOCKHASH costs 20 gas however far the ancestor is.
#[test]
fn an_ancestors_hash_is_asked_for_once() {
    struct Counted(AtomicU64);
    impl BlockHashes for Counted {
        fn block_hash(&self, number: u64) -> Option<B256> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Some(B256::with_last_byte(number as u8))
        }
    }
    // JUMPDEST, BLOCKHASH of block 1, POP, jump back.
    let code = hex!("5b600140506000 56");
    let contract = Address::repeat_byte(9);
    let alloc = BTreeMap::from([(
        contract,
        GenesisAccount::default().with_code(Some(code.into())),
    )]);
    let world = WorldState::from_genesis_alloc(&engine(), &alloc);
    let spec = ChainSpec::mainnet();
    let rules = spec.rules_at(257, 0, None);
    let header = Header {
        number: 257,
        gas_limit: 1_000_000,
        ..Header::default()
    };
    let tx = TxLegacy {
        gas_limit: 1_000_000,
        to: contract.into(),
        ..TxLegacy::default()
    };
    let signature = Signature::new(U256::from(1), U256::from(1), false);
    let transactions = [Signed::new_unhashed(tx, signature).into()];
    let senders = KnownSenders {
        senders: &[Address::repeat_byte(1)],
        authorities: &[Vec::new()],
    };
    let job = BlockJob::new(&rules, &header, &transactions, &senders);
    let hashes = Counted(AtomicU64::new(0));
    let state = WithBlockHashes {
        state: &world,
        hashes: &hashes,
    };
    let output = Serial
        .execute(&job, &state)
        .expect("a block that runs out of gas");
    assert_eq!(output.gas_used, 1_000_000);
    assert_eq!(hashes.0.into_inner(), 1);
}

/// As the data folder has it: compressed, and recognised all the same.
#[test]
fn a_genesis_file_is_recognised_by_content() {
    let folder = Folder::new("genesis");
    let genesis = Small::new().genesis_file();
    let text = serde_json::to_vec(&genesis).expect("JSON");
    let limits = Limits::default();
    let packed = zstd::encode_all(text.as_slice(), 1).expect("memory");
    for (name, bytes) in [("plain", &text), ("packed", &packed)] {
        let path = folder.put(name, bytes);
        let read = read_genesis(&path, &limits).expect("a genesis");
        assert_eq!(read.alloc, genesis.alloc, "{name}");
    }
    let other = folder.put("other", b"{\"a\": 1}");
    let twice = folder.put("twice", &[text.as_slice(), b"\n", &text].concat());
    for path in [&other, &twice, &folder.0, &folder.0.join("absent")] {
        assert!(read_genesis(path, &limits).is_err(), "{}", path.display());
    }
    let limits = Limits {
        document_bytes: text.len() as u64 - 1,
        ..limits
    };
    let error = read_genesis(&folder.0.join("packed"), &limits).expect_err("too long");
    assert!(error.to_string().contains("longer than"), "{error}");
}

fn phalanx(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phalanx"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    let start = Instant::now();
    let output = phalanx(arguments).output().expect("the tool runs");
    assert!(start.elapsed() < Duration::from_secs(20), "{arguments:?}");
    output
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a name in UTF-8")
}

#[test]
fn endless_and_odd_files() {
    let folder = Folder::new("odd");
    let looped = folder.0.join("loop");
    symlink(&looped, &looped).expect("a link");
    symlink(&folder.0, folder.0.join("up")).expect("a link");
    symlink(folder.0.join("nowhere"), folder.0.join("dangling")).expect("a link");
    let closed = folder.put("closed", b"{}");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).expect("a mode");
    for arguments in [
        &["verify", "/dev/zero"][..],
        &["verify", "/dev/urandom"],
        &["verify", "/dev/null"],
        &["verify", text(&looped)],
        &["verify", text(&folder.0)],
        &["verify", "--chain", "/dev/zero", "/dev/null"],
        &["verify", "--chain", text(&looped), "/dev/null"],
        &["verify", "--chain", text(&folder.0), "/dev/null"],
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
    }
}

#[test]
fn a_folder_of_many_files() {
    let folder = Folder::new("many");
    let mut small = Small::new();
    small.push(Vec::new());
    let rlp = small.blocks[0].encode().expect("a whole block");
    for index in 0..10_000 {
        folder.put(&index.to_string(), &rlp);
    }
    let output = run(&["verify", "--json", "--threads", "1", text(&folder.0)]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(json["blocks"], 10_000, "{json}");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_reader_that_goes_away() {
    let mut child = phalanx(&["verify"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the tool runs");
    drop(child.stdout.take());
    let mut errors = String::new();
    let mut pipe = child.stderr.take().expect("a pipe");
    let reader = thread::spawn(move || {
        pipe.read_to_string(&mut errors).expect("text");
        errors
    });
    assert_eq!(child.wait().expect("an end").code(), Some(0));
    assert_eq!(reader.join().expect("text"), "");
}
