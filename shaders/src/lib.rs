//! WGSL compute shaders of Phalanx, each validated when this crate is built, and their CPU twins.

pub mod layout;
pub mod status;
pub mod twin;

pub use status::Status;

/// One stage: a WGSL file with one compute entry point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shader {
    /// File name without its ending; the twin's module has the same.
    pub name: &'static str,
    /// Arithmetic that the device must have. Variants of a stage differ in nothing else: bindings and buffers are the same.
    pub arithmetic: Arithmetic,
    /// WGSL source: the stage's file and its parts.
    pub source: &'static str,
    /// Name of the compute entry point.
    pub entry_point: &'static str,
    /// Invocations in a workgroup in x, y and z.
    pub workgroup_size: [u32; 3],
    /// Buffers in order of group and index.
    pub bindings: &'static [Binding],
}

/// The arithmetic of a shader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arithmetic {
    /// There is one variant only, which any device runs.
    Any,
    /// Products of 64 bits: needs 64-bit integers in shaders (`SHADER_INT64`). No buffer holds them.
    U64,
    /// Words of 32 bits alone, for any device.
    U32,
}

/// A buffer that a shader takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    /// Index of the bind group.
    pub group: u32,
    /// Index in the group.
    pub binding: u32,
    /// Name of the variable.
    pub name: &'static str,
    /// How the shader uses the buffer.
    pub kind: BindingKind,
    /// Least size in bytes: that of the variable's type, with one element for an array without length.
    pub min_size_bytes: u32,
}

/// How a shader uses a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BindingKind {
    /// Uniform buffer.
    Uniform,
    /// Storage buffer that is only read.
    StorageRead,
    /// Storage buffer that is written.
    StorageReadWrite,
}

/// Every shader in order of name.
pub const SHADERS: &[Shader] = include!(concat!(env!("OUT_DIR"), "/table.rs"));

/// The shader of a name that has one variant only.
pub fn shader(name: &str) -> Option<&'static Shader> {
    shader_for(name, Arithmetic::Any)
}

/// The shader of a name in the variant asked for, or the only one that it has.
pub fn shader_for(name: &str, arithmetic: Arithmetic) -> Option<&'static Shader> {
    SHADERS.iter().find(|shader| {
        shader.name == name
            && (shader.arithmetic == arithmetic || shader.arithmetic == Arithmetic::Any)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probe_is_published_as_written() {
        let probe = shader("probe").expect("probe.wgsl is in the table");
        assert_eq!(probe.entry_point, "main");
        assert_eq!(probe.workgroup_size, [64, 1, 1]);
        let bindings: Vec<_> = probe
            .bindings
            .iter()
            .map(|b| (b.group, b.binding, b.name, b.kind, b.min_size_bytes))
            .collect();
        assert_eq!(
            bindings,
            [
                (0, 0, "params", BindingKind::Uniform, 12),
                (0, 1, "output", BindingKind::StorageReadWrite, 4)
            ]
        );
        assert_eq!(shader("absent"), None);
    }
}
