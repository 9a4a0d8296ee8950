//! `phalanx recover` on every backend: the same lines, answers and errors alike.

use alloy_primitives::{hex, keccak256};
use phalanx::backend::survey;
use std::{
    io::Write,
    process::{Command, Stdio},
};

/// The hash, r and s of nobody's signatures, some of them out of range, and every v that there is, besides lines that
/// are no signature.
fn input() -> String {
    let number = |salt: &str, i: u32| hex::encode(keccak256(format!("{salt} {i}")));
    let mut lines: String = (0..500)
        .map(|i| {
            let r = match i % 23 {
                0 => "0".to_owned(),
                1 => "f".repeat(64),
                2..5 => format!("{:x}", i / 23),
                _ => number("r", i),
            };
            let s = if i % 19 == 0 {
                "f".repeat(64)
            } else {
                number("s", i)
            };
            let v = ["0", "1", "27", "28", "1b", "0x1c", "2"][i as usize % 7];
            format!("{} {r} {s} {v}\n", number("hash", i))
        })
        .collect();
    lines.push_str("\nnonsense\nc0\n");
    lines
}

fn recover(backend: &str, low_s: bool, input: &str) -> (String, Option<i32>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phalanx"));
    command.args(["recover", "--backend", backend]);
    command.env("PHALANX_CACHE", env!("CARGO_TARGET_TMPDIR"));
    if low_s {
        command.arg("--low-s");
    }
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut stdin = child.stdin.take().expect("it is piped");
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    writer
        .join()
        .expect("no panic")
        .expect("it reads to the end");
    let text = String::from_utf8(output.stdout).expect("lines are text");
    (text, output.status.code())
}

#[test]
fn the_same_lines_on_every_backend() {
    let input = input();
    for low_s in [false, true] {
        let (expected, status) = recover("reference", low_s, &input);
        assert_eq!(status, Some(1));
        assert_eq!(expected.lines().count(), 503);
        for answer in [
            "\n0x",
            "r range",
            "s range",
            "not on curve",
            "recovery id",
            "fields",
        ] {
            assert!(expected.contains(answer), "{answer}: {expected}");
        }
        assert_eq!(expected.contains("high s"), low_s);
        for status in survey().into_iter().filter(|status| status.available) {
            let (answers, code) = recover(status.backend.name(), low_s, &input);
            assert!(answers == expected, "{}:\n{answers}", status.backend);
            assert_eq!(code, Some(1));
        }
    }
}
