//! Plays a script: each operation on the allocator and on the model.

mod call;
mod compared;
mod group;

use crate::held::{Held, Stamped};
use crate::model::{Model, Owner};
use crate::pools::{MEMBERS, Pool};
use crate::script::{HandleCall, Step};

/// Plays a script from and to the state in which all blocks are free.
///
/// # Panics
///
/// If an allocator does not what the model says.
pub fn play(script: &[Step]) {
    let mut player = Player::new();
    for step in script {
        player.play(step);
        player.compare_after(step);
    }
    for pool in Pool::ALL {
        player.compare(pool);
    }
    player.end();
}

struct Player {
    /// In the order of [`Pool::ALL`].
    models: Vec<Model>,
    handles: Vec<Stamped>,
    /// What the next handle's blocks are filled with.
    stamp: u8,
}

impl Player {
    fn new() -> Self {
        let models = Pool::ALL.map(|pool| Model::new(pool.front().raw()));
        Self { models: models.into(), handles: Vec::new(), stamp: 0 }
    }

    fn play(&mut self, step: &Step) {
        match step {
            Step::On(pool, call) => self.call(*pool, call),
            Step::OnGroup(call) => self.call_group(call),
            Step::With(from_last, call) => {
                let place = self.handles.len().checked_sub(usize::from(*from_last) + 1);
                if let Some(place) = place {
                    self.call_handle(place, call);
                }
            }
        }
    }

    fn model(&mut self, pool: Pool) -> &mut Model {
        &mut self.models[pool as usize]
    }

    fn call_handle(&mut self, place: usize, call: &HandleCall) {
        match *call {
            HandleCall::Drop => {
                let mut handle = self.handles.remove(place);
                self.give(&mut handle, Owner::Nobody);
            }
            HandleCall::Forget => {
                let mut handle = self.handles.remove(place);
                self.give(&mut handle, Owner::Address);
                handle.forget();
            }
            HandleCall::ThroughRaw => {
                let handle = self.handles.remove(place).through_raw();
                self.handles.insert(place, handle);
            }
            HandleCall::SplitOff(at) => {
                let before = bytes_of(&mut self.handles[place]);
                let Some(mut rest) = self.handles[place].split_off(at) else { return };
                let first = bytes_of(&mut self.handles[place]);
                let second = bytes_of(&mut rest);
                assert_eq!([first.clone(), second].concat(), before, "not the same blocks");
                self.handles.push(rest);
            }
        }
    }

    /// Enters what a handle owns into the model: its indices, which must have been free.
    fn own(&mut self, pool: Pool, held: Box<dyn Held>) -> Vec<usize> {
        self.stamp = self.stamp.wrapping_add(1);
        let mut handle = Stamped::new(held, self.stamp);
        let indices = self.indices(pool, &mut handle);
        for &index in &indices {
            let owner = &mut self.model(pool).owners[index];
            assert_eq!(*owner, Owner::Nobody, "block {index} was not free");
            *owner = Owner::Handle;
        }
        self.handles.push(handle);
        indices
    }

    /// Enters that a handle owns nothing any more.
    fn give(&mut self, handle: &mut Stamped, owner: Owner) {
        for run in handle.runs() {
            let first = run.cast::<u8>().addr();
            let models = self.models.iter_mut();
            let model = models.into_iter().find(|model| !run.is_empty() && model.owns(first));
            if let Some(model) = model {
                let start = model.index_of(first).expect("a run starts with a block");
                model.set(start..start + run.len() / model.block_size, owner);
            }
        }
    }

    fn indices(&mut self, pool: Pool, handle: &mut Stamped) -> Vec<usize> {
        let model = self.model(pool);
        let mut indices = Vec::new();
        for run in handle.runs().into_iter().filter(|run| !run.is_empty()) {
            let start = model.index_of(run.cast::<u8>().addr()).expect("a run starts with a block");
            assert_eq!(run.len() % model.block_size, 0, "not whole blocks");
            indices.extend(start..start + run.len() / model.block_size);
        }
        indices
    }

    /// Looks at what a step may have changed; at all there is only in the end, which is what takes its time.
    fn compare_after(&self, step: &Step) {
        match step {
            // A thousand blocks, one by one.
            Step::On(Pool::Of1025, _) => self.compare_counts(Pool::Of1025),
            Step::On(pool, _) => self.compare(*pool),
            Step::OnGroup(_) => MEMBERS.into_iter().for_each(|pool| self.compare(pool)),
            Step::With(..) => Pool::ALL.into_iter().for_each(|pool| self.compare_counts(pool)),
        }
    }

    fn compare_counts(&self, pool: Pool) {
        let (raw, model) = (pool.front().raw(), &self.models[pool as usize]);
        raw.assert_valid();
        let available = model.available();
        let used = model.owners.len() - available;
        let counts = [used, available, model.largest_free_run()];
        assert_eq!([raw.used(), raw.available(), raw.largest_free_run()], counts);
        assert_eq!(pool.front().counts(), counts);
    }

    /// Looks at all that can be asked of an allocator.
    fn compare(&self, pool: Pool) {
        self.compare_counts(pool);
        let owners = &self.models[pool as usize].owners;
        for (index, owner) in owners.iter().enumerate() {
            let is_free = pool.front().raw().is_region_free(pool.block(index), 1);
            assert_eq!(is_free, *owner == Owner::Nobody, "block {index}");
        }
    }

    /// Gives everything back.
    fn end(mut self) {
        while let Some(mut handle) = self.handles.pop() {
            self.give(&mut handle, Owner::Nobody);
        }
        for pool in Pool::ALL {
            let raw = pool.front().raw();
            let model = &self.models[pool as usize];
            for (index, owner) in model.owners.iter().enumerate() {
                if *owner == Owner::Address {
                    // SAFETY: no handle owns it.
                    unsafe { raw.free(&[pool.block(index)]) }.expect("it was taken");
                }
            }
            raw.assert_valid();
            assert_eq!(raw.used(), 0, "a block is lost");
        }
    }
}

/// The addresses of all bytes of a handle.
fn bytes_of(handle: &mut Stamped) -> Vec<usize> {
    handle
        .runs()
        .into_iter()
        .flat_map(|run| {
            let start = run.cast::<u8>().addr();
            start..start + run.len()
        })
        .collect()
}
