//! Each kind of document by itself.

use super::*;
use crate::block::BlockDecodeError;
use crate::input::WitnessCase;
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{hex, keccak256};
use serde_json::{Value, json};

fn listed(kind: CaseKind) -> Vec<crate::input::ListedBlock> {
    match kind {
        CaseKind::Blocks(blocks) => blocks,
        other => panic!("not blocks: {other:?}"),
    }
}

fn refused(kind: CaseKind) -> String {
    match kind {
        CaseKind::Unreadable(reason) => reason,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn rpc_block_of_every_transaction_type() {
    let block = every_type();
    let expected = Block {
        claimed_hash: Some(block.hash),
        ommers: Ommers::Hashes(Vec::new()),
        ..block.clone()
    };
    let json = rpc(&block);
    let enveloped = json!({"jsonrpc": "2.0", "id": 1, "result": json});
    for document in [json, enveloped] {
        let pretty = serde_json::to_string_pretty(&document).expect("JSON");
        for text in [document.to_string(), pretty] {
            let read = listed(one("x", text)).remove(0).block.expect("a block");
            assert_eq!(read, expected);
            let encoded = |block: &Block| -> Vec<_> {
                let all = block.transactions.iter();
                all.map(|tx| (*tx.tx_hash(), tx.encoded_2718())).collect()
            };
            assert_eq!(encoded(&read), encoded(&expected));
        }
    }
}

#[test]
fn a_transaction_hash_of_the_source_is_not_believed() {
    let block = every_type();
    let mut json = rpc(&block);
    json["transactions"][0]["hash"] = json!(B256::repeat_byte(0xee));
    let read = listed(one("x", json.to_string()))
        .remove(0)
        .block
        .expect("a block");
    assert_eq!(
        read.transactions[0].tx_hash(),
        block.transactions[0].tx_hash()
    );
}

#[test]
fn rpc_block_faults_are_named() {
    let good = rpc(&every_type());
    let with = |pointer: &str, value: Value| {
        let mut json = good.clone();
        *json.pointer_mut(pointer).expect("a field") = value;
        refused(one("x", json.to_string()))
    };
    assert!(with("/transactions/0/v", json!("0x1d")).contains("transactions[0]: v"));
    assert!(with("/transactions/4/yParity", json!("0x2")).contains("transactions[4]: yParity"));
    assert!(with("/transactions/5/to", json!(null)).contains("transactions[5]: to: is absent"));
    assert!(with("/transactions/6/type", json!("0x5")).contains("transactions[6]: type"));
    let wide = format!("0x1{:032}", 0);
    assert!(with("/transactions/3/gasPrice", json!(wide)).contains("gasPrice"));
    assert!(with("/transactions/1", json!(B256::ZERO)).contains("JSON"));
    assert!(with("/number", json!("7 or so")).contains("JSON"));
}

#[test]
fn block_rlp_binary_and_hexadecimal() {
    let block = every_type();
    let bytes = rlp(&block);
    let text = format!("  0x{}\n", hex::encode(&bytes));
    for document in [bytes.clone(), text.into_bytes()] {
        let read = listed(one("x", document)).remove(0).block.expect("a block");
        assert_eq!(read.hash, block.hash);
        assert_eq!(read.encoded_length, Some(bytes.len()));
    }
    let cut = bytes.get(..bytes.len() - 1).expect("bytes");
    assert!(refused(one("x", cut)).contains("block RLP"));
    let odd = format!("0x{}f", hex::encode(&bytes));
    assert!(refused(one("x", odd)).contains("hexadecimal"));
}

#[test]
fn json_lines_survive_bad_lines() {
    let block = every_type();
    let line = |claimed: B256| {
        json!({"number": 7, "hash": claimed, "block": hex::encode_prefixed(rlp(&block)), "nt": 7,
            "senders": [Address::ZERO], "receipts": ["0x01"]})
        .to_string()
    };
    let plain = super::block(1, B256::ZERO, block.transactions.clone());
    let raw: Vec<String> = plain
        .transactions
        .iter()
        .map(|tx| hex::encode_prefixed(tx.encoded_2718()))
        .collect();
    let parts = json!({"hash": plain.hash, "txs": raw,
        "header": hex::encode_prefixed(alloy_rlp::encode(&plain.header))});
    let whole = line(block.hash);
    let cut = whole.get(..60).expect("a beginning");
    let text = format!(
        "\n{whole}\n{cut}\n{}\n\n{parts}\n{}",
        json!({"number": 8, "block": "0xc0"}),
        line(B256::ZERO),
    );
    let blocks = listed(one("x", text));
    assert_eq!(blocks.len(), 5);
    assert_eq!(blocks[0].label, "7");
    assert_eq!(blocks[0].senders, Some(vec![Address::ZERO]));
    assert_eq!(blocks[0].receipts, Some(vec![Bytes::from_static(&[1])]));
    assert_eq!(blocks[0].block.as_ref().expect("a block").hash, block.hash);
    assert!(blocks[1].block.is_err());
    assert!(
        blocks[1].label.starts_with("line 3: JSON"),
        "{}",
        blocks[1].label
    );
    assert!(matches!(blocks[2].block, Err(BlockDecodeError::Rlp(_))));
    let assembled = blocks[3].block.as_ref().expect("a block");
    assert_eq!(assembled.transactions, plain.transactions);
    assert_eq!(
        (assembled.hash, assembled.encoded_length),
        (plain.hash, None)
    );
    let last = blocks[4].block.as_ref().expect("a block");
    assert_eq!(last.claimed_hash, Some(B256::ZERO));
}

#[test]
fn json_lines_come_in_chunks_whatever_their_number() {
    let folder = Folder::new();
    let bytes = hex::encode_prefixed(rlp(&block(1, B256::ZERO, Vec::new())));
    let line = json!({"number": 1, "block": bytes}).to_string() + "\n";
    folder.put("x", line.repeat(150));
    assert_eq!(
        folder.read(),
        [
            "x:1-64: 64 blocks",
            "x:65-128: 64 blocks",
            "x:129-150: 22 blocks"
        ]
    );
    folder.put("x", line.repeat(2) + "{\"a\": 1}\n" + &line);
    assert_eq!(
        folder.read(),
        ["x:3: skipped, JSON of no known kind", "x:1-4: 3 blocks"]
    );
}

fn witness(kind: CaseKind) -> WitnessCase {
    match kind {
        CaseKind::Witness(witness) => *witness,
        other => panic!("not a witness: {other:?}"),
    }
}

#[test]
fn exec_witness() {
    let block = every_type();
    let json = json!({"format": "exec-witness-v1", "chain_id": 17000, "block_hash": block.hash,
        "pre_state_root": B256::repeat_byte(1), "post_state_root": null,
        "block": hex::encode_prefixed(rlp(&block)), "headers": [], "state": ["0x80", "0xc0"],
        "codes": ["0x60"], "block_hashes": [B256::repeat_byte(2)], "state_diff": {"0x": {}}});
    let read = witness(one("x", json.to_string()));
    assert_eq!(read.chain_id, Some(17_000));
    assert_eq!(read.block.claimed_hash, Some(block.hash));
    assert_eq!(
        read.nodes,
        [Bytes::from_static(&[0x80]), Bytes::from_static(&[0xc0])]
    );
    assert_eq!(read.codes, [Bytes::from_static(&[0x60])]);
    assert_eq!(read.block_hashes, [B256::repeat_byte(2)]);
    assert_eq!(read.pre_state_root, Some(B256::repeat_byte(1)));
    assert_eq!(read.post_state_root, None);
    let text = json.to_string();
    refused(one("x", text.get(..text.len() / 2).expect("a half")));
    refused(one("x", text.replace("\"0x60\"", "\"0x6\"")));
}

#[test]
fn codes_and_their_hashes() {
    let code = Bytes::from_static(&[0x60, 0x00]);
    let good = json!({keccak256(&code).to_string(): code});
    let folder = Folder::new();
    folder.put("x", good.to_string());
    assert_eq!(folder.read(), ["x: skipped, codes that no pre-state uses"]);
    let wrong = json!({B256::repeat_byte(1).to_string(): code});
    let reason = refused(one("x", wrong.to_string()));
    assert!(
        reason.contains(&B256::repeat_byte(1).to_string()),
        "{reason}"
    );
}

#[test]
fn what_is_of_no_use_is_told_apart_from_what_is_broken() {
    let folder = Folder::new();
    folder.put("a", "");
    folder.put("b", "text of a readme");
    folder.put("c", "[package]\nname = \"x\"\n");
    folder.put("d", [0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10]);
    folder.put("e", r#"{"unknown": 1}"#);
    folder.put(
        "f",
        r#"{"name": {"env": {}, "pre": {}, "transaction": {}, "post": {}}}"#,
    );
    folder.put("g", r#"{"jsonrpc": "2.0", "method": "x", "params": []}"#);
    folder.put("h", r#"[{"jsonrpc": "2.0", "method": "x", "params": []}]"#);
    folder.put(
        "i",
        r#"{"parentHash": "0x", "stateRoot": "0x", "number": "0x1"}"#,
    );
    folder.put("j", b"{\"bytes\": \"\xff\"}");
    folder.put("k", r#"{"cut": "#);
    folder.put("l", "[".repeat(100_000));
    folder.put(
        "m",
        "version https://git-lfs.github.com/spec/v1\noid sha256:00\n",
    );
    let read = folder.read();
    let kinds: Vec<_> = read
        .iter()
        .map(|line| line.split(',').next().unwrap_or_default())
        .collect();
    assert_eq!(
        kinds,
        [
            "a: skipped",
            "b: skipped",
            "c: skipped",
            "d: skipped",
            "e: skipped",
            "f: skipped",
            "g: skipped",
            "h: skipped",
            "i: skipped",
            "j: unreadable",
            "k: unreadable",
            "l: unreadable",
            "m: skipped"
        ],
        "{read:#?}"
    );
    for name in ["a", "b", "e"] {
        let path = folder.0.join(name);
        let named = cases(&[&path], &Limits::default());
        assert!(
            matches!(
                named[..],
                [Case {
                    kind: CaseKind::Unreadable(_),
                    ..
                }]
            ),
            "{named:?}"
        );
    }
    let absent = folder.0.join("absent");
    let named = cases(&[&absent], &Limits::default());
    assert!(
        matches!(
            named[..],
            [Case {
                kind: CaseKind::Unreadable(_),
                ..
            }]
        ),
        "{named:?}"
    );
}
