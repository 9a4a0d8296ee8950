//! The binary itself: filters in pipes, exit statuses, the doctor.

use alloy_primitives::{hex, keccak256};
use phalanx::backend::survey;
use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Vector of the ecrecover precompile; its s is above n/2.
const ECRECOVER: &str = "18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c \
     73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f \
     eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549 1c";
const ECRECOVER_SIGNER: &str = "0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b";

/// The signed transaction of EIP-155.
const EIP155: &str = "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080\
     25a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276\
     a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83";
const EIP155_SIGNER: &str = "0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f";

const KECCAK_EMPTY: &str = "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470";

fn phalanx(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phalanx"));
    command
        .args(args)
        .env("PHALANX_CACHE", env!("CARGO_TARGET_TMPDIR"))
        // Mesa complains on standard error where it is not set.
        .env("XDG_RUNTIME_DIR", env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs the binary on a whole input.
fn run(args: &[&str], input: impl AsRef<[u8]> + Send) -> Output {
    let mut child = phalanx(args).spawn().expect("the binary starts");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    thread::scope(|scope| {
        scope.spawn(move || {
            // A child that ends before it has read everything is the test's to judge.
            let _ = stdin.write_all(input.as_ref());
        });
        child.wait_with_output().expect("the binary ends")
    })
}

/// Lines on standard output and the exit status.
fn answers(args: &[&str], input: impl AsRef<[u8]> + Send) -> (Vec<String>, Option<i32>) {
    let output = run(args, input);
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("answers are ASCII");
    assert!(text.is_empty() || text.ends_with('\n'));
    (
        text.lines().map(str::to_owned).collect(),
        output.status.code(),
    )
}

#[test]
fn recover_known_answers_among_bad_lines() {
    let input = [
        ECRECOVER,
        "nonsense",
        EIP155,
        "",
        "1 2 3",
        &ECRECOVER.replace(" 1c", " 28\r"),
        &ECRECOVER.replace(" 1c", " 2"),
        &format!("{} 0 1 0", "11".repeat(32)),
        &format!("{} 1 {} 0", "11".repeat(32), "f".repeat(64)),
        &format!("{} 5 1 0", "11".repeat(32)),
        ECRECOVER,
    ]
    .join("\n");
    let (lines, status) = answers(&["recover"], &input);
    assert_eq!(
        lines,
        [
            ECRECOVER_SIGNER,
            "error: hex",
            EIP155_SIGNER,
            "error: fields",
            "error: fields",
            ECRECOVER_SIGNER,
            "error: recovery id",
            "error: r range",
            "error: s range",
            "error: not on curve",
            ECRECOVER_SIGNER,
        ]
    );
    assert_eq!(status, Some(1));
}

#[test]
fn recover_low_s() {
    let input = format!("{ECRECOVER}\n{EIP155}\n");
    assert_eq!(
        answers(&["recover", "--low-s", "--threads", "1"], &input),
        (vec!["error: high s".into(), EIP155_SIGNER.into()], Some(1))
    );
    assert_eq!(
        answers(&["recover", "--backend", "portable"], &input),
        (vec![ECRECOVER_SIGNER.into(), EIP155_SIGNER.into()], Some(0))
    );
}

/// Every backend gives the same lines, or says which feature the processor lacks and gives none.
#[test]
fn keccak_on_each_backend() {
    let input: String = (0..200)
        .map(|i| format!("{}\n", "5a".repeat(i * 29 % 700)))
        .collect();
    let expected: Vec<String> = (0..200)
        .map(|i| keccak256(vec![0x5a; i * 29 % 700]).to_string())
        .collect();
    for status in survey() {
        let args = ["keccak", "--backend", status.backend.name()];
        if status.available {
            assert_eq!(answers(&args, &input), (expected.clone(), Some(0)));
        } else {
            let output = run(&args, &input);
            assert_eq!(output.status.code(), Some(2), "{args:?}");
            assert!(output.stdout.is_empty(), "{args:?}");
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(text.contains(&status.reason), "{text}");
        }
    }
}

#[test]
fn keccak_lines_of_all_kinds() {
    let (lines, status) = answers(
        &["keccak"],
        b"\n0x\r\n0x616263\n616263\r\n\xff\xfe\x00\n0x1\n\n 00 \nABCD",
    );
    let abc = keccak256("abc").to_string();
    assert_eq!(
        lines,
        [
            KECCAK_EMPTY,
            KECCAK_EMPTY,
            &abc,
            &abc,
            "error: hex",
            "error: hex",
            KECCAK_EMPTY,
            &keccak256([0]).to_string(),
            &keccak256([0xab, 0xcd]).to_string(),
        ]
    );
    assert_eq!(status, Some(1));
}

#[test]
fn no_line_no_answer() {
    for filter in ["recover", "keccak"] {
        assert_eq!(answers(&[filter], ""), (vec![], Some(0)), "{filter}");
    }
}

#[test]
fn many_lines_keep_their_order() {
    const LINES: u32 = 100_000;
    let input: String = (0..LINES)
        .map(|i| match i % 1000 {
            999 => format!("bad {i}\n"),
            _ => format!("{i:08x}\n"),
        })
        .collect();
    let start = Instant::now();
    let (lines, status) = answers(&["keccak"], &input);
    // Some hundred times what it takes, so that only a loss of batching or of buffering is found out.
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_eq!(lines.len(), LINES as usize);
    assert_eq!(status, Some(1));
    for (i, line) in (0..LINES).zip(lines) {
        let expected = match i % 1000 {
            999 => "error: hex".into(),
            _ => keccak256(i.to_be_bytes()).to_string(),
        };
        assert_eq!(line, expected, "line {i}");
    }
}

#[test]
fn line_limit() {
    const LIMIT: usize = 64 << 20;
    let at_limit = vec![b'0'; LIMIT];
    let input = [
        b"00\n".as_slice(),
        &at_limit,
        b"0\n01\n",
        &at_limit,
        b"\n02",
    ]
    .concat();
    let (lines, status) = answers(&["keccak"], input);
    assert_eq!(
        lines,
        [
            keccak256([0]).to_string(),
            "error: line too long".into(),
            keccak256([1]).to_string(),
            keccak256(vec![0; LIMIT / 2]).to_string(),
            keccak256([2]).to_string(),
        ]
    );
    assert_eq!(status, Some(1));
}

/// Waits for a child that must end by itself.
fn ends(mut child: Child) -> Option<i32> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("the child can be waited for") {
            return status.code();
        }
        if start.elapsed() > Duration::from_secs(30) {
            child.kill().expect("the child can be ended");
            panic!("the binary does not end");
        }
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn each_line_is_answered_while_the_pipe_stays_open() {
    for (filter, line, answer) in [
        ("keccak", "", KECCAK_EMPTY),
        ("recover", EIP155, EIP155_SIGNER),
    ] {
        let mut child = phalanx(&[filter]).spawn().expect("the binary starts");
        let mut stdin = child.stdin.take().expect("stdin is piped");
        let mut stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        for _ in 0..3 {
            writeln!(stdin, "{line}").expect("the binary reads");
            let mut got = String::new();
            stdout.read_line(&mut got).expect("the binary answers");
            assert_eq!(got.trim_end(), answer);
        }
        drop(stdin);
        assert_eq!(ends(child), Some(0));
    }
}

#[test]
fn a_closed_pipe_ends_a_filter_quietly() {
    let mut child = phalanx(&["keccak"]).spawn().expect("the binary starts");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let mut stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
    let mut stderr = child.stderr.take().expect("stderr is piped");
    // Ends when the child does: the input itself never ends.
    let endless = thread::spawn(move || while stdin.write_all(b"00\n01\n").is_ok() {});
    let mut first = String::new();
    stdout.read_line(&mut first).expect("the binary answers");
    assert_eq!(first.trim_end(), keccak256([0]).to_string());
    drop(stdout);
    assert_eq!(ends(child), Some(0));
    endless.join().expect("the writer ends");
    let mut message = String::new();
    stderr.read_to_string(&mut message).expect("stderr is text");
    assert_eq!(message, "");
}

#[test]
#[cfg(unix)]
fn unreadable_input_is_reported() {
    for command in ["recover", "keccak", "root"] {
        let folder = std::fs::File::open(env!("CARGO_MANIFEST_DIR")).expect("folder opens");
        let output = phalanx(&[command])
            .stdin(folder)
            .output()
            .expect("the binary runs");
        assert_eq!(output.status.code(), Some(2));
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            message.starts_with(&format!("phalanx {command}: can't read: ")),
            "{message}"
        );
    }
}

/// Lines of `key value` in hex.
fn pairs(pairs: &[(&str, &str)]) -> String {
    pairs
        .iter()
        .map(|(key, value)| format!("{} 0x{}\n", hex::encode(key), hex::encode(value)))
        .collect()
}

#[test]
fn roots() {
    let root = |args: &[&str], input: String| {
        let (lines, status) = answers(&[&["root"], args].concat(), input);
        assert_eq!((lines.len(), status), (1, Some(0)));
        lines.concat()
    };
    const EMPTY: &str = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";
    assert_eq!(root(&[], String::new()), EMPTY);
    assert_eq!(root(&[], "01 02\n02 03\n02 0x\n01".into()), EMPTY);

    // ethereum/tests, TrieTests/trieanyorder.json: singleItem and puppy, whose keys are prefixes of one another;
    // trieanyorder_secureTrie.json: puppy.
    let single = pairs(&[("A", &"a".repeat(50))]);
    assert_eq!(
        root(&[], single),
        "0xd23786fb4a010da3ce639d66d5e904a11dbc02746d1ce25029e53290cabf28ab"
    );
    let mut puppy = vec![
        ("do", "verb"),
        ("horse", "stallion"),
        ("doge", "coin"),
        ("dog", "puppy"),
    ];
    const PUPPY: &str = "0x29b235a58c3c25ab83010c327d5932bcf05324b7d6b1185e650798034783ca9d";
    assert_eq!(root(&["--secure"], pairs(&puppy)), PUPPY);
    assert_eq!(
        root(&[], pairs(&puppy)),
        "0x5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84"
    );
    puppy.reverse();
    puppy.insert(0, ("dog", "overwritten below"));
    puppy.push(("cat", "deleted below"));
    let text = pairs(&puppy) + "636174\n";
    assert_eq!(root(&["--secure"], text.replace('\n', "\r\n")), PUPPY);
}

#[test]
fn a_bad_pair_is_named() {
    for (input, message) in [
        ("01 02\n03 0", "line 2: hex"),
        ("01 02\n\n", "line 2: fields"),
        ("01 02 03", "line 1: fields"),
    ] {
        let output = run(&["root"], input);
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout.is_empty());
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(text, format!("phalanx root: {message}\n"));
    }
    let too_long = format!("00\n{} 01\n", "00".repeat(1025));
    assert_eq!(run(&["root"], too_long).status.code(), Some(2));
}

