#![forbid(unsafe_code)]

use std::rc::Rc;
use std::sync::MutexGuard;

use mem_blocks::{Block, Run, Scatter, ScatterIterMut, ScatterRunsMut};

fn send<T: Send>() {}

fn main() {
    send::<Block<Rc<u8>>>(); //~ ERROR
    send::<Run<Rc<u8>>>(); //~ ERROR
    send::<Scatter<Rc<u8>, 2>>(); //~ ERROR
    send::<ScatterIterMut<'_, Rc<u8>>>(); //~ ERROR
    send::<ScatterRunsMut<'_, Rc<u8>>>(); //~ ERROR
    send::<Block<MutexGuard<'_, u8>>>(); //~ ERROR
}
