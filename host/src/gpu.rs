//! GPU adapters.
