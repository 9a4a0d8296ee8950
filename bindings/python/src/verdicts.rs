//! Verdicts on blocks as rows.

use crate::output::{Columns, FixedBuilder, bytes_field, text_field};
use alloy_primitives::{B256, U256};
use arrow_array::builder::{
    BooleanBuilder, Int32Builder, Int64Builder, ListBuilder, StringBuilder,
};
use arrow_schema::{DataType, Field};
use phalanx::verdict::{BlockVerdict, Outcome};
use pyo3::prelude::*;
use std::sync::Arc;

/// Rows of one chunk: their texts together stay far from the 2 GiB at which their offsets end.
const CHUNK: usize = 1 << 16;

/// Bytes of a text at most: what a block's code says when it fails can be megabytes.
const TEXT: usize = 4 << 10;

/// What a source says of a block before it is verified.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Facts {
    pub(crate) number: Option<u64>,
    pub(crate) hash: Option<B256>,
    pub(crate) parent_hash: Option<B256>,
    pub(crate) difficulty: Option<U256>,
    pub(crate) total_difficulty: Option<U256>,
}

/// What is false, or missing.
#[derive(Debug, Default)]
pub(crate) struct Fault {
    pub(crate) check: String,
    pub(crate) transaction: Option<usize>,
    pub(crate) expected: Option<String>,
    pub(crate) got: Option<String>,
    pub(crate) reason: String,
}

impl Fault {
    /// That there is no verdict, for no reason that an input could give.
    pub(crate) fn internal() -> Self {
        Self {
            check: "internal".to_owned(),
            reason: "a defect of Phalanx: please report it".to_owned(),
            ..Self::default()
        }
    }
}

/// Rows of verdicts.
pub(crate) struct Rows {
    done: Columns,
    chunk: Chunk,
}

struct Chunk {
    rows: usize,
    number: Int64Builder,
    hash: FixedBuilder<32>,
    parent_hash: FixedBuilder<32>,
    difficulty: FixedBuilder<32>,
    total_difficulty: FixedBuilder<32>,
    transactions: Int32Builder,
    gas_used: Int64Builder,
    verified: BooleanBuilder,
    check: StringBuilder,
    transaction: Int32Builder,
    expected: StringBuilder,
    got: StringBuilder,
    reason: StringBuilder,
    unchecked: ListBuilder<StringBuilder>,
}

impl Rows {
    pub(crate) fn new() -> Self {
        let item = Arc::new(Field::new_list_field(DataType::Utf8, true));
        Self {
            done: Columns::new(vec![
                Field::new("number", DataType::Int64, true),
                bytes_field::<32>("hash"),
                bytes_field::<32>("parent_hash"),
                bytes_field::<32>("difficulty"),
                bytes_field::<32>("total_difficulty"),
                Field::new("transactions", DataType::Int32, true),
                Field::new("gas_used", DataType::Int64, true),
                Field::new("verified", DataType::Boolean, false),
                text_field("check"),
                Field::new("transaction", DataType::Int32, true),
                text_field("expected"),
                text_field("got"),
                text_field("reason"),
                Field::new("unchecked", DataType::List(item), true),
            ]),
            chunk: Chunk::new(),
        }
    }

    /// Adds the verdict on a block, of which the source says this.
    pub(crate) fn verdict(&mut self, facts: Facts, verdict: &BlockVerdict) -> PyResult<()> {
        let facts = Facts {
            number: facts.number.or(verdict.number),
            hash: facts.hash.or(verdict.hash),
            ..facts
        };
        let chunk = &mut self.chunk;
        let is_block = verdict.hash.is_some();
        chunk
            .transactions
            .append_option(is_block.then(|| saturated(verdict.transactions)));
        chunk
            .gas_used
            .append_option(i64::try_from(verdict.gas).ok().filter(|_| is_block));
        for (check, outcome) in verdict.outcomes() {
            if matches!(outcome, Outcome::NotCheckable { .. }) {
                chunk.unchecked.values().append_value(check.name());
            }
        }
        chunk.unchecked.append(true);
        self.end(facts, first_fault(verdict))
    }

