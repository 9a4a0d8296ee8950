// Keccak-256 of packed messages of any lengths, one message an invocation.
// Twin: src/twin/keccak.rs. Host: invocations in one dimension, one a message.
//
// A lane of 64 bits is its low word in x and its high word in y. Lanes are addressed by constants alone, so that a
// driver can keep all of them in registers; only the rounds and the blocks are loops, and both are bounded: the rounds
// by 24, the blocks by the length, which the host keeps below its own limit.

struct KeccakParams {
    // Number of messages; invocations past it store nothing.
    count: u32,
    // Not read; round_constants starts at a multiple of 16 bytes.
    unused_0: u32,
    unused_1: u32,
    unused_2: u32,
    // Two rounds' constants in each: low and high word of the even round, then of the odd.
    round_constants: array<vec4<u32>, 12>,
}

struct Place {
    // Index of the message's first word.
    start: u32,
    // Bytes of the message, without the padding byte that follows them.
    length: u32,
}

@group(0) @binding(0) var<uniform> params: KeccakParams;
// Messages, four bytes a word, the first lowest. Each starts at a word of its own and is followed by the byte 1, the
// first of the padding, and by zeros up to the end of that word.
@group(0) @binding(1) var<storage, read> messages: array<u32>;
@group(0) @binding(2) var<storage, read> places: array<Place>;
// Eight words a digest, its first byte lowest.
@group(0) @binding(3) var<storage, read_write> digests: array<u32>;

// Bytes and words that a permutation absorbs.
const RATE_BYTES = 136u;
const RATE_WORDS = 34u;

// A lane rotated to the left by 1 to 31 bits; for more than 32 the halves are swapped first.
fn turn(lane: vec2<u32>, bits: u32) -> vec2<u32> {
    return (lane << vec2(bits)) | (lane.yx >> vec2(32u - bits));
}

// Words index and index + 1 of a padded message; those past its last stored word are zero.
fn lane_at(place: Place, index: u32) -> vec2<u32> {
    let last = place.length / 4u;
    let low = messages[place.start + min(index, last)];
    let high = messages[place.start + min(index + 1u, last)];
    return vec2(select(0u, low, index <= last), select(0u, high, index < last));
}

