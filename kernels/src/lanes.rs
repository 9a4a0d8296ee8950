//! The vector words that batched algorithms are written in: each algorithm once, over [`Words`] or [`Lanes`], and one
//! file a level that says what the words are there.
//!
//! A lane is a message (or whatever else is worked on by itself); a vector holds one 64-bit word of each lane. Only the
//! level files and `prefetch` name instructions and hold unsafe code. Their methods are safe because a value of their types
//! needs a proof to be made: a token that exists only after detection.
//!
//! All of it is `inline(always)`, algorithms too: an instruction is emitted as such only inside a function that enables
//! its feature, and those are the few entry points at the end of the level files.

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512;
pub(crate) mod portable;
pub(crate) mod prefetch;

/// The most lanes that a level has, and the length of arrays with an entry a lane; entries past a level's lanes are
/// neither read nor written.
pub(crate) const MAX_LANES: usize = 8;

/// Bitwise operations on 64-bit words, one or many: what a permutation needs.
pub(crate) trait Words: Copy {
    /// What shows that the processor has the instructions.
    type Proof: Copy;

    /// The same word in every lane.
    fn splat(proof: Self::Proof, word: u64) -> Self;

    /// `self ^ b`.
    fn xor(self, b: Self) -> Self;

    /// `self ^ b ^ c`.
    fn xor3(self, b: Self, c: Self) -> Self;

    /// `self ^ (!b & c)`.
    fn xor_and_not(self, b: Self, c: Self) -> Self;

    /// Each word rotated to the left, by 1 to 63 bits.
    fn rotate_left<const BITS: i32>(self) -> Self;
}

/// A vector of 64-bit words, one a lane.
pub(crate) trait Lanes: Words {
    /// How many words there are, at most [`MAX_LANES`].
    const LANES: usize;

    /// One word for each lane.
    fn from_words(proof: Self::Proof, words: &[u64; MAX_LANES]) -> Self;

    /// Writes the word of each lane; entries past them stay as they are.
    fn write_words(self, words: &mut [u64; MAX_LANES]);

    /// `self & b`.
    fn and(self, b: Self) -> Self;
}

#[cfg(test)]
pub(crate) mod tests;
