//! `include/phalanx.h` is what cbindgen makes of the sources, in the order below.

use std::{env, fs, path::Path};

const SOURCES: [&str; 8] = [
    "version",
    "status",
    "failure",
    "types",
    "engine",
    "recovery",
    "transactions",
    "hashes",
];

/// What the header says before all else.
const INTRODUCTION: &str = "\
/*
 * Phalanx: senders, hashes and roots of Ethereum blocks, in batches. Made from the sources of phalanx-c; not to be edited
 * by hand.
 *
 * Memory: all that a call is given, inputs and outputs, is the caller's before, during and after it. The library keeps no
 * pointer to it and allocates nothing that the caller must free but engines. Outputs are written at the end of a call
 * that succeeds; a call that fails leaves them as they were, but where it says that it writes a count.
 *
 * Errors: a call gives a phalanx_status; an item of a batch has a status of its own and never spoils another, or the
 * call. NULL, misaligned pointers, lengths past what memory can hold, and outputs that overlap each other or an input whose
 * length the call is told (texts that end in NUL and engines are not such) are found and are errors. That there is as much
 * memory as a call is told, initialised where it is read, nobody can check: what each call says that the caller promises
 * must be so.
 *
 * Threads: every function may be called on any thread at any time, with the same engine as well, but for
 * phalanx_engine_free, which no other call on that engine may overlap.
 *
 * Nothing unwinds or jumps out of a call: a panic inside, which is a bug, becomes PHALANX_STATUS_PANIC, with a message on
 * stderr. Nothing else is written there but what a GPU's driver may have to say. A process that runs out of memory is aborted.
 */";

#[test]
fn the_header_is_what_the_sources_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut config =
        cbindgen::Config::from_file(folder.join("cbindgen.toml")).expect("cbindgen.toml");
    config.header = Some(INTRODUCTION.to_owned());
    let builder = cbindgen::Builder::new().with_config(config);
    let sources = SOURCES.map(|name| folder.join("src").join(name).with_extension("rs"));
    let builder = sources
        .iter()
        .fold(builder, |builder, path| builder.with_src(path));
    let mut made = Vec::new();
    builder.generate().expect("bindings").write(&mut made);
    let made = String::from_utf8(made).expect("UTF-8");
    let made = made.replace(" * # Safety", " * The caller promises:");

    let header = folder.join("include/phalanx.h");
    if env::var_os("PHALANX_RENEW_HEADER").is_some() {
        fs::write(&header, &made).expect("the header is written");
    }
    let committed = fs::read_to_string(&header).unwrap_or_default();
    assert!(
        committed == made,
        "{} is out of date; PHALANX_RENEW_HEADER=1 cargo test --release -p phalanx-c --test header renews it",
        header.display()
    );
}
