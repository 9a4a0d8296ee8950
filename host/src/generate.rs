//! Chains that Phalanx generates itself from a seed.
use crate::Engine;
/// Plan
#[derive(Default, Debug)]
pub struct Plan {}
impl std::fmt::Display for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("x")
    }
}
impl Plan {
    /// b
    pub fn build(
        &self,
        _: &Engine,
    ) -> Result<(alloy_genesis::Genesis, Vec<alloy_primitives::Bytes>), String> {
        Err("no".into())
    }
}
