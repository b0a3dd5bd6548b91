#![forbid(unsafe_code)]

use std::rc::Rc;

use mem_blocks::BlockBuffer;

fn send<T: Send>() {}

fn main() {
    send::<BlockBuffer<Rc<u8>, 4>>(); //~ ERROR
}