fn store(first: u32, lane: vec2<u32>) {
    digests[first] = lane.x;
    digests[first + 1u] = lane.y;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let index = id.x;
    if index >= params.count {
        return;
    }
    let place = places[index];
    var a: array<vec2<u32>, 25>;
    let blocks = place.length / RATE_BYTES + 1u;
    for (var block = 0u; block < blocks; block++) {
        let first = block * RATE_WORDS;
        a[0] ^= lane_at(place, first);
        a[1] ^= lane_at(place, first + 2u);
        a[2] ^= lane_at(place, first + 4u);
        a[3] ^= lane_at(place, first + 6u);
        a[4] ^= lane_at(place, first + 8u);
        a[5] ^= lane_at(place, first + 10u);
        a[6] ^= lane_at(place, first + 12u);
        a[7] ^= lane_at(place, first + 14u);
        a[8] ^= lane_at(place, first + 16u);
        a[9] ^= lane_at(place, first + 18u);
        a[10] ^= lane_at(place, first + 20u);
        a[11] ^= lane_at(place, first + 22u);
        a[12] ^= lane_at(place, first + 24u);
        a[13] ^= lane_at(place, first + 26u);
        a[14] ^= lane_at(place, first + 28u);
        a[15] ^= lane_at(place, first + 30u);
        a[16] ^= lane_at(place, first + 32u);
        if block + 1u == blocks {
            a[16].y ^= 0x80000000u;
        }
        for (var round = 0u; round < 24u; round++) {
            // Theta.
            let c0 = a[0] ^ a[5] ^ a[10] ^ a[15] ^ a[20];
            let c1 = a[1] ^ a[6] ^ a[11] ^ a[16] ^ a[21];
            let c2 = a[2] ^ a[7] ^ a[12] ^ a[17] ^ a[22];
            let c3 = a[3] ^ a[8] ^ a[13] ^ a[18] ^ a[23];
            let c4 = a[4] ^ a[9] ^ a[14] ^ a[19] ^ a[24];
            let d0 = c4 ^ turn(c1, 1u);
            let d1 = c0 ^ turn(c2, 1u);
            let d2 = c1 ^ turn(c3, 1u);
            let d3 = c2 ^ turn(c4, 1u);
            let d4 = c3 ^ turn(c0, 1u);
            // Rho and pi, and the rest of theta.
            let b0 = a[0] ^ d0;
            let b1 = turn((a[6] ^ d1).yx, 12u);
            let b2 = turn((a[12] ^ d2).yx, 11u);
            let b3 = turn(a[18] ^ d3, 21u);
            let b4 = turn(a[24] ^ d4, 14u);
            let b5 = turn(a[3] ^ d3, 28u);
            let b6 = turn(a[9] ^ d4, 20u);
            let b7 = turn(a[10] ^ d0, 3u);
            let b8 = turn((a[16] ^ d1).yx, 13u);
            let b9 = turn((a[22] ^ d2).yx, 29u);
            let b10 = turn(a[1] ^ d1, 1u);
            let b11 = turn(a[7] ^ d2, 6u);
            let b12 = turn(a[13] ^ d3, 25u);
            let b13 = turn(a[19] ^ d4, 8u);
            let b14 = turn(a[20] ^ d0, 18u);
            let b15 = turn(a[4] ^ d4, 27u);
            let b16 = turn((a[5] ^ d0).yx, 4u);
            let b17 = turn(a[11] ^ d1, 10u);
            let b18 = turn(a[17] ^ d2, 15u);
            let b19 = turn((a[23] ^ d3).yx, 24u);
            let b20 = turn((a[2] ^ d2).yx, 30u);
            let b21 = turn((a[8] ^ d3).yx, 23u);
            let b22 = turn((a[14] ^ d4).yx, 7u);
            let b23 = turn((a[15] ^ d0).yx, 9u);
            let b24 = turn(a[21] ^ d1, 2u);
            // Chi.
            a[0] = b0 ^ (~b1 & b2);
            a[1] = b1 ^ (~b2 & b3);
            a[2] = b2 ^ (~b3 & b4);
            a[3] = b3 ^ (~b4 & b0);
            a[4] = b4 ^ (~b0 & b1);
            a[5] = b5 ^ (~b6 & b7);
            a[6] = b6 ^ (~b7 & b8);
            a[7] = b7 ^ (~b8 & b9);
            a[8] = b8 ^ (~b9 & b5);
            a[9] = b9 ^ (~b5 & b6);
            a[10] = b10 ^ (~b11 & b12);
            a[11] = b11 ^ (~b12 & b13);
            a[12] = b12 ^ (~b13 & b14);
            a[13] = b13 ^ (~b14 & b10);
            a[14] = b14 ^ (~b10 & b11);
            a[15] = b15 ^ (~b16 & b17);
            a[16] = b16 ^ (~b17 & b18);
            a[17] = b17 ^ (~b18 & b19);
            a[18] = b18 ^ (~b19 & b15);
            a[19] = b19 ^ (~b15 & b16);
            a[20] = b20 ^ (~b21 & b22);
            a[21] = b21 ^ (~b22 & b23);
            a[22] = b22 ^ (~b23 & b24);
            a[23] = b23 ^ (~b24 & b20);
            a[24] = b24 ^ (~b20 & b21);
            // Iota.
            let pair = params.round_constants[round / 2u];
            a[0] ^= select(pair.xy, pair.zw, (round & 1u) == 1u);
        }
    }
    let digest = index * 8u;
    store(digest, a[0]);
    store(digest + 2u, a[1]);
    store(digest + 4u, a[2]);
    store(digest + 6u, a[3]);
}
