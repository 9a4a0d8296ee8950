//! Blocks in columns, alone or over their witnesses.

use crate::{
    chain::{self, Chain},
    config::{Config, engine},
    input::{BytesColumn, Column, ListColumn, common_length},
    output::Columns,
    verdicts::{Facts, Fault, Rows},
};
use alloy_primitives::Bytes;
use phalanx::{
    Engine,
    block::{Block, BlockDecodeError},
    chain::ChainSpec,
    exec::Chosen,
    input::{Case, CaseKind, ListedBlock, WitnessCase},
    verify::{case::Options, drive::drive, report::CaseReport},
};
use pyo3::{
    exceptions::{PyRuntimeError, PyValueError},
    prelude::*,
};
use std::{
    ops::{ControlFlow, Range},
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
};

/// Blocks decoded at once and verified as one list.
const LISTED: usize = 256;
/// The same over witnesses, which are some megabytes each.
const WITNESSED: usize = 8;

/// Verifies blocks.
///
/// Without `state`, what a block holds itself is checked: its header (against its parent too, where that is the row
/// before), roots, ommers, senders, and the receipts if they are given. With `state`, each block is executed over its
/// witness and its state root proved; the parent's header must be among `headers`, as `debug_executionWitness` has it.
///
/// Args:
///     block: binary column of the RLP of whole blocks.
///     receipts: lists of binary: EIP-2718 bytes of each block's receipts.
///     state: lists of binary: RLP of trie nodes, in any order.
///     codes: lists of binary: contract codes, in any order.
///     headers: lists of binary: RLP of ancestors' headers, in any order.
///     chain: "mainnet", "sepolia", "holesky", "hoodi", "dev", or a chain id.
///     genesis: file, or bytes of it, that describes the chain. Where neither is given, the chain is mainnet, and with `state`
///         the one that the block's own transactions are bound to.
///     config: how to compute; by default as the environment says.
///
/// Returns:
///     A row for each block: `number`, `hash`, `parent_hash`, `difficulty`, `total_difficulty` (null here), `transactions`, `gas_used`,
///     `verified`, and for blocks that aren't: the failing `check`, the `transaction` at fault, `expected`, `got` and
///     `reason`. `unchecked` lists the checks for which nothing was at hand.
///
/// Raises:
///     TypeError: a column is of another type.
///     ValueError: the columns differ in length; receipts beside state; an unknown chain; an unreadable genesis.
///     EngineError: the engine that the configuration asks for can't be had.
#[pyfunction]
#[pyo3(signature = (
    block, *, receipts=None, state=None, codes=None, headers=None, chain=None, genesis=None, config=None
))]
#[expect(clippy::too_many_arguments, reason = "they have names in Python")]
pub(crate) fn verify_blocks(
    py: Python<'_>,
    block: Column,
    receipts: Option<Column>,
    state: Option<Column>,
    codes: Option<Column>,
    headers: Option<Column>,
    chain: Option<Chain>,
    genesis: Option<&Bound<'_, PyAny>>,
    config: Option<&Bound<'_, Config>>,
) -> PyResult<Columns> {
    let list = |name, column: Option<Column>| {
        column
            .map(|column| ListColumn::new(name, column))
            .transpose()
    };
    let given = Blocks {
        block: BytesColumn::new("block", block)?,
        receipts: list("receipts", receipts)?,
        state: list("state", state)?,
        codes: list("codes", codes)?,
        headers: list("headers", headers)?,
    };
    let rows = given.check()?;
    let mut options = chain::options(chain, genesis)?;
    if given.state.is_none() && options.chain.is_none() {
        // A row says nothing about another row's chain.
        options.chain = Some(ChainSpec::mainnet());
    }
    let engine = engine(config.map(Bound::get))?;
    py.detach(|| given.verify(rows, &engine, &options))?
        .finish()
}

/// The columns of a call.
struct Blocks {
    block: BytesColumn,
    receipts: Option<ListColumn>,
    state: Option<ListColumn>,
    codes: Option<ListColumn>,
    headers: Option<ListColumn>,
}

