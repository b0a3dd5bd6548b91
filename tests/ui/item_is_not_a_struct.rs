use mem_blocks::{mem_blocks};

#[mem_blocks]
struct Pool;

fn main() {
    let _ = Pool;
}
