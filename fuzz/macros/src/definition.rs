//! Definitions of parts that fit together, more often than not.

use fastrand::Rng;

const ATTRIBUTES: &[&str] = &[
    "",
    "/// Documented.",
    "#[allow(dead_code)]",
    "#[expect(dead_code)]",
    "#[cfg(all())]",
    "#[cfg(any())]",
    "#[deprecated]",
    "#[fragment!(meta: allow(unused))]",
    "#[cfg_attr(all(), mem_blocks(crate = ::mem_blocks))] #[cfg(all())]",
];

const ALIGNMENTS: &[&str] = &[
    "align = 1",
    "align = 8usize",
    "align = LINE",
    "align = { LINE / 2 }",
    "align = LINE >> 1",
    "align = <Board as Memory>::ALIGN",
    "align = if N < 8 { 4 } else { 8 }",
    "align = fragment!(expr: 2 * 2)",
    "align = 'a' as usize & 64",
    "align = 3 * 4",
];

const PLACES: &[&str] = &[
    "",
    "uninit",
    "unsafe(section = \".sram2\")",
    "unsafe(section = fragment!(literal: \".a\"))",
    "unsafe(address = 0x2000_0000)",
    "unsafe(address = 0x2000_0000 + LINE * N,)",
    "unsafe(buffer = BUFFER)",
    "unsafe(buffer = memory::ALIGNED)",
    "crate = ::mem_blocks",
    "uninit, crate = mem_blocks",
    "listener = record",
    "uninit, listener = trace::record",
    "listener = fragment!(path: trace::record), unsafe(buffer = BUFFER)",
];

const VISIBILITIES: &[&str] = &[
    "",
    "pub",
    "pub(crate)",
    "pub(self)",
    "pub(in crate)",
    "fragment!(vis: )",
    "fragment!(vis: pub)",
];

const NAMES: &[&str] = &["POOL", "lower", "r#type", "größe", "_UNUSED"];

const TYPES: &[&str] = &[
    "MemBlocks<[u8; 64], 4>",
    "MemBlocks<[u8; 64], N>",
    "MemBlocks<[u8; 64], { 2 * N },>",
    "::mem_blocks::MemBlocks<Descriptor, 33>",
    "mem_blocks::MemBlocks<[[u32; N]; 16], 1_000>",
    "Frames",
    "(Frames)",
    "<Board as Memory>::Pool",
    "pool!(_, a b c)",
    "fragment!(ty: MemBlocks<[u8; 64], 4>)",
    "MemBlocks<fragment!(ty: [u8; 64]), { fragment!(expr: 4) }>",
    "MemBlocks<Option<fn(&'static [u8; LINE << 1]) -> u8>, 8>",
];

/// Such a definition.
#[must_use]
pub fn write(random: &mut Rng) -> String {
    let mut choose = |parts: &[&'static str]| parts[random.usize(..parts.len())];
    let attribute = choose(ATTRIBUTES);
    let place = choose(PLACES);
    let align = choose(ALIGNMENTS);
    let align = choose(&["", align]);
    let options = [place, align].into_iter().filter(|option| !option.is_empty());
    let options = options.collect::<Vec<_>>().join(", ");
    let own = if options.is_empty() { String::new() } else { format!("#[mem_blocks({options})]") };
    let [vis, name, ty] = [VISIBILITIES, NAMES, TYPES].map(choose);
    // The attribute first: alone, it is a call by that door.
    format!("{own}\n{attribute}\n{vis} static {name}: {ty};\n")
}
