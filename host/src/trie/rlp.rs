//! Writing RLP whose lengths are known into a place of its length.

use super::nibbles;
use alloy_rlp::EMPTY_STRING_CODE;

/// A place for an encoding.
pub(super) struct Out<'a> {
    bytes: &'a mut [u8],
    /// Bytes written or passed over.
    pub(super) at: usize,
}

impl<'a> Out<'a> {
    pub(super) fn new(bytes: &'a mut [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    #[inline]
    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes[self.at] = byte;
        self.at += 1;
    }

    #[inline]
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        copy(bytes, &mut self.bytes[self.at..][..bytes.len()]);
        self.at += bytes.len();
    }

    /// Makes all that follows empty strings, as which a branch has the children that it has not: what is passed over
    /// from now on stays one.
    #[inline]
    pub(super) fn empty(&mut self) {
        self.bytes[self.at..].fill(EMPTY_STRING_CODE);
    }

    #[inline]
    pub(super) fn hash(&mut self, hash: &[u8; 32]) {
        let place = self.bytes[self.at..].first_chunk_mut();
        *place.expect("lengths are exact") = *hash;
        self.at += 32;
    }

    /// How many bytes there are.
    ///
    /// # Panics
    ///
    /// If not all of them were written or passed over.
    #[inline]
    pub(super) fn end(self) -> usize {
        assert_eq!(self.at, self.bytes.len(), "a node is as long as planned");
        self.at
    }

    /// Leaves bytes for later.
    #[inline]
    pub(super) fn skip(&mut self, bytes: usize) {
        self.at += bytes;
    }

    #[inline]
    pub(super) fn list_header(&mut self, payload: usize) {
        self.header(0xc0, payload);
    }

    #[inline]
    fn header(&mut self, kind: u8, payload: usize) {
        if payload < 56 {
            return self.byte(kind + payload as u8);
        }
        let count = bytes_of(payload);
        self.byte(kind + 55 + count as u8);
        for shift in (0..count).rev() {
            self.byte((payload >> (8 * shift)) as u8);
        }
    }

    #[inline]
    pub(super) fn string(&mut self, bytes: &[u8]) {
        if !matches!(bytes, [byte] if *byte < EMPTY_STRING_CODE) {
            self.header(EMPTY_STRING_CODE, bytes.len());
        }
        self.bytes(bytes);
    }

    /// The path of a node: a key's nibbles `from..to`.
    #[inline]
    pub(super) fn path(&mut self, key: &[u8], from: usize, to: usize, leaf: bool) {
        let bytes = nibbles::encoded_path_len(to - from);
        if bytes > 1 {
            self.header(EMPTY_STRING_CODE, bytes);
        }
        nibbles::encode_path(key, from, to, leaf, self);
    }
}

/// Copies between slices of the same length; those that most nodes are made of without a call, as a first and a last part
/// that may overlap.
#[inline]
fn copy(from: &[u8], to: &mut [u8]) {
    match from.len() {
        16..=32 => copy_ends::<16>(from, to),
        33..=64 => copy_ends::<32>(from, to),
        65..=128 => copy_ends::<64>(from, to),
        _ => to.copy_from_slice(from),
    }
}

#[inline]
fn copy_ends<const N: usize>(from: &[u8], to: &mut [u8]) {
    if let (Some(from), Some(to)) = (from.first_chunk::<N>(), to.first_chunk_mut()) {
        *to = *from;
    }
    if let (Some(from), Some(to)) = (from.last_chunk::<N>(), to.last_chunk_mut()) {
        *to = *from;
    }
}

/// Bytes of the big-endian form of a length.
#[inline]
fn bytes_of(length: usize) -> usize {
    (usize::BITS - length.leading_zeros()).div_ceil(8) as usize
}

/// Bytes of the header of a list, or of a string of two bytes or more.
#[inline]
pub(super) fn header_length(payload: usize) -> usize {
    if payload < 56 {
        1
    } else {
        1 + bytes_of(payload)
    }
}

/// Bytes that a string takes with its header.
#[inline]
pub(super) fn string_length(bytes: &[u8]) -> usize {
    match bytes {
        [byte] if *byte < EMPTY_STRING_CODE => 1,
        _ => header_length(bytes.len()) + bytes.len(),
    }
}

/// Bytes that a path takes with its header. Its first byte is below 0x40, so a path of one byte needs none.
#[inline]
pub(super) fn path_length(nibbles: usize) -> usize {
    match nibbles::encoded_path_len(nibbles) {
        1 => 1,
        bytes => header_length(bytes) + bytes,
    }
}
