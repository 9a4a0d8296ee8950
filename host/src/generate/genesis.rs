//! The genesis of a generated chain.

use super::{
    cast::Cast,
    contracts::{self, mapping_slot},
};
use alloy_eips::{
    eip2935, eip4788, eip6110::MAINNET_DEPOSIT_CONTRACT_ADDRESS, eip7002, eip7251,
    eip7840::BlobParams,
};
use alloy_genesis::{ChainConfig, Genesis, GenesisAccount};
use alloy_primitives::{Address, B256, Bytes, U256, b256};
use std::collections::BTreeMap;

/// Chain id of generated chains.
pub(super) const CHAIN_ID: u64 = 1337;
/// Extra data of generated headers.
pub(super) const EXTRA_DATA: Bytes = Bytes::from_static(b"phalanx");
/// Timestamp of the genesis in seconds.
const TIMESTAMP: u64 = 1_800_000_000;
/// Gas limit of blocks that need no more.
const GAS_LIMIT: u64 = 45_000_000;
/// Gas limit a transaction of blocks that do.
const GAS_LIMIT_EACH: u64 = 150_000;

/// 10^9 ether in wei: more than an account can spend in any chain that can be generated.
const WEALTH: U256 = U256::from_limbs([0x9fd0803ce8000000, 0x33b2e3c, 0, 0]);
/// 10^24: token balances and pool reserves.
const PLENTY: B256 = b256!("00000000000000000000000000000000000000000000d3c21bcecceda1000000");

/// Names of the token contracts.
pub(super) const TOKENS: [&str; 3] = ["token 0", "token 1", "token 2"];

/// The genesis for blocks of `transactions` transactions among the cast.
pub(super) fn genesis(cast: &Cast, transactions: u64) -> Genesis {
    Genesis {
        config: config(),
        timestamp: TIMESTAMP,
        extra_data: EXTRA_DATA,
        gas_limit: GAS_LIMIT.max(transactions.saturating_mul(GAS_LIMIT_EACH)),
        alloc: alloc(cast),
        ..Genesis::default()
    }
}

/// Every fork up to Osaka from the genesis on.
fn config() -> ChainConfig {
    let since_genesis = Some(0);
    ChainConfig {
        chain_id: CHAIN_ID,
        homestead_block: since_genesis,
        eip150_block: since_genesis,
        eip155_block: since_genesis,
        eip158_block: since_genesis,
        byzantium_block: since_genesis,
        constantinople_block: since_genesis,
        petersburg_block: since_genesis,
        istanbul_block: since_genesis,
        muir_glacier_block: since_genesis,
        berlin_block: since_genesis,
        london_block: since_genesis,
        arrow_glacier_block: since_genesis,
        gray_glacier_block: since_genesis,
        shanghai_time: since_genesis,
        cancun_time: since_genesis,
        prague_time: since_genesis,
        osaka_time: since_genesis,
        terminal_total_difficulty: Some(U256::ZERO),
        terminal_total_difficulty_passed: true,
        deposit_contract_address: Some(MAINNET_DEPOSIT_CONTRACT_ADDRESS),
        blob_schedule: [
            ("cancun", BlobParams::cancun()),
            ("prague", BlobParams::prague()),
            ("osaka", BlobParams::osaka()),
        ]
        .map(|(fork, params)| (fork.to_owned(), params))
        .into(),
        ..ChainConfig::default()
    }
}

fn alloc(cast: &Cast) -> BTreeMap<Address, GenesisAccount> {
    let rich = GenesisAccount::default().with_balance(WEALTH);
    let mut alloc = BTreeMap::new();
    for user in &cast.users {
        alloc.insert(user.address, rich.clone());
    }
    for (place, wallet) in cast.wallets.iter().enumerate() {
        // Every fourth has been delegated already (EIP-7702).
        let delegation = [&[0xef, 0x01, 0x00], &contracts::address("counter")[..]].concat();
        let code = (place % 4 == 0).then(|| delegation.into());
        alloc.insert(wallet.address, rich.clone().with_code(code));
    }
    let system = [
        (
            eip4788::BEACON_ROOTS_ADDRESS,
            eip4788::BEACON_ROOTS_CODE.clone(),
        ),
        (
            eip2935::HISTORY_STORAGE_ADDRESS,
            eip2935::HISTORY_STORAGE_CODE.clone(),
        ),
        (
            eip7002::WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS,
            eip7002::WITHDRAWAL_REQUEST_PREDEPLOY_CODE.clone(),
        ),
        (
            eip7251::CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS,
            eip7251::CONSOLIDATION_REQUEST_PREDEPLOY_CODE.clone(),
        ),
        (MAINNET_DEPOSIT_CONTRACT_ADDRESS, contracts::deposit()),
    ];
    let own = [
        ("counter", contracts::counter()),
        ("logger", contracts::logger()),
        ("ambient", contracts::ambient()),
        ("factory", contracts::factory()),
        ("mortal", contracts::mortal()),
        ("reverter", contracts::reverter()),
        ("spinner", contracts::spinner()),
        ("burner", contracts::burner()),
        ("toggle", contracts::toggle()),
        ("probe", contracts::probe()),
    ]
    .map(|(name, code)| (contracts::address(name), code));
    for (address, code) in system.into_iter().chain(own) {
        alloc.insert(address, contract(code, BTreeMap::new()));
    }
    let reserves = [0, 1].map(|slot| (B256::with_last_byte(slot), PLENTY));
    alloc.insert(
        contracts::address("pool"),
        contract(contracts::pool(), reserves.into()),
    );
    for token in TOKENS {
        let holders = cast.users.iter().chain(&cast.wallets);
        let balances = holders.map(|holder| (mapping_slot(holder.address, 0), PLENTY));
        let account = contract(contracts::token(), balances.collect());
        alloc.insert(contracts::address(token), account);
    }
    alloc
}

/// A contract as if it had been created by a transaction: with nonce 1 (EIP-161).
fn contract(code: Bytes, storage: BTreeMap<B256, B256>) -> GenesisAccount {
    GenesisAccount::default()
        .with_nonce(Some(1))
        .with_code(Some(code))
        .with_storage((!storage.is_empty()).then_some(storage))
}
