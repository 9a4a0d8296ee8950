//! Nibbles of packed keys, high nibble first, and their hex-prefix encoding (Yellow Paper, appendix C).

use super::rlp::Out;
use alloy_primitives::hex;

/// Set in the first nibble of a leaf's encoded path.
const LEAF: u8 = 2;
/// Set in the first nibble of an encoded path of odd length.
const ODD: u8 = 1;

/// A nibble of a key; zero past its end.
#[inline]
pub(super) fn at(key: &[u8], index: usize) -> u8 {
    let byte = key.get(index / 2).copied().unwrap_or_default();
    match index % 2 {
        0 => byte >> 4,
        _ => byte & 0xf,
    }
}

/// Changes a nibble of a key.
pub(super) fn set(key: &mut [u8; 32], index: usize, nibble: u8) {
    let byte = &mut key[index / 2];
    *byte = match index % 2 {
        0 => *byte & 0x0f | nibble << 4,
        _ => *byte & 0xf0 | nibble,
    };
}

/// The count of nibbles that two keys share from their start.
#[inline]
pub(super) fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    // Hashed keys part within their first bytes.
    if let (Some(a), Some(b)) = (a.first_chunk(), b.first_chunk()) {
        let differ = u64::from_be_bytes(*a) ^ u64::from_be_bytes(*b);
        if differ != 0 {
            return differ.leading_zeros() as usize / 4;
        }
    }
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let half = match (a.get(same), b.get(same)) {
        (Some(a), Some(b)) => usize::from(a >> 4 == b >> 4),
        _ => 0,
    };
    2 * same + half
}

/// Bytes in the hex-prefix form of a path of so many nibbles.
#[inline]
pub(super) const fn encoded_path_len(nibbles: usize) -> usize {
    nibbles / 2 + 1
}

/// Writes the hex-prefix form of a key's nibbles `from..to`.
#[inline]
pub(super) fn encode_path(key: &[u8], from: usize, to: usize, leaf: bool, out: &mut Out<'_>) {
    let flag = if leaf { LEAF << 4 } else { 0 };
    let odd = (to - from) % 2 == 1;
    out.byte(if odd {
        flag | ODD << 4 | at(key, from)
    } else {
        flag
    });
    let from = from + usize::from(odd);
    if from.is_multiple_of(2) {
        out.bytes(&key[from / 2..to / 2]);
    } else {
        for i in (from..to).step_by(2) {
            out.byte(at(key, i) << 4 | at(key, i + 1));
        }
    }
}

/// A path in its hex-prefix form.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path<'a> {
    /// The nibbles, behind one or two that are none.
    packed: &'a [u8],
    /// How many nibbles of `packed` to pass over.
    skip: usize,
}

impl<'a> Path<'a> {
    /// The path and the leaf flag of a hex-prefix form; `None` if no path has it.
    pub(super) fn decode(encoded: &'a [u8]) -> Option<(Self, bool)> {
        let first = *encoded.first()?;
        let (flag, low) = (first >> 4, first & 0xf);
        if flag > (LEAF | ODD) {
            return None;
        }
        let odd = flag & ODD != 0;
        if !odd && low != 0 {
            return None;
        }
        let path = Self {
            packed: encoded,
            skip: if odd { 1 } else { 2 },
        };
        Some((path, flag & LEAF != 0))
    }

    /// The count of nibbles.
    pub(super) fn len(&self) -> usize {
        2 * self.packed.len() - self.skip
    }

    /// One nibble.
    pub(super) fn at(&self, index: usize) -> u8 {
        at(self.packed, self.skip + index)
    }

    /// True if the nibbles of `key` from `depth` on begin with the path.
    pub(super) fn leads(&self, key: &[u8], depth: usize) -> bool {
        if depth + self.len() > 2 * key.len() {
            return false;
        }
        match self.whole_bytes(depth) {
            Some(bytes) => {
                let first = depth.div_ceil(2);
                let odd = depth.is_multiple_of(2) || self.at(0) == at(key, depth);
                odd && key[first..first + bytes.len()] == *bytes
            }
            None => (0..self.len()).all(|i| self.at(i) == at(key, depth + i)),
        }
    }

    /// The key whose first `depth` nibbles are those of `key` and which goes on with the path, then with zeros. The two
    /// together must not be longer than a key.
    pub(super) fn below(&self, key: &[u8; 32], depth: usize) -> [u8; 32] {
        let mut whole = [0; 32];
        let first = depth.div_ceil(2);
        whole[..first].copy_from_slice(&key[..first]);
        match self.whole_bytes(depth) {
            Some(bytes) => {
                if depth % 2 == 1 {
                    set(&mut whole, depth, self.at(0));
                }
                whole[first..first + bytes.len()].copy_from_slice(bytes);
            }
            None => {
                for i in 0..self.len() {
                    set(&mut whole, depth + i, self.at(i));
                }
            }
        }
        whole
    }

    /// The bytes of the path behind its first nibble, if that is odd; `None` where they would not be bytes of a key that
    /// has the path at this depth.
    fn whole_bytes(&self, depth: usize) -> Option<&'a [u8]> {
        (depth + self.skip)
            .is_multiple_of(2)
            .then_some(&self.packed[1..])
    }
}

/// The first nibbles of a key in hex digits, for messages.
pub(super) fn display(key: &[u8], nibbles: usize) -> String {
    let mut text = hex::encode(key);
    text.truncate(nibbles);
    text
}
