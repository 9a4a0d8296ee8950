//! What the targets share: how bytes become states, changes and nodes, and the slow forms that answers are held against.

mod compose;
mod input;
mod plain;

pub use compose::{Composer, Witness, hex_prefix, list, nibbles, string};
pub use input::{Input, address, slot};
pub use plain::{Plain, PlainAccount};

use phalanx::Engine;
use std::sync::LazyLock;

/// An engine of one thread.
pub fn engine() -> &'static Engine {
    static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
        let engine = Engine::builder().threads(1).build();
        engine.expect("an engine")
    });
    &ENGINE
}
