//! Official blockchain tests: ethereum/tests as filled, older ones, and execution-spec-tests.

mod form;

use super::{
    FixtureBlock, FixtureCase, InputError,
    text::{Text, Unique},
};
use alloy_eips::eip7840::BlobParams;
use alloy_genesis::{Genesis, GenesisAccount};
use alloy_primitives::{Address, B256, Bytes};
use form::{Account, Blobs, BlockField, Header, Test};
use serde::{
    Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor},
};
use std::{borrow::Cow, collections::BTreeMap, fmt};

/// Hands on each test of a file, by name, as it is parsed. An error of the file itself ends it; the tests before it
/// have been handed on.
pub(super) fn read(
    document: &[u8],
    each: &mut dyn FnMut(&str, Result<FixtureCase, InputError>),
) -> Result<(), InputError> {
    let mut json = serde_json::Deserializer::from_slice(document);
    File(each).deserialize(&mut json)?;
    Ok(json.end()?)
}

struct File<'a>(&'a mut dyn FnMut(&str, Result<FixtureCase, InputError>));

impl<'de> DeserializeSeed<'de> for File<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for File<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tests by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            if name == "_info" {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let test = map.next_value::<Test<'de>>()?;
            (self.0)(&name, test.case(&name));
        }
        Ok(())
    }
}

impl Test<'_> {
    fn case(self, name: &str) -> Result<FixtureCase, InputError> {
        let header = &self.genesis_block_header;
        let chain_id = match self
            .config
            .as_ref()
            .and_then(|config| config.chainid.as_ref())
        {
            Some(id) => Some(id.small("chainid")?),
            None => None,
        };
        let mut genesis = header.genesis()?;
        genesis.alloc = accounts(&self.pre, "pre")?;
        genesis.config.chain_id = chain_id.unwrap_or(1);
        let schedule = self.config.and_then(|config| config.blob_schedule);
        let network = self.network.0.as_ref();
        Ok(FixtureCase {
            name: name.to_owned(),
            chain_id,
            genesis_hash: B256::from(header.hash.fixed("genesisBlockHeader.hash")?),
            genesis_rlp: match &self.genesis_rlp {
                Some(rlp) => Some(rlp.bytes("genesisRLP")?),
                None => None,
            },
            genesis,
            blob_schedule: schedule
                .unwrap_or_default()
                .0
                .iter()
                .map(|(fork, blobs)| Ok((fork.0.to_string(), blobs.params(&fork.0)?)))
                .collect::<Result<_, InputError>>()?,
            blocks: self
                .blocks
                .iter()
                .map(|block| fixture_block(block, network))
                .collect::<Result<_, _>>()?,
            last_block_hash: B256::from(self.lastblockhash.fixed("lastblockhash")?),
            post_state: match &self.post_state {
                Some(state) => Some(accounts(state, "postState")?),
                None => None,
            },
            post_state_hash: match &self.post_state_hash {
                Some(hash) => Some(B256::from(hash.fixed("postStateHash")?)),
                None => None,
            },
            network: network.to_owned(),
        })
    }
}

impl Header<'_> {
    fn genesis(&self) -> Result<Genesis, InputError> {
        fn optional<T: TryFrom<alloy_primitives::U256>>(
            text: &Option<Text<'_>>,
            field: &str,
        ) -> Result<Option<T>, InputError> {
            text.as_ref().map(|text| text.small(field)).transpose()
        }
        Ok(Genesis {
            nonce: self.nonce.small("nonce")?,
            timestamp: self.timestamp.small("timestamp")?,
            extra_data: self.extra_data.bytes("extraData")?,
            gas_limit: self.gas_limit.small("gasLimit")?,
            difficulty: self.difficulty.quantity("difficulty")?,
            mix_hash: B256::from(self.mix_hash.fixed("mixHash")?),
            coinbase: Address::from(self.coinbase.fixed("coinbase")?),
            base_fee_per_gas: optional(&self.base_fee_per_gas, "baseFeePerGas")?,
            excess_blob_gas: optional(&self.excess_blob_gas, "excessBlobGas")?,
            blob_gas_used: optional(&self.blob_gas_used, "blobGasUsed")?,
            slot_number: optional(&self.slot_number, "slotNumber")?,
            number: Some(self.number.small("number")?),
            parent_hash: Some(B256::from(self.parent_hash.fixed("parentHash")?)),
            ..Genesis::default()
        })
    }
}

impl Blobs<'_> {
    /// The schedule's numbers, and the rest as the fork has it: a minimum fee and the reserve price of EIP-7918.
    fn params(&self, fork: &str) -> Result<BlobParams, InputError> {
        let base = match fork {
            "Cancun" => BlobParams::cancun(),
            "Prague" => BlobParams::prague(),
            _ => BlobParams::osaka(),
        };
        let max = self.max.small("blobSchedule.max")?;
        Ok(BlobParams {
            target_blob_count: self.target.small("blobSchedule.target")?,
            max_blob_count: max,
            // EIP-7594 bounds a transaction apart from its block; before Osaka the block's bound is the only one.
            max_blobs_per_tx: match fork {
                "Cancun" | "Prague" => max,
                _ => base.max_blobs_per_tx.min(max),
            },
            update_fraction: self
                .base_fee_update_fraction
                .small("blobSchedule.baseFeeUpdateFraction")?,
            ..base
        })
    }
}

fn accounts(
    map: &Unique<Text<'_>, Account<'_>>,
    field: &str,
) -> Result<BTreeMap<Address, GenesisAccount>, InputError> {
    let mut accounts = BTreeMap::new();
    for (address, account) in &map.0 {
        let address = Address::from(address.fixed(field)?);
        let mut storage = BTreeMap::new();
        for (slot, value) in &account.storage.0 {
            if storage
                .insert(slot.word("storage")?, value.word("storage")?)
                .is_some()
            {
                return Err(InputError::field(field, "a slot is given twice"));
            }
        }
        let account = GenesisAccount {
            nonce: Some(account.nonce.small("nonce")?),
            balance: account.balance.quantity("balance")?,
            code: Some(account.code.bytes("code")?),
            storage: Some(storage),
            ..GenesisAccount::default()
        };
        if accounts.insert(address, account).is_some() {
            return Err(InputError::field(field, "an account is given twice"));
        }
    }
    Ok(accounts)
}

/// A block must be refused if an exception is named for every network (`expectException`, `expectExceptionALL`) or for
/// this one, or if the test shows no header for it: older files say no more than that.
fn fixture_block(
    fields: &Unique<Text<'_>, BlockField<'_>>,
    network: &str,
) -> Result<FixtureBlock, InputError> {
    let mut rlp: Option<Bytes> = None;
    let mut exception = None;
    let mut header = false;
    for (key, value) in &fields.0 {
        match (key.0.as_ref(), value) {
            ("rlp", BlockField::Text(text)) => {
                rlp = Some(Text(Cow::Borrowed(text)).bytes("blocks.rlp")?);
            }
            ("blockHeader", _) => header = true,
            (key, BlockField::Text(text)) => {
                let whom = key.strip_prefix("expectException");
                if whom.is_some_and(|whom| whom.is_empty() || whom == "ALL" || whom == network) {
                    exception = Some(text.to_string());
                }
            }
            _ => {}
        }
    }
    Ok(FixtureBlock {
        rlp: rlp.ok_or_else(|| InputError::field("blocks.rlp", "is absent"))?,
        expect_exception: exception
            .or_else(|| (!header).then(|| "the test shows no header for the block".to_owned())),
    })
}
