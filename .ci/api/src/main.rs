//! The public names of a crate, one a line, out of what rustdoc says of it in JSON.
//!
//! Left out is what says little of the crate: implementations that are derived, automatic or blanket.

use public_api::Builder;
use std::{
    error::Error,
    io::{self, Write},
};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os()
        .nth(1)
        .ok_or("usage: phalanx-api JSON")?;
    let names = Builder::from_rustdoc_json(path)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build()?;
    write!(io::stdout().lock(), "{names}")?;
    Ok(())
}
