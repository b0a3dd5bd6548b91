//! The allocators that are compared, a file each.

pub(crate) mod atomic_pool;
pub(crate) mod free_list;
pub(crate) mod heapless;
pub(crate) mod heaps;
pub(crate) mod mem_blocks;
