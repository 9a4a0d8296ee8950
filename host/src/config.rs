//! Every knob of the engine; the environment is read here and nowhere else.

/// Which arithmetic does the batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Backend {
    /// The fastest that this machine has.
    #[default]
    Auto,
    /// Scalar code for any processor.
    Portable,
    /// AVX2, four lanes.
    Avx2,
    /// AVX-512 with IFMA, eight lanes.
    Avx512,
    /// WGSL compute shaders.
    Gpu,
}

/// Settings of an [`Engine`](crate::Engine).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Config {
    /// The backend asked for.
    pub backend: Backend,
}
