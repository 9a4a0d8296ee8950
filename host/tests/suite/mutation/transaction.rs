//! Transactions: signatures, fields, authorizations, and their order in the block.

mod edits;

use super::{
    ENGINE, EXECUTED,
    Expect::{By, Unseen},
    Subject, Tally,
    chain::{Generated, SMALL},
    witness,
};
use alloy_consensus::{SignableTransaction, Signed, Transaction as _};
use alloy_primitives::{Address, B256, Signature, U256, uint};
use edits::edits;
use k256::ecdsa::SigningKey;
use phalanx::{
    block::{Block, Transaction},
    verdict::Check,
};
use std::collections::BTreeMap;

/// Order of the curve's group.
const N: U256 = uint!(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256);

/// How it shows that someone else has sent a transaction: no signature, or a sender who can't.
const SIGNER: &[Check] = &[Check::Senders, Check::Execution, Check::HeaderRules];

/// The transaction under another signature.
fn with_signature(transaction: &Transaction, signature: Signature) -> Transaction {
    fn put<T: Clone>(signed: &Signed<T>, signature: Signature) -> Signed<T> {
        Signed::new_unhashed(signed.tx().clone(), signature)
    }
    match transaction {
        Transaction::Legacy(signed) => Transaction::Legacy(put(signed, signature)),
        Transaction::Eip2930(signed) => Transaction::Eip2930(put(signed, signature)),
        Transaction::Eip1559(signed) => Transaction::Eip1559(put(signed, signature)),
        Transaction::Eip4844(signed) => Transaction::Eip4844(put(signed, signature)),
        Transaction::Eip7702(signed) => Transaction::Eip7702(put(signed, signature)),
    }
}

/// The transaction signed anew.
fn signed_by(key: &SigningKey, transaction: &Transaction) -> Transaction {
    let hash: B256 = match transaction {
        Transaction::Legacy(signed) => signed.tx().signature_hash(),
        Transaction::Eip2930(signed) => signed.tx().signature_hash(),
        Transaction::Eip1559(signed) => signed.tx().signature_hash(),
        Transaction::Eip4844(signed) => signed.tx().signature_hash(),
        Transaction::Eip7702(signed) => signed.tx().signature_hash(),
    };
    let (signature, id) = key.sign_prehash_recoverable(hash.as_slice());
    let (r, s) = signature.split_bytes();
    let (r, s) = (U256::from_be_slice(&r), U256::from_be_slice(&s));
    with_signature(transaction, Signature::new(r, s, id.is_y_odd()))
}

/// The block with another transaction in a place.
fn with(block: &Block, index: usize, transaction: Transaction) -> Block {
    let mut block = block.clone();
    block.transactions[index] = transaction;
    block
}

/// The first transaction of each type, of those that `eligible` takes by their index.
fn one_of_each(block: &Block, eligible: impl Fn(usize) -> bool) -> BTreeMap<u8, usize> {
    let mut first = BTreeMap::new();
    for (index, transaction) in block.transactions.iter().enumerate() {
        if eligible(index) {
            first.entry(transaction.tx_type().into()).or_insert(index);
        }
    }
    first
}

/// Every byte of r and s, the parity, and the values at the edges.
fn signatures(subject: &Subject, index: usize, tally: &mut Tally) {
    let transaction = &subject.block.transactions[index];
    let before = transaction.signature();
    let mut put = |what: String, r: U256, s: U256, parity: bool, expect| {
        let changed = with_signature(transaction, Signature::new(r, s, parity));
        let mutant = with(&subject.block, index, changed);
        let what = format!("{what} of {index}");
        subject.expect_both(tally, what, mutant, Check::TransactionsRoot, expect);
    };
    let (r, s, parity) = (before.r(), before.s(), before.v());
    for byte in 0..32 {
        let flip = U256::ONE << (8 * byte + byte % 8);
        put(
            format!("signature byte: r {byte}"),
            r ^ flip,
            s,
            parity,
            By(SIGNER),
        );
        put(
            format!("signature byte: s {byte}"),
            r,
            s ^ flip,
            parity,
            By(SIGNER),
        );
    }
    put("signature parity:".into(), r, s, !parity, By(SIGNER));
    let senders = By(&[Check::Senders]);
    for edge in [U256::ZERO, N, U256::MAX] {
        put(
            format!("signature edge: r {edge}"),
            edge,
            s,
            parity,
            senders,
        );
        put(
            format!("signature edge: s {edge}"),
            r,
            edge,
            parity,
            senders,
        );
    }
    put(
        "signature edge: r n - 1".into(),
        N - U256::ONE,
        s,
        parity,
        By(SIGNER),
    );
    put(
        "signature edge: s n - 1".into(),
        r,
        N - U256::ONE,
        parity,
        By(SIGNER),
    );
    // The same signer by the other s: refused from Homestead on (EIP-2).
    let turned = if subject.rules.requires_low_s() {
        senders
    } else {
        Unseen
    };
    put("signature turned:".into(), r, N - s, !parity, turned);
}

