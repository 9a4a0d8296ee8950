//! Generated chains in files.

use super::{GenerateError, Plan};
use crate::Engine;
use std::{
    ffi::OsString,
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

/// The place of the genesis of a chain in the file `path`: beside it, its name with `.genesis.json` appended.
pub fn genesis_path(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".genesis.json");
    name.into()
}

/// Writes the genesis to [`genesis_path`] and the blocks to `path`: their RLP one after the other from block 1 on, as
/// geth exports chains. `progress` is called after each block.
///
/// Files of these names are replaced. After an error, those that remain are not a whole chain.
pub fn write(
    plan: &Plan,
    engine: &Engine,
    path: &Path,
    mut progress: impl FnMut(),
) -> Result<(), GenerateError> {
    let (genesis, blocks) = plan.blocks(engine)?;
    let genesis_path = genesis_path(path);
    let at = |path: &Path, source| GenerateError::Write {
        path: path.to_owned(),
        source,
    };
    let json =
        serde_json::to_vec_pretty(&genesis).map_err(|error| at(&genesis_path, error.into()))?;
    fs::write(&genesis_path, json).map_err(|error| at(&genesis_path, error))?;
    let file = File::create(path).map_err(|error| at(path, error))?;
    let mut out = BufWriter::new(file);
    for block in blocks {
        out.write_all(&block?).map_err(|error| at(path, error))?;
        progress();
    }
    out.flush().map_err(|error| at(path, error))
}
