//! Senders of signatures and of transactions.

use crate::{
    config::{Config, engine},
    input::{BytesColumn, Column, ParityColumn, common_length},
    output::{AnswersBuilder, Columns, bytes_field, text_field},
    slabs,
};
use phalanx::{
    RecoverInput, SRule,
    block::{Transaction, decode_transaction},
};
use pyo3::prelude::*;
use rayon::prelude::*;
use std::fmt;

/// Transactions that a thread decodes in one go: some tens of microseconds' work.
const DECODED_PER_TASK: usize = 64;

/// Rows that a thread takes out of their columns in one go: some tens of microseconds' work.
const TAKEN_PER_TASK: usize = 1024;

/// Stands where a row holds no signature. No address can come of it, since r is zero.
const NO_SIGNATURE: RecoverInput = RecoverInput {
    prehash: [0; 32],
    r: [0; 32],
    s: [0; 32],
    y_parity: 0,
    s_rule: SRule::Low,
};

/// Recovers the address of the signer of each row.
///
/// Args:
///     hash: binary column of the signed hashes, 32 bytes each.
///     r: binary column, 32 bytes each, big-endian.
///     s: binary column, 32 bytes each, big-endian.
///     y_parity: integer or boolean column, 0 or 1 (not 27 or 28).
///     low_s: refuse s above n/2, the rule of transactions since Homestead (EIP-2); False takes any s from 1 to n-1, as
///         before it and as the ecrecover precompile does.
///     config: how to compute; by default as the environment says.
///
/// Returns:
///     Columns `sender` (fixed-size binary of 20 bytes) and `reason` (string): one of them is null in each row.
///
/// Raises:
///     TypeError: a column is of another type.
///     ValueError: the columns differ in length.
///     EngineError: the engine that the configuration asks for can't be had.
#[pyfunction]
#[pyo3(signature = (hash, r, s, y_parity, *, low_s=true, config=None))]
pub(crate) fn recover_senders(
    py: Python<'_>,
    hash: Column,
    r: Column,
    s: Column,
    y_parity: Column,
    low_s: bool,
    config: Option<&Bound<'_, Config>>,
) -> PyResult<Columns> {
    let hash = BytesColumn::new("hash", hash)?;
    let r = BytesColumn::new("r", r)?;
    let s = BytesColumn::new("s", s)?;
    let y_parity = ParityColumn::new("y_parity", y_parity)?;
    let rows = common_length(&[
        ("hash", hash.len()),
        ("r", r.len()),
        ("s", s.len()),
        ("y_parity", y_parity.len()),
    ])?;
    let engine = engine(config.map(Bound::get))?;
    let s_rule = rule(low_s);
    let (mut hashes, mut rs, mut ss, mut parities) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    answer(py, rows, |slab, answers| {
        hash.fill(slab.clone(), &mut hashes);
        r.fill(slab.clone(), &mut rs);
        s.fill(slab.clone(), &mut ss);
        y_parity.fill(slab, &mut parities);
        let signature = |row: usize| -> Result<RecoverInput, Unusable> {
            Ok(RecoverInput {
                prehash: word("hash", hashes[row])?,
                r: word("r", rs[row])?,
                s: word("s", ss[row])?,
                y_parity: parities[row].ok_or(Unusable::Null("y_parity"))?,
                s_rule,
            })
        };
        let inputs: Vec<RecoverInput> = engine.install(|| {
            let rows = (0..hashes.len()).into_par_iter();
            let signatures = rows.with_min_len(TAKEN_PER_TASK).map(signature);
            signatures
                .map(|usable| usable.unwrap_or(NO_SIGNATURE))
                .collect()
        });
        for (row, sender) in engine.recover(&inputs).iter().enumerate() {
            let sender = sender.as_ref().map(|address| &address.0.0);
            answers.push(sender.map_err(|error| match signature(row) {
                Ok(_) => error.to_string(),
                Err(unusable) => unusable.to_string(),
            }));
        }
    })
}

/// Recovers the sender of each signed transaction.
///
/// Args:
///     raw: binary column of transactions: legacy RLP, or any EIP-2718 type; a blob transaction with or without its
///         sidecar.
///     low_s: refuse s above n/2, the rule since Homestead (EIP-2); False takes any s, as before it.
///     config: how to compute; by default as the environment says.
///
/// Returns:
///     Columns `sender` (fixed-size binary of 20 bytes) and `reason` (string): one of them is null in each row.
///
/// Raises:
///     TypeError: the column is of another type.
///     EngineError: the engine that the configuration asks for can't be had.
#[pyfunction]
#[pyo3(signature = (raw, *, low_s=true, config=None))]
pub(crate) fn recover_transactions(
    py: Python<'_>,
    raw: Column,
    low_s: bool,
    config: Option<&Bound<'_, Config>>,
) -> PyResult<Columns> {
    let raw = BytesColumn::new("raw", raw)?;
    let engine = engine(config.map(Bound::get))?;
    let mut encoded = Vec::new();
    answer(py, raw.len(), |slab, answers| {
        raw.fill(slab, &mut encoded);
        let decoded: Vec<Result<Transaction, Unusable>> = engine.install(|| {
            let encoded = encoded.par_iter().with_min_len(DECODED_PER_TASK);
            encoded.map(|bytes| decode(*bytes)).collect()
        });
        let good: Vec<&Transaction> = decoded.iter().flatten().collect();
        let mut senders = engine.recover_senders_under(&good, rule(low_s)).into_iter();
        for transaction in &decoded {
            let sender = match transaction {
                Ok(_) => senders.next().expect("a result for each that was decoded"),
                Err(reason) => {
                    answers.push(Err(reason));
                    continue;
                }
            };
            answers.push(sender.as_ref().map(|address| &address.0.0));
        }
    })
}

fn rule(low_s: bool) -> SRule {
    if low_s { SRule::Low } else { SRule::Any }
}

/// Why there is nothing to recover from in a row.
#[derive(Debug, Clone)]
enum Unusable {
    Null(&'static str),
    Length(&'static str, usize),
    Transaction(String),
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null(column) => write!(f, "{column} is null"),
            Self::Length(column, length) => write!(f, "{column} has {length} bytes, not 32"),
            Self::Transaction(reason) => f.write_str(reason),
        }
    }
}

fn word(column: &'static str, bytes: Option<&[u8]>) -> Result<[u8; 32], Unusable> {
    let bytes = bytes.ok_or(Unusable::Null(column))?;
    bytes
        .try_into()
        .map_err(|_| Unusable::Length(column, bytes.len()))
}

fn decode(bytes: Option<&[u8]>) -> Result<Transaction, Unusable> {
    let bytes = bytes.ok_or(Unusable::Null("raw"))?;
    decode_transaction(bytes).map_err(|error| Unusable::Transaction(error.to_string()))
}

/// Builds the columns of senders and reasons.
fn answer(
    py: Python<'_>,
    rows: usize,
    slab: impl FnMut(std::ops::Range<usize>, &mut AnswersBuilder<20>) + Send,
) -> PyResult<Columns> {
    let mut columns = Columns::new(vec![bytes_field::<20>("sender"), text_field("reason")]);
    let finish = |answers: AnswersBuilder<20>| columns.push(answers.finish()?);
    slabs::run(py, rows, AnswersBuilder::with_capacity, slab, finish)?;
    Ok(columns)
}
