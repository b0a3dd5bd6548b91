use mem_blocks::mem_blocks;

#[mem_blocks]
struct Pool; //~ ERROR

fn main() {
    let _ = Pool;
}
