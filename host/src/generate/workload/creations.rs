//! Transactions that create contracts.

use super::{Workload, words};
use crate::generate::{
    contracts::{self, address},
    draft::Draft,
};
use alloy_primitives::{Address, B256, Bytes, TxKind, U256};
use revm::bytecode::opcode as op;

/// Gas for a creation: 24,576 bytes of code would take far more, our longest far less.
const CREATION: u64 = 250_000;

impl Workload {
    pub(super) fn create(&mut self) -> Draft {
        let junk = self.random.blob(0, 160);
        let failure: Option<Bytes> = match self.random.below(8) {
            // Code must not begin with 0xEF (EIP-3541).
            0 => Some(contracts::deploy(&[0xef, 0x00])),
            1 => Some(Bytes::from_static(&[op::PUSH0, op::PUSH0, op::REVERT])),
            _ => None,
        };
        let value = U256::from(self.random.below(1000));
        let ticket = self.sender();
        if failure.is_none() {
            self.remember(ticket.sender.create(ticket.nonce));
        }
        let init = failure.unwrap_or_else(|| contracts::child(&junk));
        Draft {
            to: TxKind::Create,
            ..Draft::call(ticket, Address::ZERO)
                .with_input(init, CREATION)
                .with_value(value)
        }
    }

    pub(super) fn factory(&mut self) -> Draft {
        let again = self.random.one_in(8);
        let (salt, junk) = match self.known_salt.take().filter(|_| again) {
            Some(known) => known,
            None => (B256::new(self.random.bytes()), self.random.blob(0, 100)),
        };
        let init = contracts::child(&junk);
        self.remember(address("factory").create2_from_code(salt, &init));
        self.known_salt = Some((salt, junk));
        self.call_factory(salt, &init, false)
    }

    /// One in three is a creation that destroys itself; the others are called after they have been created, half of them
    /// where there was a balance since an earlier block.
    pub(super) fn ephemeral(&mut self) -> Draft {
        let burns = self.random.one_in(2);
        let value = self.change();
        if self.random.one_in(3) {
            return Draft {
                to: TxKind::Create,
                ..Draft::call(self.sender(), Address::ZERO)
                    .with_input(contracts::stillborn(), CREATION)
                    .with_value(value)
            };
        }
        match self.funded {
            None => {
                let salt = B256::new(self.random.bytes());
                self.funded = Some((self.number, salt));
                let to = address("factory").create2_from_code(salt, contracts::mayfly(false));
                Draft::call(self.sender(), to).with_value(value)
            }
            Some((number, salt)) if number < self.number => {
                self.funded = None;
                self.call_factory(salt, &contracts::mayfly(false), true)
            }
            Some(_) => {
                let salt = B256::new(self.random.bytes());
                self.call_factory(salt, &contracts::mayfly(burns), true)
                    .with_value(value)
            }
        }
    }

    fn call_factory(&mut self, salt: B256, init: &[u8], call: bool) -> Draft {
        let arguments = words([salt.into(), U256::from(u64::from(call))]);
        Draft::call(self.sender(), address("factory"))
            .with_input([&arguments[..], init].concat(), CREATION)
    }
}
