//! Transactions that only move ether.

use super::Workload;
use crate::generate::{
    draft::{Draft, Form},
    people::Person,
};
use alloy_primitives::{Address, U256};

/// Gas of a transfer.
const TRANSFER: u64 = 21_000;
/// Priority fee of relayed transfers, in wei per gas.
const RELAY_TIP: u128 = 1_000_000_000;
/// Transfers from the first relay to the last.
const HOPS: u64 = 6;

/// The account that holds the relayed ether.
#[derive(Debug)]
pub(super) struct Relay {
    person: Person,
    balance: U256,
    hops: u64,
}

impl Workload {
    pub(super) fn transfer(&mut self) -> Draft {
        let to = self.user();
        let value = self.change();
        Draft::call(self.sender(), to).with_value(value)
    }

    pub(super) fn transfer_fresh(&mut self) -> Draft {
        let to = self.fresh();
        // Without value, the address is touched and must not come to exist (EIP-161).
        let value = match self.random.one_in(8) {
            true => U256::ZERO,
            false => self.change(),
        };
        Draft::call(self.sender(), to).with_value(value)
    }

    pub(super) fn burst(&mut self) -> Draft {
        let to = self.user();
        let value = self.change();
        Draft::call(self.cast.users[0].ticket(), to).with_value(value)
    }

    /// The whole balance of the account that the relay before has funded goes on: less the fee, which is exact.
    pub(super) fn relay(&mut self) -> Draft {
        let price = self.prices.base_fee + RELAY_TIP;
        let fee = U256::from(price) * U256::from(TRANSFER);
        if let Some(Relay {
            mut person,
            balance,
            hops,
        }) = self.relay.take()
            && balance > fee
        {
            let value = balance - fee;
            let to = match hops < HOPS {
                true => self.next_relay(value, hops + 1),
                false => self.user(),
            };
            return Draft::call(person.ticket(), to)
                .with_value(value)
                .with_form(Form::Priced(price));
        }
        let value = U256::from(1_000_000_000_000_000_000u64);
        let to = self.next_relay(value, 0);
        Draft::call(self.sender(), to).with_value(value)
    }

    fn next_relay(&mut self, balance: U256, hops: u64) -> Address {
        let person = Person::derive(self.seed, "relay", self.relays);
        self.relays += 1;
        let address = person.address;
        self.relay = Some(Relay {
            person,
            balance,
            hops,
        });
        address
    }
}
