//! The calls that are measured.

/// A program that makes every call of a contender once, in the order of the rows that `cargo xtask peers` prints; with the
/// feature `code`, one that takes a block and gives it back.
#[macro_export]
macro_rules! program {
    ($contender:ident) => {
        mod program {
            use core::{hint::black_box, mem, panic::PanicInfo};

            use $crate::{BLOCKS, Bytes, Complete as _, Contender};

            use super::$contender as Pool;

            type Block = <Pool as Contender>::Block;
            type Boxed = <Pool as Contender>::Boxed;
            type Several<const K: usize> = <Pool as Contender>::Several<K>;
            type Run = <Pool as Contender>::Run;

            #[panic_handler]
            fn panic(_: &PanicInfo) -> ! {
                firmware::exit(false)
            }

            firmware::measured! {
                fn alloc() -> Option<Block> { Pool::alloc() }
                fn free(_block: Option<Block>) {}
                fn boxed(value: &Bytes) -> Option<Boxed> { Pool::boxed(value) }
                fn alloc_8() -> Several<8> { Pool::several() }
                fn free_8(_blocks: Several<8>) {}
                fn alloc_32() -> Several<32> { Pool::several() }
                fn free_32(_blocks: Several<32>) {}
                fn run() -> Option<Run> { Pool::run() }
                fn free_run(_run: Option<Run>) {}
            }

            #[firmware::entry]
            fn main() -> ! {
                firmware::enable_interrupts();
                Pool::set_up();
                if cfg!(feature = "code") {
                    let block = alloc();
                    let ok = block.is_some();
                    free(block);
                    firmware::exit(ok);
                }
                let mut ok = one();
                if BLOCKS == 32 {
                    ok &= several();
                    if Pool::HAS_RUNS {
                        ok &= adjacent();
                    }
                }
                firmware::exit(ok & when_taken())
            }

            /// Whether every call did what it is measured for; so do the following.
            fn one() -> bool {
                let block = alloc();
                let mut ok = block.is_some();
                free(block);
                if BLOCKS == 32 {
                    ok &= boxed(black_box(&[7; 16])).is_some();
                }
                ok
            }

            fn several() -> bool {
                let blocks = alloc_8();
                let mut ok = blocks.is_complete();
                free_8(blocks);
                let blocks = alloc_32();
                ok &= blocks.is_complete();
                free_32(blocks);
                ok
            }

            fn adjacent() -> bool {
                let blocks = run();
                let ok = blocks.is_some();
                free_run(blocks);
                ok
            }

            fn when_taken() -> bool {
                let mut blocks = [const { None }; BLOCKS];
                let (half, last) = (BLOCKS / 2, BLOCKS - 1);
                take(&mut blocks[..half]);
                blocks[half] = alloc();
                take(&mut blocks[half + 1..last]);
                blocks[last] = alloc();
                let mut ok = blocks.is_complete();

                // Every second one is given back, as interrupts and networks do: not in the order of taking.
                blocks.iter_mut().step_by(2).for_each(|block| *block = None);
                if Pool::HAS_RUNS {
                    ok &= run().is_none();
                }
                free(blocks[last].take());
                mem::forget(blocks);
                ok
            }

            fn take(blocks: &mut [Option<Block>]) {
                for block in blocks {
                    *block = Pool::alloc();
                }
            }
        }
    };
}
