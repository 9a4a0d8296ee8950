//! Consensus rules of headers and ommers, fork by fork.
