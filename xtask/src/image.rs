//! What an ELF file says about a program before it runs: where its data lies, what start-up does to it, and which
//! instructions it has.

use std::{fmt, fs, ops::Range, path::Path};

use anyhow::{Context, Result, bail};
use object::{
    File, Object, ObjectSection, ObjectSegment, ObjectSymbol, SectionKind, SymbolKind,
    elf::SHF_ALLOC,
};

use crate::isa::{Instruction, Isa, Masking};

/// A region of a linker script's `MEMORY`.
#[derive(Debug)]
pub(crate) struct Region {
    pub(crate) name: String,
    pub(crate) range: Range<u64>,
}

/// A variable, a function or a section.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) name: String,
    pub(crate) section: String,
    pub(crate) range: Range<u64>,
}

impl Item {
    pub(crate) fn size(&self) -> u64 {
        self.range.end - self.range.start
    }

    /// Whether the name has this as a component of its path. Holds for both manglings, in which a component is its
    /// length and its text.
    pub(crate) fn is_inside(&self, component: &str) -> bool {
        let escape = if component.starts_with('_') { "_" } else { "" };
        let plain = format!("{}{component}", component.len());
        let escaped = format!("{}{escape}{component}", component.len());
        [plain, escaped].iter().any(|mangled| {
            self.name
                .match_indices(mangled.as_str())
                .any(|(at, _)| !self.name[..at].ends_with(|before: char| before.is_ascii_digit()))
        })
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes at {:#x} in {}", self.size(), self.range.start, self.section)
    }
}

/// An ELF file, taken apart.
#[derive(Debug)]
pub(crate) struct Image {
    /// Sections that take up memory on the device.
    pub(crate) sections: Vec<Item>,
    pub(crate) variables: Vec<Item>,
    /// Addresses for which the image carries bytes.
    loaded: Vec<Range<u64>>,
    /// Address and value of the symbols that a linker script defines, and every other one.
    symbols: Vec<(String, u64)>,
    code: Vec<Code>,
}

/// A section of instructions.
#[derive(Debug)]
struct Code {
    isa: Isa,
    address: u64,
    bytes: Vec<u8>,
    functions: Vec<Item>,
    /// Where instructions (`true`) and where data begins, in order.
    marks: Vec<(u64, bool)>,
}

impl Image {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&bytes).with_context(|| format!("{}", path.display()))
    }

    pub(crate) fn parse(bytes: &[u8]) -> Result<Self> {
        let file = File::parse(bytes)?;
        let isa = Isa::of(file.architecture());

        let mut sections = Vec::new();
        for section in file.sections() {
            let object::SectionFlags::Elf { sh_flags, .. } = section.flags() else {
                bail!("not an ELF file");
            };
            if sh_flags.contains(SHF_ALLOC) && section.size() > 0 {
                let name = section.name()?.to_owned();
                let range = section.address()..section.address() + section.size();
                sections.push(Item { section: name.clone(), name, range });
            }
        }
        let loaded = file
            .segments()
            .map(|segment| segment.address()..segment.address() + segment.file_range().1)
            .filter(|range| !range.is_empty())
            .collect();

        let mut symbols = Vec::new();
        let mut variables = Vec::new();
        let mut functions = Vec::new();
        for symbol in file.symbols() {
            let name = symbol.name()?.to_owned();
            symbols.push((name.clone(), symbol.address()));
            let Some(index) = symbol.section_index() else {
                continue;
            };
            let section = file.section_by_index(index)?.name()?.to_owned();
            // The lowest bit of a function's address says that it is Thumb code.
            let is_function = symbol.kind() == SymbolKind::Text;
            let is_thumb_code = is_function && isa == Some(Isa::Thumb);
            let address = if is_thumb_code { symbol.address() & !1 } else { symbol.address() };
            let item = Item { name, section, range: address..address + symbol.size() };
            match symbol.kind() {
                SymbolKind::Data if symbol.size() > 0 => variables.push(item),
                SymbolKind::Text if symbol.size() > 0 => functions.push(item),
                _ => {}
            }
        }

        let mut code = Vec::new();
        let texts = file.sections().filter(|section| section.kind() == SectionKind::Text);
        for (section, isa) in texts.filter_map(|section| Some((section, isa?))) {
            let range = section.address()..section.address() + section.size();
            let mut marks: Vec<(u64, bool)> = symbols
                .iter()
                .filter(|(_, address)| range.contains(address))
                .filter_map(|(name, address)| Some((*address, isa.mark(name)?)))
                .collect();
            marks.sort_unstable();
            let inside = |item: &&Item| range.contains(&item.range.start);
            code.push(Code {
                isa,
                address: section.address(),
                bytes: section.data()?.to_vec(),
                functions: functions.iter().filter(inside).cloned().collect(),
                marks,
            });
        }
        Ok(Image { sections, variables, loaded, symbols, code })
    }

    /// An image of Thumb code from address 0 on, with a function that begins at `entry`, and with one variable.
    #[cfg(test)]
    pub(crate) fn of_function(name: &str, entry: u64, code: &[u16]) -> Self {
        let bytes: Vec<u8> = code.iter().flat_map(|halfword| halfword.to_le_bytes()).collect();
        let range = entry..bytes.len() as u64;
        let function = Item { name: name.to_owned(), section: ".text".to_owned(), range };
        let range = Self::VARIABLE..Self::VARIABLE + 4;
        let bss = Item { name: ".bss".to_owned(), section: ".bss".to_owned(), range };
        Image {
            sections: vec![bss],
            variables: Vec::new(),
            loaded: Vec::new(),
            symbols: Vec::new(),
            code: vec![Code {
                isa: Isa::Thumb,
                address: 0,
                bytes,
                functions: vec![function],
                marks: Vec::new(),
            }],
        }
    }

    #[cfg(test)]
    pub(crate) const VARIABLE: u64 = 0x2000_0000;

    /// The size of a section; 0 if there is none.
    pub(crate) fn section_size(&self, name: &str) -> u64 {
        self.sections.iter().filter(|section| section.name == name).map(Item::size).sum()
    }

    /// Whether the image carries a byte for this range.
    pub(crate) fn is_loaded(&self, range: &Range<u64>) -> bool {
        self.loaded.iter().any(|loaded| overlap(loaded, range))
    }

    /// The parts of the image that lie outside a region, or the sections that lie outside all of them.
    pub(crate) fn strays(&self, regions: &[Region], load_region: &str) -> Vec<String> {
        let inside = |range: &Range<u64>, region: &Region| {
            region.range.start <= range.start && range.end <= region.range.end
        };
        let sections = self
            .sections
            .iter()
            .filter(|section| !regions.iter().any(|region| inside(&section.range, region)))
            .map(|section| format!("section {section} lies in no memory region"));
        let holders = |range: &Range<u64>| {
            let held = self.sections.iter().filter(|section| overlap(&section.range, range));
            held.map(|section| section.name.as_str()).collect::<Vec<_>>().join(" ")
        };
        let loaded = self
            .loaded
            .iter()
            .filter(|range| {
                !regions.iter().any(|region| region.name == load_region && inside(range, region))
            })
            .map(|range| (range.end - range.start, range.start, holders(range)))
            // Its bytes lie in the load region, from where start-up copies them.
            .filter(|(.., names)| names != ".data")
            .map(|(size, start, names)| {
                format!(
                    "the image carries {size} bytes at {start:#x}, outside {load_region}: {names}"
                )
            });
        sections.chain(loaded).collect()
    }

    /// What start-up zeroes, or copies, between two symbols of the linker script.
    pub(crate) fn between(&self, first: &str, last: &str) -> Result<Range<u64>> {
        Ok(self.symbol(first)?..self.symbol(last)?)
    }

    fn symbol(&self, name: &str) -> Result<u64> {
        let found = self.symbols.iter().find(|(symbol, _)| symbol == name);
        found.map(|(_, value)| *value).with_context(|| format!("no symbol {name}"))
    }

    /// The functions of the program, those of the start-up code included.
    pub(crate) fn functions(&self) -> impl Iterator<Item = &Item> {
        self.code.iter().flat_map(|code| &code.functions)
    }

    /// What the instruction at an address does to interrupts.
    pub(crate) fn masking(&self, address: u64) -> Option<Masking> {
        let (code, instruction) = self.code_at(address)?;
        code.isa.masking(instruction)
    }

    /// Whether the instruction at an address marks the stack.
    pub(crate) fn marks_stack(&self, address: u64) -> bool {
        self.code_at(address).is_some_and(|(code, instruction)| {
            code.isa.marks_stack(instruction, code.instruction(address + 2))
        })
    }

    /// Where the instruction at an address ends.
    pub(crate) fn end_of(&self, address: u64) -> u64 {
        let found = self.code_at(address);
        let is_long = found.is_some_and(|(code, (first, _))| code.isa.is_long(first));
        address + if is_long { 4 } else { 2 }
    }

    fn code_at(&self, address: u64) -> Option<(&Code, Instruction)> {
        self.code.iter().find_map(|code| Some((code, code.instruction(address)?)))
    }

    /// The division instructions of a program, as text, and the number of all its instructions.
    pub(crate) fn divisions(&self) -> (Vec<String>, usize) {
        let mut found = Vec::new();
        let mut count = 0;
        for code in &self.code {
            for function in &code.functions {
                for (address, instruction) in code.instructions(&function.range) {
                    count += 1;
                    if let Some(name) = code.isa.division(instruction) {
                        found.push(format!("{name} at {address:#x} in {}", function.name));
                    }
                }
            }
        }
        let helpers = ["__aeabi_uidiv", "__aeabi_idiv", "__udivsi3", "__divsi3"];
        let called = self
            .symbols
            .iter()
            .filter(|(name, _)| helpers.iter().any(|helper| name.starts_with(helper)));
        found.extend(called.map(|(name, _)| format!("the program has {name}")));
        (found, count)
    }
}

