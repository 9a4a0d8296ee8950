//! Chains that Phalanx generates itself from a seed.
