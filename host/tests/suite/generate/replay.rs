//! Blocks executed again from their genesis file alone, judged by other code than what generated them.

use alloy_consensus::Header;
use alloy_eips::{Encodable2718, eip1559::BaseFeeParams};
use alloy_genesis::{Genesis, GenesisAccount};
use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256, keccak256};
use alloy_trie::{
    TrieAccount,
    root::{ordered_trie_root_encoded, state_root_unhashed, storage_root_unhashed},
};
use phalanx::{
    Engine,
    block::{Block, header_hash},
    chain::{ChainSpec, genesis_header},
    exec::{
        BlockHashes, BlockJob, BlockOutput, Executor, KnownSenders, Serial, StateChanges,
        WithBlockHashes, receipts,
    },
    senders::recover_transactions,
    trie::WorldState,
};
use std::collections::BTreeMap;

/// A block as it was found to be.
pub(crate) struct Replayed {
    pub(crate) block: Block,
    pub(crate) output: BlockOutput,
    /// Accounts from before the block that it removed.
    pub(crate) removed: usize,
}

struct Hashes(Vec<B256>);

impl BlockHashes for Hashes {
    fn block_hash(&self, number: u64) -> Option<B256> {
        self.0.get(number as usize).copied()
    }
}

#[derive(Clone, Default)]
struct PlainAccount {
    nonce: u64,
    balance: U256,
    code_hash: B256,
    storage: BTreeMap<B256, U256>,
}

impl From<&GenesisAccount> for PlainAccount {
    fn from(account: &GenesisAccount) -> Self {
        Self {
            nonce: account.nonce.unwrap_or(0),
            balance: account.balance,
            code_hash: account.code.as_ref().map_or(KECCAK256_EMPTY, keccak256),
            storage: account.storage_slots().collect(),
        }
    }
}

/// The state without tries.
struct PlainState(BTreeMap<Address, PlainAccount>);

impl PlainState {
    fn root(&self) -> B256 {
        state_root_unhashed(self.0.iter().map(|(address, account)| {
            let storage = account.storage.iter().map(|(slot, value)| (*slot, *value));
            let account = TrieAccount {
                nonce: account.nonce,
                balance: account.balance,
                code_hash: account.code_hash,
                storage_root: storage_root_unhashed(storage),
            };
            (*address, account)
        }))
    }

    /// Applies changes; returns how many accounts they removed.
    fn apply(&mut self, changes: &StateChanges) -> usize {
        let mut removed = 0;
        for (address, change) in &changes.accounts {
            let Some(info) = &change.info else {
                removed += usize::from(self.0.remove(address).is_some());
                continue;
            };
            let account = self.0.entry(*address).or_default();
            account.nonce = info.nonce;
            account.balance = info.balance;
            account.code_hash = info.code_hash;
            if change.storage_wiped {
                account.storage.clear();
            }
            for (slot, value) in &change.storage {
                match value.is_zero() {
                    true => account.storage.remove(&B256::from(*slot)),
                    false => account.storage.insert(B256::from(*slot), *value),
                };
            }
        }
        removed
    }
}

/// Verifies the whole chain, and panics at what is wrong with it.
pub(crate) fn replay(engine: &Engine, genesis_json: &str, blocks: &[Bytes]) -> Vec<Replayed> {
    let genesis: Genesis = serde_json::from_str(genesis_json).unwrap();
    let chain = ChainSpec::from_genesis(&genesis).unwrap();
    let mut state = WorldState::from_genesis_alloc(engine, &genesis.alloc);
    let plain = genesis.alloc.iter();
    let mut plain = PlainState(plain.map(|(a, account)| (*a, account.into())).collect());
    assert_eq!(state.root(), plain.root());
    let mut parent = genesis_header(&genesis, &chain, plain.root());
    let mut hashes = Hashes(vec![header_hash(&parent)]);
    let mut replayed = Vec::new();
    for encoded in blocks {
        let block = Block::decode(encoded).unwrap();
        let header = &block.header;
        let rules = chain.rules_at(header.number, header.timestamp, None);
        assert_eq!(Some(&header.parent_hash), hashes.0.last());
        check_header(header, &parent, rules.blob.unwrap());

        let asked: Vec<_> = block.transactions.iter().map(|t| (t, true)).collect();
        let recovered = recover_transactions(engine, &asked);
        let senders: Vec<Address> = recovered.iter().map(|one| one.sender.unwrap()).collect();
        let authorities: Vec<Vec<Option<Address>>> = recovered
            .into_iter()
            .map(|one| one.authorities.into_iter().map(Result::ok).collect())
            .collect();
        let senders = KnownSenders {
            senders: &senders,
            authorities: &authorities,
        };
        let job = BlockJob {
            withdrawals: block.withdrawals.as_ref(),
            ..BlockJob::new(&rules, header, &block.transactions, &senders)
        };
        let source = WithBlockHashes {
            state: &state,
            hashes: &hashes,
        };
        let output = Serial.execute(&job, &source).unwrap();
        let mut removed = 0;
        for step in &output.steps {
            removed += plain.apply(step);
            state.apply(engine, step).unwrap();
        }
        assert_eq!(state.root(), header.state_root);
        assert_eq!(plain.root(), header.state_root);
        check_roots(&block, &output);
        hashes.0.push(block.hash);
        parent = block.header.clone();
        replayed.push(Replayed {
            block,
            output,
            removed,
        });
    }
    replayed
}

fn check_header(header: &Header, parent: &Header, blob: alloy_eips::eip7840::BlobParams) {
    assert_eq!(header.number, parent.number + 1);
    assert_eq!(header.timestamp, parent.timestamp + 12);
    assert_eq!(header.gas_limit, parent.gas_limit);
    assert_eq!(&header.extra_data[..], b"phalanx");
    assert!(header.difficulty.is_zero() && header.nonce.is_zero());
    assert!(header.parent_beacon_block_root.is_some());
    assert!(header.blob_gas_used.unwrap() <= blob.max_blob_gas_per_block());
    assert_eq!(
        header.base_fee_per_gas,
        parent.next_block_base_fee(BaseFeeParams::ethereum())
    );
    assert_eq!(
        header.excess_blob_gas,
        parent.next_block_excess_blob_gas(blob)
    );
}

fn check_roots(block: &Block, output: &BlockOutput) {
    let header = &block.header;
    let transactions: Vec<Vec<u8>> = block
        .transactions
        .iter()
        .map(|t| t.encoded_2718())
        .collect();
    let withdrawals = block.withdrawals.iter().flat_map(|list| list.iter());
    let withdrawals: Vec<Vec<u8>> = withdrawals.map(alloy_rlp::encode).collect();
    let encoded = receipts::encode(&output.receipts);
    assert_eq!(
        ordered_trie_root_encoded(&transactions),
        header.transactions_root
    );
    assert_eq!(ordered_trie_root_encoded(&encoded), header.receipts_root);
    assert_eq!(
        Some(ordered_trie_root_encoded(&withdrawals)),
        header.withdrawals_root
    );
    assert_eq!(receipts::logs_bloom(&output.receipts), header.logs_bloom);
    assert_eq!(output.gas_used, header.gas_used);
    assert_eq!(Some(output.requests.requests_hash()), header.requests_hash);
}
