use mem_blocks::{mem_blocks};

#[mem_blocks]
static POOL;

fn main() {
    let _ = POOL.raw();
}
