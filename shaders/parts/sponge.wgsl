// Keccak-256 of a message among packed words. The stage says what the word of an index is: `word`.
//
// A message takes four bytes a word, the first lowest; the byte 1, the first of the padding, follows it, and zeros up to
// the end of that word. Lanes are addressed by constants alone, so that a driver can keep all of them in registers. The
// loop over the blocks ends by the length, which the host bounds.

// Bytes and words that a permutation absorbs.
const RATE_BYTES = 136u;
const RATE_WORDS = 34u;

alias Digest = array<vec2<u32>, 4>;

// Words index and index + 1 of a padded message; those past its last stored word are zero.
fn lane_at(start: u32, length: u32, index: u32) -> vec2<u32> {
    let last = length / 4u;
    let low = word(start + min(index, last));
    let high = word(start + min(index + 1u, last));
    return vec2(select(0u, low, index <= last), select(0u, high, index < last));
}

fn keccak_256(start: u32, length: u32) -> Digest {
    var a: KeccakState;
    let blocks = length / RATE_BYTES + 1u;
    for (var block = 0u; block < blocks; block++) {
        let first = block * RATE_WORDS;
        a[0] ^= lane_at(start, length, first);
        a[1] ^= lane_at(start, length, first + 2u);
        a[2] ^= lane_at(start, length, first + 4u);
        a[3] ^= lane_at(start, length, first + 6u);
        a[4] ^= lane_at(start, length, first + 8u);
        a[5] ^= lane_at(start, length, first + 10u);
        a[6] ^= lane_at(start, length, first + 12u);
        a[7] ^= lane_at(start, length, first + 14u);
        a[8] ^= lane_at(start, length, first + 16u);
        a[9] ^= lane_at(start, length, first + 18u);
        a[10] ^= lane_at(start, length, first + 20u);
        a[11] ^= lane_at(start, length, first + 22u);
        a[12] ^= lane_at(start, length, first + 24u);
        a[13] ^= lane_at(start, length, first + 26u);
        a[14] ^= lane_at(start, length, first + 28u);
        a[15] ^= lane_at(start, length, first + 30u);
        a[16] ^= lane_at(start, length, first + 32u);
        if block + 1u == blocks {
            a[16].y ^= 0x80000000u;
        }
        keccak_f(&a);
    }
    return Digest(a[0], a[1], a[2], a[3]);
}
