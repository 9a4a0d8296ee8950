//! Whatever ends a trace, its file can be read.

use super::*;
use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind, panic_any},
    path::PathBuf,
};
use tracing::trace_span;
use tracing_subscriber::layer::SubscriberExt;

/// A file of its own for a test, removed with it.
struct Place(PathBuf);

impl Place {
    fn new(test: &str) -> Self {
        let name = format!("phalanx-trace-{test}-{}.json", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    /// Names and numbers of the spans in the file.
    fn spans(&self) -> Vec<(String, u64)> {
        let bytes = fs::read(&self.0).unwrap();
        let trace: Value = serde_json::from_slice(&bytes).expect("a whole trace");
        let events = trace["traceEvents"].as_array().expect("events");
        let spans = events.iter().filter(|event| event["ph"] == "X");
        let brief = |event: &Value| {
            assert!(event["dur"].as_f64().is_some_and(|time| time >= 0.0));
            let name = event["name"].as_str().unwrap().to_owned();
            (name, event["args"]["number"].as_u64().unwrap())
        };
        spans.map(brief).collect()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // A failure here must not hide the test's own.
        fs::remove_file(&self.0).ok();
    }
}

fn traced<R>(layer: ChromeLayer, work: impl FnOnce() -> R) -> R {
    let subscriber = tracing_subscriber::registry().with(layer);
    tracing::subscriber::with_default(subscriber, work)
}

fn execute(number: u64) -> tracing::Span {
    trace_span!(target: "phalanx::pipeline", "execute", number)
}

fn named(numbers: &[u64]) -> Vec<(String, u64)> {
    let name = |number: &u64| ("execute".to_owned(), *number);
    numbers.iter().map(name).collect()
}

#[test]
fn finished() {
    let place = Place::new("finished");
    let (layer, file) = create(&place.0).unwrap();
    traced(layer, || {
        execute(1).in_scope(|| ());
        trace_span!(target: "phalanx::exec", "not taken", number = 7).in_scope(|| ());
        let open = execute(2);
        let _open = open.enter();
        file.finish().unwrap();
        assert_eq!(place.spans(), named(&[1]), "what is open is left out");
    });
    assert_eq!(place.spans(), named(&[1]), "nothing comes after the end");
}

#[test]
fn nobody_finishes_it_after_a_panic() {
    let place = Place::new("panic");
    let (layer, file) = create(&place.0).unwrap();
    let command = || {
        let _file = file;
        execute(1).in_scope(|| ());
        execute(2).in_scope(|| panic_any("a panic made for this test"))
    };
    traced(layer, || {
        assert!(catch_unwind(AssertUnwindSafe(command)).is_err());
        // Other threads may go on for a while.
        execute(3).in_scope(|| ());
    });
    assert_eq!(
        place.spans(),
        named(&[1, 2]),
        "the one that panicked as well"
    );
}

#[test]
fn an_early_end() {
    let place = Place::new("early");
    let (layer, file) = create(&place.0).unwrap();
    drop(file);
    traced(layer, || execute(1).in_scope(|| ()));
    assert_eq!(place.spans(), []);
}
