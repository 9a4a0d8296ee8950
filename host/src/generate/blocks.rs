//! Blocks one after the other, each executed over the state that the one before left.

use super::{
    GenerateError, MAX_BLOCK_LENGTH, Plan,
    ancestors::Ancestors,
    cast::Cast,
    contracts,
    draft::{Prices, Unsigned},
    genesis::{self, EXTRA_DATA},
    random::Random,
    workload::Workload,
};
use crate::{
    Engine,
    block::{Block, Ommers, Transaction, header_hash},
    chain::{ChainSpec, Rules, genesis_header},
    exec::{BlockJob, BlockOutput, Executor, KnownSenders, Serial, WithBlockHashes, receipts},
    trie::WorldState,
};
use alloy_consensus::Header;
use alloy_eips::{
    Encodable2718,
    eip1559::BaseFeeParams,
    eip4844::DATA_GAS_PER_BLOB,
    eip4895::{Withdrawal, Withdrawals},
};
use alloy_genesis::Genesis;
use alloy_primitives::{Address, B256, Bytes};
use alloy_rlp::Encodable;
use rayon::prelude::*;

/// Seconds between blocks.
const SLOT: u64 = 12;

/// The RLP of the blocks of a [`Plan`], block 1 first; nothing follows an error.
///
/// Holds the state and the last block only, so that chains longer than memory can be written.
#[derive(Debug)]
pub struct Blocks {
    engine: Engine,
    chain: ChainSpec,
    state: WorldState,
    parent: Header,
    ancestors: Ancestors,
    workload: Workload,
    /// What headers and withdrawals are drawn from.
    random: Random,
    /// Accounts that take the fees in turn: one without use otherwise, a sender and a contract.
    coinbases: [Address; 3],
    withdrawals: u64,
    transactions: u64,
    left: u64,
}

/// A block, and what making it gave.
pub(super) struct Made {
    pub(super) block: Block,
    /// Its RLP.
    pub(super) encoded: Bytes,
    pub(super) output: BlockOutput,
}

impl Blocks {
    pub(super) fn new(plan: &Plan, engine: &Engine) -> Result<(Genesis, Self), GenerateError> {
        let cast = Cast::new(plan.seed, plan.transactions);
        let genesis = genesis::genesis(&cast, plan.transactions);
        let chain = ChainSpec::from_genesis(&genesis)?;
        let state = WorldState::from_genesis_alloc(engine, &genesis.alloc);
        let parent = genesis_header(&genesis, &chain, state.root());
        let sender = cast.users.first().map(|user| user.address);
        let blocks = Self {
            engine: engine.clone(),
            chain,
            state,
            ancestors: Ancestors::new(header_hash(&parent)),
            parent,
            coinbases: [
                contracts::address("nobody"),
                sender.unwrap_or_default(),
                contracts::address("pool"),
            ],
            workload: Workload::new(plan.seed, cast),
            random: Random::new(plan.seed, "headers"),
            withdrawals: 0,
            transactions: plan.transactions,
            left: plan.blocks,
        };
        Ok((genesis, blocks))
    }

    /// The header of the last block, at first that of the genesis.
    pub(super) fn parent(&self) -> &Header {
        &self.parent
    }

    /// The next block with all that is known of it; see [`Iterator::next`].
    pub(super) fn advance(&mut self) -> Option<Result<Made, GenerateError>> {
        self.left = self.left.checked_sub(1)?;
        let made = self.make();
        if made.is_err() {
            self.left = 0;
        }
        Some(made)
    }

    fn make(&mut self) -> Result<Made, GenerateError> {
        let number = self.parent.number.saturating_add(1);
        let timestamp = self.parent.timestamp.saturating_add(SLOT);
        let rules = self.chain.rules_at(number, timestamp, None);
        let (mut header, prices) = self.header(&rules, number, timestamp)?;
        let unsigned = self.workload.block(&header, prices, self.transactions);
        let transactions: Vec<Transaction> = self
            .engine
            .install(|| unsigned.par_iter().map(Unsigned::sign).collect());
        let withdrawals = self.withdrawals();

        let output = self.execute(&rules, &header, &unsigned, &transactions, &withdrawals)?;
        for step in &output.steps {
            self.state
                .apply(&self.engine, step)
                .map_err(|source| GenerateError::State {
                    number,
                    source: Box::new(source),
                })?;
        }
        self.seal(&mut header, &transactions, &withdrawals, &output);

        let block = Block {
            hash: header_hash(&header),
            header,
            claimed_hash: None,
            transactions,
            ommers: Ommers::Headers(Vec::new()),
            withdrawals: Some(withdrawals),
            encoded_length: None,
        };
        let encoded = block.encode().unwrap_or_default();
        let length = encoded.len();
        if length > MAX_BLOCK_LENGTH {
            return Err(GenerateError::BlockTooLong { number, length });
        }
        tracing::debug!(
            number,
            hash = %block.hash,
            gas_used = block.header.gas_used,
            base_fee = prices.base_fee,
            length,
            "block generated"
        );
        self.ancestors.push(block.hash);
        self.parent = block.header.clone();
        Ok(Made {
            block,
            encoded: encoded.into(),
            output,
        })
    }

