//! Senders that are kept for a while, by what they are found by.

use alloy_primitives::Address;
use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, RandomState},
    sync::{PoisonError, RwLock},
};

/// Parts of what is kept, so that threads seldom meet.
const PARTS: usize = 16;

/// Two generations of senders, of which the older is forgotten when the younger is full: so many are kept at least, and
/// twice as many at most.
///
/// Keys are chosen by whoever sends transactions, so that maps are seeded and hash them well.
#[derive(Debug)]
pub(super) struct Kept<K> {
    parts: [RwLock<Generations<K>>; PARTS],
    /// Says which part a key belongs to.
    hasher: RandomState,
    /// Senders in a generation of a part.
    generation: usize,
}

#[derive(Debug)]
struct Generations<K> {
    young: HashMap<K, Address>,
    old: HashMap<K, Address>,
}

impl<K> Default for Generations<K> {
    fn default() -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
        }
    }
}

impl<K: Hash + Eq> Kept<K> {
    pub(super) fn new(senders: usize) -> Self {
        Self {
            parts: Default::default(),
            hasher: RandomState::new(),
            generation: senders.div_ceil(PARTS).max(1),
        }
    }

    pub(super) fn get(&self, key: &K) -> Option<Address> {
        let part = self.part(key);
        let part = part.read().unwrap_or_else(PoisonError::into_inner);
        let found = part.young.get(key).or_else(|| part.old.get(key));
        found.copied()
    }

    pub(super) fn keep(&self, key: K, sender: Address) {
        let part = self.part(&key);
        let mut part = part.write().unwrap_or_else(PoisonError::into_inner);
        if part.young.len() >= self.generation {
            part.old = std::mem::take(&mut part.young);
        }
        part.young.insert(key, sender);
    }

    fn part(&self, key: &K) -> &RwLock<Generations<K>> {
        &self.parts[self.hasher.hash_one(key) as usize % PARTS]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_are_kept_and_memory_is_bounded() {
        let kept = Kept::new(1_000);
        let sender = |key: u32| Address::left_padding_from(&key.to_be_bytes());
        for key in 0..50_000 {
            kept.keep(key, sender(key));
            assert_eq!(kept.get(&key), Some(sender(key)));
        }
        let found = (0..50_000).filter(|key| kept.get(key).is_some()).count();
        assert!((1_000..=2_100).contains(&found), "{found}");
        for key in 0..50_000 {
            assert!(kept.get(&key).is_none_or(|found| found == sender(key)));
        }
        // Parts fill up one by one, yet none is far ahead of another.
        assert!((49_500..50_000).all(|key| kept.get(&key).is_some()));
        assert_eq!(kept.get(&50_000), None);
    }

    #[test]
    fn one_at_a_time() {
        let kept = Kept::new(0);
        kept.keep(1, Address::ZERO);
        assert_eq!(kept.get(&1), Some(Address::ZERO));
    }
}
