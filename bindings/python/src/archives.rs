//! era1 archives: the history before the merge in files of up to 8,192 blocks.

use crate::{
    chain::{self, Chain},
    config::{self, Config, engine},
    input::{BytesColumn, Column, common_length},
    output::Columns,
    source::Given,
    verdicts::{Facts, Fault, Rows},
};
use alloy_consensus::Header;
use alloy_primitives::{B256, U256};
use alloy_rlp::Decodable;
use phalanx::{
    Engine,
    block::header_hash,
    exec::Chosen,
    generate::{self, Plan},
    input::{Case, CaseKind, Era1Archive, Era1Block, Era1Case, InputError, Limits},
    verify::{
        accumulator::{self, ERA_LENGTH},
        case::Options,
        drive::drive,
        report::CaseReport,
    },
};
use pyo3::{
    exceptions::{PyException, PyMemoryError, PyRuntimeError, PyValueError},
    prelude::*,
    types::{PyBytes, PyRange, PyRangeMethods},
};
use std::{ops::Range, path::PathBuf};

/// Verifies an era1 archive, or a range of its blocks.
///
/// Of each block its header is checked, against its parent's too, the roots, the ommers, the senders, and the receipts that
/// the archive holds; of the archive its index and its accumulator. With the genesis at hand and block 0 in the archive,
/// every block is executed as well, and its state root proved.
///
/// Args:
///     source: a path, bytes, or an object with `read` and `seek` (a file, a `pyarrow.NativeFile`).
///     blocks: a `range` of block numbers in the archive; by default all. Only these are read, and up to 8 before them as
///         ancestors. The accumulator is then not checked: see `era1_accumulator`.
///     genesis: file, or bytes of it, that describes the chain. By default the chain is mainnet.
///     chain: "mainnet", "sepolia", "holesky", "hoodi", "dev", or a chain id.
///     config: how to compute; by default as the environment says.
///
/// Returns:
///     A row for each block in order: `number`, `hash`, `parent_hash`, `difficulty` and `total_difficulty` (fixed-size
///     binary of 32 bytes, big-endian), `transactions`, `gas_used`, `verified`, and for blocks that aren't: the failing `check`, the
///     `transaction` at fault, `expected`, `got` and `reason`. `unchecked` lists the checks for which nothing was at hand.
///     What is false of the archive as a whole is a row without a number, whose check is "archive" (it can't be read) or
///     "accumulator".
///
/// Raises:
///     ValueError: a range with a step; an unknown chain; an unreadable genesis.
///     EngineError: the engine that the configuration asks for can't be had.
#[pyfunction]
#[pyo3(signature = (source, *, blocks=None, genesis=None, chain=None, config=None))]
pub(crate) fn verify_era1(
    py: Python<'_>,
    source: Given,
    blocks: Option<&Bound<'_, PyRange>>,
    genesis: Option<&Bound<'_, PyAny>>,
    chain: Option<Chain>,
    config: Option<&Bound<'_, Config>>,
) -> PyResult<Columns> {
    let blocks = blocks.map(numbers).transpose()?;
    let options = chain::options(chain, genesis)?;
    let engine = engine(config.map(Bound::get))?;
    let rows = py.detach(|| match read(source, blocks) {
        Ok(case) => verify(case, &engine, &options),
        Err(error) => {
            if let Some(signal) = signal(&error) {
                return Err(signal);
            }
            let mut rows = Rows::new();
            let fault = Fault {
                check: "archive".to_owned(),
                reason: config::chain(&error),
                ..Fault::default()
            };
            rows.fault(Facts::default(), fault)?;
            Ok(rows)
        }
    });
    rows?.finish()
}

/// What an archive's index says of it.
#[pyclass(frozen, get_all, module = "phalanx_verify")]
#[derive(Debug)]
pub(crate) struct Era1Index {
    /// Number of the first block.
    start: u64,
    /// How many blocks there are.
    count: u64,
    /// The accumulator root stored in the archive: a claim, until it is held against all headers.
    accumulator: Py<PyBytes>,
}

