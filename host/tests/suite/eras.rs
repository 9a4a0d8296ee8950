//! era1 archives whole and by parts: the parts give the verdicts of the whole.

mod file;
mod mainnet;
mod ommers;
mod tampered;

use phalanx::{
    Engine,
    chain::ChainSpec,
    exec::{Chosen, Executor, ExecutorKind, Serial},
    generate::{self, GenerateError, Plan},
    input::{self, Case, CaseKind, Era1Archive, Era1Case, Limits, Progress},
    pipeline::Mode,
    verdict::{BlockVerdict, Check, Outcome},
    verify::{case::Options, drive::drive, report::CaseReport},
};
use std::{
    fs::{self, File},
    io::{Cursor, Read, Seek},
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

/// Lengths of parts.
const SIZES: [u64; 3] = [1, 7, 64];
/// Blocks of a generated archive.
const PER_ARCHIVE: u64 = 64;
/// Three archives, the last one shorter.
const PLAN: Plan = Plan {
    seed: 11,
    blocks: 150,
    transactions: 3,
};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| engine(2));

fn engine(threads: usize) -> Engine {
    let builder = Engine::builder().threads(threads);
    builder.build().expect("the default backend")
}

/// A folder of its own for a test, removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("phalanx-eras-{}-{count}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A failure here must not hide the test's own.
        fs::remove_dir_all(&self.0).ok();
    }
}

/// Generated archives in memory, and the chain they are of.
struct Archives {
    genesis: Arc<alloy_genesis::Genesis>,
    options: Options,
    files: Vec<Vec<u8>>,
}

static GENERATED: LazyLock<Archives> = LazyLock::new(|| {
    let folder = Folder::new();
    let paths = generate::archives(&PLAN, &ENGINE, &folder.0, PER_ARCHIVE, || ()).expect("a chain");
    let genesis = folder.0.join("genesis.json");
    let genesis = input::read_genesis(&genesis, &Limits::default()).expect("a genesis");
    let chain = ChainSpec::from_genesis(&genesis).expect("a chain");
    let files = paths.iter().map(|path| fs::read(path).expect("an archive"));
    Archives {
        files: files.collect(),
        options: Options {
            chain: Some(chain),
            ..Options::default()
        },
        genesis,
    }
});

fn opened(bytes: &[u8]) -> Era1Archive<Cursor<&[u8]>> {
    Era1Archive::open(Cursor::new(bytes), &Limits::default()).expect("an archive")
}

/// Verifies cases one after the other.
fn judge_with<E: Executor + Clone + Send + Sync + 'static>(
    engine: &Engine,
    executor: &E,
    options: &Options,
    cases: impl Iterator<Item = Era1Case> + Send,
) -> Vec<CaseReport> {
    let mut reports = Vec::new();
    let source = |sink: &mut dyn FnMut(Case) -> ControlFlow<()>| {
        for case in cases {
            let input = format!("from {}", case.start);
            let kind = CaseKind::Era1(Box::new(case));
            if sink(Case { input, kind }).is_break() {
                return;
            }
        }
    };
    drive(engine, executor, options, source, &mut |report| {
        reports.push(report)
    });
    for report in &reports {
        assert_eq!(report.unreadable, None, "{}", report.input);
    }
    reports
}

fn judge(options: &Options, cases: impl Iterator<Item = Era1Case> + Send) -> Vec<CaseReport> {
    judge_with(&ENGINE, &Serial, options, cases)
}

/// The parts of an archive, in order.
fn parts<S: Read + Seek>(
    archive: &mut Era1Archive<S>,
    size: u64,
) -> impl Iterator<Item = Era1Case> {
    let all = archive.blocks();
    let starts = all.clone().step_by(size as usize);
    starts.map(move |start| {
        let end = all.end.min(start + size);
        archive.part(start..end).expect("a part")
    })
}

/// What a verdict says, but for the time it took.
type Said = (Option<u64>, Option<alloy_primitives::B256>, Vec<Outcome>);

fn said(verdict: &BlockVerdict) -> Said {
    let outcomes = verdict.outcomes().map(|(_, outcome)| outcome.clone());
    (verdict.number, verdict.hash, outcomes.collect())
}

/// What the verdicts of all reports say, in order.
fn verdicts(reports: &[CaseReport]) -> Vec<Said> {
    let blocks = reports.iter().flat_map(|report| &report.blocks);
    blocks.map(|block| said(&block.verdict)).collect()
}

fn failed(verdict: &BlockVerdict) -> Vec<Check> {
    let faults = verdict.outcomes().filter(|(_, outcome)| outcome.is_fault());
    faults.map(|(check, _)| check).collect()
}

