//! Twin of `keccak.wgsl`, by a published crate.

use crate::layout::{KeccakParams, Place};
use sha3::{Digest, Keccak256};

/// Runs the stage: `params` are the bytes of the uniform, the others those of the storage buffers.
///
/// # Panics
///
/// If a buffer does not hold what the shader declares, a message reaches past `messages`, or the byte after it is not
/// the first of the padding.
pub fn run(params: &[u8], messages: &[u8], places: &[u8], digests: &mut [u8]) {
    let params: KeccakParams = bytemuck::pod_read_unaligned(params);
    let count = params.count as usize;
    let (places, rest) = places.as_chunks::<{ size_of::<Place>() }>();
    assert!(rest.is_empty(), "places are no whole number of places");
    let (digests, rest) = digests.as_chunks_mut::<32>();
    assert!(rest.is_empty(), "digests are no whole number of digests");
    for (place, digest) in places[..count].iter().zip(&mut digests[..count]) {
        let place: Place = bytemuck::pod_read_unaligned(place);
        let stored = &messages[4 * place.start as usize..];
        let (message, padding) = stored.split_at(place.length as usize);
        assert_eq!(padding[0], 1, "the padding byte");
        *digest = Keccak256::digest(message).into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `abc`, the empty message, and one untouched digest after them.
    #[test]
    fn published_answers() {
        let messages = *b"abc\x01\x01\0\0\0";
        let places = [(0, 3), (1, 0)].map(|(start, length)| Place { start, length });
        let mut digests = [0xee; 96];
        run(
            bytemuck::bytes_of(&KeccakParams { count: 2 }),
            &messages,
            bytemuck::cast_slice(&places),
            &mut digests,
        );
        let hex: String = digests.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            hex,
            [
                "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
                "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
                &"ee".repeat(32),
            ]
            .concat()
        );
    }

    #[test]
    #[should_panic = "the padding byte"]
    fn a_message_without_its_padding_is_refused() {
        let place = Place {
            start: 0,
            length: 3,
        };
        let params = KeccakParams { count: 1 };
        let (params, place) = (bytemuck::bytes_of(&params), bytemuck::bytes_of(&place));
        run(params, b"abc\0", place, &mut [0; 32]);
    }
}
