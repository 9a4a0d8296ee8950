//! A block with its execution witness: each node and code is hashed by keccak-asm into a hash map, the state is read and
//! changed in [tries of pointers](super::trie) over it, and the post-state root is compared.

use super::{
    Chain,
    trie::{Nodes, Trie},
};
use crate::bench::engines::keccak_asm;
use crate::{exec::bytecode, input::WitnessCase};
use alloy_consensus::{Eip658Value, Header, ReceiptEnvelope};
use alloy_primitives::{
    Address, B256, Bytes, KECCAK256_EMPTY, U256,
    map::{AddressMap, B256Map},
};
use alloy_rlp::Decodable;
use alloy_trie::TrieAccount;
use rayon::{ThreadPool, prelude::*};
use revm::{
    bytecode::Bytecode,
    database::{TransitionAccount, TransitionState},
    database_interface::{DBErrorMarker, Database},
    state::AccountInfo,
};
use std::{collections::BTreeMap, fmt};

/// Verifies a block by its witness, whose own decoded block is not looked at; gives the post-state root.
pub fn verify(
    pool: &ThreadPool,
    chain: &Chain,
    raw: &[u8],
    case: &WitnessCase,
) -> Result<B256, String> {
    let hashed = |list: &[Bytes]| -> Vec<(B256, Bytes)> {
        let hash = |bytes: &Bytes| (keccak_asm::hash(bytes), bytes.clone());
        pool.install(|| list.par_iter().map(hash).collect())
    };
    let nodes: Nodes = hashed(&case.nodes).into_iter().collect();
    let codes: B256Map<Bytes> = hashed(&case.codes).into_iter().collect();
    let headers: B256Map<Bytes> = hashed(&case.headers).into_iter().collect();

    let block = super::decode(raw)?;
    super::check_body(&block, None)?;
    let senders = super::senders(pool, chain, &block.body.transactions)?;
    let header = &block.header;
    let (root, ancestors) = before(header, case, &headers)?;
    let mut state = Tries {
        nodes,
        codes,
        ancestors,
        accounts: Trie::new(root),
        known: AddressMap::default(),
    };
    let mut executed = super::execute(chain, &block, &senders, &mut state)?;

    let mut root = root;
    for (index, step) in executed.steps.iter().enumerate() {
        root = state.apply(step)?;
        if let Some(receipt) = executed.receipts.get_mut(index)
            && chain.receipts_carry_state_root()
            && let ReceiptEnvelope::Legacy(receipt) = receipt
        {
            receipt.receipt.status = Eip658Value::PostState(root);
        }
    }
    super::check_receipts(header, &executed.receipts)?;
    super::check_executed(chain, header, &executed)?;
    super::same("state root", header.state_root, root)?;
    Ok(root)
}

/// The pre-state root and the hashes of ancestors: proved by headers where there are some.
fn before(
    header: &Header,
    case: &WitnessCase,
    headers: &B256Map<Bytes>,
) -> Result<(B256, BTreeMap<u64, B256>), String> {
    let claimed = (0..header.number)
        .rev()
        .zip(case.block_hashes.iter().copied());
    let mut ancestors: BTreeMap<u64, B256> = claimed.collect();
    let (mut number, mut hash) = (header.number, header.parent_hash);
    let mut root = None;
    while let Some(mut rlp) = headers.get(&hash).map(Bytes::as_ref) {
        let ancestor = Header::decode(&mut rlp).map_err(|error| error.to_string())?;
        number = number.checked_sub(1).ok_or("a header before the first")?;
        super::same("number of an ancestor", number, ancestor.number)?;
        ancestors.insert(number, hash);
        root.get_or_insert(ancestor.state_root);
        hash = ancestor.parent_hash;
    }
    let root = root.or(case.pre_state_root);
    Ok((root.ok_or("the parent's header is absent")?, ancestors))
}

/// The state of a witness as revm reads it.
#[derive(Debug, Default)]
pub(super) struct Tries {
    nodes: Nodes,
    pub(super) codes: B256Map<Bytes>,
    pub(super) ancestors: BTreeMap<u64, B256>,
    accounts: Trie,
    /// Accounts that were read, with their keys and their storage.
    known: AddressMap<Known>,
}