fn is_verified(report: &CaseReport) -> bool {
    let mut blocks = report.blocks.iter();
    report.faults.is_empty() && blocks.all(|block| block.verdict.is_verified())
}

/// The verdicts of the first are those over its state, as far as it is at hand: in the parts whose ancestors reach back
/// to block 0.
#[test]
fn every_executor_gives_parts_the_verdicts_of_the_whole() {
    let archives = &*GENERATED;
    let genesis = || Some(Arc::clone(&archives.genesis));
    for (place, bytes) in archives.files.iter().enumerate() {
        let mut whole = opened(bytes).whole().expect("whole");
        let length = whole.blocks.len();
        let without = judge(
            &archives.options,
            std::iter::once(opened(bytes).whole().expect("whole")),
        );
        assert!(is_verified(&without[0]));
        let without = verdicts(&without);
        assert_eq!(without.len(), length);
        whole.genesis = genesis();
        let with = judge(&archives.options, std::iter::once(whole));
        assert!(is_verified(&with[0]));
        let with = verdicts(&with);
        assert_eq!(with != without, place == 0);
        for threads in [1, 2] {
            let engine = engine(threads);
            for kind in ExecutorKind::ALL {
                let executor = Chosen::new(&engine, kind);
                for mode in [Mode::Throughput, Mode::Latency] {
                    // The genesis names the chain, of later archives too.
                    let options = Options {
                        mode,
                        ..Options::default()
                    };
                    let mut case = opened(bytes).whole().expect("whole");
                    case.genesis = genesis();
                    let again = judge_with(&engine, &executor, &options, std::iter::once(case));
                    assert!(verdicts(&again) == with, "{kind}, {threads} threads");
                    for size in SIZES {
                        let mut archive = opened(bytes);
                        let cases = parts(&mut archive, size).map(|case| Era1Case {
                            genesis: genesis(),
                            ..case
                        });
                        let reports = judge_with(&engine, &executor, &options, cases);
                        let mut at = 0;
                        for report in &reports {
                            // What begins 8 blocks or less after block 0 has that as its ancestor.
                            let executed = place == 0 && at <= 8;
                            let expected = if executed { &with } else { &without };
                            let end = at + report.blocks.len();
                            let found = verdicts(std::slice::from_ref(report));
                            assert!(
                                found == expected[at..end],
                                "{at}..{end} of archive {place}, {kind}, {threads} threads"
                            );
                            assert_eq!(report.faults, []);
                            at = end;
                        }
                        assert_eq!(at, length);
                    }
                }
            }
        }
    }
}

#[test]
fn archives_follow_each_other() {
    let mut next = 0;
    let mut parent = alloy_primitives::B256::ZERO;
    let lengths: Vec<u64> = GENERATED
        .files
        .iter()
        .map(|bytes| {
            let mut archive = opened(bytes);
            assert_eq!(archive.blocks().start, next);
            next = archive.blocks().end;
            let case = archive.whole().expect("whole");
            for report in judge(&GENERATED.options, std::iter::once(case)) {
                parent = report.blocks.last().unwrap().verdict.hash.unwrap();
            }
            archive.blocks().end - archive.blocks().start
        })
        .collect();
    assert_eq!(lengths, [64, 64, 23]);
    assert_eq!(next, PLAN.blocks + 1);
    let (_, blocks) = PLAN.build(&ENGINE).unwrap();
    let last = phalanx::block::Block::decode(blocks.last().unwrap()).unwrap();
    assert_eq!(parent, last.hash);
}

#[test]
fn written_files_are_as_the_format_says() {
    let folder = Folder::new();
    let mut seen = 0;
    let paths = generate::archives(&PLAN, &ENGINE, &folder.0, PER_ARCHIVE, || seen += 1).unwrap();
    assert_eq!(seen, PLAN.blocks + 1);
    let mut names = Vec::new();
    for (index, path) in paths.iter().enumerate() {
        let bytes = fs::read(path).unwrap();
        assert!(
            bytes == GENERATED.files[index],
            "the same plan, other bytes"
        );
        let case = opened(&bytes).whole().unwrap();
        let root = case.accumulator.unwrap();
        let name = format!("phalanx-{index:05}-{}.era1", &root.to_string()[2..10]);
        assert_eq!(*path, folder.0.join(&name));
        names.push(name);
        // By a writer that has nothing from the other.
        assert!(file::written(&case) == bytes, "{}", path.display());
        // A file serves as well as memory.
        let mut archive = Era1Archive::open(File::open(path).unwrap(), &Limits::default()).unwrap();
        assert_eq!(archive.accumulator(), root);
        assert_eq!(archive.whole().unwrap().blocks, case.blocks);
    }
    names.insert(0, "genesis.json".to_owned());
    let found = fs::read_dir(&folder.0).unwrap();
    let found = found.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut found: Vec<String> = found.collect();
    found.sort();
    assert_eq!(found, names);
}

