//! What GPU adapters do, where there is one; Mesa's lavapipe, a Vulkan driver on the CPU, counts.

use phalanx::gpu::{self, Probe, TIME_LIMIT};

#[test]
fn every_adapter_computes() {
    let reports = gpu::survey(TIME_LIMIT).expect("drivers answer");
    if reports.is_empty() {
        assert!(
            std::env::var_os("PHALANX_REQUIRE_GPU").is_none(),
            "no adapter, and PHALANX_REQUIRE_GPU is set"
        );
        println!("SKIPPED every_adapter_computes: no GPU adapter");
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
