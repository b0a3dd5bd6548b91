//! What a program does, instruction by instruction, as a plugin of QEMU writes it down.

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    ops::Range,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::{
    board::Board,
    image::{Image, Item, overlap},
    isa::Masking,
    process, toolchain, top,
};

/// One call of a function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) name: String,
    /// From the function's first instruction to its return, the functions that it calls included.
    pub(crate) instructions: u64,
    /// The longest stretch of them with interrupts off, the one that turns them on included.
    pub(crate) masked: u64,
    /// How often interrupts were turned off: once for each time that the lock was taken.
    pub(crate) locks: u64,
    /// How far below the stack pointer of the caller it has written, in bytes.
    pub(crate) stack: u64,
    /// Where the functions begin of which it ran instructions.
    pub(crate) functions: BTreeSet<u64>,
}

/// What happened: where, and of an access how many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Instruction(u64),
    Load(u64, u64),
    Store(u64, u64),
}

/// All that a program did, from the reset to its end.
#[derive(Debug)]
pub(crate) struct Trace {
    events: Vec<Event>,
}

impl Trace {
    /// Runs a program to its end, which must be a good one.
    pub(crate) fn record(board: &Board, elf: &Path) -> Result<Self> {
        let file = elf.with_extension("trace");
        let mut emulator = board.emulator(elf)?;
        let mut plugin = plugin(board)?.into_os_string();
        plugin.push(",to=");
        plugin.push(&file);
        emulator.arg("-plugin").arg(plugin);
        let ended = process::run_limited(&mut emulator, Duration::from_secs(120), 1 << 16)?;
        if !ended.status.success() {
            bail!(
                "{} under the tracer ended with {}: {}{}",
                elf.display(),
                ended.status,
                ended.stdout,
                ended.stderr
            );
        }
        let bytes = fs::read(&file).context("no trace from QEMU")?;
        fs::remove_file(&file)?;
        let trace = Self::parse(&bytes)?;
        // A tracer that sees nothing would find nothing wrong.
        let is_instruction = |event: &&Event| matches!(event, Event::Instruction(_));
        let instructions = trace.events.iter().filter(is_instruction).count();
        if instructions < 1000 || trace.events.len() - instructions < 100 {
            bail!("the tracer saw only {instructions} instructions of {}", elf.display());
        }
        Ok(trace)
    }

    fn parse(bytes: &[u8]) -> Result<Self> {
        let words = bytes.chunks(8).map(|word| word.try_into().map(u64::from_le_bytes));
        let events = words.map(|word| {
            let word = word.context("a trace is of 8-byte words")?;
            let address = word & 0xFFFF_FFFF;
            let size = 1 << (word >> 40 & 0xF);
            Ok(match word >> 32 & 0xFF {
                0 => Event::Instruction(address),
                1 => Event::Load(address, size),
                2 => Event::Store(address, size),
                other => bail!("a trace has no event {other}"),
            })
        });
        Ok(Self { events: events.collect::<Result<_>>()? })
    }

    /// The accesses to a range of addresses: the number of all, and the first as text.
    pub(crate) fn accesses(&self, range: &Range<u64>) -> (usize, Option<String>) {
        let mut at = 0;
        let mut count = 0;
        let mut first = None;
        for event in &self.events {
            let (what, address, size) = match *event {
                Event::Instruction(address) => {
                    at = address;
                    continue;
                }
                Event::Load(address, size) => ("load from", address, size),
                Event::Store(address, size) => ("store to", address, size),
            };
            if overlap(range, &(address..address + size)) {
                count += 1;
                first.get_or_insert_with(|| format!("a {what} {address:#x} at {at:#x}"));
            }
        }
        (count, first)
    }

