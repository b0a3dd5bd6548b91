//! What is shown of an allocator: its fields, in one place for `Debug` and `defmt`, for the typed one and the raw one.

use core::fmt;

use crate::map::Map;
use crate::raw::RawMemBlocks;

/// An allocator as it is shown.
pub(crate) struct View<'a> {
    #[cfg(feature = "name")]
    name: Option<&'static str>,
    block_size: usize,
    num_blocks: usize,
    used: usize,
    map: Map<'a>,
}

impl<'a> View<'a> {
    pub(crate) fn of(pool: &'a RawMemBlocks) -> Self {
        let map = Map::of(pool);
        Self {
            #[cfg(feature = "name")]
            name: pool.name(),
            block_size: pool.block_size(),
            num_blocks: pool.num_blocks(),
            // Before the map is written: it ends what another context has begun, so that the map does
            // not show the half of that.
            used: map.used(),
            map,
        }
    }

    /// Writes the fields, as those of a type of this name.
    pub(crate) fn fmt(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct(name);
        #[cfg(feature = "name")]
        if let Some(name) = self.name {
            fields.field("name", &name);
        }
        fields
            .field("block_size", &self.block_size)
            .field("num_blocks", &self.num_blocks)
            .field("used", &self.used)
            .field("map", &self.map)
            .finish()
    }
}

/// The fields; the name of the type is written by whoever has it.
#[cfg(feature = "defmt")]
impl defmt::Format for View<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        let Self { block_size, num_blocks, used, map, .. } = self;
        defmt::write!(f, "{{ ");
        #[cfg(feature = "name")]
        if let Some(name) = self.name {
            defmt::write!(f, "name: {=str:?}, ", name);
        }
        defmt::write!(
            f,
            "block_size: {=usize}, num_blocks: {=usize}, used: {=usize}, map: {} }}",
            block_size,
            num_blocks,
            used,
            map
        );
    }
}

impl fmt::Debug for RawMemBlocks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        View::of(self).fmt("RawMemBlocks", f)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for RawMemBlocks {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "RawMemBlocks {}", View::of(self));
    }
}
