//! Who is measured: the programs of `bench/firmware`, what each is called, and what it can do.

/// An allocator.
#[derive(Debug)]
pub(super) struct Contender {
    /// In `bench/firmware/src/bin`.
    pub(super) program: &'static str,
    /// The head of its column.
    pub(super) title: &'static str,
    /// The packages whose versions matter.
    pub(super) packages: &'static [&'static str],
    /// Whether it gives adjacent blocks.
    pub(super) has_runs: bool,
    /// In the order of `PROPERTIES`.
    pub(super) properties: [&'static str; 6],
}

/// What a contender does or does not, and no figure shows.
pub(super) const PROPERTIES: [&str; 6] = [
    "refuses a wrong or free block",
    "several in one call, all or none",
    "adjacent blocks",
    "sizes chosen at run time",
    "bookkeeping outside the buffer",
    "without compare-and-swap",
];

/// Ours is the first.
pub(super) const CONTENDERS: [Contender; 7] = [
    Contender {
        program: "mem_blocks",
        title: "mem-blocks",
        packages: &[],
        has_runs: true,
        properties: ["yes, by address", "yes", "yes", "no", "yes", "yes"],
    },
    Contender {
        program: "heapless_pool",
        title: "heapless pool",
        packages: &["heapless"],
        has_runs: false,
        properties: ["no", "no", "no", "no", "no", "by portable-atomic"],
    },
    Contender {
        program: "atomic_pool",
        title: "atomic-pool",
        packages: &["atomic-pool"],
        has_runs: false,
        properties: ["panics out of range", "no", "no", "no", "beside it", "by portable-atomic"],
    },
    Contender {
        program: "free_list",
        title: "free list",
        packages: &[],
        has_runs: false,
        properties: ["no", "no", "no", "no", "no", "yes"],
    },
    Contender {
        program: "llff",
        title: "LLFF",
        packages: &["embedded-alloc", "linked_list_allocator"],
        has_runs: true,
        properties: ["panics on some", "no", "yes", "yes", "no", "yes"],
    },
    Contender {
        program: "tlsf",
        title: "TLSF",
        packages: &["rlsf"],
        has_runs: true,
        properties: ["no", "no", "yes", "yes", "no", "yes"],
    },
    Contender {
        program: "talc",
        title: "talc",
        packages: &["talc"],
        has_runs: true,
        properties: ["no", "no", "yes", "yes", "no", "yes"],
    },
];

/// A call that is measured.
#[derive(Debug)]
pub(super) struct Call {
    /// The program's function is `measured_NAME`.
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    /// Whether it is made with other numbers of blocks than 32.
    pub(super) with_any: bool,
    /// Whether it is about adjacent blocks.
    pub(super) of_run: bool,
}

const fn call(name: &'static str, what: &'static str) -> Call {
    Call { name, what, with_any: false, of_run: false }
}

const fn with_any(name: &'static str, what: &'static str) -> Call {
    Call { with_any: true, ..call(name, what) }
}

/// In the order in which a program makes them.
pub(super) const CALLS: [Call; 13] = [
    with_any("alloc", "take one"),
    with_any("free", "give one back"),
    call("boxed", "take one and write 64 bytes"),
    call("alloc_8", "take 8"),
    call("free_8", "give 8 back"),
    call("alloc_32", "take all 32"),
    call("free_32", "give all 32 back"),
    Call { of_run: true, ..call("run", "take a run of 4") },
    Call { of_run: true, ..call("free_run", "give a run of 4 back") },
    with_any("alloc", "take one, lower half taken"),
    with_any("alloc", "take one, only the last free"),
    Call { of_run: true, ..with_any("run", "every second free: no run of 4") },
    with_any("free", "every second free: give one back"),
];

impl Contender {
    /// The calls that its program makes with so many blocks, and their places in `CALLS`.
    pub(super) fn calls(&self, blocks: u64) -> impl Iterator<Item = (usize, &'static Call)> {
        CALLS.iter().enumerate().filter(move |(_, call)| {
            (call.with_any || blocks == 32) && (self.has_runs || !call.of_run)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_has_a_name_of_its_own() {
        let mut names = CALLS.map(|call| call.what);
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn the_calls_are_those_that_the_contender_has() {
        assert_eq!(CONTENDERS[0].calls(32).count(), CALLS.len());
        let names: Vec<_> = CONTENDERS[1].calls(128).map(|(_, call)| call.name).collect();
        assert_eq!(names, ["alloc", "free", "alloc", "alloc", "free"]);
    }
}