#[derive(Debug)]
struct Known {
    key: B256,
    account: Option<TrieAccount>,
    storage: Trie,
}

impl Tries {
    fn known(&mut self, address: Address) -> Result<&mut Known, String> {
        if !self.known.contains_key(&address) {
            let key = keccak_asm::hash(address.as_slice());
            let value = self.accounts.get(key, &self.nodes)?;
            let decode = |mut rlp: &[u8]| TrieAccount::decode(&mut rlp);
            let account = value.map(decode).transpose();
            let account = account.map_err(|error| error.to_string())?;
            let root = account.map(|account| account.storage_root);
            let known = Known {
                key,
                account,
                storage: root.map(Trie::new).unwrap_or_default(),
            };
            self.known.insert(address, known);
        }
        Ok(self.known.get_mut(&address).expect("it was put there"))
    }

    /// Applies changes, upserts of a trie before its deletions, and gives the root.
    pub(super) fn apply(&mut self, step: &TransitionState) -> Result<B256, String> {
        let mut gone = Vec::new();
        for (address, change) in &step.transitions {
            let account = self.changed(*address, change)?;
            let key = self.known(*address)?.key;
            match account {
                Some(account) => {
                    let value = alloy_rlp::encode(account);
                    self.accounts.insert(key, value, &self.nodes)?;
                }
                None => gone.push(key),
            }
        }
        for key in gone {
            self.accounts.remove(key, &self.nodes)?;
        }
        Ok(self.accounts.root())
    }

    /// The account after its change, its storage changed.
    fn changed(
        &mut self,
        address: Address,
        change: &TransitionAccount,
    ) -> Result<Option<TrieAccount>, String> {
        self.known(address)?;
        let known = self.known.get_mut(&address).expect("it was just read");
        if change.storage_was_destroyed {
            known.storage = Trie::default();
        }
        let mut gone = Vec::new();
        for (slot, value) in &change.storage {
            let key = keccak_asm::hash(&slot.to_be_bytes::<32>());
            match value.present_value {
                U256::ZERO => gone.push(key),
                value => known
                    .storage
                    .insert(key, alloy_rlp::encode(value), &self.nodes)?,
            }
        }
        for key in gone {
            known.storage.remove(key, &self.nodes)?;
        }
        known.account = change.info.as_ref().map(|info| TrieAccount {
            nonce: info.nonce,
            balance: info.balance,
            storage_root: known.storage.root(),
            code_hash: info.code_hash,
        });
        Ok(known.account)
    }
}

/// What a witness lacks, or is.
#[derive(Debug)]
pub struct Fault(String);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Fault {}

impl DBErrorMarker for Fault {}

impl Database for Tries {
    type Error = Fault;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, Fault> {
        let known = self.known(address).map_err(Fault)?;
        Ok(known.account.map(|account| AccountInfo {
            balance: account.balance,
            nonce: account.nonce,
            code_hash: account.code_hash,
            code: None,
            ..AccountInfo::default()
        }))
    }

    fn code_by_hash(&mut self, hash: B256) -> Result<Bytecode, Fault> {
        if hash == KECCAK256_EMPTY {
            return Ok(Bytecode::default());
        }
        let code = self.codes.get(&hash).cloned();
        let code = code.ok_or_else(|| Fault(format!("code {hash} is absent")))?;
        Ok(bytecode(code))
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, Fault> {
        self.known(address).map_err(Fault)?;
        let known = self.known.get_mut(&address).expect("it was just read");
        let key = keccak_asm::hash(&slot.to_be_bytes::<32>());
        match known.storage.get(key, &self.nodes).map_err(Fault)? {
            None => Ok(U256::ZERO),
            Some(mut rlp) => U256::decode(&mut rlp).map_err(|error| Fault(error.to_string())),
        }
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, Fault> {
        let hash = self.ancestors.get(&number).copied();
        hash.ok_or_else(|| Fault(format!("the hash of block {number} is absent")))
    }
}
