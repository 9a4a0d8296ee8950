use super::*;
use alloy_consensus::{
    Signed, TxEip1559, TxEip2930, TxEip4844, TxEip7702, TxLegacy, transaction::SignerRecoverable,
};
use alloy_eips::{eip2718::Decodable2718, eip2930::AccessList, eip7702::Authorization};
use alloy_primitives::{B256, Bytes, TxKind, U256, address, b256, hex};
use k256::ecdsa::SigningKey;

const N: U256 = U256::from_be_bytes(hex!(
    "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
));

fn engine() -> Engine {
    Engine::builder().threads(2).build().expect("portable")
}

fn key(secret: u8) -> SigningKey {
    let mut bytes = [0; 32];
    bytes[31] = secret;
    SigningKey::from_slice(&bytes).expect("not zero")
}

fn signer(secret: u8) -> Address {
    Address::from_raw_public_key(&key(secret).verifying_key().to_sec1_point(false).as_bytes()[1..])
}

fn sign_hash(hash: B256, secret: u8) -> Signature {
    let (signature, id) = key(secret).sign_prehash_recoverable(&hash.0);
    let bytes = signature.to_bytes();
    Signature::new(
        U256::from_be_slice(&bytes[..32]),
        U256::from_be_slice(&bytes[32..]),
        id.is_y_odd(),
    )
}

fn sign<T: SignableTransaction<Signature>>(transaction: T, secret: u8) -> Signed<T> {
    let signature = sign_hash(transaction.signature_hash(), secret);
    Signed::new_unhashed(transaction, signature)
}

fn authorization(nonce: u64, secret: u8) -> SignedAuthorization {
    let inner = Authorization {
        chain_id: U256::from(1),
        address: Address::repeat_byte(0x77),
        nonce,
    };
    // Spelled out after EIP-7702: keccak(0x05 || rlp([chain_id, address, nonce])).
    let mut payload = vec![0x05, 0xd7, 0x01, 0x94];
    payload.extend([0x77; 20]);
    payload.push(u8::try_from(nonce).expect("a small nonce"));
    let signature = sign_hash(alloy_primitives::keccak256(payload), secret);
    SignedAuthorization::new_unchecked(inner, signature.v().into(), signature.r(), signature.s())
}

fn altered(good: &SignedAuthorization, y_parity: u8, s: U256) -> SignedAuthorization {
    SignedAuthorization::new_unchecked(good.inner().clone(), y_parity, good.r(), s)
}

fn legacy(chain_id: Option<u64>) -> TxLegacy {
    TxLegacy {
        chain_id,
        nonce: 3,
        gas_limit: 21_000,
        to: TxKind::Call(Address::repeat_byte(0x11)),
        ..Default::default()
    }
}

/// A transaction of each type, the signer of number i being i + 1.
fn one_of_each() -> Vec<Transaction> {
    let input = Bytes::from(vec![0xab; 300]);
    vec![
        Transaction::Legacy(sign(legacy(None), 1)),
        Transaction::Legacy(sign(legacy(Some(1)), 2)),
        Transaction::Legacy(sign(legacy(Some(u64::MAX)), 3)),
        Transaction::Eip2930(sign(
            TxEip2930 {
                chain_id: 1,
                to: TxKind::Create,
                input: input.clone(),
                ..Default::default()
            },
            4,
        )),
        Transaction::Eip1559(sign(
            TxEip1559 {
                chain_id: 1,
                access_list: AccessList(vec![Default::default()]),
                input,
                ..Default::default()
            },
            5,
        )),
        Transaction::Eip4844(sign(
            TxEip4844 {
                chain_id: 1,
                blob_versioned_hashes: vec![B256::repeat_byte(1)],
                ..Default::default()
            },
            6,
        )),
        Transaction::Eip7702(sign(
            TxEip7702 {
                chain_id: 1,
                authorization_list: vec![authorization(1, 21), authorization(2, 22)],
                ..Default::default()
            },
            7,
        )),
    ]
}

