use super::*;
use alloy_consensus::{
    SignableTransaction, TxEip4844, TxEip4844Variant, TxEip4844WithSidecar, TxEip7702, TxEnvelope,
    TxLegacy,
};
use alloy_eips::{
    eip2718::Encodable2718,
    eip4844::BlobTransactionSidecar,
    eip7594::BlobTransactionSidecarVariant,
    eip7702::{Authorization, SignedAuthorization},
};
use alloy_primitives::{Signature, U256, hex};

type Blob = TxEip4844Variant<BlobTransactionSidecarVariant>;

fn parse_text(text: &str) -> Result<RecoverInput, LineError> {
    parse(Line::Text(text.as_bytes()), SRule::Any)
}

fn one() -> [u8; 32] {
    U256::ONE.to_be_bytes()
}

#[test]
fn four_fields() {
    let hash = "ab".repeat(32);
    let expected = RecoverInput {
        prehash: [0xab; 32],
        r: one(),
        s: U256::from(0xfff).to_be_bytes(),
        y_parity: 1,
        s_rule: SRule::Any,
    };
    let full_s = format!("{:0>64}", "fff");
    for line in [
        format!("{hash} 1 fff 28"),
        format!("0x{hash} 0x01 0xFFF 0x1c"),
        format!("  {hash}\t0x1  {full_s} 1c \r"),
        format!("{hash} 01 0fff 1"),
    ] {
        assert_eq!(parse_text(&line), Ok(expected), "{line}");
    }
}

#[test]
fn recovery_ids() {
    let wide_27 = format!("0x{:0>64}", "1b");
    for (even, odd) in [
        ("0", "1"),
        ("27", "28"),
        ("0x1b", "0x1c"),
        ("1B", "1C"),
        ("00", "0x01"),
        (wide_27.as_str(), "028"),
    ] {
        assert_eq!(
            (parity(even.as_bytes()), parity(odd.as_bytes())),
            (Ok(0), Ok(1))
        );
    }
    for bad in [
        "", "0x", "2", "3", "26", "29", "0x27", "0x28", "-1", "z", "0x0x1", "11b", "1b0", "257",
    ] {
        assert_eq!(parity(bad.as_bytes()), Err(LineError::RecoveryId), "{bad}");
    }
}

#[test]
fn bad_fields() {
    let hash = "ab".repeat(32);
    let long = "1".repeat(65);
    for (line, error) in [
        (String::new(), LineError::Fields),
        (format!("{hash} 1"), LineError::Fields),
        (format!("{hash} 1 1"), LineError::Fields),
        (format!("{hash} 1 1 0 0"), LineError::Fields),
        (format!("{hash}a 1 1 0"), LineError::Length),
        (format!("{} 1 1 0", &hash[1..]), LineError::Length),
        ("0x 1 1 0".into(), LineError::Length),
        (format!("{hash} 0x 1 0"), LineError::Length),
        (format!("{hash} 1 {long} 0"), LineError::Length),
        (format!("{hash} 1 0x0x1 0"), LineError::Hex),
        (format!("{hash} g 1 0"), LineError::Hex),
        (format!("{}zz 1 1 0", &hash[2..]), LineError::Hex),
        (format!("{hash} 1 1 2"), LineError::RecoveryId),
        ("0x0".into(), LineError::Hex),
        ("xyz".into(), LineError::Hex),
        ("0x".into(), LineError::Transaction),
        ("0x02".into(), LineError::Transaction),
        ("c0".into(), LineError::Transaction),
    ] {
        assert_eq!(parse_text(&line), Err(error), "{line}");
    }
    assert_eq!(parse(Line::TooLong, SRule::Any), Err(LineError::TooLong));
    assert_eq!(
        parse(Line::Text(b"\xff\xc3 \x00 1 1"), SRule::Any),
        Err(LineError::Length)
    );
}

/// Encodes a transaction signed with r = 1, s = 2, y odd, and says what is to be recovered from it.
fn signed<T>(transaction: T) -> (Vec<u8>, RecoverInput)
where
    T: SignableTransaction<Signature>,
    TxEnvelope: From<alloy_consensus::Signed<T>>,
{
    let prehash = transaction.signature_hash().0;
    let signature = Signature::new(U256::ONE, U256::from(2), true);
    let encoded = TxEnvelope::from(transaction.into_signed(signature)).encoded_2718();
    let input = RecoverInput {
        prehash,
        r: one(),
        s: U256::from(2).to_be_bytes(),
        y_parity: 1,
        s_rule: SRule::Any,
    };
    (encoded, input)
}

#[test]
fn transactions() {
    let authorization = SignedAuthorization::new_unchecked(
        Authorization {
            chain_id: U256::ONE,
            address: Default::default(),
            nonce: 0,
        },
        1,
        U256::MAX,
        U256::from(7),
    );
    let cases = [
        signed(TxLegacy::default()),
        signed(TxLegacy {
            chain_id: Some(1),
            ..Default::default()
        }),
        signed(TxEip7702 {
            authorization_list: vec![authorization],
            ..Default::default()
        }),
        signed(Blob::TxEip4844(TxEip4844::default())),
    ];
    for (encoded, expected) in cases {
        assert_eq!(parse_text(&hex::encode(&encoded)), Ok(expected));
        assert_eq!(parse_text(&hex::encode_prefixed(&encoded)), Ok(expected));

        let refused = |bytes: &[u8]| {
            assert_eq!(
                parse_text(&hex::encode(bytes)),
                Err(LineError::Transaction),
                "{}",
                hex::encode(bytes)
            );
        };
        refused(&encoded[..encoded.len() - 1]);
        refused(&[&encoded[..], &[0]].concat());
        refused(&alloy_rlp::encode(&encoded[..]));
    }
}

#[test]
fn sidecar_is_not_signed() {
    let blobs = BlobTransactionSidecar::new(
        vec![Default::default()],
        vec![Default::default()],
        vec![Default::default()],
    );
    let bare = signed(Blob::TxEip4844(TxEip4844::default()));
    let network = signed(Blob::TxEip4844WithSidecar(TxEip4844WithSidecar {
        tx: TxEip4844::default(),
        sidecar: BlobTransactionSidecarVariant::Eip4844(blobs),
    }));
    assert!(network.0.len() > 131_072);
    assert_eq!(parse_text(&hex::encode(&network.0)), Ok(bare.1));
    assert_eq!(parse_text(&hex::encode(&bare.0)), Ok(bare.1));
}
