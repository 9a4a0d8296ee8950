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
    }
}