    /// Adds a row for a block that there is no verdict on, or for what concerns no block.
    pub(crate) fn fault(&mut self, facts: Facts, fault: Fault) -> PyResult<()> {
        self.chunk.transactions.append_null();
        self.chunk.gas_used.append_null();
        self.chunk.unchecked.append_null();
        self.end(facts, Some(fault))
    }

    fn end(&mut self, facts: Facts, fault: Option<Fault>) -> PyResult<()> {
        let chunk = &mut self.chunk;
        chunk
            .number
            .append_option(facts.number.and_then(|number| i64::try_from(number).ok()));
        chunk.hash.push(facts.hash.as_deref());
        chunk.parent_hash.push(facts.parent_hash.as_deref());
        let bytes = |number: Option<U256>| number.map(|number| number.to_be_bytes());
        chunk.difficulty.push(bytes(facts.difficulty).as_ref());
        chunk
            .total_difficulty
            .push(bytes(facts.total_difficulty).as_ref());
        chunk.verified.append_value(fault.is_none());
        let fault = fault.as_ref();
        chunk.check.append_option(fault.map(|fault| &fault.check));
        chunk
            .transaction
            .append_option(fault.and_then(|fault| fault.transaction).map(saturated));
        chunk
            .expected
            .append_option(fault.and_then(|fault| fault.expected.as_deref()).map(cut));
        chunk
            .got
            .append_option(fault.and_then(|fault| fault.got.as_deref()).map(cut));
        let reason = fault.map(|fault| cut(&fault.reason));
        chunk.reason.append_option(reason);
        chunk.rows += 1;
        if chunk.rows == CHUNK {
            self.flush()
        } else {
            Ok(())
        }
    }

    /// Rows so far.
    pub(crate) fn len(&self) -> usize {
        self.done.rows() + self.chunk.rows
    }

    fn flush(&mut self) -> PyResult<()> {
        let mut chunk = std::mem::replace(&mut self.chunk, Chunk::new());
        self.done.push(vec![
            Arc::new(chunk.number.finish()),
            chunk.hash.finish()?,
            chunk.parent_hash.finish()?,
            chunk.difficulty.finish()?,
            chunk.total_difficulty.finish()?,
            Arc::new(chunk.transactions.finish()),
            Arc::new(chunk.gas_used.finish()),
            Arc::new(chunk.verified.finish()),
            Arc::new(chunk.check.finish()),
            Arc::new(chunk.transaction.finish()),
            Arc::new(chunk.expected.finish()),
            Arc::new(chunk.got.finish()),
            Arc::new(chunk.reason.finish()),
            Arc::new(chunk.unchecked.finish()),
        ])
    }

    pub(crate) fn finish(mut self) -> PyResult<Columns> {
        self.flush()?;
        Ok(self.done)
    }
}

impl Chunk {
    fn new() -> Self {
        Self {
            rows: 0,
            number: Int64Builder::new(),
            hash: FixedBuilder::with_capacity(0),
            parent_hash: FixedBuilder::with_capacity(0),
            difficulty: FixedBuilder::with_capacity(0),
            total_difficulty: FixedBuilder::with_capacity(0),
            transactions: Int32Builder::new(),
            gas_used: Int64Builder::new(),
            verified: BooleanBuilder::new(),
            check: StringBuilder::new(),
            transaction: Int32Builder::new(),
            expected: StringBuilder::new(),
            got: StringBuilder::new(),
            reason: StringBuilder::new(),
            unchecked: ListBuilder::new(StringBuilder::new()),
        }
    }
}

/// The first check, in the order of reports, that failed or that the evidence does not cover.
fn first_fault(verdict: &BlockVerdict) -> Option<Fault> {
    verdict.outcomes().find_map(|(check, outcome)| {
        let check = check.name().to_owned();
        match outcome {
            Outcome::Passed | Outcome::NotCheckable { .. } => None,
            Outcome::Failed {
                expected,
                got,
                transaction,
                reason,
            } => Some(Fault {
                check,
                transaction: *transaction,
                expected: Some(expected.clone()),
                got: Some(got.clone()),
                reason: reason.clone(),
            }),
            Outcome::NotCovered {
                transaction,
                reason,
            } => Some(Fault {
                check,
                transaction: *transaction,
                reason: reason.clone(),
                ..Fault::default()
            }),
        }
    })
}

fn saturated(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// The beginning of a text.
fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(TEXT)]
}
