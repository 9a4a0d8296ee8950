//! Against ark-bn254, which is what revm's precompiles run by default, and against whole numbers.

mod constants;
mod fields;
mod g1;
mod g2;
mod inputs;
mod limbs;
mod pairing;
