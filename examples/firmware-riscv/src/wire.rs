//! The other end of the cable: which frames arrive when, and what is in them.
//!
//! Stands for the network and for the receiver of an Ethernet MAC. On a board that has both, the MAC's driver takes the
//! place of this file.

use crate::Frame;

/// The lengths of the frames that arrive in each tick: bursts, and pauses in which main catches up.
const TIMETABLE: &[&[usize]] = &[
    &[60],
    &[342, 60],
    &[1514, 1514, 590],
    &[60, 60],
    &[1514, 1514, 1514],
    &[128, 60, 1514],
    &[],
    &[78],
    &[],
    &[],
    &[1514, 60, 60, 590],
    &[],
    &[],
    &[60],
    &[],
    &[],
    &[],
    &[342],
    &[],
    &[],
    &[],
    &[],
];

/// The number of ticks until all is quiet.
pub const TICKS: u32 = TIMETABLE.len() as u32;

/// A frame that waits at the receiver.
pub struct Arrival {
    tick: u32,
    number: u8,
    length: usize,
}

impl Arrival {
    /// Copies the frame from the receiver to memory. Every byte is the frame's number: two frames in one block would
    /// be noticed wherever they overlap.
    pub fn read_into(&self, frame: &mut Frame) {
        // One that is too long for a block stays empty, which is not intact.
        let _ = frame.resize(self.length, self.number);
    }
}

/// The frames that arrive in a tick.
pub fn arrivals(tick: u32) -> impl Iterator<Item = Arrival> {
    all().filter(move |arrival| arrival.tick == tick)
}

/// How many frames arrive in all ticks together.
pub fn arrivals_in_all() -> usize {
    all().count()
}

/// The number of a frame, if its length and every byte are as they were sent.
pub fn number_if_intact(frame: &Frame) -> Option<u8> {
    let &number = frame.first()?;
    let sent = all().find(|arrival| arrival.number == number)?;
    (frame.len() == sent.length && frame.iter().all(|byte| *byte == number)).then_some(number)
}

/// In the order of their arrival; ticks and numbers count from 1.
fn all() -> impl Iterator<Item = Arrival> {
    let lengths = (1..).zip(TIMETABLE);
    let lengths = lengths.flat_map(|(tick, burst)| burst.iter().map(move |length| (tick, *length)));
    (1..).zip(lengths).map(|(number, (tick, length))| Arrival { tick, number, length })
}