    /// What of a header is known before its block is executed, and what transactions must pay for that.
    fn header(
        &mut self,
        rules: &Rules,
        number: u64,
        timestamp: u64,
    ) -> Result<(Header, Prices), GenerateError> {
        let out_of_range = |field| GenerateError::HeaderRange { number, field };
        let parent = &self.parent;
        let base_fee = parent
            .next_block_base_fee(BaseFeeParams::ethereum())
            .ok_or(out_of_range("base fee"))?;
        let params = rules.blob.ok_or(out_of_range("blob gas"))?;
        let excess = parent
            .next_block_excess_blob_gas(params)
            .ok_or(out_of_range("excess blob gas"))?;
        let prices = Prices {
            base_fee: base_fee.into(),
            blob_fee: params.calc_blob_fee(excess),
        };
        let turn = self.random.index(self.coinbases.len() + 1);
        let fresh = Address::new(self.random.bytes());
        let header = Header {
            parent_hash: self.ancestors.latest(),
            beneficiary: self.coinbases.get(turn).copied().unwrap_or(fresh),
            number,
            timestamp,
            gas_limit: parent.gas_limit,
            extra_data: EXTRA_DATA,
            mix_hash: B256::new(self.random.bytes()),
            base_fee_per_gas: Some(base_fee),
            excess_blob_gas: Some(excess),
            parent_beacon_block_root: Some(B256::new(self.random.bytes())),
            ..Header::default()
        };
        Ok((header, prices))
    }

    /// Up to four: to users, to addresses without account, some of which get nothing, and to a contract.
    fn withdrawals(&mut self) -> Withdrawals {
        let count = self.random.below(5);
        let withdrawals = (0..count).map(|_| {
            let index = self.withdrawals;
            self.withdrawals += 1;
            let kind = self.random.below(8);
            let address = match kind {
                0..=3 => self.workload.user(),
                4 => contracts::address("pool"),
                _ => self.workload.fresh(),
            };
            // In gwei.
            let amount = match kind {
                7 => 0,
                _ => self.random.below(32_000_000_000),
            };
            Withdrawal {
                index,
                validator_index: self.random.below(1_000_000),
                address,
                amount,
            }
        });
        Withdrawals::new(withdrawals.collect())
    }

    fn execute(
        &self,
        rules: &Rules,
        header: &Header,
        unsigned: &[Unsigned],
        transactions: &[Transaction],
        withdrawals: &Withdrawals,
    ) -> Result<BlockOutput, GenerateError> {
        let senders: Vec<Address> = unsigned.iter().map(|one| one.sender).collect();
        let authorities: Vec<_> = unsigned.iter().map(|one| one.authorities.clone()).collect();
        let senders = KnownSenders {
            senders: &senders,
            authorities: &authorities,
        };
        let job = BlockJob {
            withdrawals: Some(withdrawals),
            ..BlockJob::new(rules, header, transactions, &senders)
        };
        let source = WithBlockHashes {
            state: &self.state,
            hashes: &self.ancestors,
        };
        Serial
            .execute(&job, &source)
            .map_err(|source| GenerateError::Execution {
                number: header.number,
                source,
            })
    }

    /// Fills in what is known once the block is executed and its changes are applied.
    fn seal(
        &self,
        header: &mut Header,
        transactions: &[Transaction],
        withdrawals: &Withdrawals,
        output: &BlockOutput,
    ) {
        let engine = &self.engine;
        let blobs = transactions.iter().filter_map(|t| match t {
            Transaction::Eip4844(signed) => Some(signed.tx().blob_versioned_hashes.len() as u64),
            _ => None,
        });
        header.transactions_root =
            engine.ordered_root_with(transactions, |item, out| item.encode_2718(out));
        header.receipts_root =
            engine.ordered_root_with(&output.receipts, |item, out| item.encode_2718(out));
        header.withdrawals_root =
            Some(engine.ordered_root_with(withdrawals, |item, out| item.encode(out)));
        header.logs_bloom = receipts::logs_bloom(&output.receipts);
        header.gas_used = output.gas_used;
        header.blob_gas_used = Some(blobs.sum::<u64>() * DATA_GAS_PER_BLOB);
        header.requests_hash = Some(output.requests.requests_hash());
        header.state_root = self.state.root();
    }
}

impl Iterator for Blocks {
    type Item = Result<Bytes, GenerateError>;

    fn next(&mut self) -> Option<Self::Item> {
        let made = self.advance()?;
        Some(made.map(|made| made.encoded))
    }
}

#[cfg(test)]
mod tests;
