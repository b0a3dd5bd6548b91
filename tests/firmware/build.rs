//! Puts the linker scripts where the linker looks for them.

use std::{env, fs, path::PathBuf};

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    println!("cargo::rerun-if-changed=memory.x");
    println!("cargo::rerun-if-changed=../sram2.x");
    fs::copy("memory.x", out.join("memory.x")).expect("memory.x is readable");

    let mut sram2 = fs::read_to_string("../sram2.x").expect("sram2.x is readable");
    if env::var_os("CARGO_FEATURE_BREAK_NOLOAD").is_some() {
        sram2 = sram2.replace(" (NOLOAD) :", " :");
    }
    if env::var_os("CARGO_FEATURE_BREAK_INSERT").is_some() {
        sram2 += "INSERT AFTER .bss;\n";
        // Where the section then goes: `__ebss` ends up behind it.
        sram2 = sram2.replace("> SRAM2", "> RAM");
    }
    fs::write(out.join("sram2.x"), sram2).expect("OUT_DIR is writable");

    println!("cargo::rustc-link-search={}", out.display());
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
    // By its path: the linker looks in its working folder first, and that has the file that this is made from.
    println!("cargo::rustc-link-arg-bins=-T{}", out.join("sram2.x").display());
}
