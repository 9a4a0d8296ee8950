//! Rust mirrors of the structs that shaders and host share. The tests compare them with the WGSL member by member.

use crate::Status;
use bytemuck::{Pod, Zeroable};
use phalanx_kernels::{RecoverError, RecoverInput, SRule};

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

/// `LevelParams` of `levels.wgsl`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct LevelParams {
    /// The level's first message.
    pub first: u32,
    /// Number of its messages; invocations past it store nothing.
    pub count: u32,
}

/// `LevelNode` of `levels.wgsl`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct LevelNode {
    /// Index of the message's first word.
    pub start: u32,
    /// Bytes of the message, without the padding byte that follows them.
    pub length: u32,
    /// Index of the first byte, in all words, of the hole for its hash, or [`NO_HOLE`].
    pub hole: u32,
}

/// `NO_HOLE` of `levels.wgsl`: nothing waits for the hash.
pub const NO_HOLE: u32 = u32::MAX;

/// `MultiplyParams` of `multiply.wgsl` and `integer.wgsl`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct MultiplyParams {
    /// Rows, and the stride of the columns.
    pub count: u32,
    /// How often each operation of the stage is done.
    pub rounds: u32,
}

/// `RecoverParams` of the stages of a recovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct RecoverParams {
    /// Rows of the batch; invocations past it do nothing.
    pub count: u32,
    /// Rows that the columns have room for, at least `count`: word j of row i stands at j·stride + i.
    pub stride: u32,
    /// Invocations of the stages that invert, at least 1: each takes every lanes-th row.
    pub lanes: u32,
    /// First window of a slice of the ladder; [`FIRST_WINDOW`] begins a sum.
    pub window_high: u32,
    /// Last window of a slice, at most `window_high`; 0 ends a sum.
    pub window_low: u32,
}

/// The window that the ladder begins with. It goes down to window 0.
pub const FIRST_WINDOW: u32 = phalanx_kernels::curve::POINT_WINDOWS - 1;

/// `SignatureRow`: what the stages read of a signature. Bytes are as they come, big-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct SignatureRow {
    /// The signed hash.
    pub prehash: [u8; 32],
    /// r.
    pub r: [u8; 32],
    /// s.
    pub s: [u8; 32],
    /// Recovery id in the low byte; [`LOW_S`] if s may not be above n/2.
    pub flags: u32,
}

/// Flag of a [`SignatureRow`].
pub const LOW_S: u32 = 0x100;

impl From<&RecoverInput> for SignatureRow {
    fn from(input: &RecoverInput) -> Self {
        let low_s = match input.s_rule {
            SRule::Any => 0,
            SRule::Low => LOW_S,
        };
        Self {
            prehash: input.prehash,
            r: input.r,
            s: input.s,
            flags: u32::from(input.y_parity) | low_s,
        }
    }
}

/// `ResultRow`: what a recovery gives for a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct ResultRow {
    /// A [`Status`], if the device wrote anything.
    pub status: u32,
    /// The address where the status is [`Status::Ok`], else zeros.
    pub address: [u8; 20],
}

/// What a [`ResultRow`] says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The result, final.
    Known(Result<[u8; 20], RecoverError>),
    /// To be computed elsewhere: a crafted signature, whose key may be the point at infinity.
    Redo,
    /// No status, or no address where there is to be one: the device did not do its work.
    Unwritten,
}

impl ResultRow {
    /// The row's meaning.
    pub fn outcome(&self) -> Outcome {
        let Some(status) = Status::from_code(self.status) else {
            return Outcome::Unwritten;
        };
        Outcome::Known(match status {
            // The status was stored and the address not: no key that anyone has hashes to it.
            Status::Ok if self.address == [0; 20] => return Outcome::Unwritten,
            Status::Ok => Ok(self.address),
            Status::RecoveryId => Err(RecoverError::RecoveryId),
            Status::ROutOfRange => Err(RecoverError::ROutOfRange),
            Status::SOutOfRange => Err(RecoverError::SOutOfRange),
            Status::HighS => Err(RecoverError::HighS),
            Status::NotOnCurve => Err(RecoverError::NotOnCurve),
            Status::Redo => return Outcome::Redo,
        })
    }
}

