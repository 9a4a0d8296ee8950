//! Rust mirrors of the structs that shaders and host share. The tests compare them with the WGSL member by member.

use bytemuck::{Pod, Zeroable};

/// `ProbeParams` of `probe.wgsl`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct ProbeParams {
    /// Number of output words; invocations past it store nothing.
    pub count: u32,
    /// Number of rounds.
    pub rounds: u32,
    /// First operand of every invocation's state.
    pub seed: u32,
}

/// `KeccakParams` of `keccak.wgsl`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct KeccakParams {
    /// Number of messages; invocations past it store nothing.
    pub count: u32,
    /// Not read.
    pub unused_0: u32,
    /// Not read.
    pub unused_1: u32,
    /// Not read.
    pub unused_2: u32,
    /// Low and high word of an even round's constant, then of the odd one's.
    pub round_constants: [[u32; 4]; 12],
}

impl KeccakParams {
    /// The parameters of a batch of `count` messages.
    pub const fn new(count: u32) -> Self {
        Self {
            count,
            unused_0: 0,
            unused_1: 0,
            unused_2: 0,
            round_constants: keccak_round_constants(),
        }
    }
}

/// A message of `keccak.wgsl`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Place {
    /// Index of the message's first word.
    pub start: u32,
    /// Bytes of the message, without the padding byte that follows them.
    pub length: u32,
}

/// The constants of the 24 rounds (FIPS 202, 3.2.5), two rounds in each.
const fn keccak_round_constants() -> [[u32; 4]; 12] {
    let mut words = [[0; 4]; 12];
    // x^8 + x^6 + x^5 + x^4 + 1, one bit a step; bit 2^j - 1 of a constant is the step 7 * round + j.
    let mut register = 1u32;
    let mut round = 0;
    while round < 24 {
        let mut j = 0;
        while j < 7 {
            let bit = (1 << j) - 1;
            let word = (round % 2) * 2 + bit / 32;
            words[round / 2][word] |= (register & 1) << (bit % 32);
            register <<= 1;
            if register & 0x100 != 0 {
                register ^= 0x171;
            }
            j += 1;
        }
        round += 1;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shader;
    use std::mem::{offset_of, size_of};

    /// Members with their offsets, and the size, of a struct as naga lays it out.
    fn wgsl_layout(shader_name: &str, type_name: &str) -> (Vec<(String, usize)>, usize) {
        let source = shader(shader_name).expect("shader exists").source;
        let module = naga::front::wgsl::parse_str(source).expect("shader parses");
        module
            .types
            .iter()
            .find_map(|(_, ty)| match (&ty.name, &ty.inner) {
                (Some(name), naga::TypeInner::Struct { members, span }) if name == type_name => {
                    let members = members
                        .iter()
                        .map(|m| (m.name.clone().unwrap_or_default(), m.offset as usize))
                        .collect();
                    Some((members, *span as usize))
                }
                _ => None,
            })
            .expect("struct exists")
    }

    /// Asserts that a mirror has the members of its WGSL struct, in order, at the same offsets, and its size.
    macro_rules! assert_mirrors {
        ($shader:literal, $mirror:ident { $($member:ident),* }) => {
            let members = vec![$((stringify!($member).to_owned(), offset_of!($mirror, $member))),*];
            assert_eq!(wgsl_layout($shader, stringify!($mirror)), (members, size_of::<$mirror>()));
        };
    }

    #[test]
    fn mirrors_match() {
        assert_mirrors!(
            "probe",
            ProbeParams {
                count,
                rounds,
                seed
            }
        );
        assert_mirrors!(
            "keccak",
            KeccakParams {
                count,
                unused_0,
                unused_1,
                unused_2,
                round_constants
            }
        );
        assert_mirrors!("keccak", Place { start, length });
    }

    #[test]
    fn keccak_constants_are_those_of_the_standard() {
        let constants = keccak_round_constants();
        let round = |i: usize| {
            u64::from(constants[i / 2][i % 2 * 2 + 1]) << 32
                | u64::from(constants[i / 2][i % 2 * 2])
        };
        assert_eq!(round(0), 1);
        assert_eq!(round(1), 0x8082);
        assert_eq!(round(2), 0x8000_0000_0000_808a);
        assert_eq!(round(22), 0x8000_0001);
        assert_eq!(round(23), 0x8000_0000_8000_8008);
    }
}
