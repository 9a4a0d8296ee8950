//! A trie of pointers over a hash map of nodes, as zeth and other stateless clients have it: nodes are decoded by
//! alloy-trie when they are reached, remembered, changed key by key, and hashed by keccak-asm one after the other.

use crate::bench::engines::keccak_asm;
use alloy_primitives::{B256, Bytes, map::B256Map};
use alloy_rlp::{Decodable, Encodable};
use alloy_trie::{
    EMPTY_ROOT_HASH, Nibbles, TrieMask,
    nodes::{BranchNodeRef, ExtensionNodeRef, LeafNodeRef, RlpNode, TrieNode},
};

/// Nodes by their hash.
pub type Nodes = B256Map<Bytes>;

/// A trie whose keys are hashes.
#[derive(Debug, Default)]
pub struct Trie(Node);

#[derive(Debug, Default)]
struct Node {
    kind: Kind,
    /// How the parent names it, where nothing below has changed since.
    name: Option<RlpNode>,
}

#[derive(Debug, Default)]
enum Kind {
    #[default]
    Empty,
    /// Known by its hash.
    Hashed(B256),
    Leaf(Nibbles, Vec<u8>),
    Extension(Nibbles, Box<Node>),
    Branch(Box<[Node; 16]>),
}

impl Trie {
    /// The trie with a root; none of its nodes is looked at yet.
    pub fn new(root: B256) -> Self {
        match root {
            EMPTY_ROOT_HASH => Self::default(),
            _ => Self(Node::hashed(root)),
        }
    }

    /// The value of a key.
    pub fn get(&mut self, key: B256, nodes: &Nodes) -> Result<Option<&[u8]>, String> {
        self.0.get(Nibbles::unpack(key), nodes)
    }

    /// Sets the value of a key.
    pub fn insert(&mut self, key: B256, value: Vec<u8>, nodes: &Nodes) -> Result<(), String> {
        self.0.insert(Nibbles::unpack(key), value, nodes)
    }

    /// Removes a key.
    pub fn remove(&mut self, key: B256, nodes: &Nodes) -> Result<(), String> {
        self.0.remove(Nibbles::unpack(key), nodes).map(drop)
    }

    /// The root.
    pub fn root(&mut self) -> B256 {
        let mut rlp = Vec::with_capacity(600);
        match self.0.kind {
            Kind::Empty => EMPTY_ROOT_HASH,
            Kind::Hashed(hash) => hash,
            _ => match self.0.name(&mut rlp).as_hash() {
                Some(hash) => hash,
                // A root is hashed however short it is.
                None => keccak_asm::hash(self.0.name(&mut rlp).as_slice()),
            },
        }
    }
}

impl Node {
    fn of(kind: Kind) -> Self {
        Self { kind, name: None }
    }

    fn hashed(hash: B256) -> Self {
        Self {
            kind: Kind::Hashed(hash),
            name: Some(RlpNode::word_rlp(&hash)),
        }
    }

    fn named(name: &RlpNode) -> Result<Self, String> {
        match name.as_hash() {
            Some(hash) => Ok(Self::hashed(hash)),
            None => Self::decode(name, name.clone()),
        }
    }

    fn decode(mut rlp: &[u8], name: RlpNode) -> Result<Self, String> {
        let node = TrieNode::decode(&mut rlp).map_err(|error| error.to_string())?;
        let kind = match node {
            TrieNode::EmptyRoot => Kind::Empty,
            TrieNode::Leaf(leaf) => Kind::Leaf(leaf.key, leaf.value),
            TrieNode::Extension(extension) => {
                let child = Self::named(&extension.child)?;
                Kind::Extension(extension.key, Box::new(child))
            }
            TrieNode::Branch(branch) => {
                let mut children: Box<[Self; 16]> = Box::default();
                for (place, name) in branch.as_ref().children() {
                    if let Some(name) = name {
                        children[usize::from(place)] = Self::named(name)?;
                    }
                }
                Kind::Branch(children)
            }
        };
        Ok(Self {
            kind,
            name: Some(name),
        })
    }

    /// Has the node itself in the place of its hash.
    fn reach(&mut self, nodes: &Nodes) -> Result<&mut Kind, String> {
        if let Kind::Hashed(hash) = self.kind {
            let rlp = nodes.get(&hash);
            let rlp = rlp.ok_or_else(|| format!("node {hash} is absent"))?;
            *self = Self::decode(rlp, RlpNode::word_rlp(&hash))?;
        }
        Ok(&mut self.kind)
    }

    fn get(&mut self, path: Nibbles, nodes: &Nodes) -> Result<Option<&[u8]>, String> {
        match self.reach(nodes)? {
            Kind::Empty | Kind::Hashed(_) => Ok(None),
            Kind::Leaf(key, value) => Ok((*key == path).then_some(value.as_slice())),
            Kind::Extension(key, child) => match path.starts_with(key) {
                true => child.get(path.slice(key.len()..), nodes),
                false => Ok(None),
            },
            Kind::Branch(children) => {
                let place = usize::from(path.get_unchecked(0));
                children[place].get(path.slice(1..), nodes)
            }
        }
    }

