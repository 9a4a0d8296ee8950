//! Nodes of a trie by the definition (Yellow Paper, appendix D), some of them left out or altered on the way.
//!
//! A parent is made after its children, so that it names the hash of whatever has become of them: what is altered is
//! still led to.

use crate::{Input, Plain};
use alloy_primitives::{B256, Bytes, keccak256};
use alloy_rlp::{Header, encode};
use phalanx::trie::{Account, EMPTY_ROOT_HASH};
use std::collections::BTreeMap;

/// A key in nibbles, and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// The nodes of a state, and what is wrong with them.
#[derive(Debug)]
pub struct Witness {
    /// Hash of the root node.
    pub root: B256,
    /// In no order that matters.
    pub nodes: Vec<Bytes>,
    /// True if nodes are left out.
    pub incomplete: bool,
    /// True if nodes are no longer what the definition says.
    pub altered: bool,
}

/// What is done to a node: each takes a byte that says more.
#[derive(Debug, Clone, Copy)]
enum Deviation {
    /// It is left out, its hash stays.
    Drop,
    /// One of its bytes is another one.
    Flip(u8, u8),
    /// Bytes follow it.
    Append,
    /// It ends early.
    Cut(u8),
    /// Its parent holds it or its hash, whichever is wrong.
    OtherReference,
    /// Another node stands in its place.
    Replace(u8),
    /// An extension of one nibble stands above it.
    Extend(u8),
    /// A branch with no other child stands above it.
    OneChild(u8),
    /// Its length has a zero in front.
    LongHeader,
    /// Nothing stands in its place.
    Nothing,
    /// Something that is no reference stands in its place.
    Junk(u8),
    /// The node is in the witness twice.
    Twice,
}

/// Makes nodes.
pub struct Composer {
    deviations: BTreeMap<usize, Deviation>,
    composed: usize,
    /// Whatever referred to a node so far.
    references: Vec<Vec<u8>>,
    witness: Witness,
}

impl Composer {
    /// A composer that deviates as the input says: not at all, by leaving out nodes, or in all ways.
    pub fn new(input: &mut Input<'_>) -> Self {
        let kind = input.below(8);
        let count = match kind {
            0 => 0,
            _ => 1 + input.below(6),
        };
        let deviations = (0..count).map(|_| {
            let at = input.below(32);
            let deviation = match kind {
                1 | 2 => Deviation::Drop,
                _ => Deviation::read(input),
            };
            (at, deviation)
        });
        Self {
            deviations: deviations.collect(),
            composed: 0,
            references: Vec::new(),
            witness: Witness {
                root: EMPTY_ROOT_HASH,
                nodes: Vec::new(),
                incomplete: false,
                altered: false,
            },
        }
    }

    /// The nodes of a state.
    pub fn state(mut self, plain: &Plain) -> Witness {
        let mut accounts = Vec::new();
        for (address, account) in &plain.0 {
            let slots = account.slots.iter().map(|(slot, value)| {
                (
                    nibbles(keccak256(slot.to_be_bytes::<32>()).as_slice()),
                    encode(value),
                )
            });
            let sealed = Account {
                storage_root: self.root(slots.collect()),
                ..account.account
            };
            accounts.push((nibbles(keccak256(address).as_slice()), encode(sealed)));
        }
        self.witness.root = self.root(accounts);
        self.witness
    }

    /// The root of a trie of these pairs, whose nodes are added to the witness.
    pub fn root(&mut self, mut pairs: Vec<Pair>) -> B256 {
        pairs.sort();
        if pairs.is_empty() {
            return EMPTY_ROOT_HASH;
        }
        let rlp = self.compose(&pairs, 0);
        let reference = self.deviate(rlp.clone());
        match reference.as_slice() {
            [0xa0, hash @ ..] if hash.len() == 32 => B256::from_slice(hash),
            // A root has a hash however short it is.
            other => {
                self.witness.nodes.push(other.to_vec().into());
                keccak256(other)
            }
        }
    }

    fn compose(&mut self, pairs: &[Pair], depth: usize) -> Vec<u8> {
        let first = &pairs[0].0;
        if let [(key, value)] = pairs {
            return list(&[hex_prefix(&key[depth..], 2), string(value)]);
        }
        let shared = (depth..first.len())
            .take_while(|i| pairs.iter().all(|(key, _)| key.get(*i) == first.get(*i)))
            .count();
        if shared > 0 {
            let path = hex_prefix(&first[depth..depth + shared], 0);
            return list(&[path, self.reference(pairs, depth + shared)]);
        }
        let mut items: Vec<Vec<u8>> = Vec::new();
        let mut rest = pairs;
        let mut own: &[u8] = &[];
        if let Some(((key, value), others)) = rest.split_first()
            && key.len() == depth
        {
            (own, rest) = (value, others);
        }
        for nibble in 0..16 {
            let count = rest.iter().take_while(|(key, _)| key[depth] == nibble);
            let (below, others) = rest.split_at(count.count());
            rest = others;
            items.push(match below {
                [] => string(&[]),
                below => self.reference(below, depth + 1),
            });
        }
        items.push(string(own));
        list(&items)
    }

