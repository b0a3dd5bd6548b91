use mem_blocks::{mem_blocks};

#[mem_blocks]
fn pool() {}

fn main() {
    pool();
}
