//! What users hand over, recognised by content: bytes in, cases out.
//!
//! [`read`] takes files and folders; compressed files and archives are read through. A document's place is written
//! `path!path/inside#test` or `path:line`: `!` enters an archive, `#` names a test of a fixture file, `:` a line (or
//! `:first-last`) of a file of JSON lines. Compression adds nothing to the name.
//!
//! Documents that stand alone (fixtures, execution witnesses with their block, JSON lines) are handed on as they are
//! read. The others wait for their partners: a block for its pre-state or its witness, a chain for its genesis.

mod archive;
pub(crate) mod era1;
mod error;
mod fixture;
mod genesis;
mod json_block;
mod json_tx;
mod jsonl;
mod limits;
mod origin;
mod pair;
mod prestate;
mod read;
mod rlp;
mod sniff;
mod stream;
#[cfg(test)]
mod tests;
mod text;
mod walk;
mod witness;

pub use era1::Era1Archive;
pub use error::InputError;
pub use genesis::parse_genesis;
pub use limits::Limits;
pub use read::{Progress, read, read_genesis};

use crate::block::{Block, BlockDecodeError};
use alloy_genesis::Genesis;
use alloy_primitives::{
    Address, B256, Bytes, U256,
    map::{AddressMap, HashMap},
};
use std::collections::BTreeMap;

/// Something to verify, with all that belongs to it.
#[derive(Debug)]
pub struct Case {
    /// Where it came from: path, path inside the archive, line.
    pub input: String,
    /// What it is.
    pub kind: CaseKind,
}

/// The kinds of input.
#[derive(Debug)]
pub enum CaseKind {
    /// Blocks without state, in the order given.
    Blocks(Vec<ListedBlock>),
    /// A block with the accounts and slots that it reads, unproved.
    PreState(Box<PreStateCase>),
    /// A block with an execution witness.
    Witness(Box<WitnessCase>),
    /// An official blockchain test.
    Fixture(Box<FixtureCase>),
    /// An exported chain, with its genesis where one was found.
    Chain(Box<ChainCase>),
    /// An era1 archive, with the genesis of its chain where one was found.
    Era1(Box<Era1Case>),
    /// Broken, or named by the user and nothing that can be verified.
    Unreadable(String),
    /// Found in a folder or archive and not used, and why.
    Skipped(String),
}

/// A block without state.
#[derive(Debug)]
pub struct ListedBlock {
    /// The block.
    pub block: Result<Block, BlockDecodeError>,
    /// What the list calls it, for reports.
    pub label: String,
    /// The senders that the source names.
    pub senders: Option<Vec<Address>>,
    /// The receipts (EIP-2718 bytes) that the source gives.
    pub receipts: Option<Vec<Bytes>>,
}

/// A block with its pre-state.
#[derive(Debug)]
pub struct PreStateCase {
    /// The block.
    pub block: Block,
    /// What it reads.
    pub state: PreState,
}

/// Accounts, codes and ancestor hashes, taken on their source's word.
#[derive(Debug, Default)]
pub struct PreState {
    /// Accounts by address; an absent one does not exist.
    pub accounts: AddressMap<PreAccount>,
    /// Codes by Keccak-256.
    pub codes: std::sync::Arc<HashMap<B256, Bytes>>,
    /// Ancestor hashes by number.
    pub block_hashes: std::sync::Arc<BTreeMap<u64, B256>>,
}

/// One account of a pre-state.
#[derive(Debug, Default)]
pub struct PreAccount {
    /// Balance in wei.
    pub balance: U256,
    /// Nonce.
    pub nonce: u64,
    /// Keccak-256 of the code.
    pub code_hash: B256,
    /// Slots that the block reads.
    pub storage: BTreeMap<U256, U256>,
}

/// A block with its execution witness.
#[derive(Debug)]
pub struct WitnessCase {
    /// The chain, where the source says.
    pub chain_id: Option<u64>,
    /// The block.
    pub block: Block,
    /// Trie nodes, any order.
    pub nodes: Vec<Bytes>,
    /// Contract codes, any order.
    pub codes: Vec<Bytes>,
    /// RLP of ancestors' headers, any order.
    pub headers: Vec<Bytes>,
    /// Ancestor hashes, the parent's first, on the source's word.
    pub block_hashes: Vec<B256>,
    /// State root before, where the source says.
    pub pre_state_root: Option<B256>,
    /// State root after, where the source says.
    pub post_state_root: Option<B256>,
}

/// An official blockchain test (ethereum/tests, execution-spec-tests).
#[derive(Debug)]
pub struct FixtureCase {
    /// The test's name in its file.
    pub name: String,
    /// Fork or transition, as the fixture names it.
    pub network: String,
    /// The chain, where the fixture says; 1 otherwise.
    pub chain_id: Option<u64>,
    /// Genesis state and header fields.
    pub genesis: Genesis,
    /// RLP of the genesis block, where the fixture has it.
    pub genesis_rlp: Option<Bytes>,
    /// The genesis block's hash as the fixture names it.
    pub genesis_hash: B256,
    /// Blob schedule by fork name, where the fixture has one.
    pub blob_schedule: BTreeMap<String, alloy_eips::eip7840::BlobParams>,
    /// The blocks to import, in order.
    pub blocks: Vec<FixtureBlock>,
    /// Hash of the head after all imports.
    pub last_block_hash: B256,
    /// State after the head, where the fixture lists it.
    pub post_state: Option<BTreeMap<Address, alloy_genesis::GenesisAccount>>,
    /// State root after the head, where the fixture gives only that.
    pub post_state_hash: Option<B256>,
}

/// One block of a fixture.
#[derive(Debug)]
pub struct FixtureBlock {
    /// RLP of the block.
    pub rlp: Bytes,
    /// The exception that its import must raise, if it must.
    pub expect_exception: Option<String>,
}

/// An exported chain.
#[derive(Debug)]
pub struct ChainCase {
    /// The genesis that the first block continues, if one was among the inputs.
    pub genesis: Option<std::sync::Arc<Genesis>>,
    /// RLP of each block, in file order.
    pub blocks: Vec<Bytes>,
}

/// An era1 archive, or a part of one.
#[derive(Debug)]
pub struct Era1Case {
    /// The genesis of the archive's chain, if one was among the inputs. It says which chain that is; where the blocks begin
    /// with block 0, they are executed from its state on.
    pub genesis: Option<std::sync::Arc<Genesis>>,
    /// Number of the first block.
    pub start: u64,
    /// The blocks in order.
    pub blocks: Vec<Era1Block>,
    /// How many of them, from the first on, are there as ancestors of the others alone. They are verified and get no
    /// verdict: if one is false, those that stand on it have no verified parent.
    pub ancestors: usize,
    /// The accumulator root stored in the archive; `None` in a part, of which there is none.
    pub accumulator: Option<B256>,
}

/// One block of an era1 archive, uncompressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Era1Block {
    /// RLP of the header.
    pub header: Vec<u8>,
    /// RLP of the body.
    pub body: Vec<u8>,
    /// RLP of the receipts.
    pub receipts: Vec<u8>,
    /// Total difficulty including this block.
    pub total_difficulty: U256,
}
