use mem_blocks::mem_blocks;

#[mem_blocks]
fn pool() {} //~ ERROR

fn main() {
    pool();
}