#[pymethods]
impl Era1Index {
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let accumulator = self.accumulator.bind(py).repr()?;
        let Self { start, count, .. } = self;
        Ok(format!(
            "Era1Index(start={start}, count={count}, accumulator={accumulator})"
        ))
    }
}

/// Reads the index of an era1 archive, and nothing of its blocks.
///
/// Args:
///     source: a path, bytes, or an object with `read` and `seek`.
///
/// Raises:
///     ValueError: it is no era1 archive.
///     OSError: the file can't be opened.
#[pyfunction]
pub(crate) fn era1_index(py: Python<'_>, source: Given) -> PyResult<Era1Index> {
    let opened = py.detach(|| {
        let opened = Era1Archive::open(source.open()?, &Limits::default());
        let opened = opened.map_err(|error| {
            signal(&error).unwrap_or_else(|| PyValueError::new_err(config::chain(&error)))
        })?;
        PyResult::Ok((opened.blocks(), opened.accumulator()))
    });
    let (blocks, accumulator) = opened?;
    Ok(Era1Index {
        start: blocks.start,
        count: blocks.end - blocks.start,
        accumulator: PyBytes::new(py, accumulator.as_slice()).unbind(),
    })
}

/// The accumulator root of an era: the SSZ hash tree root of its header records (block hash, total difficulty).
///
/// Args:
///     hash: binary column of block hashes in order, 32 bytes each, at most 8,192 of them.
///     total_difficulty: binary column, 32 bytes each, big-endian.
///
/// Raises:
///     ValueError: too many rows, a null, or a value of another length.
#[pyfunction]
pub(crate) fn era1_accumulator<'py>(
    py: Python<'py>,
    hash: Column,
    total_difficulty: Column,
) -> PyResult<Bound<'py, PyBytes>> {
    let hash = BytesColumn::new("hash", hash)?;
    let total = BytesColumn::new("total_difficulty", total_difficulty)?;
    let rows = common_length(&[("hash", hash.len()), ("total_difficulty", total.len())])?;
    let too_many = || {
        PyValueError::new_err(format!(
            "{rows} rows are more than the {ERA_LENGTH} of an era"
        ))
    };
    // Before memory is taken for each of them.
    if rows > ERA_LENGTH {
        return Err(too_many());
    }
    let (mut hashes, mut totals) = (Vec::new(), Vec::new());
    hash.fill(0..rows, &mut hashes);
    total.fill(0..rows, &mut totals);
    let word = |name: &str, row: usize, bytes: Option<&[u8]>| {
        let word = bytes.and_then(|bytes| B256::try_from(bytes).ok());
        word.ok_or_else(|| PyValueError::new_err(format!("{name}[{row}] has not 32 bytes")))
    };
    let records = hashes.iter().zip(&totals).enumerate();
    let records = records.map(|(row, (hash, total))| {
        let total = word("total_difficulty", row, *total)?;
        Ok((word("hash", row, *hash)?, U256::from_be_bytes(total.0)))
    });
    let records: Vec<(B256, U256)> = records.collect::<PyResult<_>>()?;
    let root = py.detach(|| accumulator::root(&records));
    let root = root.ok_or_else(too_many)?;
    Ok(PyBytes::new(py, root.as_slice()))
}

/// Writes a generated chain as era1 archives that follow each other, to try things on: real blocks and signatures, block 0
/// in the first archive, the genesis beside them in `genesis.json`. The same arguments give the same bytes.
///
/// Args:
///     folder: where to; it is made where it is absent.
///     archives: how many.
///     blocks: blocks of each, 1 to 8,192.
///     transactions: transactions of each block.
///     seed: what everything random is drawn from.
///     config: how to compute; by default as the environment says.
///
/// Returns:
///     The paths of the archives in order.
///
/// Raises:
///     ValueError: a number that can't be.
///     OSError: a file can't be written.
#[pyfunction]
#[pyo3(signature = (folder, *, archives=4, blocks=64, transactions=50, seed=1, config=None))]
pub(crate) fn generate_archives(
    py: Python<'_>,
    folder: PathBuf,
    archives: u64,
    blocks: u64,
    transactions: u64,
    seed: u64,
    config: Option<&Bound<'_, Config>>,
) -> PyResult<Vec<PathBuf>> {
    let all = archives
        .checked_mul(blocks)
        .and_then(|all| all.checked_sub(1));
    let all = all.ok_or_else(|| PyValueError::new_err("archives and blocks are 1 or more"))?;
    let plan = Plan {
        seed,
        blocks: all,
        transactions,
    };
    let engine = engine(config.map(Bound::get))?;
    let written = py.detach(|| generate::archives(&plan, &engine, &folder, blocks, || {}));
    written.map_err(|error| match error {
        generate::GenerateError::Write { path, source } => {
            std::io::Error::new(source.kind(), format!("{}: {source}", path.display())).into()
        }
        error => PyValueError::new_err(config::chain(&error)),
    })
}