#[test]
fn every_type_has_its_sender() {
    let transactions = one_of_each();
    let listed: Vec<(&Transaction, bool)> = transactions.iter().map(|tx| (tx, true)).collect();
    let recovered = recover_transactions(&engine(), &listed);
    assert_eq!(recovered.len(), transactions.len());
    for (i, (own, transaction)) in recovered.iter().zip(&transactions).enumerate() {
        assert_eq!(own.sender, Ok(signer(i as u8 + 1)), "transaction {i}");
        let alloy = transaction.recover_signer().expect("valid");
        assert_eq!(own.sender, Ok(alloy));
        let authorities = match transaction {
            Transaction::Eip7702(_) => vec![Ok(signer(21)), Ok(signer(22))],
            _ => vec![],
        };
        assert_eq!(own.authorities, authorities, "transaction {i}");
    }
    let plain: Vec<&Transaction> = transactions.iter().collect();
    let senders: Vec<_> = recovered.iter().map(|own| own.sender).collect();
    assert_eq!(engine().recover_senders(&plain), senders);
}

/// The example of EIP-155.
#[test]
fn eip155_example() {
    let raw = hex!(
        "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a0"
        "28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a0"
        "67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83"
    );
    let transaction = Transaction::decode_2718(&mut raw.as_slice()).expect("decodes");
    let sender = address!("9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f");
    assert_eq!(engine().recover_senders(&[&transaction]), [Ok(sender)]);
    let mut batch = Batch::default();
    batch.add_sender(&transaction, SRule::Low);
    assert_eq!(
        engine().keccak256(&[batch.payloads]),
        [b256!(
            "daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53"
        )]
    );
}

#[test]
fn high_s_is_a_matter_of_the_fork() {
    let Transaction::Legacy(low) = &one_of_each()[0] else {
        panic!("the first is legacy");
    };
    let signature = low.signature();
    let mirrored = Signature::new(signature.r(), N - signature.s(), !signature.v());
    let high = Transaction::Legacy(Signed::new_unhashed(low.tx().clone(), mirrored));
    let low = Transaction::Legacy(low.clone());
    let listed = [(&high, false), (&high, true), (&low, false), (&low, true)];
    let senders: Vec<_> = recover_transactions(&engine(), &listed)
        .into_iter()
        .map(|own| own.sender)
        .collect();
    let signer = Ok(signer(1));
    assert_eq!(senders, [signer, Err(RecoverError::HighS), signer, signer]);
}

/// Authorizations are judged one by one, under EIP-2 whatever the transaction's rule, and don't touch the sender.
#[test]
fn bad_authorizations_have_their_own_errors() {
    let good = authorization(9, 30);
    let parity = good.y_parity();
    let list = vec![
        altered(&good, 2, good.s()),
        altered(&good, 27, good.s()),
        good.clone(),
        altered(&good, 1 - parity, N - good.s()),
        altered(&good, parity, U256::ZERO),
        altered(&good, parity, N),
        good.clone(),
    ];
    let errors = [
        Err(RecoverError::RecoveryId),
        Err(RecoverError::RecoveryId),
        Ok(signer(30)),
        Err(RecoverError::HighS),
        Err(RecoverError::SOutOfRange),
        Err(RecoverError::SOutOfRange),
        Ok(signer(30)),
    ];
    assert_eq!(engine().recover_authorities(&list), errors);
    let transaction = Transaction::Eip7702(sign(
        TxEip7702 {
            authorization_list: list,
            ..Default::default()
        },
        40,
    ));
    let other = &one_of_each()[3];
    let recovered = recover_transactions(&engine(), &[(&transaction, false), (other, true)]);
    assert_eq!(recovered[0].sender, Ok(signer(40)));
    assert_eq!(recovered[0].authorities, errors);
    assert_eq!(recovered[1].sender, Ok(signer(4)));
    assert!(recovered[1].authorities.is_empty());
}

#[test]
fn nothing_to_recover() {
    assert!(recover_transactions(&engine(), &[]).is_empty());
    assert!(engine().recover_senders(&[]).is_empty());
    assert!(engine().recover_authorities(&[]).is_empty());
}
