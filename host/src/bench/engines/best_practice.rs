//! What an execution client does with a block today, from published crates: alloy decodes, alloy's `recover_signer` with
//! libsecp256k1 runs over rayon, alloy-evm's block executor runs on revm one transaction after the other, and alloy-trie
//! computes the roots.

mod chain;
pub mod follow;
pub mod trie;
pub mod witness;

pub use chain::Chain;

use crate::block::Ommers;
use alloy_consensus::{
    Block, Header, ReceiptEnvelope, TxEnvelope, TxReceipt,
    constants::EMPTY_OMMER_ROOT_HASH,
    transaction::{Recovered, SignerRecoverable},
};
use alloy_eips::{Encodable2718, eip4895::Withdrawals};
use alloy_evm::{
    EvmEnv, EvmFactory,
    block::{BlockExecutionResult, BlockExecutor},
    eth::{
        EthBlockExecutionCtx, EthBlockExecutor, EthEvmFactory, receipt_builder::AlloyReceiptBuilder,
    },
};
use alloy_primitives::{Address, B256, Bloom, keccak256};
use alloy_rlp::{Decodable, Encodable};
use alloy_trie::root::ordered_trie_root_with_encoder;
use rayon::{ThreadPool, prelude::*};
use revm::database::{State, TransitionState};
use std::borrow::Cow;

/// A block as alloy decodes it.
pub type WireBlock = Block<TxEnvelope>;

/// What executing a block gives.
#[derive(Debug, Default)]
pub struct Executed {
    /// By transaction.
    pub receipts: Vec<ReceiptEnvelope>,
    /// Of the whole block.
    pub gas_used: u64,
    /// The hash of its requests, from Prague on.
    pub requests_hash: Option<B256>,
    /// What it changes, in steps: before Byzantium one a transaction and one for rewards, from then on one alone.
    pub steps: Vec<TransitionState>,
}

/// Verifies a block over a state without proof: everything but the state root, as Phalanx does there.
pub fn verify<DB: alloy_evm::Database>(
    pool: &ThreadPool,
    chain: &Chain,
    raw: &[u8],
    ommers: Option<&Ommers>,
    state: DB,
) -> Result<u64, String> {
    let block = decode(raw)?;
    check_body(&block, ommers)?;
    let senders = senders(pool, chain, &block.body.transactions)?;
    let executed = execute(chain, &block, &senders, state)?;
    if !chain.receipts_carry_state_root() {
        check_receipts(&block.header, &executed.receipts)?;
    }
    check_executed(chain, &block.header, &executed)?;
    Ok(executed.gas_used)
}

/// Bytes to a block.
pub fn decode(mut raw: &[u8]) -> Result<WireBlock, String> {
    let block = WireBlock::decode(&mut raw).map_err(|error| error.to_string())?;
    match raw.is_empty() {
        true => Ok(block),
        false => Err("bytes follow the block".into()),
    }
}

/// What the header says of the body. Ommers that the bytes lack are not hashed.
pub fn check_body(block: &WireBlock, ommers: Option<&Ommers>) -> Result<(), String> {
    let (header, body) = (&block.header, &block.body);
    let root = ordered_trie_root_with_encoder(&body.transactions, |tx, out| tx.encode_2718(out));
    same("transactions root", header.transactions_root, root)?;
    if let Some(withdrawals) = &body.withdrawals {
        let root = ordered_trie_root_with_encoder(withdrawals, |item, out| item.encode(out));
        same("withdrawals root", header.withdrawals_root, Some(root))?;
    }
    if ommers.is_none() {
        let hash = match body.ommers.is_empty() {
            true => EMPTY_OMMER_ROOT_HASH,
            false => keccak256(alloy_rlp::encode(&body.ommers)),
        };
        same("ommers hash", header.ommers_hash, hash)?;
    }
    Ok(())
}

