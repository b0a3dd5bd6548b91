//! The memory: blocks at an alignment of the user's choice, of which only the address is used.

use core::cell::UnsafeCell;
use core::fmt;
use core::mem::MaybeUninit;

/// Memory for `N` blocks of `T`, starting on a multiple of `ALIGN` bytes and of `align_of::<T>()`.
///
/// The `static` that an allocator defined with `unsafe(buffer = PATH)` takes its blocks from.
/// Declare one yourself where the memory needs attributes that the macro has no option for:
///
/// ```
/// use mem_blocks::{mem_blocks, BlockBuffer, MemBlocks};
///
/// #[cfg_attr(target_os = "none", unsafe(link_section = ".dma.rx"))]
/// static RX_MEMORY: BlockBuffer<[u8; 256], 16, 32> = BlockBuffer::new();
///
/// // SAFETY: no other allocator and no other code uses `RX_MEMORY`.
/// #[mem_blocks(align = 32, unsafe(buffer = RX_MEMORY))]
/// static RX: MemBlocks<[u8; 256], 16>;
///
/// let block = RX.alloc().unwrap();
/// assert_eq!(block.as_ptr() as usize % 32, 0);
/// ```
///
/// * Size: `N * size_of::<T>()` bytes, rounded up to a multiple of the alignment.
/// * `ALIGN` is a power of two from 1 to 2^29 bytes (the largest `repr(align)` of rustc), on Windows
///   and UEFI to 8192 (the largest that their object files can say); 4 unless given. Blocks follow each other without a gap, so each starts on a multiple of `ALIGN` only
///   if `ALIGN` divides the block size; an allocator defined with `align` checks that.
/// * Nothing is initialised: a `static` of this type without a `link_section` lies in `.bss`.
/// * There is no way to the bytes but [`as_ptr`](Self::as_ptr).
#[repr(C)]
pub struct BlockBuffer<T, const N: usize, const ALIGN: usize = 4>
where
    Alignment<ALIGN>: SupportedAlignment,
{
    // First, so that it starts where the structure does; the other field has no size.
    blocks: UnsafeCell<MaybeUninit<[T; N]>>,
    _align: [<Alignment<ALIGN> as SupportedAlignment>::Unit; 0],
}

impl<T, const N: usize, const ALIGN: usize> BlockBuffer<T, N, ALIGN>
where
    Alignment<ALIGN>: SupportedAlignment,
{
    /// The memory, uninitialised.
    #[must_use]
    pub const fn new() -> Self {
        Self { blocks: UnsafeCell::new(MaybeUninit::uninit()), _align: [] }
    }

    /// The first byte.
    #[must_use]
    pub const fn as_ptr(&self) -> *mut T {
        self.blocks.get().cast()
    }
}

// SAFETY: I5. A shared reference gives nothing but an address; using it is its user's `unsafe`.
unsafe impl<T, const N: usize, const ALIGN: usize> Sync for BlockBuffer<T, N, ALIGN> where
    Alignment<ALIGN>: SupportedAlignment
{
}

impl<T, const N: usize, const ALIGN: usize> Default for BlockBuffer<T, N, ALIGN>
where
    Alignment<ALIGN>: SupportedAlignment,
{
    fn default() -> Self {
        Self::new()
    }
}

impl<T, const N: usize, const ALIGN: usize> fmt::Debug for BlockBuffer<T, N, ALIGN>
where
    Alignment<ALIGN>: SupportedAlignment,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BlockBuffer").field(&self.as_ptr()).finish()
    }
}

/// An alignment as a type: `Alignment<32>` stands for 32 bytes.
#[derive(Debug)]
pub struct Alignment<const ALIGN: usize>;

/// Implemented for `Alignment<A>` where `A` is a power of two from 1 to 2^29, on Windows and UEFI to
/// 8192.
#[diagnostic::on_unimplemented(
    message = "a buffer's alignment must be a power of two from 1 to 2^29 bytes, on Windows and UEFI to 8192",
    label = "not such an alignment"
)]
pub trait SupportedAlignment: sealed::Sealed {
    /// A type of this alignment, and of no size.
    #[doc(hidden)]
    type Unit;
}

mod sealed {
    pub trait Sealed {}
}

/// Written out, because `repr(align)` takes nothing but a literal.
macro_rules! supported_alignments {
    ($($name:ident = $align:literal),* $(,)?) => {
        $(
            #[doc(hidden)]
            #[derive(Debug)]
            #[repr(align($align))]
            pub struct $name;

            impl sealed::Sealed for Alignment<$align> {}

            impl SupportedAlignment for Alignment<$align> {
                type Unit = $name;
            }
        )*
    };
}

/// The largest alignment of a buffer, in bytes: the largest that rustc's `repr(align)` takes, or less
/// where an object file cannot say it. In COFF it is one of 14 values in the flags of a section,
/// `IMAGE_SCN_ALIGN_1BYTES` to `IMAGE_SCN_ALIGN_8192BYTES` ("PE Format", section flags); the compiler
/// would write more into its neighbours without a word.
pub(crate) const MAX_ALIGN: usize =
    if cfg!(any(windows, target_os = "uefi", target_os = "cygwin")) { 8192 } else { 1 << 29 };

supported_alignments! {
    Align1 = 1, Align2 = 2, Align4 = 4, Align8 = 8, Align16 = 16, Align32 = 32, Align64 = 64,
    Align128 = 128, Align256 = 256, Align512 = 512, Align1Ki = 1024, Align2Ki = 2048,
    Align4Ki = 4096, Align8Ki = 8192,
}

#[cfg(not(any(windows, target_os = "uefi", target_os = "cygwin")))]
supported_alignments! {
    Align16Ki = 16384, Align32Ki = 32768, Align64Ki = 65536,
    Align128Ki = 131_072, Align256Ki = 262_144, Align512Ki = 524_288, Align1Mi = 1_048_576,
    Align2Mi = 2_097_152, Align4Mi = 4_194_304, Align8Mi = 8_388_608, Align16Mi = 16_777_216,
    Align32Mi = 33_554_432, Align64Mi = 67_108_864, Align128Mi = 134_217_728,
    Align256Mi = 268_435_456, Align512Mi = 536_870_912,
}
