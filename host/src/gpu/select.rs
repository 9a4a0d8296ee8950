//! Which adapter is used.
//!
//! The rule: of the adapters asked for, discrete ones before integrated, virtual and other ones, software last, and in
//! the order in which drivers list them among equals; the first that computes the probe right is taken.

use super::{AdapterDescription, GpuError, Probe, TIME_LIMIT, adapters, bounded, describe, probe};
use crate::config::{Config, GpuArithmetic};
use phalanx_shaders::Arithmetic;

/// What is asked of an adapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Part of its name, in any case of letters.
    pub name: Option<String>,
    /// The arithmetic of its shaders; by default the fastest that it has.
    pub arithmetic: Option<GpuArithmetic>,
    /// True if an adapter that computes on the CPU may be taken.
    pub software: bool,
}

/// An adapter that computes.
#[derive(Debug)]
pub struct Selected {
    /// The adapter.
    pub adapter: wgpu::Adapter,
    /// What its driver says.
    pub description: AdapterDescription,
    /// The variant of its shaders.
    pub arithmetic: Arithmetic,
}

impl Request {
    /// What the configuration asks for; `software` as in the field.
    pub fn new(config: &Config, software: bool) -> Self {
        Self {
            name: config.gpu.clone(),
            arithmetic: config.gpu_arithmetic,
            software,
        }
    }

    /// The adapters that answer it, by index, best first.
    fn ranked(&self, found: &[&AdapterDescription]) -> Vec<usize> {
        let wanted = self.name.as_ref().map(|name| name.to_lowercase());
        let answers = |adapter: &AdapterDescription| {
            let named = |name: &String| adapter.name.to_lowercase().contains(name);
            wanted.as_ref().is_none_or(named)
                && (self.software || adapter.kind != "software")
                && (self.arithmetic != Some(GpuArithmetic::U64) || adapter.shader_int64)
        };
        let mut ranked: Vec<usize> = (0..found.len()).filter(|&i| answers(found[i])).collect();
        ranked.sort_by_key(|&i| rank(found[i].kind));
        ranked
    }

    /// The variant for an adapter that answers it.
    fn arithmetic(&self, adapter: &AdapterDescription) -> Arithmetic {
        match self.arithmetic {
            Some(GpuArithmetic::U32) => Arithmetic::U32,
            Some(GpuArithmetic::U64) => Arithmetic::U64,
            None if adapter.shader_int64 => Arithmetic::U64,
            None => Arithmetic::U32,
        }
    }
}

fn rank(kind: &str) -> u8 {
    match kind {
        "discrete" => 0,
        "integrated" => 1,
        "virtual" => 2,
        "software" => 4,
        _ => 3,
    }
}

/// The adapter that the rule gives; an error says of each adapter why it is not the one.
pub fn select(request: &Request) -> Result<Selected, GpuError> {
    let mut found = list()?;
    let mut refused = Vec::new();
    for index in ranked(request, &found)? {
        let (description, adapter) = &found[index];
        let (name, tried) = (description.name.clone(), adapter.clone());
        let result = bounded(TIME_LIMIT, move || probe::run(&tried, TIME_LIMIT))
            .unwrap_or_else(|error| Probe::Failed(error.to_string()));
        let reason = match result {
            Probe::Computes { .. } => {
                let (description, adapter) = found.swap_remove(index);
                return Ok(Selected {
                    arithmetic: request.arithmetic(&description),
                    adapter,
                    description,
                });
            }
            Probe::Wrong { .. } => "computes wrong results".to_owned(),
            Probe::Failed(reason) => reason,
        };
        refused.push(format!("{name}: {reason}"));
    }
    let refused = refused.join("; ");
    Err(GpuError::NoAdapter(format!(
        "no adapter computes: {refused}"
    )))
}

/// An error if no adapter answers a request, whether or not it computes.
pub fn check(request: &Request) -> Result<(), GpuError> {
    ranked(request, &list()?).map(|_| ())
}

fn list() -> Result<Vec<(AdapterDescription, wgpu::Adapter)>, GpuError> {
    let adapters = bounded(TIME_LIMIT, adapters)?;
    Ok(adapters
        .into_iter()
        .map(|adapter| (describe(&adapter), adapter))
        .collect())
}

/// The adapters that answer a request, by index, best first; at least one.
fn ranked(
    request: &Request,
    found: &[(AdapterDescription, wgpu::Adapter)],
) -> Result<Vec<usize>, GpuError> {
    let descriptions: Vec<_> = found.iter().map(|(description, _)| description).collect();
    let ranked = request.ranked(&descriptions);
    if !ranked.is_empty() {
        return Ok(ranked);
    }
    if found.is_empty() {
        return Err(GpuError::NoAdapter("no adapter".into()));
    }
    let names = descriptions
        .iter()
        .map(|adapter| format!("{} ({})", adapter.name, adapter.kind));
    let names = names.collect::<Vec<_>>().join(", ");
    let text = format!("none of the adapters is what is asked for: {names}");
    Err(GpuError::NoAdapter(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapter(name: &str, kind: &'static str, shader_int64: bool) -> AdapterDescription {
        AdapterDescription {
            name: name.into(),
            backend: "vulkan".into(),
            kind,
            driver: String::new(),
            max_storage_buffer_binding_bytes: 1 << 27,
            max_workgroups_per_dimension: 65_535,
            max_workgroup_storage_bytes: 1 << 15,
            shader_int64,
            subgroup: false,
        }
    }

    #[test]
    fn the_rule() {
        let found = [
            adapter("llvmpipe", "software", true),
            adapter("Integrated", "integrated", false),
            adapter("Odd", "other", true),
            adapter("Card 1", "discrete", true),
            adapter("Guest", "virtual", true),
            adapter("Card 2", "discrete", false),
        ];
        let found = found.each_ref();
        let any = Request {
            name: None,
            arithmetic: None,
            software: true,
        };
        assert_eq!(any.ranked(&found), [3, 5, 1, 4, 2, 0]);
        let hardware = Request {
            software: false,
            ..any.clone()
        };
        assert_eq!(hardware.ranked(&found), [3, 5, 1, 4, 2]);
        let named = |name: &str| Request {
            name: Some(name.into()),
            ..any.clone()
        };
        assert_eq!(named("card").ranked(&found), [3, 5]);
        assert_eq!(named("CARD 2").ranked(&found), [5]);
        assert_eq!(named("LLVM").ranked(&found), [0]);
        assert!(named("absent").ranked(&found).is_empty());
        let forced = |arithmetic| Request {
            arithmetic: Some(arithmetic),
            ..any.clone()
        };
        assert_eq!(forced(GpuArithmetic::U64).ranked(&found), [3, 4, 2, 0]);
        assert_eq!(
            forced(GpuArithmetic::U32).ranked(&found),
            any.ranked(&found)
        );
    }

    #[test]
    fn the_variant() {
        let wide = adapter("a", "discrete", true);
        let narrow = adapter("b", "discrete", false);
        let request = |arithmetic| Request {
            name: None,
            arithmetic,
            software: false,
        };
        assert_eq!(request(None).arithmetic(&wide), Arithmetic::U64);
        assert_eq!(request(None).arithmetic(&narrow), Arithmetic::U32);
        let forced = request(Some(GpuArithmetic::U32));
        assert_eq!(forced.arithmetic(&wide), Arithmetic::U32);
    }
}
