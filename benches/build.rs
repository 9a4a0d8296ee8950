//! Lets ethrex-trie be linked beside keccak-asm.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    // ethrex-crypto and sha3-asm both define `KeccakF1600`, cryptogams' permutation in place. Either will do: only their
    // routines for outputs beyond a block call it, and each crate's others are its own. Roots are compared in any case.
    if is("CARGO_FEATURE_ETHREX", "1") && is("CARGO_CFG_TARGET_OS", "linux") {
        println!("cargo:rustc-link-arg=-Wl,--allow-multiple-definition");
    }
}
