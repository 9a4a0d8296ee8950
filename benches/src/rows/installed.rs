//! alloy and revm on Phalanx's arithmetic beside their own: what a program gains by installing it, and by a line that tells of
//! each block beforehand. Nothing is installed here, since that can't be undone: both are called as alloy and revm call what
//! is.

use super::count;
use crate::{
    engines::{self, name},
    measure::{Clock, Contender},
    report::{Match, Report},
    workloads::blocks::{self, Senders},
};
use alloy_consensus::crypto::{backend::CryptoProvider, secp256k1::recover_signer};
use alloy_primitives::{Address, U256, hex};
use phalanx::{alloy::Provider, block::Transaction, precompiles::PhalanxCrypto};
use revm::precompile::{Crypto, DefaultCrypto};
use std::hint::black_box;

/// The prime of BN254's coordinates.
const P: [u8; 32] = hex!("30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47");
/// BN254's generator of G2.
const Q: [u8; 128] = hex!(
    "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
    "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
    "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
    "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa"
);
/// 3 times BN254's generator of G1.
const A: [u8; 64] = hex!(
    "0769bf9ac56bea3ff40232bcb1b6bd159315d84715b8e679f2d355961915abf0"
    "2ab799bee0489429554fdb7c8d086475319e63b40b9c5b57cdf1ff3dd9fe2261"
);
/// Twice that generator.
const B: [u8; 64] = hex!(
    "030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd3"
    "15ed738c0e0a7c92e7845f96b2ae9c0a68a6a449e3538fc7ff3ebf7a5a18a2c4"
);

pub(super) fn run(section: &'static str, report: &mut Report) {
    senders(section, report, 300);
    precompiles(section, report);
}

/// `recover_signer` for one transaction after the other: with the block prefetched, which is counted, on one thread and on two,
/// and without. The rival has one thread.
pub(super) fn senders(section: &'static str, report: &mut Report, transactions: u64) {
    let blocks = blocks::generated_senders(transactions);
    let items = blocks.iter().map(|block| block.transactions.len()).sum();
    let workload = format!(
        "recover_signer of alloy for {} transactions of a generated block",
        count(items)
    );
    let check = |senders: Vec<Address>| {
        let wanted = blocks.iter().flat_map(|block| &block.senders);
        assert!(senders.iter().eq(wanted));
    };
    let one = engines::on_threads(1);
    let two = engines::on_threads(2);
    let untold = Provider::keeping(&one[0], 1);
    let mut contest = Match::new(section, workload, Clock::Wall, items);
    for engine in one.iter().chain(&two) {
        let provider = Provider::new(engine);
        let blocks = &blocks;
        let call = move || {
            let of_block = |block: &Senders| {
                provider.prefetch(black_box(&block.transactions));
                let senders = block.transactions.iter().map(|tx| ask(&provider, tx));
                senders.collect::<Vec<_>>()
            };
            blocks.iter().flat_map(of_block).collect()
        };
        contest.engine(Contender::new(name(engine), call, check), None);
    }
    let call = || -> Vec<Address> {
        let transactions = blocks.iter().flat_map(|block| &block.transactions);
        transactions.map(|tx| ask(&untold, tx)).collect()
    };
    let bare = "portable, 1 thread, not prefetched";
    contest.engine(Contender::new(bare, call, check), None);
    let call = || -> Vec<Address> {
        let transactions = blocks.iter().flat_map(|block| &block.transactions);
        transactions
            .map(|tx| recover_signer(black_box(tx.signature()), tx.signature_hash()).unwrap())
            .collect()
    };
    let rival = "alloy + libsecp256k1, one at a time";
    contest.rival(Contender::new(rival, call, check));
    report.play(contest);
}

/// What `recover_signer` does once a provider is installed.
fn ask(provider: &Provider, transaction: &Transaction) -> Address {
    let signature = transaction.signature();
    let mut bytes = [0; 65];
    bytes[..32].copy_from_slice(&signature.r().to_be_bytes::<32>());
    bytes[32..64].copy_from_slice(&signature.s().to_be_bytes::<32>());
    bytes[64] = signature.v() as u8;
    let prehash = transaction.signature_hash();
    provider
        .recover_signer_unchecked(&bytes, &prehash.0)
        .unwrap()
}

/// An answer in bytes, whatever was asked.
type Ask = fn(&dyn Crypto) -> Vec<u8>;

pub(super) fn precompiles(section: &'static str, report: &mut Report) {
    let questions: [(&str, Ask); 5] = [
        ("ecrecover", ecrecover),
        ("modexp, an inverse modulo BN254's prime", modexp),
        ("BN254 sum", |crypto| {
            crypto.bn254_g1_add(black_box(&A), &B).unwrap().to_vec()
        }),
        ("BN254 multiple", |crypto| {
            let scalar = black_box([0x2e; 32]);
            crypto.bn254_g1_mul(&A, &scalar).unwrap().to_vec()
        }),
        ("BN254 pairing check of 2 pairs", |crypto| {
            let mut opposite = A;
            let y = U256::from_be_bytes(P) - U256::from_be_slice(&A[32..]);
            opposite[32..].copy_from_slice(&y.to_be_bytes::<32>());
            let pairs = [(&A[..], &Q[..]), (&opposite, &Q)];
            vec![
                crypto
                    .bn254_pairing_check(black_box(&pairs))
                    .unwrap()
                    .into(),
            ]
        }),
    ];
    for (what, ask) in questions {
        let workload = format!("precompile: {what}");
        let mut contest = Match::new(section, workload, Clock::Processor, 1);
        let wanted = ask(&DefaultCrypto);
        let check = |answer: Vec<u8>| assert_eq!(answer, wanted, "{what}");
        let ours = Contender::new("portable, 1 thread", || ask(&PhalanxCrypto), check);
        contest.engine(ours, None);
        contest.rival(Contender::new("revm's own", || ask(&DefaultCrypto), check));
        report.play(contest);
    }
}

fn ecrecover(crypto: &dyn Crypto) -> Vec<u8> {
    let signature = black_box(hex!(
        "9242685bf161793cc25603c231bc2f568eb630ea16aa137d2664ac8038825608"
        "4f8ae3bd7535248d0bd448298cc2e2071e56992d0774dc340c368ae950852ada"
    ));
    let prehash = hex!("456e9aea5e197a1f1af7a3e85a3212fa4049a3ba34c2289b4c860fc0b0c64ef3");
    let signer = crypto.secp256k1_ecrecover(&signature, 1, &prehash);
    signer.unwrap().to_vec()
}

fn modexp(crypto: &dyn Crypto) -> Vec<u8> {
    let exponent = U256::from_be_bytes(P) - U256::from(2);
    let exponent = exponent.to_be_bytes::<32>();
    crypto
        .modexp(&black_box([0x1d; 32]), &exponent, &P)
        .unwrap()
}
