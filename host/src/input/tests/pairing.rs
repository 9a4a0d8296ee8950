//! Who belongs to whom; era1 archives, which may have a genesis.

use super::*;
use alloy_primitives::{hex, keccak256};
use serde_json::json;
use std::io::Write;

fn pre_state(balance: u64) -> String {
    json!({Address::repeat_byte(1).to_string(): {"balance": format!("{balance:#x}"), "nonce": 3,
        "code": "0x6001", "storage": {"0x00": "0x1"}}})
    .to_string()
}

fn genesis() -> String {
    json!({"config": {"chainId": 5}, "difficulty": "0x1", "gasLimit": "0x1388", "nonce": "0x0",
        "timestamp": "0x0", "extraData": "0x", "mixHash": B256::ZERO, "coinbase": Address::ZERO,
        "alloc": {"000d836201318ec6899a67540690382780743280": {"balance": "0x1"}}})
    .to_string()
}

#[test]
fn block_and_pre_state_with_codes_of_the_nearest_folder() {
    let folder = Folder::new();
    let near = Bytes::from_static(&[0x60, 0x02]);
    let far = Bytes::from_static(&[0x60, 0x03]);
    let codes = |code: &Bytes| json!({keccak256(code).to_string(): code}).to_string();
    folder.put("a/one/block", rpc(&every_type()).to_string());
    folder.put("a/one/state", pre_state(1));
    folder.put("a/codes", codes(&near));
    folder.put("codes", codes(&far));
    folder.put("hashes", json!({"6": B256::repeat_byte(6)}).to_string());
    folder.put("two/block", rpc(&every_type()).to_string());
    folder.put("two/state", pre_state(2));
    let cases = cases(&[&folder.0], &Limits::default());
    assert_eq!(
        outline(&folder.0, &cases),
        ["a/one/block: pre-state", "two/block: pre-state"]
    );
    for (case, outer) in cases.iter().zip([&near, &far]) {
        let CaseKind::PreState(case) = &case.kind else {
            panic!("{case:?}");
        };
        let account = &case.state.accounts[&Address::repeat_byte(1)];
        assert_eq!(account.nonce, 3);
        assert_eq!(account.storage[&U256::ZERO], U256::from(1));
        let mut codes: Vec<_> = case.state.codes.values().cloned().collect();
        codes.sort();
        assert_eq!(codes, [Bytes::from_static(&[0x60, 0x01]), outer.clone()]);
        assert_eq!(case.state.block_hashes[&6], B256::repeat_byte(6));
    }
}

#[test]
fn several_in_a_folder_pair_by_name() {
    let folder = Folder::new();
    folder.put("1.block.json", rpc(&every_type()).to_string());
    folder.put("2.block.json", rpc(&every_type()).to_string());
    folder.put("1.state.json", pre_state(1));
    folder.put("3.state.json", pre_state(3));
    assert_eq!(
        folder.read(),
        [
            "1.block.json: pre-state",
            "2.block.json: 1 blocks",
            "3.state.json: skipped, a pre-state without its block"
        ]
    );
}

#[test]
fn files_named_one_by_one_pair_as_their_folder_would() {
    let folder = Folder::new();
    let block = folder.put("block", rpc(&every_type()).to_string());
    let state = folder.put("state", pre_state(1));
    let read = cases(&[&state, &block], &Limits::default());
    assert_eq!(outline(&folder.0, &read), ["block: pre-state"]);
}

#[test]
fn a_code_under_another_hash_is_refused() {
    let folder = Folder::new();
    let state = json!({Address::ZERO.to_string(): {"balance": "0x0", "code": "0x60",
        "codeHash": B256::repeat_byte(1)}});
    folder.put("state", state.to_string());
    assert!(folder.read()[0].contains("unreadable, the code given for 0x0101"));
}

