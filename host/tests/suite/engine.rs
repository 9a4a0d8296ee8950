//! The engine: what it is built from, and that its answers don't depend on threads, thresholds or where it is called.

mod reference;

use alloy_primitives::{B256, keccak256};
use phalanx::{
    Backend, Config, Engine, EngineError, RecoverError, RecoverInput, SRule,
    backend::PoolError,
    backend::{auto_choice, cpu_features, survey},
};
use rayon::prelude::*;

fn engine(threads: usize) -> Engine {
    engine_of(Backend::Auto, threads)
}

fn engine_of(backend: Backend, threads: usize) -> Engine {
    let builder = Engine::builder().backend(backend).threads(threads);
    // A task for each item, so that tiny batches go through the pool.
    let builder = builder.recover_chunk_items(1).keccak_chunk_blocks(1);
    builder.build().expect("an available backend")
}

/// Every backend that this machine has.
fn available() -> impl Iterator<Item = Backend> {
    let statuses = survey().into_iter().filter(|status| status.available);
    statuses.map(|status| status.backend)
}

fn messages(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|i| vec![i as u8; i * 37 % 500]).collect()
}

/// Signatures that nobody made: any r that is an x coordinate recovers to someone. One in seven is out of range.
pub(crate) fn signatures(count: u64) -> Vec<RecoverInput> {
    (0..count)
        .map(|i| {
            let hash = |salt: &[u8]| keccak256([salt, &i.to_be_bytes()].concat()).0;
            RecoverInput {
                prehash: hash(b"prehash"),
                r: hash(b"r"),
                s: if i % 7 == 0 { [0; 32] } else { hash(b"s") },
                y_parity: (i % 2) as u8,
                s_rule: SRule::Any,
            }
        })
        .collect()
}

fn one_by_one(inputs: &[RecoverInput]) -> Vec<Result<alloy_primitives::Address, RecoverError>> {
    let single = engine(1);
    inputs
        .iter()
        .flat_map(|input| single.recover(std::slice::from_ref(input)))
        .collect()
}

fn assert_send_and_sync<T: Send + Sync + Clone + std::fmt::Debug>(_: &T) {}

#[test]
fn results_do_not_depend_on_backends_threads_or_thresholds() {
    let messages = messages(300);
    let hashes: Vec<B256> = messages.iter().map(keccak256).collect();
    let inputs = signatures(150);
    let expected = one_by_one(&inputs);
    assert!(expected.iter().any(Result::is_ok));
    assert!(expected.contains(&Err(RecoverError::SOutOfRange)));
    assert!(expected.contains(&Err(RecoverError::NotOnCurve)));
    let settings = available().flat_map(|backend| [1, 2, 3, 8].map(|threads| (backend, threads)));
    for (backend, threads) in settings {
        let default = Engine::builder().backend(backend).threads(threads).build();
        for engine in [
            engine_of(backend, threads),
            default.expect("an available backend"),
        ] {
            assert_send_and_sync(&engine);
            assert_eq!(engine.backend(), backend);
            assert_eq!(engine.threads(), threads);
            assert_eq!(engine.keccak256(&messages), hashes);
            assert_eq!(engine.recover(&inputs), expected);
            for few in [0, 1, 2, 3] {
                assert_eq!(engine.keccak256(&messages[..few]), hashes[..few]);
                assert_eq!(engine.recover(&inputs[..few]), expected[..few]);
            }
        }
    }
}

/// Batches from within the pool, from within a batch's own parallel iterator, and from another engine's pool.
#[test]
fn calls_nest_without_deadlock() {
    let messages = messages(64);
    let hashes: Vec<B256> = messages.iter().map(keccak256).collect();
    let inputs = signatures(20);
    let expected = one_by_one(&inputs);
    for threads in [1, 2, 4] {
        let (outer, inner) = (engine(threads), engine(2));
        outer.install(|| {
            assert_eq!(rayon::current_num_threads(), threads);
            (0..16).into_par_iter().for_each(|i| {
                assert_eq!(outer.keccak256(&messages), hashes);
                let other = if i % 2 == 0 { &outer } else { &inner };
                assert_eq!(other.recover(&inputs), expected);
                other.install(|| assert_eq!(outer.keccak256(&messages), hashes));
            });
        });
    }
}

#[test]
fn many_threads_share_one_engine() {
    let engine = engine(2);
    let inputs = signatures(30);
    let expected = one_by_one(&inputs);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let engine = engine.clone();
            scope.spawn(|| {
                let engine = engine;
                assert_eq!(engine.recover(&inputs), expected);
            });
        }
    });
}

#[test]
fn what_is_asked_for_is_what_is_had() {
    for status in survey() {
        let built = Engine::builder().backend(status.backend).threads(1).build();
        match built {
            Ok(engine) => {
                assert!(status.available, "{}", status.backend);
                assert_eq!(engine.backend(), status.backend);
                assert_eq!(engine.config().backend, status.backend);
            }
            Err(error) => {
                assert!(!status.available, "{}", status.backend);
                let EngineError::Backend { backend, reason } = &error else {
                    panic!("{error}");
                };
                assert_eq!(*backend, status.backend);
                assert_eq!(reason.to_string(), status.reason);
                let text = error.to_string();
                assert!(text.contains(&status.reason), "{text}");
                assert!(text.contains(backend.name()), "{text}");
            }
        }
    }
    let auto = Engine::builder().threads(1).build().expect("auto");
    assert_eq!(auto.backend(), auto_choice().backend);
    assert_eq!(auto.config().backend, Backend::Auto);
}

#[test]
fn senseless_settings_are_refused() {
    for threads in [0, Config::MAX_THREADS + 1, usize::MAX] {
        let error = Engine::builder().threads(threads).build();
        assert!(matches!(error, Err(EngineError::Pool(PoolError::Threads(n))) if n == threads));
    }
    for (config, name) in [
        (
            Config {
                recover_chunk_items: 0,
                ..Config::default()
            },
            "recover_chunk_items",
        ),
        (
            Config {
                keccak_chunk_blocks: 0,
                ..Config::default()
            },
            "keccak_chunk_blocks",
        ),
    ] {
        let error = Engine::builder().config(config).build();
        assert!(matches!(error, Err(EngineError::ZeroThreshold(field)) if field == name));
    }
    let huge = Engine::builder()
        .threads(2)
        .recover_chunk_items(usize::MAX)
        .keccak_chunk_blocks(usize::MAX)
        .build()
        .expect("a threshold that nothing reaches");
    assert_eq!(huge.keccak256(&messages(9)).len(), 9);
}

#[test]
fn features_are_listed_once() {
    let features = cpu_features();
    for (i, (name, _)) in features.iter().enumerate() {
        assert!(features[..i].iter().all(|(earlier, _)| earlier != name));
    }
    if cfg!(target_arch = "x86_64") {
        assert!(features.contains(&("sse2", true)), "part of x86-64");
    }
}
