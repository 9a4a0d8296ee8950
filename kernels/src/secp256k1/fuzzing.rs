//! The layers of a recovery against big integers, driven by bytes.

mod field;
mod points;
mod recovery;
mod scalars;

pub use field::field;
pub use points::points;
pub use recovery::recovery;
pub use scalars::scalars;
