//! Several allocators behind one: the member is chosen by the size of the request.

use mem_blocks::{AllocError, Group, GroupBlock, GroupError, MemBlocks, RawMemBlocks, choose};
use mem_blocks::{define_mem_blocks, mem_blocks};

define_mem_blocks! {
    /// Headers and acknowledgements.
    static SMALL: MemBlocks<[u8; 64], 2>;
    /// Most packets.
    static MEDIUM: MemBlocks<[u8; 256], 2>;
}

/// Full frames.
#[mem_blocks(align = 32)]
static LARGE: MemBlocks<[u8; 1536], 1>;

/// What a caller asks for.
struct Request {
    bytes: usize,
    /// Serve it from larger blocks while the fitting ones are exhausted.
    urgent: bool,
}

fn by_size(members: &[&'static RawMemBlocks], request: &Request) -> Option<&'static RawMemBlocks> {
    if request.urgent {
        choose::smallest_fit_or_larger(members, &request.bytes)
    } else {
        choose::smallest_fit(members, &request.bytes)
    }
}

static BUFFERS: Group<Request, 3> = Group::new([SMALL.raw(), MEDIUM.raw(), LARGE.raw()], by_size);

fn show(bytes: usize, urgent: bool) -> Option<GroupBlock> {
    let kind = if urgent { "urgent" } else { "normal" };
    match BUFFERS.alloc(&Request { bytes, urgent }) {
        Ok(block) => {
            println!("{kind} {bytes:4} bytes: a block of {}", block.len());
            Some(block)
        }
        Err(error) => {
            println!("{kind} {bytes:4} bytes: {error}");
            None
        }
    }
}

fn main() {
    let held = [
        show(20, false),
        show(64, false),
        show(20, false), // both small blocks are taken
        show(20, true),  // falls back to a medium one
        show(65, false),
        show(200, true), // falls back to the large one
        show(1536, true),
        show(2000, true), // no member has blocks of that size
    ];

    // Handles know their member: dropping them is all there is to do.
    drop(held);

    // By address, blocks of different members are freed in one call, all of them or none.
    let blocks = [20, 1000]
        .map(|bytes| BUFFERS.alloc(&Request { bytes, urgent: false }).map(GroupBlock::into_raw));
    let [Ok(small), Ok(large)] = blocks else { unreachable!("everything was free") };
    // SAFETY: the addresses are those of blocks whose handles were given up.
    #[expect(unsafe_code, reason = "by address, ownership is the caller's word")]
    let refused = unsafe { BUFFERS.free(&[small, large, small]) };
    println!("freeing a block twice: {}", refused.unwrap_err());
    // SAFETY: as above; the refused call has freed nothing.
    #[expect(unsafe_code, reason = "by address, ownership is the caller's word")]
    let freed = unsafe { BUFFERS.free(&[small, large]) };
    println!("freeing each once: {freed:?}");

    let too_many = BUFFERS.alloc_array::<2>(&Request { bytes: 1000, urgent: false });
    assert_eq!(too_many.unwrap_err(), GroupError::Alloc(AllocError::ExceedsCapacity));
    let used: Vec<usize> = BUFFERS.members().iter().map(|member| member.used()).collect();
    println!("used at the end: {used:?}");
}