impl Code {
    fn halfword(&self, address: u64) -> Option<u16> {
        let at = usize::try_from(address.checked_sub(self.address)?).ok()?;
        let bytes = self.bytes.get(at..at + 2)?;
        Some(u16::from_le_bytes([bytes[0], bytes[1]]))
    }

    fn instruction(&self, address: u64) -> Option<Instruction> {
        let first = self.halfword(address)?;
        let is_long = self.isa.is_long(first);
        Some((first, if is_long { self.halfword(address + 2).unwrap_or(0) } else { 0 }))
    }

    /// The instructions of a range, with their addresses.
    fn instructions(&self, range: &Range<u64>) -> Vec<(u64, Instruction)> {
        let mut found = Vec::new();
        let mut address = range.start;
        while address < range.end {
            // The last mark at or before the address. Data in front of a mark is skipped by halfwords.
            let marks = self.marks.partition_point(|(mark, _)| *mark <= address);
            let is_code = marks.checked_sub(1).is_none_or(|last| self.marks[last].1);
            let Some(instruction) = self.instruction(address) else {
                break;
            };
            if is_code {
                found.push((address, instruction));
            }
            address += if is_code && self.isa.is_long(instruction.0) { 4 } else { 2 };
        }
        found
    }
}

pub(crate) fn overlap(one: &Range<u64>, other: &Range<u64>) -> bool {
    one.start.max(other.start) < one.end.min(other.end)
}

