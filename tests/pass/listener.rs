//! A listener: every way to name one, wherever an allocator can be defined; and that it is the one that
//! is told.

use std::sync::Mutex;

use mem_blocks::{
    BlockBuffer, Event, Listener, MemBlocks, RawMemBlocks, define_mem_blocks, mem_blocks,
};

/// By whom what was heard: the name of a listener, and where the allocator is.
static HEARD: Mutex<Vec<(&str, usize)>> = Mutex::new(Vec::new());

fn hear(listener: &'static str, pool: &RawMemBlocks) {
    let mut heard = HEARD.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    heard.push((listener, (&raw const *pool).addr()));
}

/// Takes a block, and gives the names of the listeners that were told of something.
fn heard_of(pool: &'static RawMemBlocks) -> Vec<&'static str> {
    pool.alloc(&mut [core::ptr::null_mut()]).expect("a new allocator should have a block");
    let heard = HEARD.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let of_this = heard.iter().filter(|(_, at)| *at == (&raw const *pool).addr());
    let mut names: Vec<_> = of_this.map(|(name, _)| *name).collect();
    names.dedup();
    names
}

fn record(pool: &RawMemBlocks, _: Event<'_>) {
    hear("record", pool);
}

fn other(pool: &RawMemBlocks, _: Event<'_>) {
    hear("other", pool);
}

const fn silent(_: &RawMemBlocks, _: Event<'_>) {}

fn generic<T: AsPool>(pool: &T, _: Event<'_>) {
    hear("generic", pool.as_pool());
}

trait AsPool {
    fn as_pool(&self) -> &RawMemBlocks;
    fn listen(pool: &RawMemBlocks, _: Event<'_>) {
        hear("AsPool::listen", pool);
    }
}

impl AsPool for RawMemBlocks {
    fn as_pool(&self) -> &RawMemBlocks {
        self
    }
}

const CONSTANT: Listener = record;
static STATIC: Listener = record;
const CLOSURE: Listener = |pool, _| hear("CLOSURE", pool);

#[allow(non_snake_case)]
fn r#type(pool: &RawMemBlocks, _: Event<'_>) {
    hear("type", pool);
}

mod trace {
    use mem_blocks::{Event, MemBlocks, RawMemBlocks, mem_blocks};

    pub(crate) struct Log;

    impl Log {
        pub(crate) fn listen(pool: &RawMemBlocks, _: Event<'_>) {
            super::hear("Log::listen", pool);
        }
    }

    pub(crate) fn record(pool: &RawMemBlocks, _: Event<'_>) {
        super::hear("trace::record", pool);
    }

    fn private(pool: &RawMemBlocks, _: Event<'_>) {
        super::hear("private", pool);
    }

    #[mem_blocks(listener = private)]
    pub(crate) static PRIVATE: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(listener = self::record)]
    pub(crate) static SELF: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(listener = super::record)]
    pub(crate) static SUPER: MemBlocks<[u8; 64], 4>;
}

static MEMORY: BlockBuffer<[u8; 64], 4> = BlockBuffer::new();

define_mem_blocks! {
    static NONE: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(listener = record)]
    static PLAIN: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(listener = record,)]
    static MANY_WORDS: MemBlocks<[u8; 64], 100>;
    #[mem_blocks(listener = other, align = 32)]
    static ALIGNED: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(uninit, listener = crate::trace::record)]
    static UNINIT: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(listener = trace::Log::listen, unsafe(section = ".sram2"))]
    static SECTION: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(unsafe(buffer = MEMORY), listener = CONSTANT)]
    static BUFFER: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(unsafe(address = 0x1000), listener = STATIC)]
    static ADDRESS: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(listener = CLOSURE, crate = ::mem_blocks)]
    static RUNTIME: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(listener = generic)]
    static GENERIC: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(listener = RawMemBlocks::listen)]
    static OF_A_TRAIT: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(listener = silent)]
    static SILENT: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(listener = r#type)]
    #[allow(non_upper_case_globals)]
    static r#type_pool: MemBlocks<[u8; 64], 4>;
    #[cfg_attr(all(), mem_blocks(listener = record))]
    static CONDITION: MemBlocks<[u8; 64], 4>;
    #[cfg_attr(any(), mem_blocks(listener = absent))]
    static NO_CONDITION: MemBlocks<[u8; 64], 4>;
}

