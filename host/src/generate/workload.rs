//! The transactions of a generated chain, block after block.

mod contracts;
mod creations;
mod delegations;
mod probes;
mod requests;
mod transfers;

use super::{
    cast::Cast,
    draft::{Draft, Prices, Unsigned},
    mix::{Deck, Kind},
    people::{Person, Ticket},
    random::Random,
};
use alloy_consensus::Header;
use alloy_eips::eip1559::INITIAL_BASE_FEE;
use alloy_primitives::{Address, B256, U256};
use std::collections::VecDeque;
use transfers::Relay;

/// Gas that no transaction's limit exceeds, but for [`BIG_BURN`] and what pays for its access list.
const MOST_GAS: u64 = 1_000_000;
/// Gas that is kept back for every transaction still to come: enough for a transfer with its access list.
const KEPT_GAS: u64 = 40_000;
/// Gas that one transaction a block burns while the base fee is low, for the fee to rise again.
const BIG_BURN: u64 = 12_000_000;
/// Blobs in a block stay below this, so that their price falls as often as it rises.
const BLOBS: u64 = 10;
/// Created contracts that later transactions may call.
const CHILDREN: usize = 64;

/// Draws transactions. Holds what must be known of the state: nonces above all.
#[derive(Debug)]
pub(super) struct Workload {
    seed: u64,
    random: Random,
    pub(super) deck: Deck,
    cast: Cast,
    relay: Option<Relay>,
    relays: u64,
    /// Contracts created by earlier transactions, the newest last.
    children: VecDeque<Address>,
    /// Salt and init code junk of a contract that a factory has made.
    known_salt: Option<(B256, Vec<u8>)>,
    /// Block number at which the address was funded, and salt of a contract to be created and destroyed there.
    funded: Option<(u64, B256)>,
    deposits: u64,
    // For the block being made:
    number: u64,
    timestamp: u64,
    prices: Prices,
    blobs_left: u64,
    burn_left: bool,
}

impl Workload {
    pub(super) fn new(seed: u64, cast: Cast) -> Self {
        Self {
            seed,
            random: Random::new(seed, "workload"),
            deck: Deck::default(),
            cast,
            relay: None,
            relays: 0,
            children: VecDeque::new(),
            known_salt: None,
            funded: None,
            deposits: 0,
            number: 0,
            timestamp: 0,
            prices: Prices {
                base_fee: 0,
                blob_fee: 0,
            },
            blobs_left: 0,
            burn_left: false,
        }
    }

    /// The transactions of the next block, which together can't exceed its gas limit.
    pub(super) fn block(&mut self, header: &Header, prices: Prices, count: u64) -> Vec<Unsigned> {
        self.number = header.number;
        self.timestamp = header.timestamp;
        self.prices = prices;
        self.blobs_left = self.random.below(BLOBS);
        self.burn_left = prices.base_fee < u128::from(INITIAL_BASE_FEE);
        let mut gas_left = header.gas_limit;
        let mut transactions = Vec::new();
        for left in (0..count).rev() {
            let free = gas_left.saturating_sub(left.saturating_mul(KEPT_GAS));
            let kind = match free > MOST_GAS {
                true => self.deck.deal(&mut self.random),
                false => Kind::Transfer,
            };
            let draft = self.draft(kind, free);
            let transaction = draft.finish(self.prices, &mut self.random);
            gas_left = gas_left.saturating_sub(transaction.gas_limit);
            transactions.push(transaction);
        }
        transactions
    }

    /// A transaction of a kind, with a gas limit of at most `free`.
    fn draft(&mut self, kind: Kind, free: u64) -> Draft {
        match kind {
            Kind::Transfer => self.transfer(),
            Kind::TransferFresh => self.transfer_fresh(),
            Kind::Burst => self.burst(),
            Kind::Relay => self.relay(),
            Kind::Token => self.token(),
            Kind::Pool => self.pool(),
            Kind::Count => self.count(),
            Kind::Create => self.create(),
            Kind::Factory => self.factory(),
            Kind::Ephemeral => self.ephemeral(),
            Kind::Destruct => self.destruct(),
            Kind::Revert => self.revert(),
            Kind::OutOfGas => self.out_of_gas(),
            Kind::Burn => self.burn(free),
            Kind::Probe => self.probe(),
            Kind::Toggle => self.toggle(),
            Kind::Log => self.log(),
            Kind::Ambient => self.ambient(),
            Kind::Blob => self.blob(),
            Kind::SetCode => self.set_code(),
            Kind::Wallet => self.wallet(),
            Kind::Withdrawal => self.withdrawal_request(),
            Kind::Consolidation => self.consolidation_request(),
            Kind::Deposit => self.deposit(),
        }
    }

    /// The address of a user.
    pub(super) fn user(&mut self) -> Address {
        self.any_user().address
    }

    /// A user to send with.
    fn sender(&mut self) -> Ticket {
        self.any_user().ticket()
    }

    /// One of the first few users, who meet again soon, to send with.
    fn regular(&mut self) -> Ticket {
        let place = self.random.index(16.min(self.cast.users.len()));
        self.cast.users[place].ticket()
    }

    fn any_user(&mut self) -> &mut Person {
        // The cast has at least one user and wallet.
        let place = self.random.index(self.cast.users.len());
        &mut self.cast.users[place]
    }

    /// An address that nobody has used.
    pub(super) fn fresh(&mut self) -> Address {
        Address::new(self.random.bytes())
    }

    /// Below an ether, in wei.
    fn change(&mut self) -> U256 {
        U256::from(self.random.below(1_000_000_000_000_000_000))
    }

    fn remember(&mut self, child: Address) {
        if self.children.len() == CHILDREN {
            self.children.pop_front();
        }
        self.children.push_back(child);
    }
}

/// Call data of words.
fn words<const N: usize>(words: [U256; N]) -> Vec<u8> {
    words.map(|word| word.to_be_bytes::<32>()).concat()
}
