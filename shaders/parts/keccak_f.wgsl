// The permutation Keccak-f[1600]. A lane is a vec2 of its low and its high word; lane (x, y) stands at x + 5y.

alias KeccakState = array<vec2<u32>, 25>;

const KECCAK_ROUNDS = array<vec2<u32>, 24>(
    vec2<u32>(0x1u, 0x0u),
    vec2<u32>(0x8082u, 0x0u),
    vec2<u32>(0x808au, 0x80000000u),
    vec2<u32>(0x80008000u, 0x80000000u),
    vec2<u32>(0x808bu, 0x0u),
    vec2<u32>(0x80000001u, 0x0u),
    vec2<u32>(0x80008081u, 0x80000000u),
    vec2<u32>(0x8009u, 0x80000000u),
    vec2<u32>(0x8au, 0x0u),
    vec2<u32>(0x88u, 0x0u),
    vec2<u32>(0x80008009u, 0x0u),
    vec2<u32>(0x8000000au, 0x0u),
    vec2<u32>(0x8000808bu, 0x0u),
    vec2<u32>(0x8bu, 0x80000000u),
    vec2<u32>(0x8089u, 0x80000000u),
    vec2<u32>(0x8003u, 0x80000000u),
    vec2<u32>(0x8002u, 0x80000000u),
    vec2<u32>(0x80u, 0x80000000u),
    vec2<u32>(0x800au, 0x0u),
    vec2<u32>(0x8000000au, 0x80000000u),
    vec2<u32>(0x80008081u, 0x80000000u),
    vec2<u32>(0x8080u, 0x80000000u),
    vec2<u32>(0x80000001u, 0x0u),
    vec2<u32>(0x80008008u, 0x80000000u),
);

/// A lane turned left by 1 to 31 bits.
fn turn(lane: vec2<u32>, bits: u32) -> vec2<u32> {
    return (lane << vec2<u32>(bits)) | (lane.yx >> vec2<u32>(32u - bits));
}

/// One row of the step chi.
fn chi(a: vec2<u32>, b: vec2<u32>, c: vec2<u32>) -> vec2<u32> {
    return a ^ (~b & c);
}

fn keccak_f(state: ptr<function, KeccakState>) {
    var a = *state;
    for (var round = 0u; round < 24u; round++) {
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
        // Lane (x, y) goes, turned, to (y, 2x + 3y).
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
        a[0] = chi(b0, b1, b2) ^ KECCAK_ROUNDS[round];
        a[1] = chi(b1, b2, b3);
        a[2] = chi(b2, b3, b4);
        a[3] = chi(b3, b4, b0);
        a[4] = chi(b4, b0, b1);
        a[5] = chi(b5, b6, b7);
        a[6] = chi(b6, b7, b8);
        a[7] = chi(b7, b8, b9);
        a[8] = chi(b8, b9, b5);
        a[9] = chi(b9, b5, b6);
        a[10] = chi(b10, b11, b12);
        a[11] = chi(b11, b12, b13);
        a[12] = chi(b12, b13, b14);
        a[13] = chi(b13, b14, b10);
        a[14] = chi(b14, b10, b11);
        a[15] = chi(b15, b16, b17);
        a[16] = chi(b16, b17, b18);
        a[17] = chi(b17, b18, b19);
        a[18] = chi(b18, b19, b15);
        a[19] = chi(b19, b15, b16);
        a[20] = chi(b20, b21, b22);
        a[21] = chi(b21, b22, b23);
        a[22] = chi(b22, b23, b24);
        a[23] = chi(b23, b24, b20);
        a[24] = chi(b24, b20, b21);
    }
    *state = a;
}
