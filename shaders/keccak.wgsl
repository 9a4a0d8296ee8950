// Keccak-256 of packed messages of any lengths, one message an invocation.
// Twin: src/twin/keccak.rs. Host: invocations in one dimension, one a message.
//
// Lanes are addressed by constants alone, so that a driver can keep all of them in registers. The loop over the blocks
// ends by the length, which the host bounds.

struct KeccakParams {
    // Number of messages; invocations past it store nothing.
    count: u32,
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
    var a: KeccakState;
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
        keccak_f(&a);
    }
    let digest = index * 8u;
    store(digest, a[0]);
    store(digest + 2u, a[1]);
    store(digest + 4u, a[2]);
    store(digest + 6u, a[3]);
}
