#![forbid(unsafe_code)]

use std::rc::Rc;
use std::sync::MutexGuard;

use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks]
static COUNTED: MemBlocks<Rc<u8>, 4>; //~ ERROR

// `Sync`, but not `Send`.
#[mem_blocks]
static GUARDS: MemBlocks<MutexGuard<'static, u8>, 4>; //~ ERROR

fn main() {}
