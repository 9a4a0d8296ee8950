//! Keccak-f[1600] (FIPS 202, 3.2 and 3.3), once for all levels.
//!
//! Word `x + 5y` of the state is the lane (x, y) of FIPS 202. A round keeps all 25 words in values of their own: eight
//! lanes of them fit the 32 registers of AVX-512 with seven to spare, and elsewhere the compiler decides what stays.
//!
//! θ xors one word to all of a column, the xor of two parities. A three-operand xor could take both parities as they are
//! and save five instructions a round, but it overwrites an operand: with the copies and spills that this brings it took
//! a sixth longer. Carrying the next round's parities along, row by row, was slower too.

use crate::lanes::Words;

/// The words of a state, each for every lane.
pub(super) type State<W> = [W; 25];

/// What ι adds to word 0 in each round.
const ROUND_CONSTANTS: [u64; 24] = [
    0x0000_0000_0000_0001,
    0x0000_0000_0000_8082,
    0x8000_0000_0000_808a,
    0x8000_0000_8000_8000,
    0x0000_0000_0000_808b,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8009,
    0x0000_0000_0000_008a,
    0x0000_0000_0000_0088,
    0x0000_0000_8000_8009,
    0x0000_0000_8000_000a,
    0x0000_0000_8000_808b,
    0x8000_0000_0000_008b,
    0x8000_0000_0000_8089,
    0x8000_0000_0000_8003,
    0x8000_0000_0000_8002,
    0x8000_0000_0000_0080,
    0x0000_0000_0000_800a,
    0x8000_0000_8000_000a,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8080,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8008,
];

/// How often [`permute_beside`] calls its closure.
pub(super) const TURNS: usize = ROUND_CONSTANTS.len() / 2;

/// Permutes each lane's state.
#[inline(always)]
pub(super) fn permute<W: Words>(proof: W::Proof, state: State<W>) -> State<W> {
    permute_beside(proof, state, |_| {})
}

/// Permutes each lane's state, and before every two rounds calls `beside` with the turn, from 0 up to [`TURNS`].
///
/// Rounds wait for the vector units, which have far fewer instructions a cycle than a processor takes up. A little scalar
/// work in every turn fits between them and costs next to nothing, mispredicted branches included; the same work before
/// or after a permutation has the vector units wait for it.
#[inline(always)]
pub(super) fn permute_beside<W: Words>(
    proof: W::Proof,
    mut state: State<W>,
    mut beside: impl FnMut(usize),
) -> State<W> {
    for (turn, &[even, odd]) in ROUND_CONSTANTS.as_chunks().0.iter().enumerate() {
        beside(turn);
        state = round(&state, W::splat(proof, even));
        state = round(&state, W::splat(proof, odd));
    }
    state
}

#[inline(always)]
fn round<W: Words>(a: &State<W>, constant: W) -> State<W> {
    let c = [
        parity(a, 0),
        parity(a, 1),
        parity(a, 2),
        parity(a, 3),
        parity(a, 4),
    ];
    let d = [
        c[4].xor(c[1].rotate_left::<1>()),
        c[0].xor(c[2].rotate_left::<1>()),
        c[1].xor(c[3].rotate_left::<1>()),
        c[2].xor(c[4].rotate_left::<1>()),
        c[3].xor(c[0].rotate_left::<1>()),
    ];

    // ρ and π bring the words of each row together; χ mixes the row.
    let [a0, a1, a2, a3, a4] = chi([
        theta(a, &d, 0, 0),
        theta(a, &d, 1, 1).rotate_left::<44>(),
        theta(a, &d, 2, 2).rotate_left::<43>(),
        theta(a, &d, 3, 3).rotate_left::<21>(),
        theta(a, &d, 4, 4).rotate_left::<14>(),
    ]);
    let [b0, b1, b2, b3, b4] = chi([
        theta(a, &d, 3, 0).rotate_left::<28>(),
        theta(a, &d, 4, 1).rotate_left::<20>(),
        theta(a, &d, 0, 2).rotate_left::<3>(),
        theta(a, &d, 1, 3).rotate_left::<45>(),
        theta(a, &d, 2, 4).rotate_left::<61>(),
    ]);
    let [c0, c1, c2, c3, c4] = chi([
        theta(a, &d, 1, 0).rotate_left::<1>(),
        theta(a, &d, 2, 1).rotate_left::<6>(),
        theta(a, &d, 3, 2).rotate_left::<25>(),
        theta(a, &d, 4, 3).rotate_left::<8>(),
        theta(a, &d, 0, 4).rotate_left::<18>(),
    ]);
    let [d0, d1, d2, d3, d4] = chi([
        theta(a, &d, 4, 0).rotate_left::<27>(),
        theta(a, &d, 0, 1).rotate_left::<36>(),
        theta(a, &d, 1, 2).rotate_left::<10>(),
        theta(a, &d, 2, 3).rotate_left::<15>(),
        theta(a, &d, 3, 4).rotate_left::<56>(),
    ]);
    let [e0, e1, e2, e3, e4] = chi([
        theta(a, &d, 2, 0).rotate_left::<62>(),
        theta(a, &d, 3, 1).rotate_left::<55>(),
        theta(a, &d, 4, 2).rotate_left::<39>(),
        theta(a, &d, 0, 3).rotate_left::<41>(),
        theta(a, &d, 1, 4).rotate_left::<2>(),
    ]);
    let a0 = a0.xor(constant);
    [
        a0, a1, a2, a3, a4, b0, b1, b2, b3, b4, c0, c1, c2, c3, c4, d0, d1, d2, d3, d4, e0, e1, e2,
        e3, e4,
    ]
}

/// The parity of column `x`.
#[inline(always)]
fn parity<W: Words>(a: &State<W>, x: usize) -> W {
    a[x].xor3(a[x + 5], a[x + 10]).xor3(a[x + 15], a[x + 20])
}

/// θ of the word (x, y), given the columns' parities `c` and the same rotated.
#[inline(always)]
fn theta<W: Words>(a: &State<W>, d: &[W; 5], x: usize, y: usize) -> W {
    a[x + 5 * y].xor(d[x])
}

/// χ of one row.
#[inline(always)]
fn chi<W: Words>([a, b, c, d, e]: [W; 5]) -> [W; 5] {
    [
        a.xor_and_not(b, c),
        b.xor_and_not(c, d),
        c.xor_and_not(d, e),
        d.xor_and_not(e, a),
        e.xor_and_not(a, b),
    ]
}
