//! Sender recovery on a device: the order of its stages and the sizes of their buffers.

use super::{Capacity, Constant, Dispatch, Plan, Upload};
use phalanx_kernels::{RecoverInput, SRule};
use phalanx_shaders::layout::{
    COLUMNS, FIRST_WINDOW, Outcome, RecoverParams, ResultRow, SignatureRow, generator_table,
};
use std::ops::Range;

/// Words of the buffer that has the most of them a row.
pub const WIDEST_ROW_WORDS: usize = {
    let (mut most, mut index) = (0, 0);
    while index < COLUMNS.len() {
        if COLUMNS[index].1 > most {
            most = COLUMNS[index].1;
        }
        index += 1;
    }
    most as usize
};

const CONSTANTS: &[Constant] = &[Constant {
    name: "generator",
    words: generator_table,
}];

/// Rows that share an inversion: it costs as much as a hundred rows' share in it, and a device that waits for few
/// invocations waits long.
const ROWS_AN_INVERSION: u32 = 32;

/// Rows from which batches are cut for no other reason than that writing, computing and reading overlap: fewer don't
/// fill a large device.
const WORTH_OVERLAPPING_ROWS: usize = 1 << 16;

/// Rows are allocated in multiples of this, so that columns start where the device likes to read.
const STRIDE_ROWS: usize = 64;

/// Cuts signatures into batches within the capacity; each leaves room for the known signature.
pub fn cut(count: usize, capacity: &Capacity) -> Vec<Range<usize>> {
    let most = (capacity.signatures & !(STRIDE_ROWS - 1))
        .saturating_sub(1)
        .max(1);
    let size = (count / 3).max(WORTH_OVERLAPPING_ROWS).min(most);
    let batches = count.div_ceil(size);
    // Of one size, so that the last is no straggler and buffers serve all.
    let size = count.div_ceil(batches.max(1)).max(1);
    (0..count)
        .step_by(size)
        .map(|start| start..count.min(start + size))
        .collect()
}

/// The batch of these signatures and, after them, the known one of this number.
pub fn plan(inputs: &[RecoverInput], nonce: u64, capacity: &Capacity) -> Plan {
    let count = inputs.len() + 1;
    let stride = count.next_multiple_of(STRIDE_ROWS);
    let known = known_input(nonce);
    let mut words = vec![0u32; count * SIGNATURE_WORDS];
    let rows: &mut [SignatureRow] = bytemuck::cast_slice_mut(&mut words);
    for (row, input) in rows.iter_mut().zip(inputs.iter().chain([&known])) {
        *row = SignatureRow::from(input);
    }
    // A batch has at most 2^17 rows.
    let (count_u32, stride_u32) = (count as u32, stride as u32);
    let lanes = count_u32.div_ceil(ROWS_AN_INVERSION);
    let slices = slices(capacity.windows);
    let mut dispatches = Vec::with_capacity(8 + slices.len());
    let mut push = |stage, invocations, uniform| {
        dispatches.push(Dispatch {
            stage,
            invocations,
            uniform,
        });
    };
    push("lift", count_u32, 0);
    push("invert_scalar", lanes, 0);
    push("scalars", count_u32, 0);
    push("table", count_u32, 0);
    push("invert_field", lanes, 0);
    push("affine", count_u32, 0);
    for uniform in 0..slices.len() {
        push("ladder", count_u32, uniform);
    }
    push("invert_field", lanes, 0);
    push("address", count_u32, 0);
    let uniform = |&(window_high, window_low): &(u32, u32)| {
        let params = RecoverParams {
            count: count_u32,
            stride: stride_u32,
            lanes,
            window_high,
            window_low,
        };
        bytemuck::bytes_of(&params).to_vec()
    };
    Plan {
        program: "recover",
        uniforms: slices.iter().map(uniform).collect(),
        uploads: vec![Upload {
            name: "rows",
            words,
        }],
        scratch: COLUMNS
            .map(|(name, words)| (name, words as usize * stride))
            .to_vec(),
        constants: CONSTANTS,
        output: ("results", count * RESULT_WORDS),
        dispatches,
    }
}

