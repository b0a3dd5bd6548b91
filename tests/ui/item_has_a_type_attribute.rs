use mem_blocks::mem_blocks;

#[mem_blocks]
static POOL; //~ ERROR

fn main() {
    let _ = POOL.raw();
}
