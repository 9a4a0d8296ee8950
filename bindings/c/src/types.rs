//! What goes across the border: plain bytes, so that any bits are a value.

use phalanx::SRule;
use std::ffi::c_char;

/// The values that s of a signature may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum SRules {
    /// At most n/2: transactions from Homestead on (EIP-2), EIP-7702 authorizations.
    Low = 0,
    /// Any from 1 to n-1: transactions before Homestead, the ecrecover precompile.
    Any = 1,
}

impl SRules {
    /// The rule with this number.
    pub fn of(number: u8) -> Option<SRule> {
        match number {
            0 => Some(SRule::Low),
            1 => Some(SRule::Any),
            _ => None,
        }
    }
}

/// Which arithmetic does the batches. All give the same results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Backend {
    /// The fastest instruction level of this processor, with a GPU beside it for large batches where that is measured
    /// to help.
    Auto = 0,
    /// Scalar code for any processor.
    Portable = 1,
    /// AVX2: four items at once.
    Avx2 = 2,
    /// AVX-512 with IFMA: eight items at once.
    Avx512 = 3,
    /// WGSL compute shaders on one adapter; what it does not do right is done on the CPU.
    Gpu = 4,
    /// Published Rust crates, one item after the other, to hold the others against.
    Reference = 5,
    /// The fastest instruction level of this processor, and never a GPU: no driver is loaded.
    Cpu = 6,
}

impl Backend {
    /// The backend with this number.
    pub fn of(number: u32) -> Option<phalanx::Backend> {
        phalanx::Backend::ALL.get(number as usize).copied()
    }
}

/// Settings of an engine. Set all of it to zero and `struct_size` to `sizeof(phalanx_config)`, then what is wanted.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct Config {
    /// sizeof(phalanx_config) as the caller was compiled. Later versions may add fields at the end, zero in which means
    /// what the version before did; a library refuses fields that it doesn't know unless they are zero.
    pub struct_size: usize,
    /// A phalanx_backend.
    pub backend: u32,
    /// Threads that share a batch, from 1 to 1024; 0 is as many as the machine runs at once.
    pub threads: u32,
    /// Part of the name of the GPU to use (UTF-8, NUL-terminated, read during the call only), or NULL or "" for any.
    pub gpu: *const c_char,
    /// Folder for compiled shaders and measurements, which later processes use (as above), or NULL or "" to keep
    /// nothing.
    pub cache: *const c_char,
}

/// One signature to recover: 98 bytes without gaps.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct Signature {
    /// The signed hash, big-endian; reduced modulo n.
    pub prehash: [u8; 32],
    /// r, big-endian.
    pub r: [u8; 32],
    /// s, big-endian.
    pub s: [u8; 32],
    /// Recovery id: 0 or 1, the parity of R's y (v less 27, or less 35 and twice the chain's id).
    pub y_parity: u8,
    /// A phalanx_s_rule.
    pub s_rule: u8,
}

/// An address: 20 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct Address {
    /// The last 20 bytes of the Keccak-256 of the public key.
    pub bytes: [u8; 20],
}

impl From<alloy_primitives::Address> for Address {
    fn from(address: alloy_primitives::Address) -> Self {
        Self { bytes: address.0.0 }
    }
}

/// A hash: 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct Hash {
    /// The bytes in the order of Ethereum.
    pub bytes: [u8; 32],
}

impl From<alloy_primitives::B256> for Hash {
    fn from(hash: alloy_primitives::B256) -> Self {
        Self { bytes: hash.0 }
    }
}

/// Bytes that belong to the caller.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct Bytes {
    /// The first of them; may be NULL where there are none.
    pub data: *const u8,
    /// How many there are.
    pub length: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backends_have_the_numbers_of_the_header() {
        for (number, backend) in [
            (Backend::Auto, phalanx::Backend::Auto),
            (Backend::Portable, phalanx::Backend::Portable),
            (Backend::Avx2, phalanx::Backend::Avx2),
            (Backend::Avx512, phalanx::Backend::Avx512),
            (Backend::Gpu, phalanx::Backend::Gpu),
            (Backend::Reference, phalanx::Backend::Reference),
            (Backend::Cpu, phalanx::Backend::Cpu),
        ] {
            assert_eq!(Backend::of(number as u32), Some(backend));
        }
        assert_eq!(Backend::of(Backend::Cpu as u32 + 1), None);
        assert_eq!(Backend::of(u32::MAX), None);
    }

    #[test]
    fn rules_have_the_numbers_of_the_header() {
        assert_eq!(SRules::of(SRules::Low as u8), Some(SRule::Low));
        assert_eq!(SRules::of(SRules::Any as u8), Some(SRule::Any));
        assert_eq!(SRules::of(2), None);
    }
}
