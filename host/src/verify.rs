//! Verification of blocks against what is known of their chain and state.
