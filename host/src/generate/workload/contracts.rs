//! Calls of contracts.

use super::{BIG_BURN, Workload, words};
use crate::generate::{
    contracts::{TOGGLED, address, mapping_slot},
    draft::{Draft, Form},
    genesis::TOKENS,
};
use alloy_eips::eip7594::MAX_BLOBS_PER_TX_FUSAKA;
use alloy_primitives::{Address, B256, U256};

/// Selector of `transfer(address,uint256)`.
const TRANSFER: [u8; 4] = [0xa9, 0x05, 0x9c, 0xbb];

impl Workload {
    pub(super) fn token(&mut self) -> Draft {
        let token = address(TOKENS[self.random.index(TOKENS.len())]);
        let to = match self.random.one_in(8) {
            true => self.fresh(),
            false => self.user(),
        };
        let amount = match self.random.one_in(10) {
            true => U256::MAX,
            false => self.change(),
        };
        let ticket = self.sender();
        let slots = [ticket.sender, to].map(|holder| mapping_slot(holder, 0));
        let arguments = words([U256::from_be_bytes(to.into_word().0), amount]);
        Draft::call(ticket, token)
            .with_input([&TRANSFER[..], &arguments].concat(), 70_000)
            .with_slots(slots.into())
    }

    pub(super) fn pool(&mut self) -> Draft {
        let amount = self.change();
        Draft::call(self.sender(), address("pool"))
            .with_input(words([amount]), 80_000)
            .with_slots([0, 1].map(B256::with_last_byte).into())
    }

    /// In the one counter, or in one that an earlier transaction has created.
    pub(super) fn count(&mut self) -> Draft {
        let counter = match self.children.len() {
            0 => address("counter"),
            count if self.random.one_in(2) => self.children[self.random.index(count)],
            _ => address("counter"),
        };
        let (shared, ticket) = (self.random.one_in(2), self.sender());
        let (input, slot) = match shared {
            true => (vec![], B256::ZERO),
            false => (vec![1], ticket.sender.into_word()),
        };
        Draft::call(ticket, counter)
            .with_input(input, 40_000)
            .with_slots(vec![slot])
    }

    pub(super) fn toggle(&mut self) -> Draft {
        let ticket = self.regular();
        let base = U256::from_be_bytes(ticket.sender.into_word().0) << 16;
        let slots = (0..TOGGLED).map(|place| B256::from(base + U256::from(place)));
        Draft::call(ticket, address("toggle"))
            .with_input(vec![], 130_000)
            .with_slots(slots.collect())
    }

    pub(super) fn log(&mut self) -> Draft {
        let data = self.random.blob(0, 96);
        let value = U256::from(self.random.below(1000));
        Draft::call(self.sender(), address("logger"))
            .with_input(data, 20_000)
            .with_value(value)
    }

    pub(super) fn ambient(&mut self) -> Draft {
        // Most of a short chain's blocks, and at times one that is out of reach.
        let depth = match self.random.one_in(4) {
            true => self.random.below(300),
            false => self.random.below(8),
        };
        Draft::call(self.sender(), address("ambient"))
            .with_input(words([U256::from(depth)]), 50_000)
    }

    pub(super) fn revert(&mut self) -> Draft {
        let value = self.change();
        Draft::call(self.sender(), address("reverter"))
            .with_input(vec![], 60_000)
            .with_value(value)
    }

    pub(super) fn out_of_gas(&mut self) -> Draft {
        let gas = 1 + self.random.below(50_000);
        Draft::call(self.sender(), address("spinner")).with_input(vec![], gas)
    }

    pub(super) fn burn(&mut self, free: u64) -> Draft {
        let much = std::mem::take(&mut self.burn_left) && free > 2 * BIG_BURN;
        let gas = if much { BIG_BURN } else { 100_000 };
        Draft::call(self.sender(), address("burner")).with_input(vec![], gas)
    }

    pub(super) fn destruct(&mut self) -> Draft {
        let heir = match self.random.below(3) {
            0 => self.user(),
            1 => self.fresh(),
            _ => address("mortal"),
        };
        let value = self.change();
        Draft::call(self.sender(), address("mortal"))
            .with_input(words([heir_word(heir)]), 60_000)
            .with_value(value)
    }

    pub(super) fn blob(&mut self) -> Draft {
        let most = self.blobs_left.min(MAX_BLOBS_PER_TX_FUSAKA);
        if most == 0 {
            return self.transfer();
        }
        let count = 1 + self.random.below(most);
        self.blobs_left -= count;
        self.ambient().with_form(Form::Blobs(count))
    }
}

fn heir_word(heir: Address) -> U256 {
    U256::from_be_bytes(heir.into_word().0)
}
