//! Bytes read as a program. Any bytes are one; where they end, zeros follow.

use alloy_primitives::{Address, B256, U256, keccak256};
use phalanx::exec::{AccountChange, StateChanges};
use revm::state::AccountInfo;
use std::sync::LazyLock;

/// How many addresses and slots there are to choose from.
const NAMES: usize = 64;

/// Bytes that are not read yet.
pub struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    /// True if only zeros follow.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    /// A number below `end`, which is 256 at most.
    pub fn below(&mut self, end: usize) -> usize {
        usize::from(self.byte()) % end
    }

    /// Up to `length` bytes.
    pub fn bytes(&mut self, length: usize) -> &'a [u8] {
        let (bytes, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        bytes
    }

    /// One of the addresses.
    pub fn address(&mut self) -> Address {
        address(self.below(NAMES))
    }

    /// One of the slots.
    pub fn slot(&mut self) -> U256 {
        slot(self.below(NAMES))
    }

    /// The value of a slot: zero, a byte, or up to 32 bytes.
    pub fn value(&mut self) -> U256 {
        match self.byte() {
            byte @ ..0xe0 => U256::from(byte / 2),
            byte => U256::from_be_slice(self.bytes(usize::from(byte - 0xdf))),
        }
    }

    /// What an account is: two in seven are none.
    fn info(&mut self) -> Option<AccountInfo> {
        let (kind, nonce, balance) = (self.below(7), u64::from(self.byte()), self.byte());
        let code_hash = match kind {
            0 | 1 => return None,
            6 => B256::repeat_byte(balance),
            _ => AccountInfo::default().code_hash,
        };
        Some(AccountInfo {
            nonce,
            balance: U256::from(balance) << (8 * (nonce % 24)),
            code_hash,
            ..AccountInfo::default()
        })
    }

    /// Changes of one to eight accounts, each with none to fifteen slots.
    pub fn changes(&mut self) -> StateChanges {
        let mut changes = StateChanges::default();
        for _ in 0..=self.below(8) {
            let address = self.address();
            let info = self.info();
            let shape = self.byte();
            let storage = (0..shape % 16).map(|_| (self.slot(), self.value()));
            let change = AccountChange {
                info,
                storage: storage.collect(),
                storage_wiped: shape >= 0xe0,
            };
            changes.accounts.insert(address, change);
        }
        changes
    }
}

/// The address with this number. Hashes of many begin alike, so that tries of a few accounts are deep.
pub fn address(number: usize) -> Address {
    static ADDRESSES: LazyLock<Vec<u32>> =
        LazyLock::new(|| alike(|name| keccak256(numbered(name))));
    numbered(ADDRESSES[number % NAMES])
}

fn numbered(name: u32) -> Address {
    Address::left_padding_from(&name.to_be_bytes())
}

/// The slot with this number; as with [`address`].
pub fn slot(number: usize) -> U256 {
    static SLOTS: LazyLock<Vec<u32>> =
        LazyLock::new(|| alike(|name| keccak256(B256::from(U256::from(name)))));
    U256::from(SLOTS[number % NAMES])
}

/// Sixteen names as they come, and thrice as many whose hashes begin as that of the first: with the same two nibbles at
/// least, and the last third with three.
fn alike(hash: impl Fn(u32) -> B256) -> Vec<u32> {
    let first = hash(0);
    let mut names: Vec<u32> = (0..16).collect();
    for (nibbles, count) in [(2, 32), (3, 16)] {
        let same = |name: &u32| {
            let differ = hash(*name) ^ first;
            differ[0] == 0 && (nibbles == 2 || differ[1] < 16)
        };
        let next = names[names.len() - 1] + 1;
        names.extend((next..).filter(same).take(count));
    }
    names
}
