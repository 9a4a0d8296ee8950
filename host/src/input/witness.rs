//! Execution witnesses: with their block (`exec-witness-v1`) and as `debug_executionWitness` returns them.

use super::{InputError, WitnessCase, text::Quantity};
use crate::block::{Block, header_hash};
use alloy_consensus::Header;
use alloy_primitives::{B256, Bytes, hex};
use alloy_rlp::{Decodable, Encodable};
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use std::fmt;

/// A list of byte strings: an array of hexadecimal strings, or a map from each one's hash, or from each string itself
/// to an empty value. A block's header may stand as an object, as geth gives it.
#[derive(Debug, Default)]
struct ByteList(Vec<Bytes>);

struct Item(Bytes);

/// Items of one list at most. A block of 200 million gas that does nothing but load slots reads a million nodes; items
/// of a byte or two take twenty times their length in memory.
const MOST_ITEMS: usize = 1 << 22;

fn push<E: serde::de::Error>(list: &mut Vec<Bytes>, item: Bytes) -> Result<(), E> {
    if list.len() == MOST_ITEMS {
        return Err(E::custom(format_args!("more than {MOST_ITEMS} items")));
    }
    list.push(item);
    Ok(())
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytestring;
        impl<'de> Visitor<'de> for Bytestring {
            type Value = Item;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("hexadecimal bytes or a header")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Item, E> {
                hex::decode(text)
                    .map(|bytes| Item(bytes.into()))
                    .map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Item, A::Error> {
                let header = Header::deserialize(MapAccessDeserializer::new(map))?;
                let mut rlp = Vec::new();
                header.encode(&mut rlp);
                Ok(Item(rlp.into()))
            }
        }
        deserializer.deserialize_any(Bytestring)
    }
}

/// A value of the map form: bytes, or nothing.
enum Mapped {
    Bytes(Bytes),
    Nothing,
}

impl<'de> Deserialize<'de> for Mapped {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Value;
        impl<'de> Visitor<'de> for Value {
            type Value = Mapped;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("hexadecimal bytes or an empty value")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Mapped, E> {
                hex::decode(text)
                    .map(|bytes| Mapped::Bytes(bytes.into()))
                    .map_err(E::custom)
            }

            fn visit_unit<E>(self) -> Result<Mapped, E> {
                Ok(Mapped::Nothing)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Mapped, A::Error> {
                match map.next_entry::<IgnoredAny, IgnoredAny>()? {
                    None => Ok(Mapped::Nothing),
                    Some(_) => Err(A::Error::custom("the value of a witness map has fields")),
                }
            }
        }
        deserializer.deserialize_any(Value)
    }
}

impl<'de> Deserialize<'de> for ByteList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = ByteList;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of byte strings, or a map of them")
            }

            fn visit_unit<E>(self) -> Result<ByteList, E> {
                Ok(ByteList::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<ByteList, A::Error> {
                let mut list = Vec::new();
                while let Some(Item(bytes)) = seq.next_element()? {
                    push(&mut list, bytes)?;
                }
                Ok(ByteList(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ByteList, A::Error> {
                let mut list = Vec::new();
                while let Some((Item(key), value)) = map.next_entry()? {
                    // Nodes and codes are found by their own hash: the one that the map names decides nothing.
                    let bytes = match value {
                        Mapped::Bytes(bytes) => bytes,
                        Mapped::Nothing => key,
                    };
                    push(&mut list, bytes)?;
                }
                Ok(ByteList(list))
            }
        }
        deserializer.deserialize_any(List)
    }
}

#[derive(Deserialize)]
struct ExecWitness {
    chain_id: Option<Quantity>,
    block_hash: Option<B256>,
    pre_state_root: Option<B256>,
    post_state_root: Option<B256>,
    block: Bytes,
    #[serde(default)]
    headers: ByteList,
    state: ByteList,
    codes: ByteList,
    #[serde(default)]
    block_hashes: Option<Vec<B256>>,
}

/// Reads an `exec-witness-v1` document.
pub(super) fn read(document: &[u8]) -> Result<WitnessCase, InputError> {
    let doc: ExecWitness = serde_json::from_slice(document)?;
    let mut block = Block::decode(&doc.block)?;
    block.claimed_hash = doc.block_hash;
    Ok(WitnessCase {
        chain_id: match doc.chain_id {
            Some(id) => Some(id.small("chain_id")?),
            None => None,
        },
        block,
        nodes: doc.state.0,
        codes: doc.codes.0,
        headers: doc.headers.0,
        block_hashes: doc.block_hashes.unwrap_or_default(),
        pre_state_root: doc.pre_state_root,
        post_state_root: doc.post_state_root,
    })
}

/// A witness that waits for its block.
#[derive(Debug)]
pub(super) struct DebugWitness {
    nodes: Vec<Bytes>,
    codes: Vec<Bytes>,
    headers: Vec<Bytes>,
    /// Hash of the newest header: the parent of the block that the witness is for. The older ones are parents of other
    /// blocks.
    pub(super) parent: Option<B256>,
}

#[derive(Deserialize)]
struct DebugDocument {
    state: ByteList,
    codes: ByteList,
    #[serde(default)]
    headers: ByteList,
}

#[derive(Deserialize)]
pub(super) struct Envelope<T> {
    pub(super) result: T,
}

/// Reads a `debug_executionWitness` result.
pub(super) fn read_debug(document: &[u8], enveloped: bool) -> Result<DebugWitness, InputError> {
    let doc: DebugDocument = if enveloped {
        serde_json::from_slice::<Envelope<_>>(document)?.result
    } else {
        serde_json::from_slice(document)?
    };
    let parent = doc
        .headers
        .0
        .iter()
        .filter_map(|rlp| Header::decode(&mut rlp.as_ref()).ok())
        .max_by_key(|header| header.number)
        .map(|header| header_hash(&header));
    Ok(DebugWitness {
        nodes: doc.state.0,
        codes: doc.codes.0,
        headers: doc.headers.0,
        parent,
    })
}

impl DebugWitness {
    /// Joins the witness to its block.
    pub(super) fn with_block(self, block: Block) -> WitnessCase {
        WitnessCase {
            chain_id: None,
            block,
            nodes: self.nodes,
            codes: self.codes,
            headers: self.headers,
            block_hashes: Vec::new(),
            pre_state_root: None,
            post_state_root: None,
        }
    }
}
