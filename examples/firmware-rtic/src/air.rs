//! The radio, of which there is none: a timetable.

/// What a packet carries.
const LENGTH: usize = 60;

/// How many packets arrive with each tick: at most three while the tasks keep up, then six at once, and a pause.
const ARRIVALS: [u8; 8] = [1, 0, 2, 3, 0, 6, 0, 1];

/// The number of the packet that arrives damaged.
const DAMAGED: u8 = 4;

/// A packet as the radio leaves it in memory.
pub struct Packet {
    number: u8,
    sum: u8,
    data: [u8; LENGTH],
}

/// The numbers of the packets that arrive with this tick, which counts from 0; none where the timetable is over.
pub fn arrivals(tick: usize) -> Option<core::ops::Range<u8>> {
    let first = ARRIVALS.get(..tick)?.iter().sum();
    ARRIVALS.get(tick).map(|count| first..first + count)
}

impl Packet {
    /// The packet of this number.
    pub fn receive(number: u8) -> Self {
        let data = core::array::from_fn(|at| number.wrapping_mul(7).wrapping_add(at as u8));
        let sum = sum(&data);
        Packet { number, sum: if number == DAMAGED { !sum } else { sum }, data }
    }

    pub fn number(&self) -> u8 {
        self.number
    }

    /// Whether the data are what was sent.
    pub fn is_intact(&self) -> bool {
        self.sum == sum(&self.data)
    }
}

fn sum(data: &[u8]) -> u8 {
    data.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}