    fn reference(&mut self, pairs: &[Pair], depth: usize) -> Vec<u8> {
        let rlp = self.compose(pairs, depth);
        self.deviate(rlp)
    }

    /// What a parent has for a node; the node, or what becomes of it, is added to the witness.
    fn deviate(&mut self, mut rlp: Vec<u8>) -> Vec<u8> {
        let deviation = self.deviations.get(&self.composed).copied();
        self.composed += 1;
        let own = match rlp.len() {
            ..32 => rlp.clone(),
            _ => encode(keccak256(&rlp)),
        };
        let Some(deviation) = deviation else {
            return self.refer(rlp);
        };
        self.witness.altered |= !matches!(deviation, Deviation::Drop | Deviation::Twice);
        match deviation {
            Deviation::Drop => {
                self.witness.incomplete |= rlp.len() >= 32;
                self.references.push(own.clone());
                return own;
            }
            Deviation::Flip(at, to) => {
                let at = usize::from(at) * rlp.len() / 256;
                rlp[at] ^= to.max(1);
            }
            Deviation::Append => rlp.extend([0; 40]),
            Deviation::Cut(at) => rlp.truncate(usize::from(at) * rlp.len() / 256),
            Deviation::OtherReference => {
                let other = match rlp.len() {
                    ..32 => encode(keccak256(&rlp)),
                    _ => rlp.clone(),
                };
                self.witness.nodes.push(rlp.into());
                return other;
            }
            Deviation::Replace(which) => {
                self.witness.nodes.push(rlp.into());
                let count = self.references.len().max(1);
                let other = self.references.get(usize::from(which) % count);
                return other.cloned().unwrap_or_else(|| encode(B256::ZERO));
            }
            Deviation::Extend(nibble) => {
                let below = self.refer(rlp);
                rlp = list(&[hex_prefix(&[nibble % 16], 0), below]);
            }
            Deviation::OneChild(nibble) => {
                let below = self.refer(rlp);
                let mut items = vec![string(&[]); 17];
                items[usize::from(nibble % 16)] = below;
                rlp = list(&items);
            }
            Deviation::LongHeader => {
                let mut rest = &rlp[..];
                if let Ok(payload) = Header::decode_bytes(&mut rest, true) {
                    let length = u16::try_from(payload.len()).unwrap_or_default();
                    let mut long = vec![0xf9];
                    long.extend(length.to_be_bytes());
                    long.extend(payload);
                    rlp = long;
                }
            }
            Deviation::Nothing => {
                self.witness.nodes.push(rlp.into());
                return string(&[]);
            }
            Deviation::Junk(kind) => {
                self.witness.nodes.push(rlp.into());
                return match kind % 4 {
                    0 => encode(B256::ZERO),
                    1 => string(&[7; 31]),
                    2 => vec![0xc0],
                    _ => vec![kind],
                };
            }
            Deviation::Twice => self.witness.nodes.push(rlp.clone().into()),
        }
        self.refer(rlp)
    }

    /// What a parent has for a node by the definition, which is added to the witness if that is its hash.
    fn refer(&mut self, rlp: Vec<u8>) -> Vec<u8> {
        let reference = match rlp.len() {
            ..32 => rlp,
            _ => {
                let hash = keccak256(&rlp);
                self.witness.nodes.push(rlp.into());
                encode(hash)
            }
        };
        self.references.push(reference.clone());
        reference
    }
}

impl Deviation {
    fn read(input: &mut Input<'_>) -> Self {
        let (kind, byte) = (input.below(13), input.byte());
        match kind {
            0 => Self::Drop,
            1 | 2 => Self::Flip(byte, input.byte()),
            3 => Self::Append,
            4 => Self::Cut(byte),
            5 => Self::OtherReference,
            6 => Self::Replace(byte),
            7 => Self::Extend(byte),
            8 => Self::OneChild(byte),
            9 => Self::LongHeader,
            10 => Self::Nothing,
            11 => Self::Junk(byte),
            _ => Self::Twice,
        }
    }
}

/// A key's nibbles.
pub fn nibbles(key: &[u8]) -> Vec<u8> {
    key.iter()
        .flat_map(|byte| [byte >> 4, byte & 0xf])
        .collect()
}

/// A path as a node has it: `flag` is 2 for a leaf and 0 for an extension.
pub fn hex_prefix(path: &[u8], flag: u8) -> Vec<u8> {
    let mut whole = vec![flag + (path.len() % 2) as u8];
    if path.len().is_multiple_of(2) {
        whole.push(0);
    }
    whole.extend(path);
    let bytes: Vec<u8> = whole.chunks(2).map(|two| two[0] * 16 + two[1]).collect();
    string(&bytes)
}

/// The RLP of a string.
pub fn string(bytes: &[u8]) -> Vec<u8> {
    encode(bytes)
}

/// The RLP of a list of encoded items.
pub fn list(items: &[Vec<u8>]) -> Vec<u8> {
    let payload_length = items.iter().map(Vec::len).sum();
    let mut out = Vec::new();
    Header {
        list: true,
        payload_length,
    }
    .encode(&mut out);
    out.extend(items.concat());
    out
}
