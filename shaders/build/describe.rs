//! What a shader's text says of itself.

use naga::{
    AddressSpace, Module, ShaderStage, StorageAccess,
    valid::{Capabilities, ValidationFlags, Validator},
};
use std::error::Error;

/// The interface of a valid stage.
pub(crate) struct Stage {
    pub(crate) workgroup_size: [u32; 3],
    /// Table entries of its bindings.
    pub(crate) bindings: String,
}

/// Parses and validates a shader, which may use 64-bit integers or not.
pub(crate) fn describe(source: &str, int64: bool) -> Result<Stage, Box<dyn Error>> {
    let module =
        naga::front::wgsl::parse_str(source).map_err(|error| error.emit_to_string(source))?;
    let mut capabilities = Capabilities::empty();
    capabilities.set(Capabilities::SHADER_INT64, int64);
    Validator::new(ValidationFlags::all(), capabilities)
        .validate(&module)
        .map_err(|error| error.emit_to_string(source))?;
    let [entry] = module.entry_points.as_slice() else {
        return Err("a stage has exactly one entry point".into());
    };
    if entry.name != "main" || entry.stage != ShaderStage::Compute {
        return Err("the entry point of a stage is a compute shader named `main`".into());
    }
    Ok(Stage {
        workgroup_size: entry.workgroup_size,
        bindings: bindings(&module)?,
    })
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
