//! Hand-made documents of every kind, whole and broken.

mod archives;
mod fixtures;
mod kinds;
mod pairing;

use super::{Case, CaseKind, Limits, Progress, read};
use crate::block::{Block, Ommers, Transaction, header_hash};
use alloy_consensus::{
    Header, Signed, TxEip1559, TxEip2930, TxEip4844, TxEip7702, TxLegacy,
    constants::EMPTY_OMMER_ROOT_HASH,
};
use alloy_eips::{
    eip2930::{AccessList, AccessListItem},
    eip4895::{Withdrawal, Withdrawals},
    eip7702::{Authorization, SignedAuthorization},
};
use alloy_primitives::{Address, B256, Bytes, Signature, TxKind, U256};
use std::{
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

/// A folder of its own for a test, removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!(
            "phalanx-input-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(&path, bytes).expect("a file");
        path
    }

    fn read(&self) -> Vec<String> {
        outline(&self.0, &cases(&[&self.0], &Limits::default()))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A failure here must not hide the test's own.
        fs::remove_dir_all(&self.0).ok();
    }
}

fn cases(paths: &[&Path], limits: &Limits) -> Vec<Case> {
    let paths: Vec<PathBuf> = paths.iter().map(|path| path.to_path_buf()).collect();
    let mut cases = Vec::new();
    let progress = Progress::default();
    let flow = read(&paths, limits, &progress, &mut |case| {
        cases.push(case);
        ControlFlow::Continue(())
    });
    assert!(flow.is_continue());
    assert_eq!(
        progress.read.into_inner(),
        progress.total.into_inner(),
        "progress ends at its total"
    );
    cases
}

/// Reads one document that the user names.
fn one(name: &str, bytes: impl AsRef<[u8]>) -> CaseKind {
    let folder = Folder::new();
    let path = folder.put(name, bytes);
    let mut cases = cases(&[&path], &Limits::default());
    assert_eq!(cases.len(), 1, "{cases:?}");
    cases.remove(0).kind
}

/// `place: kind`, with the place from the folder on.
fn outline(root: &Path, cases: &[Case]) -> Vec<String> {
    let root = format!("{}/", root.display());
    cases
        .iter()
        .map(|case| {
            let place = case.input.strip_prefix(&root).unwrap_or(&case.input);
            let kind = match &case.kind {
                CaseKind::Blocks(blocks) => format!("{} blocks", blocks.len()),
                CaseKind::PreState(_) => "pre-state".to_owned(),
                CaseKind::Witness(_) => "witness".to_owned(),
                CaseKind::Fixture(_) => "fixture".to_owned(),
                CaseKind::Chain(chain) => format!(
                    "chain of {}, genesis {}",
                    chain.blocks.len(),
                    chain.genesis.is_some()
                ),
                CaseKind::Era1(era) => format!("era1, genesis {}", era.genesis.is_some()),
                CaseKind::Unreadable(reason) => format!("unreadable, {reason}"),
                CaseKind::Skipped(reason) => format!("skipped, {reason}"),
            };
            format!("{place}: {kind}")
        })
        .collect()
}

fn header(number: u64, parent_hash: B256) -> Header {
    Header {
        number,
        parent_hash,
        ommers_hash: EMPTY_OMMER_ROOT_HASH,
        gas_limit: 30_000_000,
        ..Header::default()
    }
}

fn block(number: u64, parent_hash: B256, transactions: Vec<Transaction>) -> Block {
    let header = header(number, parent_hash);
    Block {
        hash: header_hash(&header),
        header,
        claimed_hash: None,
        transactions,
        ommers: Ommers::Headers(Vec::new()),
        withdrawals: None,
        encoded_length: None,
    }
}

fn rlp(block: &Block) -> Vec<u8> {
    block.encode().expect("a whole block")
}

/// A Prague block with a transaction of each type, and an old one of each chain rule.
fn every_type() -> Block {
    let signature = |odd| Signature::new(U256::from(5), U256::from(7), odd);
    let input = Bytes::from_static(&[1, 2, 3]);
    let access_list = AccessList(vec![AccessListItem {
        address: Address::repeat_byte(1),
        storage_keys: vec![B256::repeat_byte(2)],
    }]);
    let legacy = |chain_id| TxLegacy {
        chain_id,
        gas_price: 9,
        to: TxKind::Create,
        input: input.clone(),
        ..TxLegacy::default()
    };
    let authorization = Authorization {
        chain_id: U256::from(1),
        address: Address::repeat_byte(3),
        nonce: 4,
    };
    let transactions = vec![
        Signed::new_unhashed(legacy(None), signature(false)).into(),
        Signed::new_unhashed(legacy(Some(1)), signature(true)).into(),
        Signed::new_unhashed(legacy(Some(u64::MAX)), signature(false)).into(),
        Signed::new_unhashed(
            TxEip2930 {
                chain_id: 1,
                gas_price: u128::MAX,
                to: TxKind::Call(Address::repeat_byte(4)),
                access_list: access_list.clone(),
                ..TxEip2930::default()
            },
            signature(true),
        )
        .into(),
        Signed::new_unhashed(
            TxEip1559 {
                chain_id: 1,
                max_fee_per_gas: 10,
                value: U256::MAX,
                access_list: access_list.clone(),
                input: input.clone(),
                ..TxEip1559::default()
            },
            signature(false),
        )
        .into(),
        Signed::new_unhashed(
            TxEip4844 {
                chain_id: 1,
                blob_versioned_hashes: vec![B256::repeat_byte(1)],
                max_fee_per_blob_gas: 3,
                ..TxEip4844::default()
            },
            signature(true),
        )
        .into(),
        Signed::new_unhashed(
            TxEip7702 {
                chain_id: 1,
                authorization_list: vec![SignedAuthorization::new_unchecked(
                    authorization,
                    1,
                    U256::from(8),
                    U256::from(9),
                )],
                ..TxEip7702::default()
            },
            signature(true),
        )
        .into(),
    ];
    let mut block = block(7, B256::repeat_byte(6), transactions);
    block.header.base_fee_per_gas = Some(7);
    block.header.withdrawals_root = Some(B256::repeat_byte(9));
    block.header.blob_gas_used = Some(0);
    block.header.excess_blob_gas = Some(0);
    block.header.parent_beacon_block_root = Some(B256::ZERO);
    block.header.requests_hash = Some(B256::ZERO);
    block.withdrawals = Some(Withdrawals(vec![Withdrawal {
        index: 1,
        validator_index: 2,
        address: Address::repeat_byte(5),
        amount: 3,
    }]));
    block.hash = header_hash(&block.header);
    block
}

/// The JSON that a node gives for a block, by alloy's serialisation of header and transactions.
fn rpc(block: &Block) -> serde_json::Value {
    let mut json = serde_json::to_value(&block.header).expect("a header");
    let fields = json.as_object_mut().expect("an object");
    fields.insert("hash".into(), block.hash.to_string().into());
    fields.insert("size".into(), "0x20".into());
    fields.insert("totalDifficulty".into(), "0xff".into());
    fields.insert("uncles".into(), serde_json::json!([]));
    let transactions = serde_json::to_value(&block.transactions).expect("transactions");
    fields.insert("transactions".into(), transactions);
    let withdrawals = serde_json::to_value(&block.withdrawals).expect("withdrawals");
    fields.insert("withdrawals".into(), withdrawals);
    json
}
