//! Recovery against published vectors and the senders of real transactions.

mod mainnet;
mod vectors;
