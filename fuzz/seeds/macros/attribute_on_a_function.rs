#[mem_blocks(uninit)]
fn function() {}
