//! Names the linker scripts. `memory.x` comes from the library of `tests/firmware`.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let architecture = env::var("CARGO_CFG_TARGET_ARCH").expect("cargo sets it");
    if architecture == "riscv32" {
        // cortex-m-rt's script includes it, riscv-rt's does not.
        println!("cargo::rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
}
