// Keccak-256 of packed messages of any lengths, one message an invocation.
// Twin: src/twin/keccak.rs. Host: invocations in one dimension, one a message.

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
// Messages, each from a word of its own on.
@group(0) @binding(1) var<storage, read> messages: array<u32>;
@group(0) @binding(2) var<storage, read> places: array<Place>;
// Eight words a digest, its first byte lowest.
@group(0) @binding(3) var<storage, read_write> digests: array<u32>;

fn word(index: u32) -> u32 {
    return messages[index];
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
    let digest = keccak_256(place.start, place.length);
    let first = index * 8u;
    store(first, digest[0]);
    store(first + 2u, digest[1]);
    store(first + 4u, digest[2]);
    store(first + 6u, digest[3]);
}
