//! What single instructions do, for the two instruction sets that the firmware is compiled to.

use object::Architecture;

/// A set of instructions of two or four bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Isa {
    /// Thumb, of Armv6-M to Armv8-M.
    Thumb,
    /// RV32 with compressed instructions.
    Riscv,
}

/// An instruction: its first halfword, and its second; 0 for one of two bytes.
pub(crate) type Instruction = (u16, u16);

/// What an instruction does to interrupts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Masking {
    /// Turns them off.
    Off,
    /// Turns them on, however often they were turned off.
    On,
    /// Puts them back to what they were before the `Off` that belongs to it.
    Restore,
}

impl Isa {
    /// That of a microcontroller; of any other machine the instructions are not looked at.
    pub(crate) fn of(architecture: Architecture) -> Option<Self> {
        match architecture {
            Architecture::Arm => Some(Isa::Thumb),
            Architecture::Riscv32 => Some(Isa::Riscv),
            _ => None,
        }
    }

    /// Whether an instruction has a second halfword: Armv7-M manual, A5.1; RISC-V unprivileged manual, 1.5.
    pub(crate) fn is_long(self, first: u16) -> bool {
        match self {
            Isa::Thumb => first >> 11 >= 0b11101,
            Isa::Riscv => first & 0b11 == 0b11,
        }
    }

    /// Whether a symbol with this name says that code begins (`true`) or data does: the mapping symbols of both ABIs.
    pub(crate) fn mark(self, symbol: &str) -> Option<bool> {
        let code = match self {
            Isa::Thumb => "$t",
            Isa::Riscv => "$x",
        };
        let is = |mark: &str| {
            symbol.strip_prefix(mark).is_some_and(|rest| {
                // `$xrv32imac..` names the extensions that the code uses.
                rest.is_empty() || rest.starts_with('.') || rest.starts_with("rv")
            })
        };
        if is(code) { Some(true) } else { is("$d").then_some(false) }
    }

    /// The name of a division: Armv7-M manual, A7.7.127 and A7.7.195; RISC-V unprivileged manual, 13.2.
    pub(crate) fn division(self, (first, second): Instruction) -> Option<&'static str> {
        match self {
            Isa::Thumb => match (first & 0xFFF0, second & 0xF0F0) {
                (0xFB90, 0xF0F0) => Some("sdiv"),
                (0xFBB0, 0xF0F0) => Some("udiv"),
                _ => None,
            },
            Isa::Riscv => {
                let word = word((first, second));
                let is_muldiv = word & 0xFE00_007F == 0x0200_0033;
                let name = ["div", "divu", "rem", "remu"];
                let kind = (word >> 12 & 0b111) as usize;
                kind.checked_sub(4).filter(|_| is_muldiv).map(|kind| name[kind])
            }
        }
    }

    /// Armv7-M manual, B5.2.1 and B5.2.3; RISC-V unprivileged manual, 6.1, and `mstatus` in the privileged one, 3.1.6.
    pub(crate) fn masking(self, (first, second): Instruction) -> Option<Masking> {
        match self {
            Isa::Thumb => match (first, second) {
                // `cpsid i`, `cpsie i`.
                (0xB672, _) => Some(Masking::Off),
                (0xB662, _) => Some(Masking::On),
                // `msr primask, rN`. The first halfword ends with the register; in the second, SYSm is 16 for PRIMASK.
                (first, second) if first & 0xFFF0 == 0xF380 && second & 0xF0FF == 0x8010 => {
                    Some(Masking::Restore)
                }
                _ => None,
            },
            Isa::Riscv => {
                let word = word((first, second));
                let (csr, source) = (word >> 20, word >> 15 & 0x1F);
                if word & 0x7F != 0x73 || csr != 0x300 {
                    return None;
                }
                // The bit of `mstatus` is 3. Where a register holds the bits, it is taken to hold that one.
                match word >> 12 & 0b111 {
                    0b111 if source & 8 != 0 => Some(Masking::Off),
                    0b110 if source & 8 != 0 => Some(Masking::On),
                    0b011 if source != 0 => Some(Masking::Off),
                    0b010 if source != 0 => Some(Masking::On),
                    _ => None,
                }
            }
        }
    }

    /// Whether this is the store right below the stack pointer that `mark_stack` of the firmware makes: `push {r7}`
    /// before `pop {r7}`, or `sw zero, -4(sp)`.
    pub(crate) fn marks_stack(self, this: Instruction, next: Option<Instruction>) -> bool {
        match self {
            Isa::Thumb => this.0 == 0xB480 && next.is_some_and(|next| next.0 == 0xBC80),
            Isa::Riscv => word(this) == 0xFE01_2E23,
        }
    }
}

