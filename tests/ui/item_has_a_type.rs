use mem_blocks::{define_mem_blocks};

define_mem_blocks! {
    static POOL;
}

fn main() {
    let _ = POOL.raw().num_blocks() + 1;
}
