//! A bar for each contender and workload.

use super::{
    MARGIN, WIDTH,
    axis::{Axis, times},
    colour, count,
};
use crate::bench::{
    measured::{MIX, Measured},
    svg::{Anchor, Svg},
};

const BAR: f64 = 10.0;
/// From one bar to the next.
const PITCH: f64 = 12.0;
/// Between workloads.
const GAP: f64 = 12.0;
/// Where the names of the workloads end.
const NAMES: f64 = 158.0;
/// Where the axis begins and ends, with room for a figure on both sides.
const ENDS: (f64, f64) = (205.0, WIDTH - 60.0);

/// Bars from 1 on: to the left who is faster than mem-blocks, to the right who is slower. Returns where they end.
pub(super) fn draw(svg: &mut Svg, measured: &Measured, top: f64) -> f64 {
    let workloads: Vec<_> =
        measured.group(MIX).map(|workload| (&workload.name, workload.ratios())).collect();
    let ratios = workloads.iter().flat_map(|(_, ratios)| ratios).copied().flatten();
    let axis = Axis::around(ratios, ENDS);

    let heading =
        "Time relative to mem-blocks: left of 1 is faster than mem-blocks, right of 1 is slower";
    svg.text("head", (MARGIN, top + 12.0), Anchor::Start, heading);
    legend(svg, measured, top + 26.0);

    let first = top + 70.0;
    let height = PITCH * count(measured.contenders.len() - 1);
    let (start, end) = (first - GAP / 2.0, first + (height + GAP) * count(workloads.len()));
    for tick in axis.ticks() {
        svg.line("grid", (axis.at(tick), start), (axis.at(tick), end - GAP / 2.0));
        svg.text("quiet", (axis.at(tick), start - 5.0), Anchor::Middle, &times(tick));
    }
    svg.line("one", (axis.at(1.0), start), (axis.at(1.0), end - GAP / 2.0));

    let mut y = first;
    for (name, ratios) in workloads {
        svg.text("text", (NAMES, y + height / 2.0 + 4.0), Anchor::End, name);
        for ((number, contender), ratio) in
            measured.contenders.iter().enumerate().zip(ratios).skip(1)
        {
            bar(svg, &axis, y, number, contender, ratio);
            y += PITCH;
        }
        y += GAP;
    }
    end
}

/// One bar, and its figure where it ends.
fn bar(svg: &mut Svg, axis: &Axis, y: f64, number: usize, contender: &str, ratio: Option<f64>) {
    let one = axis.at(1.0);
    let baseline = y + BAR - 1.0;
    let Some(ratio) = ratio else {
        let text = format!("{contender}: cannot");
        svg.text("quiet", (one + 5.0, baseline), Anchor::Start, &text);
        return;
    };
    let end = axis.at(ratio);
    svg.rectangle(&colour(number), (one.min(end), y), (end - one).abs(), BAR);
    let (x, anchor) = if end < one { (end - 5.0, Anchor::End) } else { (end + 5.0, Anchor::Start) };
    svg.text("quiet", (x, baseline), anchor, &format!("{ratio:.2}"));
}

fn legend(svg: &mut Svg, measured: &Measured, y: f64) {
    let mut x = MARGIN;
    for (number, name) in measured.contenders.iter().enumerate().skip(1) {
        svg.rectangle(&colour(number), (x, y), 10.0, 10.0);
        svg.text("text", (x + 15.0, y + 9.0), Anchor::Start, name);
        // About so wide is a letter.
        x += 40.0 + 6.3 * count(name.len());
    }
}