/// Every field, under the old signature and, where the key is at hand, under a new one.
fn fields(subject: &Subject, index: usize, key: Option<&SigningKey>, tally: &mut Tally) {
    let transaction = &subject.block.transactions[index];
    for edit in edits(transaction) {
        let kind = format!("{}, {}:", transaction.tx_type(), edit.name);
        let mutant = with(&subject.block, index, edit.changed.clone());
        let what = format!("field of {kind} of {index}");
        subject.expect_both(tally, what, mutant, Check::TransactionsRoot, By(SIGNER));
        if let Some(key) = key {
            let mutant = with(&subject.block, index, signed_by(key, &edit.changed));
            let what = format!("signed field of {kind} of {index}");
            subject.expect_both(tally, what, mutant, Check::TransactionsRoot, edit.signed);
        }
    }
}

/// Transactions exchanged, left out, repeated.
fn order(subject: &Subject, tally: &mut Tally) {
    let block = &subject.block;
    let mut put = |what: &str, expect, change: &dyn Fn(&mut Vec<Transaction>)| {
        let mut mutant = block.clone();
        change(&mut mutant.transactions);
        subject.expect_both(tally, what, mutant, Check::TransactionsRoot, expect);
    };
    // The header counts the gas of blobs.
    let counted = |transaction: &Transaction| match transaction {
        Transaction::Eip4844(_) => By(&[Check::HeaderRules]),
        _ => By(EXECUTED),
    };
    let last = block.transactions.len() - 1;
    let (first, end) = (&block.transactions[0], &block.transactions[last]);
    put("transaction dropped: first", counted(first), &|list| {
        list.remove(0);
    });
    put("transaction dropped: last", counted(end), &|list| {
        list.pop();
    });
    put("transaction repeated: first", counted(first), &|list| {
        list.insert(0, first.clone());
    });
    put("transaction repeated: last", counted(end), &|list| {
        list.push(end.clone());
    });
    // Two that do the same could change places unseen: those of other kinds can't, since their receipts differ.
    let kind = |t: &Transaction| (t.tx_type(), t.input().is_empty());
    let roots = subject.rules.receipts_carry_state_root();
    let other = (1..=last).find(|&i| roots || kind(&block.transactions[i]) != kind(first));
    if let Some(other) = other {
        put("transactions exchanged:", By(EXECUTED), &|list| {
            list.swap(0, other)
        });
    }
}

#[test]
fn of_a_generated_chain() {
    let chain = Generated::new(SMALL);
    let keys = chain.keys();
    let mut tally = Tally::new("transactions of a generated chain");
    let mut types = BTreeMap::new();
    for index in 0..chain.blocks.len() {
        let subject = chain.subject(index);
        let signers = senders(&subject.block);
        let known = |place: usize| keys.contains_key(&signers[place]);
        for (kind, place) in one_of_each(&subject.block, known) {
            let key = &keys[&signers[place]];
            let transaction = &subject.block.transactions[place];
            assert!(signed_by(key, transaction) == *transaction);
            fields(&subject, place, Some(key), &mut tally);
            let seen = types.entry(kind).or_insert(0);
            if *seen == 0 {
                signatures(&subject, place, &mut tally);
            }
            *seen += 1;
        }
        order(&subject, &mut tally);
    }
    tally.print();
    assert_eq!(types.keys().copied().collect::<Vec<u8>>(), [0, 1, 2, 3, 4]);
}

fn senders(block: &Block) -> Vec<Address> {
    let recovered = ENGINE.recover_senders(&block.transactions.iter().collect::<Vec<_>>());
    recovered
        .into_iter()
        .map(|sender| sender.expect("a sender"))
        .collect()
}

#[test]
fn of_witnessed_blocks() {
    let test = "transactions of witnessed blocks";
    let mut tally = Tally::new(test);
    for name in witness::FORKS {
        let Some(subject) = witness::real(test, name) else {
            continue;
        };
        order(&subject, &mut tally);
        for place in one_of_each(&subject.block, |_| true).into_values() {
            fields(&subject, place, None, &mut tally);
        }
    }
    // The types that are in none of these.
    if let Some(subject) = witness::real(test, witness::ALL_TYPES) {
        for (_, place) in one_of_each(&subject.block, |_| true).range(3..) {
            fields(&subject, *place, None, &mut tally);
        }
    }
    // Small ones: each byte costs a whole verification, twice.
    for name in witness::SMALL {
        if let Some(subject) = witness::real(test, name) {
            signatures(&subject, 0, &mut tally);
        }
    }
    tally.print();
}
