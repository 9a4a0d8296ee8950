//! Roots of index tries: of a block's transactions, receipts and withdrawals.

use super::{PairError, RootBuilder};
use crate::Engine;
use alloy_primitives::B256;
use alloy_rlp::Encodable;

/// The first index whose RLP is longer than a byte.
const FIRST_LONG: u64 = 0x80;

/// Takes the items of an index trie in block order, as they come, and gives its root: key RLP(index), value the item.
///
/// As bytes, the keys come in this order: 1 to 127, which are themselves, then 0, which is 0x80, then those from 128 on,
/// which begin above that. So item 0 is kept until it is its turn; all others go straight to a [`RootBuilder`], and
/// memory is bounded as is that one's.
///
/// ```
/// use alloy_eips::Encodable2718;
/// use phalanx::{Engine, exec::Receipt, trie::OrderedRootBuilder};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let engine = Engine::builder().build()?;
/// let executed = (0..3).map(|_| Receipt::Legacy(Default::default()));
///
/// let mut builder = OrderedRootBuilder::new(&engine);
/// let mut encoded = Vec::new();
/// let mut receipts: Vec<Receipt> = Vec::new();
/// for receipt in executed {
///     encoded.clear();
///     receipt.encode_2718(&mut encoded);
///     builder.push(&encoded)?;
///     receipts.push(receipt);
/// }
/// let root = builder.finish();
///
/// // The same in one call, for items that are all at hand.
/// let whole = engine.ordered_root_with(&receipts, |receipt, out| receipt.encode_2718(out));
/// assert_eq!(root, whole);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct OrderedRootBuilder {
    pairs: RootBuilder,
    /// Item 0 until it is its turn. Empty if that has come, or if the item is absent.
    first: Vec<u8>,
    /// The index of the next item.
    next: u64,
}

impl OrderedRootBuilder {
    /// A builder without items.
    pub fn new(engine: &Engine) -> Self {
        Self {
            pairs: RootBuilder::new(engine),
            first: Vec::new(),
            next: 0,
        }
    }

    /// Adds the next item. On an error, which is [`PairError::EmptyValue`], nothing is added: a trie holds no empty
    /// value.
    pub fn push(&mut self, item: &[u8]) -> Result<(), PairError> {
        if item.is_empty() {
            return Err(PairError::EmptyValue);
        }
        self.push_or_skip(item);
        Ok(())
    }

    /// The root of all items.
    pub fn finish(mut self) -> B256 {
        self.place_first();
        self.pairs.finish()
    }

    /// Adds the next item; if it is empty, its index leads to nothing.
    fn push_or_skip(&mut self, item: &[u8]) {
        let index = self.next;
        self.next += 1;
        match index {
            0 => self.first.extend_from_slice(item),
            FIRST_LONG => {
                self.place_first();
                self.place(index, item);
            }
            _ => self.place(index, item),
        }
    }

    fn place_first(&mut self) {
        let first = std::mem::take(&mut self.first);
        self.place(0, &first);
    }

    fn place(&mut self, index: u64, item: &[u8]) {
        if item.is_empty() {
            return;
        }
        let mut key = [0; 9];
        let length = index.length();
        index.encode(&mut &mut key[..]);
        let placed = self.pairs.push(&key[..length], item);
        placed.expect("keys ascend and the item is not empty");
    }
}

impl Engine {
    /// Root of the index trie (transactions, receipts, withdrawals): key RLP(index), value the item. An empty item is
    /// absent. [`OrderedRootBuilder`] takes items one by one.
    pub fn ordered_root<T: AsRef<[u8]>>(&self, items: &[T]) -> B256 {
        let mut builder = OrderedRootBuilder::new(self);
        for item in items {
            builder.push_or_skip(item.as_ref());
        }
        builder.finish()
    }

    /// The same, of items that `encode` appends to an empty buffer, one after the other: no more than one of them is
    /// kept encoded.
    pub fn ordered_root_with<T>(&self, items: &[T], encode: impl Fn(&T, &mut Vec<u8>)) -> B256 {
        let mut builder = OrderedRootBuilder::new(self);
        let mut encoded = Vec::new();
        for item in items {
            encoded.clear();
            encode(item, &mut encoded);
            builder.push_or_skip(&encoded);
        }
        builder.finish()
    }
}
