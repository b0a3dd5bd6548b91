//! What the fuzz target `runtime` runs: a script of operations, on allocators of several sizes, each compared with a
//! plain model.

mod front;
mod held;
mod model;
mod player;
mod pools;
mod script;

pub use player::play;
pub use script::{Step, mutate, read, write};