impl Blocks {
    /// The number of rows, if the columns fit each other.
    fn check(&self) -> PyResult<usize> {
        let lists = [
            ("receipts", &self.receipts),
            ("state", &self.state),
            ("codes", &self.codes),
            ("headers", &self.headers),
        ];
        let lists = lists
            .into_iter()
            .filter_map(|(name, list)| Some((name, list.as_ref()?.len())));
        let lengths: Vec<_> = [("block", self.block.len())]
            .into_iter()
            .chain(lists)
            .collect();
        if self.state.is_none() && (self.codes.is_some() || self.headers.is_some()) {
            return Err(PyValueError::new_err(
                "codes and headers are parts of a witness: give state too",
            ));
        }
        if self.state.is_some() && self.receipts.is_some() {
            return Err(PyValueError::new_err(
                "receipts follow from execution over state: give one of them",
            ));
        }
        common_length(&lengths)
    }

    /// A row for each of as many rows, in order. Ends early on a signal.
    fn verify(&self, rows: usize, engine: &Engine, options: &Options) -> PyResult<Rows> {
        let executor = Chosen::new(engine, engine.config().executor);
        let (plans, planned) = mpsc::channel();
        let broken_off = AtomicBool::new(false);
        let mut verdicts = Rows::new();
        let mut result = Ok(());
        let source = |sink: &mut dyn FnMut(Case) -> ControlFlow<()>| {
            let mut slabs = Slabs::new(self);
            for start in (0..rows).step_by(slabs.size()) {
                for Planned { rows, case } in slabs.read(start..rows.min(start + slabs.size())) {
                    // The receiver outlives the source.
                    _ = plans.send(rows);
                    if broken_off.load(Ordering::Relaxed) || sink(case).is_break() {
                        return;
                    }
                }
            }
            _ = plans.send(slabs.bad);
        };
        drive(engine, &executor, options, source, &mut |report| {
            if result.is_ok() {
                let signals = Python::attach(|py| py.check_signals());
                let covered = planned.try_recv().unwrap_or_default();
                result = signals.and_then(|()| take(covered, &report, &mut verdicts));
            }
            if result.is_err() {
                broken_off.store(true, Ordering::Relaxed);
            }
        });
        result?;
        // Rows after the last case, none of which is a block.
        for covered in planned.try_iter() {
            take(covered, &CaseReport::default(), &mut verdicts)?;
        }
        if verdicts.len() == rows {
            Ok(verdicts)
        } else {
            let defect = "a defect of Phalanx: please report it: rows were lost";
            Err(PyRuntimeError::new_err(defect))
        }
    }
}

/// What a row comes to.
enum Row {
    /// No row: the block before the first of a list, for its header.
    Carried,
    /// The next verdict.
    Block(Facts),
    /// There is nothing to verify.
    Bad(String),
}

/// A case, with the rows that its report covers.
struct Planned {
    rows: Vec<Row>,
    case: Case,
}

/// Rows made ready, slab by slab.
struct Slabs<'a> {
    given: &'a Blocks,
    /// The last block of the slab before, against which the first of the next is held.
    last: Option<Block>,
    /// Rows with nothing to verify, which no case has covered yet.
    bad: Vec<Row>,
}

impl<'a> Slabs<'a> {
    fn new(given: &'a Blocks) -> Self {
        Self {
            given,
            last: None,
            bad: Vec::new(),
        }
    }

    fn size(&self) -> usize {
        if self.given.state.is_some() {
            WITNESSED
        } else {
            LISTED
        }
    }

    fn read(&mut self, rows: Range<usize>) -> Vec<Planned> {
        let mut bytes = Vec::new();
        self.given.block.fill(rows.clone(), &mut bytes);
        let decoded = bytes.iter().map(|bytes| bytes.map(Block::decode));
        let blocks = rows.zip(decoded);
        if self.given.state.is_some() {
            self.witnesses(blocks)
        } else {
            self.list(blocks)
        }
    }

    /// Each block with its witness is a case of its own.
    fn witnesses(&mut self, blocks: impl Iterator<Item = (usize, Decoded)>) -> Vec<Planned> {
        let mut planned = Vec::new();
        for (row, block) in blocks {
            match self.given.witness(row, block) {
                Err(reason) => self.bad.push(Row::Bad(reason)),
                Ok((facts, case)) => {
                    let mut rows = std::mem::take(&mut self.bad);
                    rows.push(Row::Block(facts));
                    let (input, kind) = (format!("row {row}"), CaseKind::Witness(Box::new(case)));
                    planned.push(Planned {
                        rows,
                        case: Case { input, kind },
                    });
                }
            }
        }
        planned
    }