/// First and last window of each dispatch of the ladder, which goes from the highest down to 0.
fn slices(windows: u32) -> Vec<(u32, u32)> {
    let mut slices = Vec::new();
    let mut above = FIRST_WINDOW + 1;
    while above > 0 {
        let low = above.saturating_sub(windows.max(1));
        slices.push((above - 1, low));
        above = low;
    }
    slices
}

const SIGNATURE_WORDS: usize = size_of::<SignatureRow>() / 4;
const RESULT_WORDS: usize = size_of::<ResultRow>() / 4;

/// What the device says of a row; a row that it lacks is unwritten.
pub fn outcome(output: &[u32], row: usize) -> Outcome {
    let words = output
        .get(row * RESULT_WORDS..)
        .and_then(|rest| rest.get(..RESULT_WORDS));
    words.map_or(Outcome::Unwritten, |words| {
        bytemuck::pod_read_unaligned::<ResultRow>(bytemuck::cast_slice(words)).outcome()
    })
}

/// The known signature of a batch: r and s are those of a vector of the ecrecover precompile, and the hash is another
/// for each number, and with it the signer.
pub fn known_input(nonce: u64) -> RecoverInput {
    let mut prehash = [0xa5; 32];
    prehash[24..].copy_from_slice(&nonce.to_be_bytes());
    RecoverInput {
        prehash,
        r: alloy_primitives::hex!(
            "73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f"
        ),
        s: alloy_primitives::hex!(
            "eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549"
        ),
        y_parity: 1,
        s_rule: SRule::Any,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPACITY: Capacity = Capacity {
        messages: 1 << 20,
        message_words: 1 << 20,
        signatures: 1 << 17,
        windows: 6,
    };

    #[test]
    fn slices_of_the_ladder_cover_every_window_once() {
        for windows in [0, 1, 6, 7, 13, FIRST_WINDOW, FIRST_WINDOW + 1, u32::MAX] {
            let walked: Vec<u32> = slices(windows)
                .into_iter()
                .flat_map(|(high, low)| (low..=high).rev())
                .collect();
            assert_eq!(walked, (0..=FIRST_WINDOW).rev().collect::<Vec<_>>());
        }
    }

    #[test]
    fn batches_cover_all_and_leave_room_for_the_known_one() {
        for count in [
            0,
            1,
            63,
            65_535,
            65_536,
            65_537,
            131_071,
            131_072,
            400_000,
            1 << 20,
        ] {
            let ranges = cut(count, &CAPACITY);
            assert!(ranges.iter().cloned().flatten().eq(0..count));
            for range in &ranges {
                assert!(range.len() < CAPACITY.signatures, "{count}: {range:?}");
            }
        }
        // Large enough for the three that are under way at once.
        assert!(cut(200_000, &CAPACITY).len() >= 3);
        let tiny = Capacity {
            signatures: 1,
            ..CAPACITY
        };
        assert_eq!(cut(3, &tiny).len(), 3);
    }

    #[test]
    fn a_plan_names_every_binding_of_its_stages() {
        let input = known_input(7);
        let plan = plan(&[input; 3], 1, &CAPACITY);
        assert_eq!(plan.uploads[0].words.len(), 4 * 25);
        for dispatch in &plan.dispatches {
            assert!(dispatch.uniform < plan.uniforms.len());
            for arithmetic in [
                phalanx_shaders::Arithmetic::U64,
                phalanx_shaders::Arithmetic::U32,
            ] {
                let shader = phalanx_shaders::shader_for(dispatch.stage, arithmetic);
                for binding in shader.expect("a stage of the table").bindings {
                    let known = binding.name == "params"
                        || binding.name == plan.output.0
                        || plan
                            .uploads
                            .iter()
                            .any(|upload| upload.name == binding.name)
                        || plan
                            .constants
                            .iter()
                            .any(|table| table.name == binding.name)
                        || plan.scratch.iter().any(|(name, _)| *name == binding.name);
                    assert!(known, "{}: {}", dispatch.stage, binding.name);
                }
            }
        }
    }
}
