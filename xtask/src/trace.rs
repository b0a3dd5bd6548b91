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
    /// How often interrupts were turned off: once for each time that the lock was taken.
    pub(crate) locks: u64,
}

/// What an instruction does to the interrupt mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Masking {
    /// `cpsid i`.
    Off,
    /// `cpsie i`.
    On,
    /// `msr primask, rN`: back to what it was before the `Off` that belongs to it.
    Restore,
}

/// Arm v7-M manual, B5.2.1 and B5.2.3.
fn masking(instruction: (u16, u16)) -> Option<Masking> {
    match instruction {
        (0xB672, _) => Some(Masking::Off),
        (0xB662, _) => Some(Masking::On),
        // The first halfword ends with the register; in the second, SYSm is 16 for PRIMASK.
        (first, second) if first & 0xFFF0 == 0xF380 && second & 0xF0FF == 0x8010 => {
            Some(Masking::Restore)
        }
        _ => None,
    }
}

/// Runs a program and gives the calls of the functions whose name begins with `prefix`, in order.
pub(crate) fn calls(board: &Board, elf: &Path, image: &Image, prefix: &str) -> Result<Vec<Call>> {
    let log = toolchain::target_dir().join("firmware").join("trace.log");
    // The name of the option depends on QEMU's version.
    let one_at_a_time = [&["-singlestep"][..], &["-accel", "tcg,one-insn-per-tb=on"]];
    let mut why = String::new();
    for options in one_at_a_time {
        let mut emulator = board.emulator(elf)?;
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
    let mut open: Option<Open> = None;
    let mut last = 0;
    for address in addresses {
        if let Some(mut now) = open.take() {
            if address != now.back {
                now.step(image.instruction(address));
                open = Some(now);
            } else if now.depth > 0 {
                bail!("{} returns with interrupts off", now.call.name);
            } else {
                calls.push(now.call);
            }
        }
        if open.is_none() {
            if let Some(name) = entries.get(&address) {
                // `bl` has four bytes.
                let mut now = Open::new(name, last + 4);
                now.step(image.instruction(address));
                open = Some(now);
            }
        }
        last = address;
    }
    match open {
        Some(Open { call, .. }) => bail!("{} does not return", call.name),
        None => Ok(calls),
    }
}

/// A call that is being counted.
struct Open {
    call: Call,
    /// The address behind the call instruction.
    back: u64,
    /// How many times interrupts are off: critical sections nest.
    depth: u64,
    /// The instructions since they are.
    stretch: u64,
}

impl Open {
    fn new(name: &str, back: u64) -> Self {
        let call = Call { name: name.to_owned(), instructions: 0, masked: 0, locks: 0 };
        Open { call, back, depth: 0, stretch: 0 }
    }

    fn step(&mut self, instruction: Option<(u16, u16)>) {
        self.call.instructions += 1;
        if self.depth > 0 {
            self.stretch += 1;
            self.call.masked = self.call.masked.max(self.stretch);
        }
        match instruction.and_then(masking) {
            Some(Masking::Off) => {
                self.call.locks += 1;
                self.depth += 1;
            }
            Some(Masking::On) => self.depth = 0,
            Some(Masking::Restore) => self.depth = self.depth.saturating_sub(1),
            None => {}
        }
        if self.depth == 0 {
            self.stretch = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::is_long;

    #[test]
    fn addresses_are_the_second_field() {
        let log =
            "Trace 0: 0x7fc83c000240 [00800400/00001062/00000110/ff000201] __pre_init\nother\n";
        assert_eq!(addresses(log).collect::<Vec<_>>(), [0x1062]);
    }

    const NOP: u16 = 0xBF00;
    /// `mrs r1, primask`.
    const READ: [u16; 2] = [0xF3EF, 0x8110];
    const OFF: u16 = 0xB672;
    const ON: u16 = 0xB662;
    /// `msr primask, r1`.
    const RESTORE: [u16; 2] = [0xF381, 0x8810];
    const RETURN: u16 = 0x4770;

    /// Runs a function at 0x10 from its first instruction to its last, called from 0x04.
    fn counted(code: &[u16]) -> Result<Vec<Call>> {
        let image = Image::of_function("measured_it", 0x10, code);
        let mut run = vec![0x04];
        let mut address = 0x10;
        while let Some((first, _)) = image.instruction(address) {
            run.push(address);
            address += if is_long(first) { 4 } else { 2 };
        }
        run.extend([0x08, 0x0A]);
        assert_eq!(count(run.iter().copied(), &image, "other_")?, []);
        assert!(count(run.iter().copied().take(4), &image, "measured_").is_err());
        count(run.into_iter(), &image, "measured_")
    }

    fn call(instructions: u64, masked: u64, locks: u64) -> [Call; 1] {
        [Call { name: "measured_it".to_owned(), instructions, masked, locks }]
    }

    #[test]
    fn instructions_that_mask_interrupts_are_recognised() {
        assert_eq!(masking((OFF, 0)), Some(Masking::Off));
        assert_eq!(masking((ON, 0)), Some(Masking::On));
        assert_eq!(masking((RESTORE[0], RESTORE[1])), Some(Masking::Restore));
        assert_eq!(masking((0xF38C, 0x8810)), Some(Masking::Restore)); // msr primask, r12
        assert_eq!(masking((0xF381, 0x8811)), None); // msr basepri, r1
        assert_eq!(masking((READ[0], READ[1])), None);
        assert_eq!(masking((0xB671, 0)), None); // cpsid f
    }

    #[test]
    fn calls_are_counted_from_entry_to_return() {
        assert_eq!(counted(&[NOP, OFF, NOP, ON, RETURN]).unwrap(), call(5, 2, 1));
        assert_eq!(counted(&[NOP, NOP, NOP, RETURN]).unwrap(), call(4, 0, 0));
    }

    #[test]
    fn a_stretch_ends_where_the_mask_is_restored() {
        let code = [READ[0], READ[1], OFF, NOP, RESTORE[0], RESTORE[1], NOP, NOP, NOP, RETURN];
        assert_eq!(counted(&code).unwrap(), call(8, 2, 1));
    }

    #[test]
    fn the_longest_stretch_counts_and_each_is_a_lock() {
        let code = [OFF, NOP, NOP, ON, NOP, OFF, RESTORE[0], RESTORE[1], RETURN];
        assert_eq!(counted(&code).unwrap(), call(8, 3, 2));
    }

    #[test]
    fn a_stretch_within_a_stretch_does_not_end_it() {
        let [restore, primask] = RESTORE;
        let code = [OFF, NOP, OFF, restore, primask, NOP, restore, primask, NOP, RETURN];
        assert_eq!(counted(&code).unwrap(), call(8, 5, 2));
    }

    #[test]
    fn a_call_that_leaves_interrupts_off_is_an_error() {
        let error = counted(&[NOP, OFF, NOP, RETURN]).unwrap_err().to_string();
        assert_eq!(error, "measured_it returns with interrupts off");
    }
}
