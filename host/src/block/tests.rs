use super::*;
use alloy_consensus::{Signed, TxEip1559, TxLegacy};
use alloy_eips::eip4895::Withdrawal;
use alloy_primitives::{Signature, U256};

fn block() -> Block {
    let signature = Signature::new(U256::from(1), U256::from(2), false);
    let legacy = Signed::new_unhashed(TxLegacy::default(), signature);
    let typed = Signed::new_unhashed(TxEip1559::default(), signature);
    let header = Header {
        number: 5,
        base_fee_per_gas: Some(7),
        withdrawals_root: Some(B256::ZERO),
        ..Header::default()
    };
    Block {
        hash: header_hash(&header),
        header,
        claimed_hash: None,
        transactions: vec![Transaction::Legacy(legacy), Transaction::Eip1559(typed)],
        ommers: Ommers::Headers(vec![Header::default()]),
        withdrawals: Some(Withdrawals::new(vec![Withdrawal::default()])),
        encoded_length: None,
    }
}

#[test]
fn decoding_is_the_inverse_of_encoding() {
    let block = block();
    let bytes = block.encode().unwrap();
    let decoded = Block::decode(&bytes).unwrap();
    assert_eq!(decoded.encoded_length, Some(bytes.len()));
    let again = Block {
        encoded_length: None,
        ..decoded
    };
    assert_eq!(again, block);
}

#[test]
fn hashes_alone_can_not_be_encoded() {
    let with = |ommers| Block { ommers, ..block() }.encode();
    assert!(with(Ommers::Hashes(vec![B256::ZERO])).is_none());
    assert!(with(Ommers::Headers(Vec::new())).is_some());
}

#[test]
fn bytes_after_the_block_are_counted() {
    let mut bytes = block().encode().unwrap();
    bytes.extend([0; 3]);
    assert_eq!(Block::decode(&bytes), Err(BlockDecodeError::Trailing(3)));
}

#[test]
fn every_cut_is_refused() {
    let bytes = block().encode().unwrap();
    for length in 0..bytes.len() {
        assert!(
            matches!(
                Block::decode(&bytes[..length]),
                Err(BlockDecodeError::Rlp(_))
            ),
            "{length}"
        );
    }
}

/// Whatever byte is changed: the bytes are refused, or they are the encoding of the block that they decode to.
#[test]
fn every_changed_byte_is_refused_or_canonical() {
    let bytes = block().encode().unwrap();
    let mut refused = 0;
    for index in 0..bytes.len() {
        for value in [0x00, 0x01, 0x7f, 0x80, 0x81, 0xb8, 0xc0, 0xff] {
            let mut bytes = bytes.clone();
            bytes[index] = value;
            match Block::decode(&bytes) {
                Ok(block) => assert_eq!(block.encode().unwrap(), bytes, "{index} {value}"),
                Err(_) => refused += 1,
            }
        }
    }
    assert!(refused > 0);
}

/// A list of items, with its header.
fn list(items: &[&[u8]]) -> Vec<u8> {
    let payload = items.concat();
    let mut out = Vec::new();
    alloy_rlp::Header {
        list: true,
        payload_length: payload.len(),
    }
    .encode(&mut out);
    out.extend(payload);
    out
}

#[test]
fn forms_that_are_not_canonical_are_refused() {
    let header = alloy_rlp::encode(Header::default());
    let empty: &[u8] = &[0xc0];
    assert!(Block::decode(&list(&[&header, empty, empty])).is_ok());
    // A typed transaction as a list item of its own, not wrapped in a byte string.
    let typed = {
        let tx = block().transactions.remove(1);
        alloy_eips::Encodable2718::encoded_2718(&tx)
    };
    let bare = list(&[&typed]);
    // A list's length in more bytes than it needs.
    let mut long = vec![0xf9, 0, 0];
    let body = [&header[..], empty, empty].concat();
    long[1..].copy_from_slice(&u16::try_from(body.len()).unwrap().to_be_bytes());
    long.extend(&body);
    let canonical_is_two_bytes = body.len() > 0xff;
    assert!(canonical_is_two_bytes);
    let mut longer = vec![0xfa, 0, 0, 0];
    longer[2..].copy_from_slice(&u16::try_from(body.len()).unwrap().to_be_bytes());
    longer.extend(&body);
    assert!(Block::decode(&long).is_ok());
    // A gas limit with a leading zero; 0x80 is zero's only form. The nonce is the header's last field.
    let mut zero = header.clone();
    let at = zero.len() - 9 - 33 - 1 - 4;
    assert_eq!(zero[at..at + 4], [0x80; 4]);
    zero[at] = 0x00;
    for (what, bytes) in [
        ("a bare typed transaction", list(&[&header, &bare, empty])),
        ("a long length", longer),
        ("a zero byte for zero", list(&[&zero, empty, empty])),
        ("no ommers", list(&[&header, empty])),
        ("a fifth item", list(&[&header, empty, empty, empty, empty])),
        ("a byte string", vec![0x80]),
        ("a string for a list", list(&[&header, &[0x80], empty])),
    ] {
        assert!(Block::decode(&bytes).is_err(), "{what}");
    }
}

#[test]
fn a_transaction_alone_is_whole_and_canonical() {
    for transaction in block().transactions {
        let bytes = transaction.encoded_2718();
        let decoded = decode_transaction(&bytes).expect("a transaction");
        assert_eq!(decoded, transaction);

        let trailing = [&bytes[..], &[0]].concat();
        assert!(decode_transaction(&trailing).is_err());
        for end in 0..bytes.len() {
            assert!(decode_transaction(&bytes[..end]).is_err(), "{end}");
        }
        // As it stands between peers: a typed transaction is a string there.
        let mut wrapped = Vec::new();
        alloy_primitives::Bytes::from(bytes).encode(&mut wrapped);
        assert!(decode_transaction(&wrapped).is_err());
    }
}
