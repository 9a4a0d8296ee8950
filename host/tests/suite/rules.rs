//! Header and ommer rules on real chains and official tests.

mod ancestry;
mod chains;
mod difficulty;
mod fixtures;
mod headers;
