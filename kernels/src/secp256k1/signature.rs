//! What a recovery takes, and why it may fail.

/// Which values of s a signature may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SRule {
    /// Any in [1, n-1]: transactions before Homestead, the ecrecover precompile.
    Any,
    /// At most n/2: transactions from Homestead on (EIP-2), EIP-7702 authorizations.
    Low,
}

/// One signature to recover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecoverInput {
    /// The signed hash, big-endian; reduced modulo n.
    pub prehash: [u8; 32],
    /// r, big-endian.
    pub r: [u8; 32],
    /// s, big-endian.
    pub s: [u8; 32],
    /// Recovery id: 0 or 1 is the parity of R's y; 2 and 3 (x at or past n) are refused, as is anything else.
    pub y_parity: u8,
    /// Range of s.
    pub s_rule: SRule,
}

/// Why no address can be recovered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum RecoverError {
    /// The recovery id is not 0 or 1.
    #[error("recovery id is not 0 or 1")]
    RecoveryId,
    /// r is zero or at least n.
    #[error("r is out of range")]
    ROutOfRange,
    /// s is zero or at least n.
    #[error("s is out of range")]
    SOutOfRange,
    /// s is above n/2 where the low half is required.
    #[error("s is in the upper half")]
    HighS,
    /// No point has x = r.
    #[error("r is no x coordinate of the curve")]
    NotOnCurve,
    /// The public key would be the point at infinity.
    #[error("the public key is the point at infinity")]
    Infinity,
}