    fn insert(&mut self, path: Nibbles, value: Vec<u8>, nodes: &Nodes) -> Result<(), String> {
        self.reach(nodes)?;
        self.name = None;
        match &mut self.kind {
            Kind::Empty | Kind::Hashed(_) => self.kind = Kind::Leaf(path, value),
            Kind::Leaf(key, old) if *key == path => *old = value,
            Kind::Leaf(key, old) => {
                let (key, old) = (*key, std::mem::take(old));
                let common = key.common_prefix_length(&path);
                let mut children: Box<[Self; 16]> = Box::default();
                for (key, value) in [(key, old), (path, value)] {
                    let place = usize::from(key.get_unchecked(common));
                    children[place] = Self::of(Kind::Leaf(key.slice(common + 1..), value));
                }
                *self = below(path.slice(..common), Self::of(Kind::Branch(children)));
            }
            Kind::Extension(key, child) if path.starts_with(key) => {
                child.insert(path.slice(key.len()..), value, nodes)?;
            }
            Kind::Extension(key, child) => {
                let (key, child) = (*key, std::mem::take(child.as_mut()));
                let common = key.common_prefix_length(&path);
                let mut children: Box<[Self; 16]> = Box::default();
                let leaf = Self::of(Kind::Leaf(path.slice(common + 1..), value));
                children[usize::from(path.get_unchecked(common))] = leaf;
                children[usize::from(key.get_unchecked(common))] =
                    below(key.slice(common + 1..), child);
                *self = below(path.slice(..common), Self::of(Kind::Branch(children)));
            }
            Kind::Branch(children) => {
                let place = usize::from(path.get_unchecked(0));
                children[place].insert(path.slice(1..), value, nodes)?;
            }
        }
        Ok(())
    }

    /// True if the key was there.
    fn remove(&mut self, path: Nibbles, nodes: &Nodes) -> Result<bool, String> {
        let removed = match self.reach(nodes)? {
            Kind::Empty | Kind::Hashed(_) => false,
            Kind::Leaf(key, _) if *key == path => {
                self.kind = Kind::Empty;
                true
            }
            Kind::Leaf(..) => false,
            Kind::Extension(key, child) => {
                let key = *key;
                let removed =
                    path.starts_with(&key) && child.remove(path.slice(key.len()..), nodes)?;
                if removed {
                    *self = below(key, std::mem::take(child.as_mut()));
                }
                removed
            }
            Kind::Branch(children) => {
                let place = usize::from(path.get_unchecked(0));
                let removed = children[place].remove(path.slice(1..), nodes)?;
                if removed && let Some(last) = last_of(children) {
                    let mut child = std::mem::take(&mut children[last]);
                    child.reach(nodes)?;
                    *self = below(Nibbles::from_nibbles([last as u8]), child);
                }
                removed
            }
        };
        if removed {
            self.name = None;
        }
        Ok(removed)
    }

    fn name(&mut self, rlp: &mut Vec<u8>) -> RlpNode {
        if let Some(name) = &self.name {
            return name.clone();
        }
        match &mut self.kind {
            Kind::Hashed(hash) => return RlpNode::word_rlp(hash),
            Kind::Empty => {
                rlp.clear();
                rlp.push(alloy_rlp::EMPTY_STRING_CODE);
            }
            Kind::Leaf(key, value) => {
                rlp.clear();
                LeafNodeRef::new(key, value).encode(rlp);
            }
            Kind::Extension(key, child) => {
                let child = child.name(rlp);
                rlp.clear();
                ExtensionNodeRef::new(key, &child).encode(rlp);
            }
            Kind::Branch(children) => {
                let mut names = Vec::with_capacity(16);
                let mut mask = TrieMask::default();
                for (place, child) in (0..).zip(children.iter_mut()) {
                    if !matches!(child.kind, Kind::Empty) {
                        names.push(child.name(rlp));
                        mask.set_bit(place);
                    }
                }
                rlp.clear();
                BranchNodeRef::new(&names, mask).encode(rlp);
            }
        }
        let name = match RlpNode::from_raw(rlp) {
            Some(name) if rlp.len() < 32 => name,
            _ => RlpNode::word_rlp(&keccak_asm::hash(rlp)),
        };
        self.name = Some(name.clone());
        name
    }
}

/// The one child that a branch has left.
fn last_of(children: &[Node; 16]) -> Option<usize> {
    let mut places = (0..16).filter(|place| !matches!(children[*place].kind, Kind::Empty));
    let first = places.next()?;
    places.next().is_none().then_some(first)
}

/// What stands above a node where a path leads to it, in as few nodes as can be.
fn below(path: Nibbles, node: Node) -> Node {
    if path.is_empty() {
        return node;
    }
    Node::of(match node.kind {
        Kind::Empty => Kind::Empty,
        Kind::Leaf(key, value) => Kind::Leaf(path.join(&key), value),
        Kind::Extension(key, child) => Kind::Extension(path.join(&key), child),
        Kind::Hashed(_) | Kind::Branch(_) => Kind::Extension(path, Box::new(node)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::{U256, keccak256};
    use alloy_trie::root::storage_root_unsorted;
    use std::collections::BTreeMap;

    #[test]
    fn roots_are_those_of_alloy_trie() {
        let nodes = Nodes::default();
        let mut trie = Trie::default();
        let mut pairs: BTreeMap<B256, U256> = BTreeMap::new();
        for step in 0u64..400 {
            let key = keccak256((step * 7 % 90).to_be_bytes());
            if step % 3 == 2 {
                trie.remove(key, &nodes).expect("in memory");
                pairs.remove(&key);
            } else {
                let value = U256::from(step + 1);
                trie.insert(key, alloy_rlp::encode(value), &nodes)
                    .expect("in memory");
                pairs.insert(key, value);
            }
            let root = storage_root_unsorted(pairs.iter().map(|(key, value)| (*key, *value)));
            assert_eq!(trie.root(), root, "step {step}");
        }
        assert!(!pairs.is_empty());
        for key in pairs.keys().copied().collect::<Vec<_>>() {
            let value = trie.get(key, &nodes).expect("in memory");
            assert_eq!(value, Some(alloy_rlp::encode(pairs[&key]).as_slice()));
            trie.remove(key, &nodes).expect("in memory");
        }
        assert_eq!(trie.root(), EMPTY_ROOT_HASH);
    }
}