    /// The calls of the functions whose name begins with `prefix`, in order.
    pub(crate) fn calls(&self, image: &Image, prefix: &str) -> Result<Vec<Call>> {
        let entries: HashMap<u64, &str> = image
            .functions()
            .filter(|function| function.name.starts_with(prefix))
            .map(|function| (function.range.start, function.name.as_str()))
            .collect();
        let mut functions: Vec<_> = image.functions().map(|found| found.range.clone()).collect();
        functions.sort_unstable_by_key(|range| range.start);
        // What is in a section of its own is not the stack, though riscv-rt gives the stack one.
        let data = |section: &&Item| section.name != ".stack";
        let data: Vec<_> = image.sections.iter().filter(data).map(|s| s.range.clone()).collect();

        let mut calls = Vec::new();
        let mut open: Option<Open> = None;
        let mut last = 0;
        let mut stack = None;
        for event in &self.events {
            match *event {
                Event::Instruction(address) => {
                    if let Some(now) = open.take_if(|now| now.back == address) {
                        calls.push(now.end()?);
                    }
                    if open.is_none() {
                        if let Some(&name) = entries.get(&address) {
                            let stack = stack.take().with_context(|| {
                                format!("{name}: nothing marks the stack before its call")
                            })?;
                            open = Some(Open::new(name, image.end_of(last), stack));
                        }
                    }
                    if let Some(now) = &mut open {
                        now.step(image.masking(address));
                        let found = functions.partition_point(|range| range.start <= address);
                        let function = found.checked_sub(1).map(|at| &functions[at]);
                        if let Some(range) = function.filter(|range| range.contains(&address)) {
                            now.call.functions.insert(range.start);
                        }
                    }
                    last = address;
                }
                Event::Store(address, _) => match &mut open {
                    Some(now) if !data.iter().any(|range| range.contains(&address)) => {
                        let depth = now.stack.saturating_sub(address);
                        now.call.stack = now.call.stack.max(depth);
                    }
                    None if image.marks_stack(last) => stack = Some(address + 4),
                    _ => {}
                },
                Event::Load(..) => {}
            }
        }
        match open {
            Some(Open { call, .. }) => bail!("{} does not return", call.name),
            None => Ok(calls),
        }
    }
}

/// The plugin, built for the version of the emulator.
fn plugin(board: &Board) -> Result<PathBuf> {
    let version =
        process::output_of(Command::new(toolchain::emulator(board.emulator)?).arg("--version"))?;
    let major = major_version(&version)
        .with_context(|| format!("`{} --version` names no version: {version}", board.emulator))?;
    let target = toolchain::target_dir().join("plugin");
    let mut cargo = toolchain::cargo();
    cargo.current_dir(top().join("xtask/plugin")).env("CARGO_TARGET_DIR", &target);
    cargo.args(["build", "--quiet"]);
    if major >= 9 {
        cargo.args(["--features", "version-2"]);
    }
    process::output_of(&mut cargo)?;
    Ok(target.join("debug/libqemu_trace.so"))
}

/// The 7 in `QEMU emulator version 7.2.22 (Debian ..)`.
fn major_version(text: &str) -> Option<u32> {
    text.split_once("version ")?.1.split('.').next()?.parse().ok()
}

/// A call that is being counted.
struct Open {
    call: Call,
    /// The address behind the call instruction.
    back: u64,
    /// The stack pointer of the caller.
    stack: u64,
    /// How many times interrupts are off: critical sections nest.
    depth: u64,
    /// The instructions since they are.
    stretch: u64,
}

impl Open {
    fn new(name: &str, back: u64, stack: u64) -> Self {
        let call = Call { name: name.to_owned(), ..Call::default() };
        Open { call, back, stack, depth: 0, stretch: 0 }
    }