#[cfg_attr(all(), mem_blocks(listener = record))]
#[cfg_attr(any(), mem_blocks(listener = absent))]
static COMBINED: MemBlocks<[u8; 64], 4>;

macro_rules! listened {
    ($name:ident, $listener:path) => {
        #[mem_blocks(listener = $listener)]
        static $name: MemBlocks<[u8; 64], 4>;
    };
}

listened!(PATH, trace::record);

macro_rules! listened_by {
    ($name:ident, $($listener:ident)::+) => {
        define_mem_blocks! {
            #[mem_blocks(listener = $($listener)::+)]
            static $name: MemBlocks<[u8; 64], 4>;
        }
    };
}

listened_by!(WORDS, trace::record);

/// The listener comes from the macro as well.
macro_rules! inside {
    ($name:literal) => {{
        fn listen(pool: &RawMemBlocks, _: Event<'_>) {
            hear($name, pool);
        }
        #[mem_blocks(listener = listen)]
        static POOL: MemBlocks<[u8; 64], 4>;
        heard_of(POOL.raw())
    }};
}

#[test]
fn an_allocator_without_a_listener_tells_nobody() {
    for pool in [&NONE, &NO_CONDITION] {
        assert!(heard_of(pool.raw()).is_empty());
    }
    assert!(heard_of(SILENT.raw()).is_empty());
}

#[test]
fn the_listener_is_told_wherever_the_blocks_lie() {
    for (pool, listener) in [
        (&PLAIN, "record"),
        (&ALIGNED, "other"),
        (&UNINIT, "trace::record"),
        (&SECTION, "Log::listen"),
        (&BUFFER, "record"),
        (&ADDRESS, "record"),
    ] {
        assert_eq!(heard_of(pool.raw()), [listener]);
    }
    assert_eq!(heard_of(MANY_WORDS.raw()), ["record"]);
}

#[test]
fn a_listener_is_whatever_can_be_a_pointer_to_such_a_function() {
    for (pool, listener) in [
        (&RUNTIME, "CLOSURE"),
        (&GENERIC, "generic"),
        (&OF_A_TRAIT, "AsPool::listen"),
        (&r#type_pool, "type"),
    ] {
        assert_eq!(heard_of(pool.raw()), [listener]);
    }
}

#[test]
fn a_listener_is_found_where_the_allocator_is() {
    assert_eq!(heard_of(trace::PRIVATE.raw()), ["private"]);
    assert_eq!(heard_of(trace::SELF.raw()), ["trace::record"]);
    assert_eq!(heard_of(trace::SUPER.raw()), ["record"]);
}

#[test]
fn a_listener_depends_on_a_condition() {
    assert_eq!(heard_of(CONDITION.raw()), ["record"]);
    assert_eq!(heard_of(COMBINED.raw()), ["record"]);
}

#[test]
fn a_listener_is_a_fragment() {
    assert_eq!(heard_of(PATH.raw()), ["trace::record"]);
    assert_eq!(heard_of(WORDS.raw()), ["trace::record"]);
}

#[test]
fn a_listener_is_a_function_of_the_function_around_the_allocator() {
    fn local(pool: &RawMemBlocks, _: Event<'_>) {
        hear("local", pool);
    }
    define_mem_blocks! {
        #[mem_blocks(listener = local)]
        static POOL: MemBlocks<[u8; 64], 4>;
    }
    assert_eq!(heard_of(POOL.raw()), ["local"]);
    assert_eq!(inside!("first"), ["first"]);
    assert_eq!(inside!("second"), ["second"]);
}
