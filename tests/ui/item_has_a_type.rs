use mem_blocks::define_mem_blocks;

define_mem_blocks! {
    static POOL; //~ ERROR
}

fn main() {
    let _ = POOL.raw().num_blocks() + 1;
}
