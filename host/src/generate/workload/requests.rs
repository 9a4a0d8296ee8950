//! Execution layer requests (EIP-7685).

use super::Workload;
use crate::generate::draft::Draft;
use alloy_eips::{
    eip6110::MAINNET_DEPOSIT_CONTRACT_ADDRESS, eip7002::WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS,
    eip7251::CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS,
};
use alloy_primitives::U256;

/// Wei paid with a withdrawal or consolidation request: more than the fee unless too many have come, which then revert.
const FEE: u64 = 1_000_000;

impl Workload {
    pub(super) fn withdrawal_request(&mut self) -> Draft {
        let key: [u8; 48] = self.random.bytes();
        // In gwei; zero is an exit.
        let amount = self.random.below(32_000_000_000) * self.random.below(2);
        let to = WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS;
        Draft::call(self.sender(), to)
            .with_input([&key[..], &amount.to_be_bytes()].concat(), 150_000)
            .with_value(U256::from(FEE))
    }

    pub(super) fn consolidation_request(&mut self) -> Draft {
        let keys: [u8; 96] = self.random.bytes();
        Draft::call(self.sender(), CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS)
            .with_input(keys.to_vec(), 200_000)
            .with_value(U256::from(FEE))
    }

    pub(super) fn deposit(&mut self) -> Draft {
        const ETHER_IN_GWEI: u64 = 1_000_000_000;
        let key: [u8; 48] = self.random.bytes();
        let credentials: [u8; 32] = self.random.bytes();
        let signature: [u8; 96] = self.random.bytes();
        let gwei = ETHER_IN_GWEI + self.random.below(31 * ETHER_IN_GWEI);
        let index = self.deposits;
        self.deposits += 1;
        let fields: [&[u8]; 5] = [
            &key,
            &credentials,
            // Numbers are in the byte order of the beacon chain.
            &gwei.to_le_bytes(),
            &signature,
            &index.to_le_bytes(),
        ];
        Draft::call(self.sender(), MAINNET_DEPOSIT_CONTRACT_ADDRESS)
            .with_input(fields.concat(), 30_000)
            .with_value(U256::from(gwei) * U256::from(1_000_000_000u64))
    }
}
