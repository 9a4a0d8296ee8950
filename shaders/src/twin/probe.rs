//! Twin of `probe.wgsl`.

use crate::layout::ProbeParams;

/// One round: a bijection of the state.
const fn mix(state: u32, round: u32) -> u32 {
    let turned = state
        .wrapping_add(0x9e37_79b9)
        .wrapping_add(round)
        .rotate_left(7 + (round & 15));
    turned.wrapping_mul(0x85eb_ca6b) ^ round
}

/// Runs the stage: `params` are the bytes of the uniform, `output` those of the storage buffer.
///
/// # Panics
///
/// If a buffer does not hold what the shader declares, or `output` holds fewer words than `params.count`.
pub fn run(params: &[u8], output: &mut [u8]) {
    let params: ProbeParams = bytemuck::pod_read_unaligned(params);
    let (words, rest) = output.as_chunks_mut::<4>();
    assert!(rest.is_empty(), "output is no whole number of words");
    for (index, word) in (0..params.count).zip(&mut words[..params.count as usize]) {
        let mut state = params.seed ^ index;
        for round in 0..params.rounds {
            state = mix(state, round);
        }
        *word = state.to_ne_bytes();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(params: ProbeParams, len: usize) -> Vec<u32> {
        let mut output = vec![u32::MAX; len];
        run(
            bytemuck::bytes_of(&params),
            bytemuck::cast_slice_mut(&mut output),
        );
        output
    }

    #[test]
    fn without_rounds_it_is_seed_xor_index() {
        let params = ProbeParams {
            count: 5,
            rounds: 0,
            seed: 6,
        };
        assert_eq!(words(params, 7), [6, 7, 4, 5, 2, u32::MAX, u32::MAX]);
    }

    #[test]
    fn one_round_by_hand() {
        // Index 0, seed 0, round 0: rotl(0x9e3779b9, 7) = 0x1bbcdccf.
        let params = ProbeParams {
            count: 1,
            rounds: 1,
            seed: 0,
        };
        let expected = (0x1bbc_dccf_u64 * 0x85eb_ca6b_u64) as u32;
        assert_eq!(words(params, 1), [expected]);
    }

    #[test]
    fn rounds_are_bijective() {
        let params = ProbeParams {
            count: 1 << 16,
            rounds: 64,
            seed: 7,
        };
        let mut output = words(params, 1 << 16);
        output.sort_unstable();
        output.dedup();
        assert_eq!(output.len(), 1 << 16);
    }
}
