// What all stages of a recovery share: their parameters, rows and words.

struct RecoverParams {
    /// Rows of the batch.
    count: u32,
    /// Rows that a column of a buffer has room for: word j of row i stands at j·stride + i. In `table`, where rows look up
    /// numbers of their own, the eight words of number k of row i stand together, at 8·(k·stride + i).
    stride: u32,
    /// Invocations of the stages that invert: each takes every lanes-th row.
    lanes: u32,
    /// First and last window of a slice of the ladder, which goes down.
    window_high: u32,
    window_low: u32,
}

/// A signature: numbers as big-endian bytes, the first byte lowest in its word.
struct SignatureRow {
    prehash: array<u32, 8>,
    r: array<u32, 8>,
    s: array<u32, 8>,
    /// Recovery id in the low byte, and LOW_S.
    flags: u32,
}

/// The flag of a signature whose s may not be above n/2.
const LOW_S: u32 = 0x100u;

struct ResultRow {
    status: u32,
    address: array<u32, 5>,
}

fn words_of(low: vec4<u32>, high: vec4<u32>) -> array<u32, 8> {
    return array<u32, 8>(low.x, low.y, low.z, low.w, high.x, high.y, high.z, high.w);
}

/// The word with its bytes in the other order.
fn swap_bytes(word: u32) -> u32 {
    let halves = (word << 16u) | (word >> 16u);
    return ((halves & 0xff00ffu) << 8u) | ((halves >> 8u) & 0xff00ffu);
}

/// The number of big-endian bytes, lowest word first.
fn words_from_bytes(bytes: array<u32, 8>) -> array<u32, 8> {
    return array<u32, 8>(
        swap_bytes(bytes[7]),
        swap_bytes(bytes[6]),
        swap_bytes(bytes[5]),
        swap_bytes(bytes[4]),
        swap_bytes(bytes[3]),
        swap_bytes(bytes[2]),
        swap_bytes(bytes[1]),
        swap_bytes(bytes[0]),
    );
}

fn is_zero(a: array<u32, 8>) -> bool {
    return (a[0] | a[1] | a[2] | a[3] | a[4] | a[5] | a[6] | a[7]) == 0u;
}

struct Difference {
    words: array<u32, 8>,
    below_zero: bool,
}

/// a - b modulo 2^256, and whether it went below zero.
fn subtract(a: array<u32, 8>, b: array<u32, 8>) -> Difference {
    var difference: Difference;
    var borrow = 0u;
    for (var i = 0u; i < 8u; i++) {
        let part = a[i] - b[i];
        difference.words[i] = part - borrow;
        borrow = select(0u, 1u, a[i] < b[i] || part < borrow);
    }
    difference.below_zero = borrow == 1u;
    return difference;
}
