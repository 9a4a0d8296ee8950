//! What GPU adapters do, where there is one; Mesa's lavapipe, a Vulkan driver on the CPU, counts.

use crate::engine::signatures;
use alloy_primitives::{Address, U256, keccak256};
use phalanx::{
    Backend, Engine, EngineError, GpuArithmetic, RecoverError,
    backend::{BackendError, survey},
    exec::{AccountChange, StateChanges},
    gpu::{self, Probe, TIME_LIMIT},
    trie::WorldState,
};
use revm::state::AccountInfo;
use std::{
    io::Write,
    time::{Duration, Instant},
};

/// An engine that computes on the device that would be used, on two threads besides.
///
/// Where there is none, prints one line naming the test that is skipped and returns `None`; unless
/// `PHALANX_REQUIRE_GPU` is set, as in CI, where absence is a failure.
pub(crate) fn engine(test: &str, arithmetic: GpuArithmetic) -> Option<Engine> {
    let engine = Engine::builder()
        .backend(Backend::Gpu)
        .gpu_arithmetic(arithmetic)
        .threads(2)
        .build();
    let reason = match engine {
        Ok(engine) => return Some(engine),
        Err(error) => error,
    };
    assert!(
        std::env::var_os("PHALANX_REQUIRE_GPU").is_none(),
        "{test}: {reason}, and PHALANX_REQUIRE_GPU is set"
    );
    skipped(test, &reason);
    None
}

/// Says that a test is skipped. Not by println!, which the test harness keeps to itself when a test passes.
fn skipped(test: &str, reason: &dyn std::fmt::Display) {
    let line = format!("SKIPPED {test}: {reason}\n");
    std::io::stderr()
        .write_all(line.as_bytes())
        .expect("standard error takes a line");
}

/// Both arithmetics.
pub(crate) const ARITHMETICS: [GpuArithmetic; 2] = [GpuArithmetic::U64, GpuArithmetic::U32];

/// That results were the device's, and not the CPU's in its place.
#[track_caller]
fn assert_computed(engine: &Engine, before: u64, items: usize) {
    let account = engine.gpu_account().expect("it has a device");
    assert_eq!(account.put_aside, None);
    assert!(account.computed >= before + items as u64, "{account:?}");
}

fn computed(engine: &Engine) -> u64 {
    engine.gpu_account().expect("it has a device").computed
}

/// The time that a test machine of two cores has for 4,096 recoveries, compilation included.
#[test]
fn thousands_of_recoveries_in_a_minute() {
    let inputs = signatures(4096);
    let reference = Engine::builder().threads(2).build().expect("auto");
    let expected = reference.recover(&inputs);
    assert!(expected.contains(&Err(RecoverError::NotOnCurve)));
    for arithmetic in ARITHMETICS {
        let start = Instant::now();
        let Some(engine) = engine("thousands_of_recoveries_in_a_minute", arithmetic) else {
            continue;
        };
        let before = computed(&engine);
        let results = engine.recover(&inputs);
        let took = start.elapsed();
        assert!(results == expected, "{arithmetic:?}");
        // Of rejections the CPU has the last word.
        let recovered = expected.iter().filter(|result| result.is_ok()).count();
        assert_computed(&engine, before, recovered);
        println!("{arithmetic:?}: 4,096 recoveries in {took:.1?}");
        assert!(took < Duration::from_secs(60), "{arithmetic:?}: {took:?}");
    }
}

/// Every length from nothing to nine blocks, long ones, one too long for the device, and many at once.
#[test]
fn messages_of_all_lengths() {
    let Some(engine) = engine("messages_of_all_lengths", GpuArithmetic::U32) else {
        return;
    };
    let bytes: Vec<u8> = (0..200_000u32).map(|i| (i * 7 % 251) as u8).collect();
    let long = [4095, 4096, 30_000, 65_535, 65_536, 65_537, 200_000];
    let lengths: Vec<usize> = (0..=1300).chain(long).collect();
    let messages: Vec<&[u8]> = lengths.iter().map(|&length| &bytes[..length]).collect();
    let before = computed(&engine);
    let hashes = engine.keccak256(&messages);
    for (hash, message) in hashes.iter().zip(&messages) {
        assert_eq!(*hash, keccak256(message), "{} bytes", message.len());
    }
    assert_computed(&engine, before, messages.len() - 2);
    // Enough for several batches, of which some are under way at once.
    let many: Vec<&[u8]> = (0..60_000).map(|i| &bytes[i..i + 100 + i % 100]).collect();
    let before = computed(&engine);
    let hashes = engine.keccak256(&many);
    for (hash, message) in hashes.iter().zip(&many) {
        assert_eq!(*hash, keccak256(message));
    }
    assert_computed(&engine, before, many.len());
}

