//! A whole recovery, stage after stage.

use super::{address, affine, invert_field, invert_scalar, ladder, lift, scalars, table};
use crate::layout::{COLUMNS, FIRST_WINDOW, RecoverParams, ResultRow, SignatureRow};

/// The stages of a recovery in order: name, and for slices of the ladder their windows.
pub fn stages(slices: &[(u32, u32)]) -> Vec<(&'static str, (u32, u32))> {
    let mut stages = vec![];
    let whole = (FIRST_WINDOW, 0);
    for name in [
        "lift",
        "invert_scalar",
        "scalars",
        "table",
        "invert_field",
        "affine",
    ] {
        stages.push((name, whole));
    }
    stages.extend(slices.iter().map(|&slice| ("ladder", slice)));
    stages.extend([("invert_field", whole), ("address", whole)]);
    stages
}

/// The buffers of a recovery, as a device has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buffers {
    /// The signatures.
    pub rows: Vec<SignatureRow>,
    /// See `layout::generator_table`.
    pub generator: Vec<u32>,
    /// The columns of the stages, in the order of `layout::COLUMNS`.
    pub columns: [Vec<u32>; COLUMNS.len()],
    /// The results.
    pub results: Vec<ResultRow>,
}

impl Buffers {
    /// Columns for `stride` rows, filled with a word.
    pub fn new(rows: Vec<SignatureRow>, generator: Vec<u32>, stride: u32, fill: u32) -> Self {
        let address = [fill as u8; 20];
        let untouched = ResultRow {
            status: fill,
            address,
        };
        Self {
            results: vec![untouched; rows.len()],
            rows,
            generator,
            columns: COLUMNS.map(|(_, words)| vec![fill; (words * stride) as usize]),
        }
    }

    /// The bytes of the buffer of a binding; none for a binding of another name.
    pub fn bytes(&self, name: &str) -> Option<&[u8]> {
        match name {
            "rows" => Some(bytemuck::cast_slice(&self.rows)),
            "generator" => Some(bytemuck::cast_slice(&self.generator)),
            "results" => Some(bytemuck::cast_slice(&self.results)),
            _ => {
                let index = COLUMNS.iter().position(|(column, _)| *column == name)?;
                Some(bytemuck::cast_slice(&self.columns[index]))
            }
        }
    }

    /// Runs one stage; false if there is none of the name.
    ///
    /// # Panics
    ///
    /// If a buffer is shorter than `params` says.
    pub fn run(&mut self, stage: &str, params: &RecoverParams) -> bool {
        let rows = &self.rows;
        let [status, point, scalar, digits, multiples, sum, inverse] = &mut self.columns;
        match stage {
            "lift" => lift::run(params, rows, status, point),
            "invert_scalar" => invert_scalar::run(params, rows, status, scalar),
            "scalars" => scalars::run(params, rows, scalar, digits),
            "table" => table::run(params, point, multiples, sum),
            "invert_field" => invert_field::run(params, sum, status, inverse),
            "affine" => affine::run(params, inverse, multiples),
            "ladder" => ladder::run(params, digits, multiples, &self.generator, sum),
            "address" => address::run(params, sum, inverse, status, &mut self.results),
            _ => return false,
        }
        true
    }
}