fn word((first, second): Instruction) -> u32 {
    u32::from(second) << 16 | u32::from(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(word: u32) -> Instruction {
        let [a, b, c, d] = word.to_le_bytes();
        (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]))
    }

    #[test]
    fn divisions_are_recognised() {
        assert_eq!(Isa::Thumb.division((0xFBB0, 0xF0F1)), Some("udiv")); // udiv r0, r0, r1
        assert_eq!(Isa::Thumb.division((0xFB93, 0xF5F2)), Some("sdiv")); // sdiv r5, r3, r2
        assert_eq!(Isa::Thumb.division((0xFBA0, 0x0102)), None); // umull r0, r1, r0, r2
        assert_eq!(Isa::Thumb.division((0xFB03, 0xF302)), None); // mul r3, r3, r2
        assert_eq!(Isa::Riscv.division(split(0x02B5_5533)), Some("divu")); // divu a0, a0, a1
        assert_eq!(Isa::Riscv.division(split(0x02B5_7533)), Some("remu")); // remu a0, a0, a1
        assert_eq!(Isa::Riscv.division(split(0x02B5_0533)), None); // mul a0, a0, a1
        assert_eq!(Isa::Riscv.division(split(0x00B5_5533)), None); // srl a0, a0, a1
    }

    #[test]
    fn instructions_that_mask_interrupts_are_recognised() {
        assert_eq!(Isa::Thumb.masking((0xB672, 0)), Some(Masking::Off));
        assert_eq!(Isa::Thumb.masking((0xB662, 0)), Some(Masking::On));
        assert_eq!(Isa::Thumb.masking((0xF381, 0x8810)), Some(Masking::Restore)); // msr primask, r1
        assert_eq!(Isa::Thumb.masking((0xF38C, 0x8810)), Some(Masking::Restore)); // msr primask, r12
        assert_eq!(Isa::Thumb.masking((0xF381, 0x8811)), None); // msr basepri, r1
        assert_eq!(Isa::Thumb.masking((0xF3EF, 0x8110)), None); // mrs r1, primask
        assert_eq!(Isa::Thumb.masking((0xB671, 0)), None); // cpsid f
        assert_eq!(Isa::Riscv.masking(split(0x3004_7573)), Some(Masking::Off)); // csrrci a0, mstatus, 8
        assert_eq!(Isa::Riscv.masking(split(0x3004_6073)), Some(Masking::On)); // csrsi mstatus, 8
        assert_eq!(Isa::Riscv.masking(split(0x3005_3073)), Some(Masking::Off)); // csrc mstatus, a0
        assert_eq!(Isa::Riscv.masking(split(0x3005_2073)), Some(Masking::On)); // csrs mstatus, a0
        assert_eq!(Isa::Riscv.masking(split(0x3000_2573)), None); // csrr a0, mstatus
        assert_eq!(Isa::Riscv.masking(split(0x3044_7073)), None); // csrci mie, 8
    }

    #[test]
    fn the_mark_of_the_stack_is_recognised() {
        assert!(Isa::Thumb.marks_stack((0xB480, 0), Some((0xBC80, 0))));
        assert!(!Isa::Thumb.marks_stack((0xB480, 0), Some((0x466F, 0)))); // push {r7}; mov r7, sp
        assert!(Isa::Riscv.marks_stack(split(0xFE01_2E23), None));
        assert!(!Isa::Riscv.marks_stack(split(0xFE11_2E23), None)); // sw ra, -4(sp)
    }

    #[test]
    fn mapping_symbols_part_code_from_data() {
        assert_eq!(Isa::Thumb.mark("$t"), Some(true));
        assert_eq!(Isa::Thumb.mark("$d.12"), Some(false));
        assert_eq!(Isa::Riscv.mark("$xrv32i2p1_m2p0"), Some(true));
        assert_eq!(Isa::Riscv.mark("$x"), Some(true));
        assert_eq!(Isa::Riscv.mark("$xyz"), None);
        assert_eq!(Isa::Thumb.mark("main"), None);
    }
}