/// The numbers of a range.
fn numbers(range: &Bound<'_, PyRange>) -> PyResult<Range<u64>> {
    // Numbers that are too large for the interpreter's own are none of blocks.
    let bound = |bound: PyResult<isize>| bound.ok().and_then(|bound| u64::try_from(bound).ok());
    match (bound(range.start()), bound(range.stop()), range.step()) {
        (Some(start), Some(stop), Ok(1)) => Ok(start..stop),
        _ => Err(PyValueError::new_err(
            "blocks is no range of block numbers with step 1",
        )),
    }
}

/// What a file object raised that is no error of the file: an interrupt, or the end of the program or of its memory.
fn signal(error: &InputError) -> Option<PyErr> {
    let InputError::Io(error) = error else {
        return None;
    };
    let raised = error.get_ref()?.downcast_ref::<PyErr>()?;
    Python::attach(|py| {
        let is_fault = raised.is_instance_of::<PyException>(py);
        let is_signal = !is_fault || raised.is_instance_of::<PyMemoryError>(py);
        is_signal.then(|| raised.clone_ref(py))
    })
}

fn read(source: Given, blocks: Option<Range<u64>>) -> Result<Era1Case, InputError> {
    let mut archive = Era1Archive::open(source.open()?, &Limits::default())?;
    match blocks {
        None => archive.whole(),
        Some(blocks) => archive.part(blocks),
    }
}

fn verify(mut case: Era1Case, engine: &Engine, options: &Options) -> PyResult<Rows> {
    let judged = case.blocks.iter().zip(case.start..).skip(case.ancestors);
    let facts: Vec<Facts> = judged.map(|(block, number)| facts(block, number)).collect();
    case.genesis = options.genesis.clone().filter(|_| case.start == 0);
    let executor = Chosen::new(engine, engine.config().executor);
    let case = Case {
        input: "the archive".to_owned(),
        kind: CaseKind::Era1(Box::new(case)),
    };
    let mut report = CaseReport::default();
    drive(
        engine,
        &executor,
        options,
        |sink| _ = sink(case),
        &mut |whole| report = whole,
    );
    let mut rows = Rows::new();
    let mut verdicts = report.blocks.iter();
    for facts in facts {
        match verdicts.next() {
            Some(block) => rows.verdict(facts, &block.verdict)?,
            None => rows.fault(facts, Fault::internal())?,
        }
    }
    for fault in report.faults {
        let fault = Fault {
            check: fault.check.to_owned(),
            transaction: None,
            expected: Some(fault.expected),
            got: Some(fault.got),
            reason: fault.reason,
        };
        rows.fault(Facts::default(), fault)?;
    }
    if let Some(reason) = report.unreadable {
        let fault = Fault {
            check: "archive".to_owned(),
            reason,
            ..Fault::default()
        };
        rows.fault(Facts::default(), fault)?;
    }
    match verdicts.next() {
        None => Ok(rows),
        Some(_) => Err(PyRuntimeError::new_err(
            "a defect of Phalanx: please report it: more verdicts than blocks",
        )),
    }
}

/// What the archive says of a block, be it right or not.
fn facts(block: &Era1Block, number: u64) -> Facts {
    let header = Header::decode(&mut block.header.as_slice()).ok();
    Facts {
        number: Some(number),
        hash: header.as_ref().map(header_hash),
        parent_hash: header.as_ref().map(|header| header.parent_hash),
        difficulty: header.map(|header| header.difficulty),
        total_difficulty: Some(block.total_difficulty),
    }
}
