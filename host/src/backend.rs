//! Where batches are computed.