#[test]
fn witness_and_block_by_the_newest_header() {
    let parent = header(6, B256::repeat_byte(1));
    let child = block(7, header_hash(&parent), Vec::new());
    let grandchild = block(8, child.hash, Vec::new());
    let list = |headers: &[&Header]| -> Vec<_> {
        let all = headers.iter();
        all.map(|header| hex::encode_prefixed(alloy_rlp::encode(*header)))
            .collect()
    };
    let arrays = json!({"jsonrpc": "2.0", "result":
        {"state": ["0x80"], "codes": ["0x60"], "keys": [], "headers": list(&[&parent])}});
    // Maps from hash to bytes and from bytes to nothing, and headers as objects, oldest first.
    let maps = json!({"state": {keccak256([0x80]).to_string(): "0x80"}, "codes": {"0x60": {}},
        "headers": [parent, child.header]});
    let folder = Folder::new();
    folder.put("blocks/7", rlp(&child));
    folder.put("blocks/8", rpc(&grandchild).to_string());
    folder.put("witness/7", arrays.to_string());
    folder.put("witness/8", maps.to_string());
    folder.put("witness/9", maps.to_string());
    let cases = cases(&[&folder.0], &Limits::default());
    assert_eq!(
        outline(&folder.0, &cases),
        [
            "blocks/7: witness",
            "blocks/8: witness",
            "witness/9: skipped, an execution witness without its block"
        ]
    );
    for (case, headers) in cases.iter().zip([1, 2]) {
        let CaseKind::Witness(case) = &case.kind else {
            panic!("{case:?}");
        };
        assert_eq!(case.nodes, [Bytes::from_static(&[0x80])]);
        assert_eq!(case.codes, [Bytes::from_static(&[0x60])]);
        assert_eq!(case.headers.len(), headers);
        let newest = case.headers.last().expect("a header");
        assert_eq!(keccak256(newest), case.block.header.parent_hash);
    }
}

#[test]
fn chain_and_genesis() {
    let one = block(1, B256::ZERO, Vec::new());
    let two = block(2, one.hash, Vec::new());
    let late = block(9, B256::ZERO, Vec::new());
    let folder = Folder::new();
    folder.put("a/chain", [rlp(&one), rlp(&two)].concat());
    folder.put("a/genesis", genesis());
    folder.put("b/chain", [rlp(&one), rlp(&two)].concat());
    folder.put("c/chain", [rlp(&late), rlp(&late)].concat());
    folder.put("d/single", rlp(&one));
    folder.put("d/genesis", genesis());
    assert_eq!(
        folder.read(),
        [
            "a/chain: chain of 2, genesis true",
            "c/chain: chain of 2, genesis false",
            "d/single: chain of 1, genesis true",
            // Two geneses are among the inputs: which is meant is not known.
            "b/chain: chain of 2, genesis false"
        ]
    );
    let elsewhere = [folder.0.join("b"), folder.0.join("a/genesis")];
    let read = cases(&[&elsewhere[0], &elsewhere[1]], &Limits::default());
    assert_eq!(
        outline(&folder.0, &read),
        ["b/chain: chain of 2, genesis true"]
    );
    let alone = cases(&[&folder.0.join("a/genesis")], &Limits::default());
    assert!(
        matches!(
            alone[..],
            [Case {
                kind: CaseKind::Skipped(_),
                ..
            }]
        ),
        "{alone:?}"
    );
}

#[test]
fn too_much_waiting_is_used_without_partners() {
    let folder = Folder::new();
    folder.put("block", rpc(&every_type()).to_string());
    folder.put("state", pre_state(1));
    let limits = Limits {
        held_bytes: 10,
        ..Limits::default()
    };
    let read = cases(&[&folder.0], &limits);
    assert_eq!(
        outline(&folder.0, &read),
        [
            "block: 1 blocks",
            "state: skipped, a pre-state without its block"
        ]
    );
}

