// Proves that an adapter computes: every invocation mixes its index and stores the result.
// Twin: src/twin/probe.rs. Host: one invocation an output word, in one dimension.

struct ProbeParams {
    // Number of output words; invocations past it store nothing.
    count: u32,
    // Number of rounds.
    rounds: u32,
    // First operand of every invocation's state.
    seed: u32,
}

@group(0) @binding(0) var<uniform> params: ProbeParams;
@group(0) @binding(1) var<storage, read_write> output: array<u32>;

fn rotate_left(x: u32, bits: u32) -> u32 {
    return (x << bits) | (x >> (32u - bits));
}

// One round is a bijection of the state, so no input is lost on the way: add, rotate, multiply by an odd number, xor.
fn mix(state: u32, round: u32) -> u32 {
    let turned = rotate_left(state + 0x9e3779b9u + round, 7u + (round & 15u));
    return (turned * 0x85ebca6bu) ^ round;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let index = id.x;
    if index >= params.count {
        return;
    }
    var state = params.seed ^ index;
    for (var round = 0u; round < params.rounds; round++) {
        state = mix(state, round);
    }
    output[index] = state;
}
