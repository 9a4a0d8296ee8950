//! `phalanx doctor`: what this machine has, what would be chosen, and why.

mod machine;
mod render;

use super::{UNREADABLE, fail, options::EngineArgs};
use crate::{Backend, backend};
use clap::Args;
use machine::Machine;
use serde::Serialize;
use std::{
    io::{self, IsTerminal},
    process::ExitCode,
};

/// Options of `phalanx doctor`.
#[derive(Debug, Clone, Args)]
pub struct DoctorArgs {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// How batches are computed.
    #[command(flatten)]
    pub engine: EngineArgs,
}

/// All that the doctor says; serialized, its JSON form.
#[derive(Debug, Serialize)]
struct Report {
    version: &'static str,
    machine: Machine,
    backends: Vec<BackendEntry>,
    choice: Choice,
    gpu: Gpu,
    sharing: Sharing,
}

/// One backend.
#[derive(Debug, Serialize)]
struct BackendEntry {
    backend: String,
    available: bool,
    reason: String,
}

/// What an engine with the options given does its batches with.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Choice {
    /// The engine's settings.
    Chosen {
        /// The backend.
        backend: String,
        /// Why this one.
        reason: String,
        /// Worker threads.
        threads: usize,
    },
    /// There is no such engine here.
    Refused {
        /// Why not.
        reason: String,
    },
}

/// What `auto` gives to a GPU.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Sharing {
    /// Large batches, by these measurements.
    #[cfg(feature = "gpu")]
    Measured {
        /// Adapter, driver and arithmetic.
        device: String,
        /// Seconds of a batch and of each signature.
        recover: crate::backend::rates::Pair,
        /// The fewest signatures of which the GPU gets any.
        recover_from: Option<usize>,
        /// Seconds of a batch and of each block of 136 bytes.
        keccak: crate::backend::rates::Pair,
        /// The fewest blocks of which the GPU gets any.
        keccak_from: Option<usize>,
        /// How long measuring took; none if it was on disk.
        milliseconds: Option<u64>,
    },
    /// Nothing.
    Nothing {
        /// Why.
        reason: String,
    },
}

/// The adapters.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Gpu {
    /// Each with the probe's result.
    #[cfg(feature = "gpu")]
    Adapters(Vec<crate::gpu::AdapterReport>),
    /// Why they can't be listed.
    Unknown(String),
}

/// Prints the report. Exit status 2 if the options given can't be had here.
pub fn run(args: &DoctorArgs) -> ExitCode {
    let report = Report {
        version: env!("CARGO_PKG_VERSION"),
        machine: Machine::detect(),
        backends: backends(&args.engine),
        choice: choose(&args.engine),
        gpu: adapters(),
        sharing: sharing(&args.engine),
    };
    let text = if args.json {
        match serde_json::to_string_pretty(&report) {
            Ok(json) => json + "\n",
            Err(error) => return fail("doctor", error),
        }
    } else {
        render::text(&report, io::stdout().is_terminal())
    };
    match (super::print("doctor", &text), report.choice) {
        (Err(code), _) => code,
        (Ok(()), Choice::Chosen { .. }) => ExitCode::SUCCESS,
        (Ok(()), Choice::Refused { .. }) => ExitCode::from(UNREADABLE),
    }
}

/// Every backend, available or not.
fn backends(args: &EngineArgs) -> Vec<BackendEntry> {
    // Settings that can't be read are the choice's to tell.
    backend::survey_for(&args.config().unwrap_or_default())
        .into_iter()
        .map(|status| BackendEntry {
            backend: status.backend.to_string(),
            available: status.available,
            reason: status.reason,
        })
        .collect()
}

/// Asks the engine itself, so that the answer is what every other command does.
fn choose(args: &EngineArgs) -> Choice {
    match args.engine() {
        Ok(engine) => Choice::Chosen {
            backend: engine.backend().to_string(),
            reason: match engine.config().backend {
                Backend::Auto | Backend::Cpu => backend::auto_choice().reason,
                _ => "asked for".into(),
            },
            threads: engine.threads(),
        },
        Err(error) => Choice::Refused {
            reason: error.to_string(),
        },
    }
}

#[cfg(feature = "gpu")]
fn sharing(args: &EngineArgs) -> Sharing {
    let measured = args
        .config()
        .map_err(|error| error.to_string())
        .and_then(|config| backend::calibration(&config).map_err(|error| error.to_string()));
    match measured {
        Ok(calibration) => Sharing::Measured {
            recover: calibration.rates.recover,
            recover_from: calibration.rates.recover.crossover(),
            keccak: calibration.rates.keccak,
            keccak_from: calibration.rates.keccak.crossover(),
            milliseconds: calibration
                .took
                .map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX)),
            device: calibration.device,
        },
        Err(reason) => Sharing::Nothing { reason },
    }
}

#[cfg(not(feature = "gpu"))]
fn sharing(_: &EngineArgs) -> Sharing {
    Sharing::Nothing {
        reason: "this build is without the feature `gpu`".into(),
    }
}

#[cfg(feature = "gpu")]
fn adapters() -> Gpu {
    match crate::gpu::survey(crate::gpu::TIME_LIMIT) {
        Ok(reports) => Gpu::Adapters(reports),
        Err(error) => Gpu::Unknown(format!("drivers don't list their adapters: {error}")),
    }
}

#[cfg(not(feature = "gpu"))]
fn adapters() -> Gpu {
    Gpu::Unknown("this build is without the feature `gpu`".into())
}
