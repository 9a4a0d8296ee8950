//! Official tests, as the generations of their files write them.

use super::*;
use crate::input::FixtureCase;
use serde_json::{Value, json};

fn test_json(blocks: Value) -> Value {
    json!({
        "_info": {"comment": "none"},
        "network": "Byzantium",
        "sealEngine": "NoProof",
        "genesisBlockHeader": {
            "parentHash": B256::ZERO, "coinbase": Address::ZERO, "difficulty": "0x020000",
            "number": "0x00", "gasLimit": "0x7fffffffffffffff", "gasUsed": "0x0", "timestamp": "0x54c98c81",
            "extraData": "0x42", "mixHash": B256::ZERO, "nonce": "0x0102030405060708",
            "hash": B256::repeat_byte(1), "stateRoot": B256::ZERO
        },
        "pre": {"0x0000000000000000000000000000000000000001":
            {"balance": "0xabc", "nonce": "", "code": "0x", "storage": {"0x1": "0x", "0x02": "0x03"}}},
        "blocks": blocks,
        "lastblockhash": B256::repeat_byte(2),
        "postStateHash": B256::repeat_byte(3)
    })
}

fn fixture(test: Value) -> Result<FixtureCase, String> {
    match one("x", json!({"_info": 1, "name": test}).to_string()) {
        CaseKind::Fixture(test) => Ok(*test),
        CaseKind::Unreadable(reason) => Err(reason),
        other => panic!("{other:?}"),
    }
}

#[test]
fn fixture_as_old_files_write_it() {
    let mut json = test_json(json!([
        {"rlp": "0xc0", "blockHeader": {}, "expectExceptionFrontier": "other network"},
        {"rlp": "0xc1", "blockHeader": {}, "expectExceptionByzantium": "this network"},
        {"rlp": "0xc2", "blockHeader": {}, "expectExceptionALL": "every network"},
        {"rlp": "0xc3", "expectException": "new form", "hasBigInt": true, "withdrawals": []},
        {"rlp": "0xc4"}
    ]));
    assert!(
        fixture(json.clone()).is_err(),
        "an empty nonce is no number"
    );
    json["pre"]["0x0000000000000000000000000000000000000001"]["nonce"] = json!("0x");
    let test = fixture(json.clone()).expect("a fixture");
    let account = &test.genesis.alloc[&Address::with_last_byte(1)];
    assert_eq!(
        (account.balance, account.nonce),
        (U256::from(0xabc), Some(0))
    );
    let storage = account.storage.as_ref().expect("storage");
    assert_eq!(storage[&B256::with_last_byte(2)], B256::with_last_byte(3));
    assert_eq!(test.genesis.nonce, 0x0102_0304_0506_0708);
    assert_eq!((test.chain_id, test.genesis.config.chain_id), (None, 1));
    assert_eq!(test.post_state_hash, Some(B256::repeat_byte(3)));
    let exceptions: Vec<_> = test
        .blocks
        .iter()
        .map(|block| block.expect_exception.as_deref())
        .collect();
    assert_eq!(
        exceptions,
        [
            None,
            Some("this network"),
            Some("every network"),
            Some("new form"),
            Some("the test shows no header for the block")
        ]
    );
    json["config"] = json!({"network": "Osaka", "chainid": "0x05", "blobSchedule":
        {"Cancun": {"target": "0x03", "max": "0x06", "baseFeeUpdateFraction": "0x32f0ed"}}});
    let test = fixture(json).expect("a fixture");
    assert_eq!((test.chain_id, test.genesis.config.chain_id), (Some(5), 5));
    assert_eq!(
        test.blob_schedule["Cancun"],
        alloy_eips::eip7840::BlobParams::cancun()
    );
}

#[test]
fn one_bad_test_does_not_hide_its_neighbours() {
    let folder = Folder::new();
    let good = test_json(json!([]))
        .to_string()
        .replace("\"nonce\":\"\"", "\"nonce\":\"0x1\"");
    let bad = good.replace("\"0xabc\"", "\"0xxyz\"");
    let text = format!("{{\"a\":{good},\"b\":{bad},\"c\\u001b\":{good}}}");
    folder.put("x", &text);
    assert_eq!(
        folder.read(),
        [
            "x#a: fixture".to_owned(),
            "x#b: unreadable, balance: \"0xxyz\" is not a number".to_owned(),
            "x#c\u{fffd}: fixture".to_owned()
        ]
    );
    folder.put("x", text.get(..text.len() - 40).expect("most"));
    let read = folder.read();
    assert_eq!(read.len(), 3, "{read:?}");
    assert!(read[2].starts_with("x: unreadable, JSON: EOF"), "{read:?}");
}
