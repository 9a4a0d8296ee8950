//! What `phalanx verify --trace` writes, and the modes of the tool.

use phalanx::{Engine, generate::Plan};
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::PathBuf, process::Command};

/// A generated chain of which there is enough to overlap, with its genesis, in a folder that is removed afterwards.
struct Chain(PathBuf);

impl Chain {
    fn new(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("phalanx-{test}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let plan = Plan {
            seed: 3,
            blocks: 30,
            transactions: 100,
        };
        let engine = Engine::builder().threads(2).build().unwrap();
        let (genesis, blocks) = plan.build(&engine).unwrap();
        fs::write(folder.join("chain.rlp"), blocks.concat()).unwrap();
        let genesis = serde_json::to_vec(&genesis).unwrap();
        fs::write(folder.join("genesis.json"), genesis).unwrap();
        Self(folder)
    }

    /// Exit status and JSON.
    fn verify(&self, args: &[&str]) -> (Option<i32>, Value) {
        let output = Command::new(env!("CARGO_BIN_EXE_phalanx"))
            .args(["verify", "--json"])
            .args(args)
            .args([self.0.join("chain.rlp"), self.0.join("genesis.json")])
            .output()
            .expect("the binary runs");
        let json = serde_json::from_slice(&output.stdout).unwrap_or_default();
        (output.status.code(), json)
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        // What stays behind is the system's to clean up.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A span: where and when, in microseconds.
#[derive(Debug, Clone)]
struct Span {
    name: String,
    row: u64,
    start: f64,
    end: f64,
    args: Value,
}

fn spans(trace: &Value) -> Vec<Span> {
    let events = trace["traceEvents"].as_array().unwrap();
    let complete = events.iter().filter(|event| event["ph"] == "X");
    complete
        .map(|event| {
            assert!(event["pid"].is_u64(), "{event}");
            let start = event["ts"].as_f64().unwrap();
            Span {
                name: event["name"].as_str().unwrap().to_owned(),
                row: event["tid"].as_u64().unwrap(),
                start,
                end: start + event["dur"].as_f64().unwrap(),
                args: event["args"].clone(),
            }
        })
        .collect()
}

/// That on each row every span lies in the one that it begins in.
fn nest(spans: &[Span]) {
    let mut rows: BTreeMap<u64, Vec<&Span>> = BTreeMap::new();
    for span in spans {
        assert!(span.end >= span.start, "{span:?}");
        rows.entry(span.row).or_default().push(span);
    }
    for row in rows.values_mut() {
        row.sort_by(|a, b| a.start.total_cmp(&b.start).then(b.end.total_cmp(&a.end)));
        let mut open: Vec<&Span> = Vec::new();
        for span in row {
            while open.last().is_some_and(|outer| outer.end <= span.start) {
                open.pop();
            }
            if let Some(outer) = open.last() {
                // Both ends are rounded.
                assert!(span.end <= outer.end + 0.01, "{span:?} in {outer:?}");
            }
            open.push(span);
        }
    }
}

#[test]
fn a_trace_shows_the_overlap() {
    let chain = Chain::new("trace");
    let file = chain.0.join("trace.json");
    // With `auto`, batches are large enough for a GPU: all signatures of this chain would be in one.
    let options = ["--threads", "2", "--backend", "portable", "--trace"];
    let options = [&options[..], &[file.to_str().unwrap()]].concat();
    let (status, json) = chain.verify(&options);
    assert_eq!((status, &json["passed"]), (Some(0), &Value::from(30)));
    let trace: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let spans = spans(&trace);
    nest(&spans);

    let named = |name: &str| -> Vec<Span> {
        let spans = spans.iter().filter(|span| span.name == name);
        spans.cloned().collect()
    };
    for name in [
        "decode",
        "hash",
        "execute",
        "evm",
        "state_root",
        "receipts_root",
    ] {
        assert!(named(name).len() >= 30, "{name}");
    }
    let numbers = named("execute");
    let mut numbers: Vec<u64> = numbers
        .iter()
        .map(|span| span.args["number"].as_u64().unwrap())
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=30).collect::<Vec<u64>>());
    let batches = named("recover");
    let sum = |key: &str| -> u64 {
        let values = batches.iter().map(|span| span.args[key].as_u64().unwrap());
        values.sum()
    };
    assert_eq!(sum("blocks"), 30);
    assert!(sum("signatures") >= 3000);
    let overlap = batches.iter().any(|batch| {
        named("evm")
            .iter()
            .any(|evm| evm.row != batch.row && evm.start < batch.end && batch.start < evm.end)
    });
    assert!(
        overlap,
        "later blocks are recovered while earlier ones execute"
    );

    let names = trace["traceEvents"].as_array().unwrap();
    let rows = names.iter().filter(|event| event["name"] == "thread_name");
    assert_eq!(rows.count(), 2, "a row for each thread");
}

#[test]
fn a_trace_that_can_not_be_written_is_refused() {
    let output = Command::new(env!("CARGO_BIN_EXE_phalanx"))
        .args(["verify", "--trace", "/no such folder/trace.json"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("no such folder"), "{message}");
}

#[test]
fn modes_change_times_alone() {
    let chain = Chain::new("modes");
    let timeless = |mode, threads| {
        let (status, mut json) = chain.verify(&["--mode", mode, "--threads", threads]);
        assert_eq!(status, Some(0), "{json}");
        let object = json.as_object_mut().unwrap();
        for key in ["stages", "transactions_per_second", "mgas_per_second"] {
            assert!(object.remove(key).is_some());
        }
        json
    };
    let first = timeless("latency", "1");
    assert_eq!(first["passed"], 30);
    for (mode, threads) in [
        ("latency", "2"),
        ("latency", "64"),
        ("throughput", "1"),
        ("throughput", "64"),
    ] {
        assert_eq!(first, timeless(mode, threads), "{mode} {threads}");
    }
    let (status, _) = chain.verify(&["--mode", "fast"]);
    assert_eq!(status, Some(2));
}
