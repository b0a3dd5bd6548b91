//! Before a contender is measured: does it do what it should?

use std::iter;

use anyhow::{Result, ensure};

use crate::pool::{BLOCK, Contender, Pool};

/// Hands over memory to all pools of a contender, and checks them.
pub(crate) fn prepare<C: Contender>() -> Result<()> {
    prepare_pool::<C::Of8>(8)?;
    prepare_pool::<C::Of32>(32)?;
    prepare_pool::<C::Of128>(128)?;
    prepare_pool::<C::Of1024>(1024)?;
    prepare_pool::<C::Of8192>(8192)
}

fn prepare_pool<P: Pool>(blocks: usize) -> Result<()> {
    P::init();
    let first = fill::<P>(blocks)?;
    // What was given back is there again.
    let second = fill::<P>(blocks)?;
    ensure!(first == second, "{first} blocks, and after all were given back {second}");
    Ok(())
}

/// Takes all blocks, at least so many, and gives them back.
fn fill<P: Pool>(blocks: usize) -> Result<usize> {
    let taken: Vec<_> = iter::from_fn(|| P::alloc().ok()).collect();
    ensure!(taken.len() >= blocks, "{} blocks, not {blocks}", taken.len());
    let mut addresses: Vec<_> = taken.iter().map(P::address).collect();
    addresses.sort_unstable();
    let apart = addresses.windows(2).all(|pair| pair[1] - pair[0] >= BLOCK);
    ensure!(apart, "blocks overlap");
    Ok(taken.len())
}
