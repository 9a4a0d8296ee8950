//! Calls of precompiles and system contracts.

use super::{Workload, words};
use crate::generate::{contracts::address, draft::Draft, people::Person};
use alloy_eips::{eip2935::HISTORY_STORAGE_ADDRESS, eip4788::BEACON_ROOTS_ADDRESS};
use alloy_primitives::{Address, B256, U256};

/// Gas of the dearest probe, its hash and log included.
const PROBE: u64 = 150_000;

impl Workload {
    pub(super) fn probe(&mut self) -> Draft {
        let (callee, input) = self.probed();
        if self.random.one_in(4) {
            return Draft::call(self.sender(), callee).with_input(input, PROBE);
        }
        let callee = callee.into_word();
        Draft::call(self.sender(), address("probe"))
            .with_input([&callee[..], &input].concat(), PROBE)
    }

    /// Who is called, with which input.
    fn probed(&mut self) -> (Address, Vec<u8>) {
        let precompile = Address::with_last_byte;
        let small = |workload: &mut Self| U256::from(workload.random.next());
        // The generator of the curve of EIP-196.
        let [x, y] = [1, 2].map(U256::from);
        match self.random.below(12) {
            0 | 1 => (precompile(0x01), self.recoverable()),
            2 => (precompile(0x02), self.random.blob(0, 200)),
            3 => (precompile(0x03), self.random.blob(0, 200)),
            4 => (precompile(0x04), self.random.blob(0, 200)),
            5 => {
                // Lengths, then base, exponent and modulus of 32 bytes each.
                let length = U256::from(32);
                let numbers = [small(self), small(self), small(self)];
                let [base, exponent, modulus] = numbers;
                let input = words([length, length, length, base, exponent, modulus]);
                (precompile(0x05), input)
            }
            6 => (precompile(0x06), words([x, y, x, y])),
            7 => (precompile(0x07), words([x, y, small(self)])),
            // Not on the curve, which takes all gas given to the precompile.
            8 => (precompile(0x06), words([x, x])),
            9 => {
                let rounds = self.random.below(200) as u32;
                let state: [u8; 208] = self.random.bytes();
                let input = [&rounds.to_be_bytes()[..], &state, &[1]].concat();
                (precompile(0x09), input)
            }
            10 => {
                // A beacon root (EIP-4788), of this block where the timestamp is right.
                let timestamp = U256::from(self.timestamp);
                (BEACON_ROOTS_ADDRESS, words([timestamp]))
            }
            _ => {
                // An ancestor's hash (EIP-2935), which reverts for block numbers that are not yet there.
                let number = U256::from(self.random.below(self.number + 1));
                (HISTORY_STORAGE_ADDRESS, words([number]))
            }
        }
    }

    /// Input of the ecrecover precompile, with a valid signature in half of all cases.
    fn recoverable(&mut self) -> Vec<u8> {
        let hash = B256::new(self.random.bytes());
        let place = self.random.index(self.cast.users.len());
        let signature = self
            .cast
            .users
            .get(place)
            .map(|user: &Person| user.sign(hash));
        let valid = self.random.one_in(2);
        let (v, r, s) = match signature.filter(|_| valid) {
            Some(signature) => (27 + u64::from(signature.v()), signature.r(), signature.s()),
            None => (27, U256::MAX, U256::ONE),
        };
        words([hash.into(), U256::from(v), r, s])
    }
}
