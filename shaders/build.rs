//! Validates every shader of this folder and writes the table that `src/lib.rs` publishes.
//!
//! A shader that does not validate, lacks the entry point `main` or is no compute shader stops the build.

use naga::{AddressSpace, Module, ShaderStage, StorageAccess};
use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    // Cargo watches the whole folder, so a shader added or removed is noticed.
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", folder.display());

    let mut paths = fs::read_dir(&folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()?;
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "wgsl")
    });
    paths.sort();

    let mut table = String::from("&[\n");
    for path in paths {
        describe(&path, &mut table).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    table.push_str("]\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("table.rs"), table)?;
    Ok(())
}

/// Appends the table entry of one shader.
fn describe(path: &Path, table: &mut String) -> Result<(), Box<dyn Error>> {
    let name = path
        .file_stem()
        .and_then(|stem| stem.to_str())
        .ok_or("name is not UTF-8")?;
    let source = fs::read_to_string(path)?;
    let module =
        naga::front::wgsl::parse_str(&source).map_err(|error| error.emit_to_string(&source))?;
    naga::valid::Validator::new(
        naga::valid::ValidationFlags::all(),
        naga::valid::Capabilities::empty(),
    )
    .validate(&module)
    .map_err(|error| error.emit_to_string(&source))?;

    let [entry] = module.entry_points.as_slice() else {
        return Err("a stage has exactly one entry point".into());
    };
    if entry.name != "main" || entry.stage != ShaderStage::Compute {
        return Err("the entry point of a stage is a compute shader named `main`".into());
    }
    writeln!(
        table,
        "    Shader {{ name: {name:?}, source: include_str!({path:?}), entry_point: {:?}, workgroup_size: {:?}, bindings: &[{}] }},",
        entry.name,
        entry.workgroup_size,
        bindings(&module)?,
    )?;
    Ok(())
}

/// The bindings of a module in order of group and index, as table entries.
fn bindings(module: &Module) -> Result<String, Box<dyn Error>> {
    let mut layouter = naga::proc::Layouter::default();
    layouter.update(module.to_ctx())?;
    let mut found = Vec::new();
    for (_, variable) in module.global_variables.iter() {
        let Some(place) = &variable.binding else {
            continue;
        };
        let kind = match variable.space {
            AddressSpace::Uniform => "Uniform",
            AddressSpace::Storage { access } if access.contains(StorageAccess::STORE) => {
                "StorageReadWrite"
            }
            AddressSpace::Storage { .. } => "StorageRead",
            space => return Err(format!("binding in address space {space:?}").into()),
        };
        let name = variable.name.as_deref().ok_or("unnamed binding")?;
        let entry = format!(
            "Binding {{ group: {}, binding: {}, name: {name:?}, kind: BindingKind::{kind}, min_size_bytes: {} }}",
            place.group, place.binding, layouter[variable.ty].size,
        );
        found.push(((place.group, place.binding), entry));
    }
    found.sort();
    let entries: Vec<String> = found.into_iter().map(|(_, entry)| entry).collect();
    Ok(entries.join(", "))
}