/// Roots of whole tries and of changed ones: all levels of a batch in one go.
#[test]
fn tries_on_the_device() {
    let Some(engine) = engine("tries_on_the_device", GpuArithmetic::U32) else {
        return;
    };
    let cpu = Engine::builder().threads(1).build().expect("auto");
    let pairs: Vec<([u8; 8], Vec<u8>)> = (0..5_000u64)
        .map(|i| (i.to_be_bytes(), vec![i as u8 | 1; 1 + (i % 120) as usize]))
        .collect();
    for count in [1, 2, 17, 5_000] {
        let before = computed(&engine);
        assert_eq!(
            engine.secure_root(&pairs[..count]),
            cpu.secure_root(&pairs[..count])
        );
        // The keys, and a node for each at least.
        assert_computed(&engine, before, 2 * count);
    }
    let mut states = [
        (engine, WorldState::default()),
        (cpu, WorldState::default()),
    ];
    for block in 1..4u64 {
        let accounts = (0..600u64).map(|i| {
            let change = AccountChange {
                info: (i % 5 != block % 5).then(|| AccountInfo {
                    balance: U256::from(block),
                    ..AccountInfo::default()
                }),
                storage_wiped: i % 7 == block,
                storage: (0..i % 40)
                    .map(|slot| (U256::from(slot), U256::from(slot * block % 3)))
                    .collect(),
            };
            (Address::left_padding_from(&i.to_be_bytes()), change)
        });
        let changes = StateChanges {
            accounts: accounts.collect(),
        };
        for (engine, state) in &mut states {
            state.apply(engine, &changes).expect("in memory");
        }
        assert_eq!(states[0].1.root(), states[1].1.root(), "block {block}");
    }
    let account = states[0].0.gpu_account().expect("it has a device");
    assert_eq!(account.put_aside, None);
}

#[test]
fn adapters_are_found_by_name_or_refused() {
    let named = |name: &str, backend| Engine::builder().backend(backend).gpu(name).build();
    for backend in [Backend::Gpu, Backend::Auto] {
        let error = named("no adapter is called this", backend).expect_err("none is");
        let EngineError::Backend { reason, .. } = error else {
            panic!("{error}");
        };
        assert!(matches!(reason, BackendError::Gpu(_)), "{reason:?}");
    }
    for report in gpu::survey(TIME_LIMIT).expect("drivers answer") {
        let name = report.description.name.to_uppercase();
        let engine = named(&name, Backend::Gpu).expect("every adapter computes");
        let account = engine.gpu_account().expect("it has a device");
        assert_eq!(account.name.to_uppercase(), name);
        // Auto takes only what is no CPU.
        let auto = named(&name, Backend::Auto);
        assert_eq!(auto.is_ok(), report.description.kind != "software");
    }
}

/// The command that measures real hardware, on whatever there is.
#[test]
fn bench_measures_and_checks() {
    if engine("bench_measures_and_checks", GpuArithmetic::U32).is_none() {
        return;
    }
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_phalanx"))
        .args(["bench", "gpu", "--json", "--most", "1024", "--threads", "2"])
        .env("PHALANX_CACHE", env!("CARGO_TARGET_TMPDIR"))
        .output()
        .expect("the binary runs");
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{text}");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    for rows in ["recover", "keccak"] {
        let row = &json[rows][0];
        assert_eq!(row["items"], 1024, "{json}");
        for place in ["gpu_per_second", "cpu_per_second"] {
            assert!(row[place].as_f64().is_some_and(|rate| rate > 0.0), "{json}");
        }
    }
    let resident = json["resident"].as_object().expect("an object");
    assert_eq!(resident.len(), 3);
    assert!(
        resident
            .values()
            .all(|rate| rate.as_f64().is_some_and(|rate| rate > 0.0))
    );
}

/// The survey says what an engine can be built with.
#[test]
fn the_survey_knows_the_device() {
    let status = survey()
        .into_iter()
        .find(|status| status.backend == Backend::Gpu);
    let status = status.expect("it is listed");
    let any = !gpu::survey(TIME_LIMIT).expect("drivers answer").is_empty();
    assert_eq!(status.available, any, "{}", status.reason);
}

#[test]
fn every_adapter_computes() {
    let reports = gpu::survey(TIME_LIMIT).expect("drivers answer");
    if reports.is_empty() {
        assert!(
            std::env::var_os("PHALANX_REQUIRE_GPU").is_none(),
            "no adapter, and PHALANX_REQUIRE_GPU is set"
        );
        skipped("every_adapter_computes", &"no GPU adapter");
    }
    for report in reports {
        assert!(matches!(report.probe, Probe::Computes { .. }), "{report:?}");
    }
}

#[test]
fn adapters_can_be_surveyed_at_once() {
    std::thread::scope(|scope| {
        let surveys: Vec<_> = (0..3)
            .map(|_| scope.spawn(|| gpu::survey(TIME_LIMIT).map(|reports| reports.len())))
            .collect();
        let counts: Vec<_> = surveys
            .into_iter()
            .map(|survey| survey.join().expect("no panic"))
            .collect();
        assert!(counts[0].is_ok() && counts.iter().all(|count| count == &counts[0]));
    });
}