/// Words a row of the columns that the stages of a recovery work on, by the name of the binding.
pub const COLUMNS: [(&str, u32); 7] = [
    ("status", 1),
    ("point", 16),
    ("scalar", 8),
    ("digits", 20),
    ("table", 384),
    ("sum", 25),
    ("inverse", 8),
];

/// The words of the binding `generator`: 16 for each multiple of G from 0 to 2^14, x and then y, and then those of
/// 2^128·G; 2 MiB. Multiple 0 is not looked at.
pub fn generator_table() -> Vec<u32> {
    let words = |number: [u64; 4]| {
        number
            .into_iter()
            .flat_map(|word| [word as u32, (word >> 32) as u32])
    };
    phalanx_kernels::generator_table()
        .flatten()
        .flat_map(words)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SHADERS;
    use std::mem::{offset_of, size_of};

    /// Members with their offsets, and the size, of a struct as naga lays it out; none if the shader has no such struct.
    fn wgsl_layout(source: &str, type_name: &str) -> Option<(Vec<(String, usize)>, usize)> {
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
    }

    /// Asserts that, in every shader that has the struct, it has the mirror's members, in order, at the same offsets, and
    /// its size; and that so many shaders have it.
    macro_rules! assert_mirrors {
        ($shaders:literal, $mirror:ident { $($member:ident),* }) => {
            let members = vec![$((stringify!($member).to_owned(), offset_of!($mirror, $member))),*];
            let layouts: Vec<_> = SHADERS
                .iter()
                .filter_map(|shader| wgsl_layout(shader.source, stringify!($mirror)))
                .collect();
            assert_eq!(layouts, vec![(members, size_of::<$mirror>()); $shaders]);
        };
    }

    #[test]
    fn mirrors_match() {
        assert_mirrors!(
            1,
            ProbeParams {
                count,
                rounds,
                seed
            }
        );
        assert_mirrors!(1, KeccakParams { count });
        assert_mirrors!(1, Place { start, length });
        assert_mirrors!(1, LevelParams { first, count });
        assert_mirrors!(
            1,
            LevelNode {
                start,
                length,
                hole
            }
        );
        assert_mirrors!(4, MultiplyParams { count, rounds });
        assert_mirrors!(
            16,
            RecoverParams {
                count,
                stride,
                lanes,
                window_high,
                window_low
            }
        );
        assert_mirrors!(
            16,
            SignatureRow {
                prehash,
                r,
                s,
                flags
            }
        );
        assert_mirrors!(16, ResultRow { status, address });
    }

    #[test]
    fn rows_without_a_status_are_unwritten() {
        for status in [0, 8, u32::MAX, 0x5ca1_ab1e] {
            let row = ResultRow {
                status,
                address: [1; 20],
            };
            assert_eq!(row.outcome(), Outcome::Unwritten);
        }
        for (status, name) in Status::ALL {
            let row = ResultRow {
                status: status as u32,
                address: [0; 20],
            };
            // Only a row that recovers has an address.
            let unwritten = row.outcome() == Outcome::Unwritten;
            assert_eq!(unwritten, status == Status::Ok, "{name}");
            assert_eq!(Status::from_code(status as u32), Some(status), "{name}");
        }
    }

    #[test]
    fn flags_hold_recovery_id_and_rule() {
        let mut input = RecoverInput {
            prehash: [1; 32],
            r: [2; 32],
            s: [3; 32],
            y_parity: 255,
            s_rule: SRule::Low,
        };
        assert_eq!(SignatureRow::from(&input).flags, 0x1ff);
        input.s_rule = SRule::Any;
        assert_eq!(SignatureRow::from(&input).flags, 0xff);
    }
}