#[test]
fn a_sink_that_breaks_ends_the_run() {
    let folder = Folder::new();
    for name in ["a", "b", "c"] {
        folder.put(name, "nothing");
    }
    let mut seen = 0;
    let flow = read(
        std::slice::from_ref(&folder.0),
        &Limits::default(),
        &Progress::default(),
        &mut |_| {
            seen += 1;
            ControlFlow::Break(())
        },
    );
    assert!(flow.is_break());
    assert_eq!(seen, 1);
}

fn record(ty: u16, value: &[u8]) -> Vec<u8> {
    let mut out = ty.to_le_bytes().to_vec();
    out.extend_from_slice(&u32::try_from(value.len()).expect("short").to_le_bytes());
    out.extend_from_slice(&[0; 2]);
    out.extend_from_slice(value);
    out
}

/// An archive of two blocks, with the offset of the second changed by `skew`.
fn era1(start: u64, skew: i64) -> Vec<u8> {
    let snappy = |bytes: &[u8]| {
        let mut encoder = snap::write::FrameEncoder::new(Vec::new());
        encoder.write_all(bytes).expect("memory");
        encoder.into_inner().expect("memory")
    };
    let mut out = record(0x3265, &[]);
    let mut starts = Vec::new();
    for number in 0..2_u8 {
        starts.push(i64::try_from(out.len()).expect("short"));
        out.extend(record(3, &snappy(&[number, 1])));
        out.extend(record(4, &snappy(&[number, 2])));
        out.extend(record(5, &snappy(&[number, 3])));
        let mut total = [0; 32];
        total[0] = number;
        out.extend(record(6, &total));
    }
    out.extend(record(0x1234, b"other records may stand here"));
    out.extend(record(7, B256::repeat_byte(7).as_slice()));
    let at = i64::try_from(out.len()).expect("short");
    let mut index = start.to_le_bytes().to_vec();
    index.extend_from_slice(&(starts[0] - at).to_le_bytes());
    index.extend_from_slice(&(starts[1] - at + skew).to_le_bytes());
    index.extend_from_slice(&2_u64.to_le_bytes());
    out.extend(record(0x3266, &index));
    out
}

#[test]
fn era1_archive() {
    let folder = Folder::new();
    folder.put("era", era1(0, 0));
    folder.put("genesis", genesis());
    folder.put("later", era1(8192, 0));
    let cases = cases(&[&folder.0], &Limits::default());
    assert_eq!(
        outline(&folder.0, &cases),
        ["era: era1, genesis true", "later: era1, genesis true"]
    );
    let CaseKind::Era1(era) = &cases[1].kind else {
        panic!("{cases:?}");
    };
    assert_eq!((era.start, era.blocks.len()), (8192, 2));
    assert_eq!(era.accumulator, Some(B256::repeat_byte(7)));
    let block = &era.blocks[1];
    assert_eq!(
        (&block.header[..], &block.body[..]),
        (&[1, 1][..], &[1, 2][..])
    );
    assert_eq!(
        (&block.receipts[..], block.total_difficulty),
        (&[1, 3][..], U256::from(1))
    );
}

#[test]
fn era1_faults() {
    let good = era1(0, 0);
    for length in (10..good.len()).step_by(5) {
        let cut = good.get(..length).expect("a beginning");
        assert!(
            matches!(one("x", cut), CaseKind::Unreadable(_)),
            "cut at {length}"
        );
    }
    let refused = |bytes: Vec<u8>| match one("x", bytes) {
        CaseKind::Unreadable(reason) => reason,
        other => panic!("{other:?}"),
    };
    assert!(refused(era1(0, 1)).contains("the block index points to"));
    assert!(refused(era1(u64::MAX, 0)).contains("overflow"));
    assert!(refused([good.clone(), good.clone()].concat()).contains("follow"));
    let mut huge = good.clone();
    huge[10..14].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(refused(huge).contains("claims 4294967295 bytes"));
    let mut damaged = good;
    damaged[30] ^= 1;
    assert!(refused(damaged).contains("the record at byte 8"));
}
