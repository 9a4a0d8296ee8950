//! The smallest chain there is, made and proved by hand: a genesis with one account and empty Frontier blocks, each of
//! which pays its miner and the miners of its ommers.

use alloy_consensus::{EMPTY_OMMER_ROOT_HASH, Header, constants::EMPTY_ROOT_HASH};
use alloy_genesis::{Genesis, GenesisAccount};
use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_rlp::Encodable;
use phalanx::{
    Engine,
    block::{Block, Ommers, header_hash},
    chain::ChainSpec,
    exec::Serial,
    input::{Case, CaseKind, WitnessCase},
    rules::difficulty,
    trie::{Account, WorldState},
    verify::{
        case::{Options, run},
        report::CaseReport,
    },
};
use std::collections::BTreeMap;

/// A block's reward before Byzantium, in wei.
const REWARD: u128 = 5_000_000_000_000_000_000;
/// The only account of the genesis.
const OWNER: Address = Address::repeat_byte(1);
const MINER: Address = Address::repeat_byte(2);

pub(crate) fn engine() -> Engine {
    Engine::builder()
        .threads(1)
        .build()
        .expect("an engine of one thread")
}

/// Verifies a case without any word on its chain.
pub(crate) fn verify(kind: CaseKind) -> CaseReport {
    let case = Case {
        input: "hostile".into(),
        kind,
    };
    run(&engine(), &Serial, &Options::default(), case)
}

/// A genesis with a state and blocks upon it.
#[derive(Clone)]
pub(crate) struct Small {
    balances: BTreeMap<Address, u128>,
    pub(crate) genesis: Header,
    pub(crate) blocks: Vec<Block>,
}

impl Small {
    pub(crate) fn new() -> Self {
        Self::from_number(0)
    }

    /// The same, upon a block of this number.
    pub(crate) fn from_number(number: u64) -> Self {
        let balances = BTreeMap::from([(OWNER, 1_000_000)]);
        let genesis = Header {
            number,
            state_root: root(&balances),
            gas_limit: 5_000_000,
            difficulty: U256::from(1 << 30),
            timestamp: 1_000,
            ..empty()
        };
        Self {
            balances,
            genesis,
            blocks: Vec::new(),
        }
    }

    pub(crate) fn genesis_hash(&self) -> B256 {
        header_hash(&self.genesis)
    }

    pub(crate) fn tip(&self) -> &Header {
        self.blocks
            .last()
            .map_or(&self.genesis, |block| &block.header)
    }

    /// A header that may follow the tip.
    pub(crate) fn next(&self) -> Header {
        let tip = self.tip();
        let timestamp = tip.timestamp + 13;
        let rules = ChainSpec::mainnet().rules_at(tip.number + 1, timestamp, None);
        Header {
            parent_hash: header_hash(tip),
            number: tip.number + 1,
            timestamp,
            gas_limit: tip.gas_limit,
            beneficiary: MINER,
            difficulty: difficulty(&rules, tip.number + 1, timestamp, tip.into())
                .expect("256 bits suffice"),
            ..empty()
        }
    }

    /// Adds a block with these ommers, each of which is paid so many eighths of a Frontier block's reward.
    pub(crate) fn push(&mut self, ommers: Vec<(Header, u128)>) {
        let mut header = self.next();
        let mut pay = |to, wei: u128| {
            let balance = self.balances.entry(to).or_default();
            *balance = balance.checked_add(wei).expect("128 bits suffice");
        };
        for (ommer, eighths) in &ommers {
            pay(ommer.beneficiary, REWARD / 8 * eighths);
        }
        pay(MINER, REWARD + REWARD / 32 * ommers.len() as u128);
        let ommers: Vec<Header> = ommers.into_iter().map(|(ommer, _)| ommer).collect();
        let mut list = Vec::new();
        alloy_rlp::encode_list(&ommers, &mut list);
        header.ommers_hash = keccak256(list);
        header.state_root = root(&self.balances);
        self.blocks.push(block(header, ommers));
    }

    /// The genesis as a file says it, for the first block of the chain.
    pub(crate) fn genesis_file(&self) -> Genesis {
        Genesis {
            gas_limit: self.genesis.gas_limit,
            difficulty: self.genesis.difficulty,
            timestamp: self.genesis.timestamp,
            alloc: BTreeMap::from([(
                OWNER,
                GenesisAccount::default().with_balance(U256::from(1_000_000)),
            )]),
            ..Genesis::default()
        }
    }

    /// The block at this place, which must be the first, with a witness of the state before it.
    pub(crate) fn witness(&self) -> WitnessCase {
        WitnessCase {
            chain_id: Some(1),
            block: self.blocks[0].clone(),
            nodes: vec![self.genesis_node()],
            codes: Vec::new(),
            headers: vec![alloy_rlp::encode(&self.genesis).into()],
            block_hashes: Vec::new(),
            pre_state_root: None,
            post_state_root: None,
        }
    }

    /// The only node of the genesis state: a leaf.
    pub(crate) fn genesis_node(&self) -> Bytes {
        let account = Account {
            balance: U256::from(1_000_000),
            ..Account::default()
        };
        let path = [&[0x20][..], keccak256(OWNER).as_slice()].concat();
        let value = alloy_rlp::encode(account);
        let mut node = Vec::new();
        alloy_rlp::encode_list::<&[u8], [u8]>(&[&path, &value], &mut node);
        node.into()
    }
}

fn empty() -> Header {
    Header {
        ommers_hash: EMPTY_OMMER_ROOT_HASH,
        transactions_root: EMPTY_ROOT_HASH,
        receipts_root: EMPTY_ROOT_HASH,
        ..Header::default()
    }
}

/// A block without transactions.
pub(crate) fn block(header: Header, ommers: Vec<Header>) -> Block {
    let mut block = Block {
        hash: header_hash(&header),
        header,
        claimed_hash: None,
        transactions: Vec::new(),
        ommers: Ommers::Headers(ommers),
        withdrawals: None,
        encoded_length: None,
    };
    block.encoded_length = block.encode().map(|rlp| rlp.len());
    block
}

fn root(balances: &BTreeMap<Address, u128>) -> B256 {
    let alloc = balances
        .iter()
        .map(|(address, balance)| {
            let account = GenesisAccount::default().with_balance(U256::from(*balance));
            (*address, account)
        })
        .collect();
    WorldState::from_genesis_alloc(&engine(), &alloc).root()
}

#[test]
fn the_chain_made_by_hand_is_right() {
    let mut small = Small::new();
    small.push(Vec::new());
    assert_eq!(keccak256(small.genesis_node()), small.genesis.state_root);
    let report = verify(CaseKind::Witness(Box::new(small.witness())));
    let verdict = &report.blocks[0].verdict;
    assert!(verdict.is_verified(), "{verdict:?}");
    for check in ["execution", "state_root", "header_rules"] {
        let (_, outcome) = verdict
            .outcomes()
            .find(|(name, _)| name.name() == check)
            .expect("a check");
        assert_eq!(*outcome, phalanx::verdict::Outcome::Passed, "{check}");
    }
    let mut rlp = Vec::new();
    small.genesis.encode(&mut rlp);
    assert_eq!(keccak256(rlp), small.blocks[0].header.parent_hash);
}
