//! What Rust asks for where the crate `alloc` is linked, and nothing calls: containers ask their pool.

use core::{
    alloc::{GlobalAlloc, Layout},
    ptr,
};

struct NoHeap;

// SAFETY: nothing is handed out.
unsafe impl GlobalAlloc for NoHeap {
    unsafe fn alloc(&self, _layout: Layout) -> *mut u8 {
        ptr::null_mut()
    }

    unsafe fn dealloc(&self, _ptr: *mut u8, _layout: Layout) {}
}

#[global_allocator]
static NO_HEAP: NoHeap = NoHeap;
