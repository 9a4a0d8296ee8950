//! Which stage needs which parts.

/// The parts that each stage is put together of, beside its own file `<stage>.wgsl`. A stage that is not listed has none.
///
/// A part is `parts/<part>.wgsl`; `constants` is written by the build script. A part with the two files
/// `parts/<part>_u64.wgsl` and `parts/<part>_u32.wgsl` gives its stages two variants.
pub(crate) const PARTS: &[(&str, &[&str])] = &[
    (
        "address",
        &["constants", "field", "product", "keccak_f", "recovery"],
    ),
    ("affine", &["constants", "field", "product", "recovery"]),
    ("integer", &["accumulator"]),
    (
        "invert_field",
        &["constants", "field", "product", "power", "recovery"],
    ),
    (
        "invert_scalar",
        &[
            "constants",
            "field",
            "product",
            "scalar",
            "scalar_product",
            "recovery",
        ],
    ),
    ("keccak", &["keccak_f", "sponge"]),
    (
        "ladder",
        &["constants", "field", "product", "point", "recovery"],
    ),
    ("levels", &["keccak_f", "sponge"]),
    (
        "lift",
        &["constants", "field", "product", "power", "recovery"],
    ),
    ("multiply", &["constants", "field", "product"]),
    (
        "scalars",
        &[
            "constants",
            "field",
            "product",
            "scalar",
            "scalar_product",
            "recovery",
        ],
    ),
    (
        "table",
        &["constants", "field", "product", "point", "recovery"],
    ),
];
