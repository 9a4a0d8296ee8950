//! Puts every shader of this folder together, validates it and writes the table that `src/lib.rs` publishes.
//!
//! A shader that does not validate, lacks the entry point `main` or is no compute shader stops the build, and so does a
//! stage whose variants differ in more than arithmetic.

mod build {
    pub(crate) mod constants;
    pub(crate) mod describe;
    pub(crate) mod stages;
    #[allow(dead_code, unreachable_pub, reason = "a module of the crate itself")]
    #[path = "../src/status.rs"]
    pub(crate) mod status;

    pub(crate) use phalanx_kernels::curve;
}

use build::{constants, describe::describe, stages::PARTS};
use std::{
    collections::BTreeSet,
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

/// Variants of a stage: ending of the files of their parts, and name in the table.
const VARIANTS: [(&str, &str); 2] = [("_u64", "U64"), ("_u32", "U32")];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    // Cargo watches the whole folder, so a shader added or removed is noticed.
    println!("cargo::rerun-if-changed={}", folder.display());

    let stages = stages(&folder)?;
    for (name, _) in PARTS {
        if !stages.contains(*name) {
            return Err(format!("parts are listed for {name}, which is no shader").into());
        }
    }
    let mut table = String::from("&[\n");
    for name in &stages {
        let parts = PARTS.iter().find(|(stage, _)| stage == name);
        let parts = parts.map_or(&[][..], |(_, parts)| parts);
        let entry =
            stage(&folder, &out, name, parts).map_err(|error| format!("{name}: {error}"))?;
        table.push_str(&entry);
    }
    table.push_str("]\n");
    fs::write(out.join("table.rs"), table)?;
    Ok(())
}

/// Names of all stages.
fn stages(folder: &Path) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "wgsl") {
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            names.insert(stem.ok_or("name is not UTF-8")?.to_owned());
        }
    }
    Ok(names)
}

/// The table entries of a stage: one, or one for each variant.
fn stage(folder: &Path, out: &Path, name: &str, parts: &[&str]) -> Result<String, Box<dyn Error>> {
    let in_parts =
        |part: &str, ending: &str| folder.join("parts").join(format!("{part}{ending}.wgsl"));
    let has_variants = |part: &&&str| in_parts(part, VARIANTS[0].0).exists();
    let variants = match parts.iter().find(has_variants) {
        Some(_) => &VARIANTS[..],
        None => &[("", "Any")],
    };
    let mut entries = String::new();
    let mut first_bindings = None;
    for (ending, arithmetic) in variants {
        let mut source = fs::read_to_string(folder.join(format!("{name}.wgsl")))?;
        for part in parts {
            source.push('\n');
            source.push_str(&match *part {
                "constants" => constants::wgsl(ending)?,
                part if has_variants(&&part) => fs::read_to_string(in_parts(part, ending))?,
                part => fs::read_to_string(in_parts(part, ""))?,
            });
        }
        let path = out.join(format!("{name}{ending}.wgsl"));
        fs::write(&path, &source)?;
        let stage = describe(&source, *arithmetic == "U64")?;
        let interface = (stage.workgroup_size, stage.bindings.clone());
        if *first_bindings.get_or_insert(interface.clone()) != interface {
            return Err("the variants have other bindings".into());
        }
        entries.push_str(&format!(
            "    Shader {{ name: {name:?}, arithmetic: Arithmetic::{arithmetic}, source: include_str!({path:?}), entry_point: \"main\", workgroup_size: {:?}, bindings: &[{}] }},\n",
            stage.workgroup_size, stage.bindings,
        ));
    }
    Ok(entries)
}
