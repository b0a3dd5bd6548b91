//! Puts the linker scripts of the machine that the target stands for where the linker looks for them.

use std::{env, fs, path::PathBuf};

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let target = env::var("TARGET").expect("cargo sets TARGET");
    let machine = match target.as_str() {
        "thumbv6m-none-eabi" => "microbit",
        "thumbv7m-none-eabi" => "mps2-an385",
        "thumbv8m.main-none-eabi" => "mps2-an505",
        "riscv32imac-unknown-none-elf" | "riscv32imc-unknown-none-elf" => "virt",
        _ => panic!("no machine is known for {target}"),
    };
    for folder in ["memory", "sram2.x", "nowhere.x"] {
        println!("cargo::rerun-if-changed={folder}");
    }
    fs::copy(format!("memory/{machine}.x"), out.join("memory.x")).expect("memory.x is readable");
    fs::copy("nowhere.x", out.join("nowhere.x")).expect("nowhere.x is readable");

    let mut sram2 = fs::read_to_string("sram2.x").expect("sram2.x is readable");
    if env::var_os("CARGO_FEATURE_BREAK_NOLOAD").is_some() {
        sram2 = sram2.replace(" (NOLOAD) :", " :");
    }
    if env::var_os("CARGO_FEATURE_BREAK_INSERT").is_some() {
        sram2 += "INSERT AFTER .bss;\n";
        // Where the section then goes: `__ebss` ends up behind it.
        sram2 = sram2.replace("> SRAM2", "> RAM");
    }
    fs::write(out.join("sram2.x"), sram2).expect("OUT_DIR is writable");

    println!("cargo::rustc-check-cfg=cfg(armv8m)");
    if target.starts_with("thumbv8m") {
        println!("cargo::rustc-cfg=armv8m");
    }
    println!("cargo::rustc-link-search={}", out.display());
    if machine == "virt" {
        // cortex-m-rt's script includes it, riscv-rt's does not.
        println!("cargo::rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
    // By its path: the linker looks in its working folder first, and that has the file that this is made from.
    println!("cargo::rustc-link-arg-bins=-T{}", out.join("sram2.x").display());
    println!("cargo::rustc-link-arg-bins=-Tnowhere.x");
    if env::var_os("CARGO_FEATURE_DEFMT").is_some() {
        println!("cargo::rustc-link-arg-bin=logged=-Tdefmt.x");
    }
}
