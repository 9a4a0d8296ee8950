//! The report as text: tables on a terminal, `name: value` lines elsewhere.

use super::{Choice, Gpu, Report, Sharing};
use comfy_table::{ContentArrangement, Table, presets};

/// A heading and rows of name and value.
type Section = (String, Vec<(String, String)>);

pub(super) fn text(report: &Report, terminal: bool) -> String {
    let mut text = format!("phalanx {}\n", report.version);
    for (heading, rows) in sections(report) {
        text.push_str(&format!("\n{heading}\n"));
        if terminal && !rows.is_empty() {
            let mut table = Table::new();
            table
                .load_style(presets::UTF8_FULL_CONDENSED)
                .set_content_arrangement(ContentArrangement::Dynamic)
                .add_rows(rows.into_iter().map(|(name, value)| [name, value]));
            text.push_str(&format!("{table}\n"));
        } else {
            for (name, value) in rows {
                text.push_str(&format!("  {name}: {value}\n"));
            }
        }
    }
    text
}

fn sections(report: &Report) -> Vec<Section> {
    let mut sections = vec![machine(report), backends(report), choice(report)];
    sections.extend(adapters(report));
    sections.push(sharing(report));
    sections
}

fn row(name: &str, value: impl ToString) -> (String, String) {
    (name.to_owned(), value.to_string())
}

fn machine(report: &Report) -> Section {
    let machine = &report.machine;
    let mut rows = vec![row(
        "system",
        format_args!("{} {}", machine.os, machine.architecture),
    )];
    rows.extend(machine.processor.iter().map(|name| row("processor", name)));
    for (name, features) in [
        ("features", &machine.features),
        ("missing features", &machine.missing_features),
    ] {
        if !features.is_empty() {
            rows.push(row(name, features.join(" ")));
        }
    }
    rows.extend(
        machine
            .logical_processors
            .map(|count| row("logical processors", count)),
    );
    rows.extend(
        machine
            .memory_bytes
            .map(|bytes| row("memory", mebibytes(bytes))),
    );
    ("Machine".into(), rows)
}

fn backends(report: &Report) -> Section {
    let rows = report
        .backends
        .iter()
        .map(|entry| {
            let state = match entry.available {
                true => "available",
                false => "not available",
            };
            row(&entry.backend, format_args!("{state}: {}", entry.reason))
        })
        .collect();
    ("Backends".into(), rows)
}

fn choice(report: &Report) -> Section {
    let rows = match &report.choice {
        Choice::Chosen {
            backend,
            reason,
            threads,
        } => vec![
            row("backend", backend),
            row("why", reason),
            row("threads", threads),
        ],
        Choice::Refused { reason } => vec![row("refused", reason)],
    };
    ("Choice".into(), rows)
}

#[cfg(feature = "gpu")]
fn adapters(report: &Report) -> Vec<Section> {
    use crate::gpu::Probe;

    let reports = match &report.gpu {
        Gpu::Unknown(reason) => return vec![("GPU adapters".into(), vec![row("unknown", reason)])],
        Gpu::Adapters(reports) if reports.is_empty() => {
            return vec![("GPU adapters: none".into(), Vec::new())];
        }
        Gpu::Adapters(reports) => reports,
    };
    let yes_no = |yes| if yes { "yes" } else { "no" };
    reports
        .iter()
        .zip(1..)
        .map(|(adapter, number)| {
            let description = &adapter.description;
            let probe = match &adapter.probe {
                Probe::Computes { took } => {
                    format!("computes, {:.1} ms", took.as_secs_f64() * 1e3)
                }
                Probe::Wrong { at } => format!("WRONG result, first at word {at}"),
                Probe::Failed(reason) => format!("FAILED: {reason}"),
            };
            let rows = vec![
                row("name", &description.name),
                row("backend", &description.backend),
                row("kind", description.kind),
                row("driver", &description.driver),
                row(
                    "largest storage binding",
                    mebibytes(description.max_storage_buffer_binding_bytes),
                ),
                row(
                    "workgroups in one dimension",
                    description.max_workgroups_per_dimension,
                ),
                row(
                    "workgroup memory",
                    format_args!("{} KiB", description.max_workgroup_storage_bytes / 1024),
                ),
                row("64-bit integers", yes_no(description.shader_int64)),
                row("subgroups", yes_no(description.subgroup)),
                row("probe", probe),
            ];
            (format!("GPU adapter {number}"), rows)
        })
        .collect()
}

#[cfg(not(feature = "gpu"))]
fn adapters(report: &Report) -> Vec<Section> {
    let Gpu::Unknown(reason) = &report.gpu;
    vec![("GPU adapters".into(), vec![row("unknown", reason)])]
}

fn sharing(report: &Report) -> Section {
    let rows = match &report.sharing {
        Sharing::Nothing { reason } => vec![row("nothing", reason)],
        #[cfg(feature = "gpu")]
        Sharing::Measured {
            device,
            recover,
            recover_from,
            keccak,
            keccak_from,
            milliseconds,
        } => {
            let from = |count: &Option<usize>, items| match count {
                Some(count) => format!("from {count} {items}"),
                None => "never".to_owned(),
            };
            let cost = |cost: &crate::backend::rates::Cost| {
                let rate = 1e-6 / cost.each;
                format!("{:.3} ms and {rate:.3} M/s", cost.fixed * 1e3)
            };
            vec![
                row("device", device),
                row("signatures", from(recover_from, "signatures")),
                row("signatures, CPU", cost(&recover.cpu)),
                row("signatures, GPU", cost(&recover.gpu)),
                row("Keccak-256", from(keccak_from, "blocks of 136 bytes")),
                row("Keccak-256, CPU", cost(&keccak.cpu)),
                row("Keccak-256, GPU", cost(&keccak.gpu)),
                row(
                    "measured",
                    match milliseconds {
                        Some(milliseconds) => format!("just now, in {milliseconds} ms"),
                        None => "before".to_owned(),
                    },
                ),
            ]
        }
    };
    ("Shared with the GPU by auto".into(), rows)
}

fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", bytes >> 20)
}