/// The reports on a folder, as the command reads it.
fn reports(folder: &Path) -> Vec<CaseReport> {
    let mut reports = Vec::new();
    let source = |sink: &mut dyn FnMut(Case) -> ControlFlow<()>| {
        let paths = [folder.to_owned()];
        _ = input::read(&paths, &Limits::default(), &Progress::default(), sink);
    };
    let options = Options::default();
    drive(&ENGINE, &Serial, &options, source, &mut |report| {
        reports.push(report)
    });
    reports
}

#[test]
fn a_folder_is_verified_with_its_genesis() {
    let folder = Folder::new();
    generate::archives(&PLAN, &ENGINE, &folder.0, PER_ARCHIVE, || ()).unwrap();
    let reports = reports(&folder.0);
    assert_eq!(reports.len(), 3);
    let mut executed = 0;
    for report in &reports {
        assert!(is_verified(report), "{:?}", report.faults);
        let verdicts = report.blocks.iter().map(|block| &block.verdict);
        let states =
            verdicts.filter(|verdict| *verdict.outcome(Check::StateRoot) == Outcome::Passed);
        executed += states.count();
    }
    assert_eq!(executed, PER_ARCHIVE as usize);
}

#[test]
fn archives_of_other_lengths() {
    let plan = Plan {
        seed: 2,
        blocks: 5,
        transactions: 1,
    };
    for (per_archive, lengths) in [
        (1, vec![1; 6]),
        (4, vec![4, 2]),
        (6, vec![6]),
        (8192, vec![6]),
    ] {
        let folder = Folder::new();
        let paths = generate::archives(&plan, &ENGINE, &folder.0, per_archive, || ()).unwrap();
        let found: Vec<_> = paths
            .iter()
            .map(|path| {
                let file = File::open(path).unwrap();
                let blocks = Era1Archive::open(file, &Limits::default())
                    .unwrap()
                    .blocks();
                blocks.end - blocks.start
            })
            .collect();
        assert_eq!(found, lengths);
        assert!(reports(&folder.0).iter().all(is_verified));
    }
    for asked in [0, 8193, u64::MAX] {
        let folder = Folder::new();
        let error = generate::archives(&plan, &ENGINE, &folder.0, asked, || ()).unwrap_err();
        assert!(matches!(error, GenerateError::ArchiveLength { asked: named } if named == asked));
        assert!(!folder.0.exists());
    }
}

/// A chain that ends in an error, and a folder that can't be one, leave no archive that is not whole.
#[test]
fn an_archive_is_whole_or_absent() {
    let plan = Plan {
        seed: 1,
        blocks: 1,
        transactions: 80_000,
    };
    let folder = Folder::new();
    let error = generate::archives(&plan, &ENGINE, &folder.0, 2, || ()).unwrap_err();
    assert!(
        matches!(error, GenerateError::BlockTooLong { .. }),
        "{error}"
    );
    let found = fs::read_dir(&folder.0).unwrap();
    let found: Vec<_> = found.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(found, ["genesis.json"]);
    let file = folder.0.join("genesis.json");
    let plan = Plan {
        transactions: 1,
        ..plan
    };
    let error = generate::archives(&plan, &ENGINE, &file, 2, || ()).unwrap_err();
    assert!(matches!(error, GenerateError::Write { .. }), "{error}");
}

/// What a file claims is not given memory before it is there.
#[test]
fn claims_take_no_memory() {
    let bytes = &GENERATED.files[2];
    let claims = |at: usize| {
        let mut bytes = bytes.clone();
        bytes[at + 2..at + 6].copy_from_slice(&(64_u32 << 20).to_le_bytes());
        bytes
    };
    // The record of the first block's header.
    let (read, most) = crate::memory::peak(|| opened(&claims(8)).part(128..129).map(drop));
    assert!(read.is_err());
    // The file itself, copied, and buffers for snappy.
    assert!(most < 4 * bytes.len() + (1 << 20), "{most}");
    let mut index = bytes.clone();
    let end = index.len();
    index[end - 8..].copy_from_slice(&8192_u64.to_le_bytes());
    let (read, most) = crate::memory::peak(|| {
        Era1Archive::open(Cursor::new(&index), &Limits::default()).map(drop)
    });
    assert!(read.is_err());
    assert!(most < bytes.len() + (1 << 18), "{most}");
}
