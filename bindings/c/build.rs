//! What the loader knows of the shared library: its name, which ends in the version of the ABI, and that it stays.

#[allow(unreachable_pub, reason = "public in the library")]
#[path = "src/version.rs"]
mod version;

use version::PHALANX_ABI_VERSION;

fn main() {
    println!("cargo::rerun-if-changed=src/version.rs");
    let target = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    let pass = |argument: String| println!("cargo::rustc-cdylib-link-arg={argument}");
    match target.as_str() {
        "macos" => pass(format!(
            "-Wl,-install_name,@rpath/libphalanx.{PHALANX_ABI_VERSION}.dylib"
        )),
        "linux" | "android" | "freebsd" | "netbsd" | "openbsd" => {
            pass(format!("-Wl,-soname,libphalanx.so.{PHALANX_ABI_VERSION}"));
            // An engine's threads end when they come to it, perhaps after dlclose().
            pass("-Wl,-z,nodelete".to_owned());
        }
        _ => {}
    }
}
