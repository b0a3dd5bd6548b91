//! Counting instructions: QEMU runs a program one instruction at a time and logs the address of each.

use std::{collections::HashMap, fs, path::Path, time::Duration};

use anyhow::{Context, Result, bail};

use crate::{board::Board, image::Image, process, toolchain};

/// One call of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) name: String,
    /// From the function's first instruction to its return, the functions that it calls included.
    pub(crate) instructions: u64,
    /// The longest stretch of them with interrupts off, the one that turns them on included.
    pub(crate) masked: u64,
}

/// `cpsid i` and `cpsie i`: Arm v7-M manual, B5.2.1.
const INTERRUPTS_OFF: u16 = 0xB672;
const INTERRUPTS_ON: u16 = 0xB662;

/// Runs a program and gives the calls of the functions whose name begins with `prefix`, in order.
pub(crate) fn calls(board: &Board, elf: &Path, image: &Image, prefix: &str) -> Result<Vec<Call>> {
    let log = toolchain::target_dir().join("firmware").join("trace.log");
    // The name of the option depends on QEMU's version.
    let one_at_a_time = [&["-singlestep"][..], &["-accel", "tcg,one-insn-per-tb=on"]];
    let mut why = String::new();
    for options in one_at_a_time {
        let mut emulator = board.emulator(elf);
        emulator.args(options).args(["-d", "exec,nochain", "-D"]).arg(&log);
        let ended = process::run_limited(&mut emulator, Duration::from_secs(120), 1 << 16)?;
        if ended.success {
            let text = fs::read_to_string(&log).context("no log from QEMU")?;
            fs::remove_file(&log)?;
            return count(addresses(&text), image, prefix);
        }
        why = format!("{} with {}: {}{}", elf.display(), ended.status, ended.stdout, ended.stderr);
    }
    bail!("no trace: {why}")
}

/// The address in each line such as `Trace 0: 0x7fc83c000100 [00800400/00001062/00000110/ff000201] main`.
fn addresses(log: &str) -> impl Iterator<Item = u64> {
    log.lines().filter_map(|line| {
        let fields = line.strip_prefix("Trace ")?.split_once('[')?.1;
        u64::from_str_radix(fields.split('/').nth(1)?, 16).ok()
    })
}

fn count(addresses: impl Iterator<Item = u64>, image: &Image, prefix: &str) -> Result<Vec<Call>> {
    let entries: HashMap<u64, &str> = image
        .functions()
        .filter(|function| function.name.starts_with(prefix))
        .map(|function| (function.range.start, function.name.as_str()))
        .collect();
    let mut calls = Vec::new();
    // The call that is being counted, the address behind the call instruction, and the stretch with interrupts off.
    let mut open: Option<(Call, u64, Option<u64>)> = None;
    let mut last = 0;
    for address in addresses {
        if let Some((call, back, masked)) = &mut open {
            if address == *back {
                calls.push(call.clone());
                open = None;
            } else {
                call.instructions += 1;
                if let Some(masked) = masked {
                    *masked += 1;
                    call.masked = call.masked.max(*masked);
                }
                match image.instruction(address) {
                    Some(INTERRUPTS_OFF) => *masked = masked.or(Some(0)),
                    Some(INTERRUPTS_ON) => *masked = None,
                    _ => {}
                }
            }
        }
        if open.is_none() {
            if let Some(name) = entries.get(&address) {
                let call = Call { name: (*name).to_owned(), instructions: 1, masked: 0 };
                // `bl` has four bytes.
                open = Some((call, last + 4, None));
            }
        }
        last = address;
    }
    match open {
        Some((call, ..)) => bail!("{} does not return", call.name),
        None => Ok(calls),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_the_second_field() {
        let log =
            "Trace 0: 0x7fc83c000240 [00800400/00001062/00000110/ff000201] __pre_init\nother\n";
        assert_eq!(addresses(log).collect::<Vec<_>>(), [0x1062]);
    }

    #[test]
    fn calls_are_counted_from_entry_to_return() {
        // At 0x10: nop, cpsid i, nop, cpsie i, bx lr.
        let code = [0xBF00, INTERRUPTS_OFF, 0xBF00, INTERRUPTS_ON, 0x4770];
        let image = Image::of_function("measured_it", 0x10, &code);
        let run = [0x04, 0x10, 0x12, 0x14, 0x16, 0x18, 0x08, 0x0A];
        let wanted = Call { name: "measured_it".to_owned(), instructions: 5, masked: 2 };
        assert_eq!(count(run.into_iter(), &image, "measured_").unwrap(), [wanted]);
        assert_eq!(count(run.into_iter(), &image, "other_").unwrap(), []);
        assert!(count(run.into_iter().take(4), &image, "measured_").is_err());
    }
}
