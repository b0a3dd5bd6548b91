#![forbid(unsafe_code)]

use mem_blocks::__private::{Shape, TypeOf, UserBuffer};
use mem_blocks::MemBlocks;

fn main() {
    let _ = Shape {}; //~ ERROR
    let _ = UserBuffer {}; //~ ERROR
    let _ = TypeOf::<MemBlocks<u32, 4>>(core::marker::PhantomData); //~ ERROR
}