    fn step(&mut self, masking: Option<Masking>) {
        self.call.instructions += 1;
        if self.depth > 0 {
            self.stretch += 1;
            self.call.masked = self.call.masked.max(self.stretch);
        }
        match masking {
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

    fn end(self) -> Result<Call> {
        if self.depth > 0 {
            bail!("{} returns with interrupts off", self.call.name);
        }
        Ok(self.call)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOP: u16 = 0xBF00;
    /// `mrs r1, primask`.
    const READ: [u16; 2] = [0xF3EF, 0x8110];
    const OFF: u16 = 0xB672;
    const ON: u16 = 0xB662;
    /// `msr primask, r1`.
    const RESTORE: [u16; 2] = [0xF381, 0x8810];
    const RETURN: u16 = 0x4770;
    /// `push {r7}; pop {r7}`.
    const MARK: [u16; 2] = [0xB480, 0xBC80];

    /// The stack pointer of the caller.
    const STACK: u64 = 0x2000_1000;
    /// Where the function begins, behind its caller: the mark, the call (a `nop` here), and where it returns to.
    const ENTRY: u64 = 8;

    /// Runs the caller and the function, from its first instruction to its last. Each of its instructions stores to the
    /// addresses in `stores`.
    fn counted(code: &[u16], stores: &[u64]) -> Result<Vec<Call>> {
        let all: Vec<u16> = MARK.iter().chain(&[NOP, NOP]).chain(code).copied().collect();
        let image = Image::of_function("measured_it", ENTRY, &all);
        let mut events: Vec<_> = [0, 2, 4].map(Event::Instruction).into();
        events.insert(1, Event::Store(STACK - 4, 4));
        let mut address = ENTRY;
        while address < 2 * all.len() as u64 {
            events.push(Event::Instruction(address));
            events.extend(stores.iter().map(|&address| Event::Store(address, 4)));
            address = image.end_of(address);
        }
        assert!(Trace { events: events.clone() }.calls(&image, "measured_").is_err(), "no return");
        events.push(Event::Instruction(6));
        let unmarked = events.iter().copied().filter(|event| *event != Event::Store(STACK - 4, 4));
        assert!(Trace { events: unmarked.collect() }.calls(&image, "measured_").is_err());
        let trace = Trace { events };
        assert_eq!(trace.calls(&image, "other_")?, []);
        trace.calls(&image, "measured_")
    }

    fn call(instructions: u64, masked: u64, locks: u64) -> [Call; 1] {
        let name = "measured_it".to_owned();
        [Call { name, instructions, masked, locks, stack: 0, functions: [ENTRY].into() }]
    }

    #[test]
    fn calls_are_counted_from_entry_to_return() {
        assert_eq!(counted(&[NOP, OFF, NOP, ON, RETURN], &[]).unwrap(), call(5, 2, 1));
        assert_eq!(counted(&[NOP, NOP, NOP, RETURN], &[]).unwrap(), call(4, 0, 0));
    }

    #[test]
    fn a_stretch_ends_where_the_mask_is_restored() {
        let code = [READ[0], READ[1], OFF, NOP, RESTORE[0], RESTORE[1], NOP, NOP, NOP, RETURN];
        assert_eq!(counted(&code, &[]).unwrap(), call(8, 2, 1));
    }

    #[test]
    fn the_longest_stretch_counts_and_each_is_a_lock() {
        let code = [OFF, NOP, NOP, ON, NOP, OFF, RESTORE[0], RESTORE[1], RETURN];
        assert_eq!(counted(&code, &[]).unwrap(), call(8, 3, 2));
    }

    #[test]
    fn a_stretch_within_a_stretch_does_not_end_it() {
        let [restore, primask] = RESTORE;
        let code = [OFF, NOP, OFF, restore, primask, NOP, restore, primask, NOP, RETURN];
        assert_eq!(counted(&code, &[]).unwrap(), call(8, 5, 2));
    }

    #[test]
    fn a_call_that_leaves_interrupts_off_is_an_error() {
        let error = counted(&[NOP, OFF, NOP, RETURN], &[]).unwrap_err().to_string();
        assert_eq!(error, "measured_it returns with interrupts off");
    }

    #[test]
    fn the_stack_reaches_to_the_lowest_store_below_the_mark() {
        let deepest = |stores: &[u64]| counted(&[NOP, RETURN], stores).unwrap()[0].stack;
        assert_eq!(deepest(&[STACK - 8, STACK - 24, STACK - 16]), 24);
        // In the frame of the caller.
        assert_eq!(deepest(&[STACK, STACK + 8]), 0);
        // In a variable: the image of the tests has a section there.
        assert_eq!(deepest(&[Image::VARIABLE]), 0);
    }

    #[test]
    fn accesses_are_those_inside_the_range() {
        let events = vec![
            Event::Instruction(0x10),
            Event::Load(0x100, 1),
            Event::Instruction(0x12),
            Event::Store(0x0FF, 1),
            Event::Store(0x0FE, 4),
            Event::Store(0x104, 4),
            Event::Store(0x108, 4),
        ];
        let trace = Trace { events };
        let first = "a load from 0x100 at 0x10".to_owned();
        assert_eq!(trace.accesses(&(0x100..0x108)), (3, Some(first)));
        assert_eq!(trace.accesses(&(0x200..0x208)), (0, None));
    }

    #[test]
    fn a_trace_is_read_word_by_word() {
        let words = [0x1234_u64, 0x201 << 32 | 0x20, 0x002 << 32 | 0x24].map(u64::to_le_bytes);
        let events = Trace::parse(words.as_flattened()).unwrap().events;
        assert_eq!(
            events,
            [Event::Instruction(0x1234), Event::Load(0x20, 4), Event::Store(0x24, 1)]
        );
        assert!(Trace::parse(&words.as_flattened()[..12]).is_err());
        assert!(Trace::parse(&(7_u64 << 32).to_le_bytes()).is_err());
    }

    #[test]
    fn the_version_of_the_emulator_is_found() {
        assert_eq!(major_version("QEMU emulator version 7.2.22 (Debian 1:7.2)\n"), Some(7));
        assert_eq!(major_version("QEMU emulator version 10.0.2"), Some(10));
        assert_eq!(major_version("something else"), None);
    }
}
