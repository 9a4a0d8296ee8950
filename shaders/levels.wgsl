// Keccak-256 of the messages of one level, one an invocation; each hash goes into the hole that waits for it in a message of
// a higher level.
// Twin: src/twin/levels.rs. Host: one dispatch a level, the lowest first; invocations in one dimension, one a message.
//
// Holes begin at any byte, and the ends of two can share a word: they are filled by atomic operations, on zeros.

struct LevelParams {
    // The level's first message.
    first: u32,
    // Number of its messages; invocations past it store nothing.
    count: u32,
}

struct LevelNode {
    // Index of the message's first word.
    start: u32,
    // Bytes of the message, without the padding byte that follows them.
    length: u32,
    // Index of the first byte, in all words, of the hole for its hash; NO_HOLE if nothing waits for it.
    hole: u32,
}

@group(0) @binding(0) var<uniform> params: LevelParams;
// Messages, each from a word of its own on; zeros in all holes before the first level.
@group(0) @binding(1) var<storage, read_write> messages: array<atomic<u32>>;
// Of all levels.
@group(0) @binding(2) var<storage, read> nodes: array<LevelNode>;
// Of all levels; eight words a digest, its first byte lowest.
@group(0) @binding(3) var<storage, read_write> digests: array<u32>;

const NO_HOLE = 0xffffffffu;

fn word(index: u32) -> u32 {
    return atomicLoad(&messages[index]);
}

// Writes a lane of a digest, and puts it into the hole that begins at a byte.
fn store(digest: u32, hole: u32, lane: u32, value: vec2<u32>) {
    let first = digest * 8u + lane * 2u;
    digests[first] = value.x;
    digests[first + 1u] = value.y;
    if hole != NO_HOLE {
        let at = hole / 4u + lane * 2u;
        let shift = hole % 4u * 8u;
        atomicOr(&messages[at], value.x << shift);
        if shift == 0u {
            atomicOr(&messages[at + 1u], value.y);
        } else {
            atomicOr(&messages[at + 1u], (value.x >> (32u - shift)) | (value.y << shift));
            atomicOr(&messages[at + 2u], value.y >> (32u - shift));
        }
    }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    if id.x >= params.count {
        return;
    }
    let index = params.first + id.x;
    let node = nodes[index];
    let digest = keccak_256(node.start, node.length);
    store(index, node.hole, 0u, digest[0]);
    store(index, node.hole, 1u, digest[1]);
    store(index, node.hole, 2u, digest[2]);
    store(index, node.hole, 3u, digest[3]);
}