#[test]
fn the_deepest_trie_has_a_root() {
    let input: String = (1..=1024)
        .map(|length| format!("{} 01\n", "00".repeat(length)))
        .collect();
    let (lines, status) = answers(&["root", "--threads", "1"], input);
    assert_eq!((lines.len(), status), (1, Some(0)));
}

#[test]
fn what_cannot_be_had_is_refused() {
    for args in [
        &["keccak", "--backend", "nonsense"][..],
        &["keccak", "--threads", "0"],
        &["keccak", "--threads", "x"],
        &["--log", "phalanx=nonsense", "keccak"],
        &["nonsense"],
        &[],
    ] {
        let output = run(args, "");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stdout.is_empty());
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn help_names_every_command() {
    let output = run(&["--help"], "");
    assert_eq!(output.status.code(), Some(0));
    let help = String::from_utf8(output.stdout).expect("help is text");
    for command in [
        "verify", "generate", "recover", "keccak", "root", "doctor", "bench",
    ] {
        assert!(
            help.contains(&format!("\n  {command} ")),
            "{command}: {help}"
        );
        assert_eq!(run(&[command, "--help"], "").status.code(), Some(0));
    }
}

#[test]
fn doctor_in_both_forms() {
    let output = run(&["doctor", "--json", "--threads", "2"], "");
    assert_eq!(output.status.code(), Some(0));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("valid JSON");
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(json["machine"]["architecture"], std::env::consts::ARCH);
    assert_eq!(json["choice"]["chosen"]["threads"], 2);
    let chosen = &json["choice"]["chosen"]["backend"];
    let backends = json["backends"].as_array().expect("a list of backends");
    let available = |name: &serde_json::Value| {
        backends
            .iter()
            .any(|entry| entry["backend"] == *name && entry["available"] == true)
    };
    assert!(available(chosen) && available(&"portable".into()), "{json}");

    let output = run(&["doctor"], "");
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).expect("the report is text");
    for heading in [
        "\nMachine\n",
        "\nBackends\n",
        "\nChoice\n",
        "\nGPU adapter",
        "\nShared with the GPU by auto\n",
    ] {
        assert!(text.contains(heading), "{text}");
    }
}