/// The regions of a `MEMORY` command: lines such as `RAM : ORIGIN = 0x20000000, LENGTH = 64K`.
pub(crate) fn regions(script: &Path) -> Result<Vec<Region>> {
    let text =
        fs::read_to_string(script).with_context(|| format!("cannot read {}", script.display()))?;
    let found: Vec<_> = text.lines().filter_map(region).collect();
    if found.is_empty() {
        bail!("no memory regions in {}", script.display());
    }
    Ok(found)
}

fn region(line: &str) -> Option<Region> {
    let (name, rest) = line.split_once(':')?;
    let (origin, length) = rest.split_once(',')?;
    let origin = number(origin.trim().strip_prefix("ORIGIN = ")?)?;
    let length = number(length.trim().strip_prefix("LENGTH = ")?)?;
    Some(Region { name: name.trim().to_owned(), range: origin..origin + length })
}

fn number(text: &str) -> Option<u64> {
    if let Some(digits) = text.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16).ok();
    }
    let unit = match text.chars().last()? {
        'K' => 1 << 10,
        'M' => 1 << 20,
        _ => return text.parse().ok(),
    };
    Some(text[..text.len() - 1].parse::<u64>().ok()? * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Item {
        Item { name: name.to_owned(), section: String::new(), range: 0..4 }
    }

    #[test]
    fn a_path_component_is_found_in_both_manglings() {
        let legacy = named("_ZN10allocators6FRAMES19__MEM_BLOCKS_BUFFER17h0123456789abcdefE");
        let v0 = named("_RNvNvCs1234_10allocators6FRAMES19___MEM_BLOCKS_BUFFER");
        for item in [legacy, v0] {
            assert!(item.is_inside("FRAMES"));
            assert!(item.is_inside("__MEM_BLOCKS_BUFFER"));
            assert!(!item.is_inside("AMES"));
        }
        assert!(!named("_ZN1x16FRAMES_AND_MORE_17hE").is_inside("FRAMES"));
    }

    #[test]
    fn a_region_has_origin_and_length() {
        let found = region("  SRAM2 : ORIGIN = 0x21000000, LENGTH = 1M").unwrap();
        assert_eq!((found.name.as_str(), found.range), ("SRAM2", 0x2100_0000..0x2110_0000));
        assert_eq!(region("RAM : ORIGIN = 0, LENGTH = 64K").unwrap().range, 0..65536);
        assert!(region("/* RAM: see the manual */").is_none());
        assert!(region("MEMORY").is_none());
    }

    #[test]
    fn instructions_skips_literals() {
        // movs r0, #1; a literal that reads as udiv; udiv r0, r0, r1
        let bytes = vec![0x01, 0x20, 0xB0, 0xFB, 0xF1, 0xF0, 0xB0, 0xFB, 0xF1, 0xF0];
        let marks = vec![(0x100, true), (0x102, false), (0x106, true)];
        let code = Code { isa: Isa::Thumb, address: 0x100, bytes, functions: Vec::new(), marks };
        let found = code.instructions(&(0x100..0x10A));
        assert_eq!(found, [(0x100, (0x2001, 0)), (0x106, (0xFBB0, 0xF0F1))]);
    }

    #[test]
    fn ranges_that_touch_do_not_overlap() {
        assert!(overlap(&(0..4), &(3..5)));
        assert!(!overlap(&(0..4), &(4..8)));
        assert!(!overlap(&(0..8), &(4..4)));
    }
}