    /// Blocks without a state are one list.
    fn list(&mut self, blocks: impl Iterator<Item = (usize, Decoded)>) -> Vec<Planned> {
        let mut rows = std::mem::take(&mut self.bad);
        let mut listed = Vec::new();
        if let Some(last) = self.last.take() {
            rows.push(Row::Carried);
            listed.push(without_evidence(Ok(last)));
        }
        let carried = listed.len();
        for (row, block) in blocks {
            match self.given.listed(row, block) {
                Err(reason) => rows.push(Row::Bad(reason)),
                Ok((facts, block)) => {
                    rows.push(Row::Block(facts));
                    listed.push(block);
                }
            }
        }
        let last = listed
            .iter()
            .rev()
            .find_map(|listed| listed.block.as_ref().ok());
        self.last = last.cloned();
        if listed.len() == carried {
            rows.retain(|row| !matches!(row, Row::Carried));
            self.bad = rows;
            return Vec::new();
        }
        let case = Case {
            input: "rows".to_owned(),
            kind: CaseKind::Blocks(listed),
        };
        vec![Planned { rows, case }]
    }
}

/// `None` for a null.
type Decoded = Option<Result<Block, BlockDecodeError>>;

fn without_evidence(block: Result<Block, BlockDecodeError>) -> ListedBlock {
    ListedBlock {
        block,
        label: String::new(),
        senders: None,
        receipts: None,
    }
}

impl Blocks {
    fn listed(&self, row: usize, block: Decoded) -> Result<(Facts, ListedBlock), String> {
        let block = block.ok_or("block is null")?;
        let facts = block.as_ref().map_or_else(|_| Facts::default(), facts);
        let receipts = self.receipts.as_ref().and_then(|lists| lists.get(row));
        let listed = ListedBlock {
            receipts: receipts.map(|list| collect("receipts", list)).transpose()?,
            ..without_evidence(block)
        };
        Ok((facts, listed))
    }

    fn witness(&self, row: usize, block: Decoded) -> Result<(Facts, WitnessCase), String> {
        let block = block
            .ok_or("block is null")?
            .map_err(|error| error.to_string())?;
        let state = self.state.as_ref().and_then(|lists| lists.get(row));
        let part = |name, column: &Option<ListColumn>| {
            let list = column.as_ref().and_then(|lists| lists.get(row));
            list.map_or(Ok(Vec::new()), |list| collect(name, list))
        };
        let case = WitnessCase {
            chain_id: None,
            nodes: collect("state", state.ok_or("state is null")?)?,
            codes: part("codes", &self.codes)?,
            headers: part("headers", &self.headers)?,
            block_hashes: Vec::new(),
            pre_state_root: None,
            post_state_root: None,
            block,
        };
        Ok((facts(&case.block), case))
    }
}

fn facts(block: &Block) -> Facts {
    Facts {
        number: Some(block.header.number),
        hash: Some(block.hash),
        parent_hash: Some(block.header.parent_hash),
        difficulty: Some(block.header.difficulty),
        total_difficulty: None,
    }
}

fn collect<'a>(
    name: &str,
    list: impl Iterator<Item = Option<&'a [u8]>>,
) -> Result<Vec<Bytes>, String> {
    list.enumerate()
        .map(|(at, item)| {
            item.map(Bytes::copy_from_slice)
                .ok_or_else(|| format!("{name}[{at}] is null"))
        })
        .collect()
}

/// Adds the rows that a report covers.
fn take(covered: Vec<Row>, report: &CaseReport, rows: &mut Rows) -> PyResult<()> {
    let mut verdicts = report.blocks.iter();
    for row in covered {
        match row {
            Row::Bad(reason) => rows.fault(Facts::default(), undecoded(reason))?,
            Row::Carried => _ = verdicts.next(),
            Row::Block(facts) => match verdicts.next() {
                Some(block) => rows.verdict(facts, &block.verdict)?,
                None => rows.fault(facts, unverified(report))?,
            },
        }
    }
    Ok(())
}

fn undecoded(reason: String) -> Fault {
    Fault {
        check: "decoding".to_owned(),
        reason,
        ..Fault::default()
    }
}

/// Why a block has no verdict.
fn unverified(report: &CaseReport) -> Fault {
    if let Some(reason) = &report.unreadable {
        return Fault {
            check: "chain".to_owned(),
            reason: reason.clone(),
            ..Fault::default()
        };
    }
    Fault::internal()
}