/// The senders, over the pool.
pub fn senders(
    pool: &ThreadPool,
    chain: &Chain,
    transactions: &[TxEnvelope],
) -> Result<Vec<Address>, String> {
    let recover = |tx: &TxEnvelope| {
        let signer = match chain.0.requires_low_s() {
            true => tx.recover_signer(),
            false => tx.recover_signer_unchecked(),
        };
        signer.map_err(|error| error.to_string())
    };
    pool.install(|| transactions.par_iter().map(recover).collect())
}

/// Executes a block on this thread.
pub fn execute<DB: alloy_evm::Database>(
    chain: &Chain,
    block: &WireBlock,
    senders: &[Address],
    state: DB,
) -> Result<Executed, String> {
    let header = &block.header;
    let mut state = State::builder()
        .with_database(state)
        .with_bundle_update()
        .build();
    let env = EvmEnv::for_eth_block(header, chain, chain.id(), chain.blob());
    let evm = EthEvmFactory::default().create_evm(&mut state, env);
    let ctx = context(header, &block.body.ommers, block.body.withdrawals.as_ref());
    let mut executor = EthBlockExecutor::new(evm, ctx, chain, AlloyReceiptBuilder::default());
    let say = |error: alloy_evm::block::BlockExecutionError| error.to_string();
    executor.apply_pre_execution_changes().map_err(say)?;
    let mut steps = Vec::new();
    for (transaction, sender) in block.body.transactions.iter().zip(senders) {
        let recovered = Recovered::new_unchecked(transaction, *sender);
        executor.execute_transaction(recovered).map_err(say)?;
        if chain.receipts_carry_state_root() {
            use alloy_evm::Evm;
            steps.push(take_changes(executor.evm_mut().db_mut()));
        }
    }
    let BlockExecutionResult {
        receipts,
        requests,
        gas_used,
        ..
    } = executor.apply_post_execution_changes().map_err(say)?;
    steps.push(take_changes(&mut state));
    Ok(Executed {
        receipts,
        gas_used,
        requests_hash: chain.has_requests().then(|| requests.requests_hash()),
        steps,
    })
}

/// What a block executor wants to know besides the transactions.
pub fn context<'a>(
    header: &Header,
    ommers: &'a [Header],
    withdrawals: Option<&'a Withdrawals>,
) -> EthBlockExecutionCtx<'a> {
    EthBlockExecutionCtx {
        parent_hash: header.parent_hash,
        parent_beacon_block_root: header.parent_beacon_block_root,
        ommers,
        withdrawals: withdrawals.map(|list| Cow::Borrowed(list.as_slice())),
        extra_data: header.extra_data.clone(),
        tx_count_hint: None,
        slot_number: header.slot_number,
    }
}

fn take_changes<DB>(state: &mut State<DB>) -> TransitionState {
    let changes = state.transition_state.as_mut();
    changes.map(TransitionState::take).unwrap_or_default()
}

/// What the header says of gas, logs and requests.
pub fn check_executed(chain: &Chain, header: &Header, executed: &Executed) -> Result<(), String> {
    same("gas used", header.gas_used, executed.gas_used)?;
    let blooms = executed.receipts.iter().map(TxReceipt::bloom);
    let bloom = blooms.fold(Bloom::ZERO, |all, bloom| all | bloom);
    same("logs bloom", header.logs_bloom, bloom)?;
    match chain.has_requests() {
        true => same(
            "requests hash",
            header.requests_hash,
            executed.requests_hash,
        ),
        false => Ok(()),
    }
}

/// What it says of the receipts.
pub fn check_receipts(header: &Header, receipts: &[ReceiptEnvelope]) -> Result<(), String> {
    let root = ordered_trie_root_with_encoder(receipts, |receipt, out| receipt.encode_2718(out));
    same("receipts root", header.receipts_root, root)
}

/// Names what differs.
pub(crate) fn same<T: PartialEq + std::fmt::Debug>(
    what: &str,
    expected: T,
    got: T,
) -> Result<(), String> {
    match expected == got {
        true => Ok(()),
        false => Err(format!("{what}: {expected:?} in the header, {got:?} found")),
    }
}
