#![forbid(unsafe_code)]

use std::rc::Rc;
use std::thread;

use mem_blocks::MemBlocks;

fn share(pool: &'static MemBlocks<Rc<u8>, 4>) {
    thread::spawn(|| pool.alloc().map(drop)); //~ ERROR
}

fn main() {}
