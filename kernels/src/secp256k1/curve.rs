//! The constants of secp256k1: one place for all who compute on the curve, shaders included, whose build script reads
//! them here.

/// A number below 2^256 as four 64-bit words, lowest first.
pub type Words = [u64; 4];

/// The order of the group.
pub const N: Words = [
    0xbfd2_5e8c_d036_4141,
    0xbaae_dce6_af48_a03b,
    0xffff_ffff_ffff_fffe,
    0xffff_ffff_ffff_ffff,
];

/// The order of the field.
pub const P: Words = [
    0xffff_fffe_ffff_fc2f,
    0xffff_ffff_ffff_ffff,
    0xffff_ffff_ffff_ffff,
    0xffff_ffff_ffff_ffff,
];

/// (n-1)/2, the largest s of the low half.
pub const HALF_N: Words = [
    0xdfe9_2f46_681b_20a0,
    0x5d57_6e73_57a4_501d,
    0xffff_ffff_ffff_ffff,
    0x7fff_ffff_ffff_ffff,
];

/// x of the point that signatures start from.
pub const GENERATOR_X: Words = [
    0x59f2_815b_16f8_1798,
    0x029b_fcdb_2dce_28d9,
    0x55a0_6295_ce87_0b07,
    0x79be_667e_f9dc_bbac,
];

/// Its y.
pub const GENERATOR_Y: Words = [
    0x9c47_d08f_fb10_d4b8,
    0xfd17_b448_a685_5419,
    0x5da4_fbfc_0e11_08a8,
    0x483a_da77_26a3_c465,
];

/// Bits of a window of the halves of u2, and how many there are: 26·5 bits hold a half and its offset, as
/// 2^128 + 16·(2^130 - 1)/31 < 2^130.
pub const POINT_WINDOW: u32 = 5;
/// See [`POINT_WINDOW`].
pub const POINT_WINDOWS: u32 = 26;

/// Bits of a window of the halves of u1, and how many there are: 9·15 bits hold a half and its offset. Three windows of
/// the point are one of the generator.
pub const GENERATOR_WINDOW: u32 = 15;
/// See [`GENERATOR_WINDOW`].
pub const GENERATOR_WINDOWS: u32 = 9;

/// β: a cube root of one modulo p, which goes with [`LAMBDA`].
pub const BETA: Words = [
    0xc139_6c28_7195_01ee,
    0x9cf0_4975_12f5_8995,
    0x6e64_479e_ac34_34e9,
    0x7ae9_6a2b_657c_0710,
];
/// λ: the cube root of one modulo n with λ·(x, y) = (βx, y).
pub const LAMBDA: Words = [
    0xdf02_967c_1b23_bd72,
    0x122e_22ea_2081_6678,
    0xa526_1c02_8812_645a,
    0x5363_ad4c_c05c_30e0,
];

/// The nearest integer to 2^384·b2/n.
pub const G1: Words = [
    0xe893_209a_45db_b031,
    0x3daa_8a14_71e8_ca7f,
    0xe86c_90e4_9284_eb15,
    0x3086_d221_a7d4_6bcd,
];
/// The nearest integer to -2^384·b1/n.
pub const G2: Words = [
    0x1571_b4ae_8ac4_7f71,
    0x2212_08ac_9df5_06c6,
    0x6f54_7fa9_0abf_e4c4,
    0xe443_7ed6_010e_8828,
];

/// a1 = b2 of the short basis (a1, b1), (a2, b2) of the lattice a + b·λ = 0 modulo n.
pub const A1: u128 = 0x3086_d221_a7d4_6bcd_e86c_90e4_9284_eb15;
/// -b1.
pub const MINUS_B1: u128 = 0xe443_7ed6_010e_8828_6f54_7fa9_0abf_e4c3;
/// a2 without its bit 128.
pub const A2_LOW: u128 = 0x14ca_50f7_a8e2_f3f6_57c1_108d_9d44_cfd8;

/// Σ 16·2^(5i) over all windows: with it added, a half of u2 has unsigned digits.
pub const POINT_OFFSET: [u64; 3] = offset(POINT_WINDOW, POINT_WINDOWS);
/// The same for the halves of u1.
pub const GENERATOR_OFFSET: [u64; 3] = offset(GENERATOR_WINDOW, GENERATOR_WINDOWS);

const fn offset(width: u32, count: u32) -> [u64; 3] {
    let mut words = [0; 3];
    let mut i = 0;
    while i < count {
        let bit = width * i + width - 1;
        words[(bit / 64) as usize] |= 1 << (bit % 64);
        i += 1;
    }
    words
}
