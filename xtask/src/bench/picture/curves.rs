//! Curves of the growth with the number of blocks.

use anyhow::{Context, Result};

use super::{
    MARGIN, WIDTH,
    axis::{Axis, times},
    colour,
};
use crate::bench::{
    measured::{HALF_FULL, LAST_BLOCK, Measured},
    svg::{Anchor, Point, Svg},
};

const HEIGHT: f64 = 260.0;
/// Without the names to the right of the curves.
const PLOT_WIDTH: f64 = 250.0;

/// How the time of each contender grows.
#[derive(Debug)]
struct Growth {
    title: &'static str,
    /// The numbers of blocks.
    blocks: Vec<f64>,
    /// By number of blocks and by contender. All are relative to mem-blocks with the fewest blocks, so that what grows is
    /// seen to grow.
    ratios: Vec<Vec<Option<f64>>>,
}

impl Growth {
    fn of(measured: &Measured, group: &str, title: &'static str) -> Result<Self> {
        let first = measured.group(group).next().context(title)?;
        let blocks = measured.group(group).map(|workload| workload.name.parse().context(title));
        Ok(Self {
            title,
            blocks: blocks.collect::<Result<_>>()?,
            ratios: measured.group(group).map(|workload| workload.ratios_to(first)).collect(),
        })
    }
}

/// Two panels side by side, with axes of the same length. Returns where they end.
pub(super) fn draw(svg: &mut Svg, measured: &Measured, top: f64) -> Result<f64> {
    let growths = [
        Growth::of(measured, HALF_FULL, "One block, half of N taken")?,
        Growth::of(measured, LAST_BLOCK, "One block, only the last of N free")?,
    ];
    let (y_top, y_bottom) = (top + 48.0, top + 48.0 + HEIGHT);
    let ratios = growths.iter().flat_map(|growth| &growth.ratios).flatten().copied().flatten();
    let up = Axis::around(ratios, (y_bottom, y_top));

    for (growth, left) in growths.iter().zip([MARGIN, f64::midpoint(WIDTH, MARGIN)]) {
        svg.text("head", (left, top + 12.0), Anchor::Start, growth.title);
        let explained = format!("time relative to mem-blocks with N = {}", growth.blocks[0]);
        svg.text("quiet", (left, top + 30.0), Anchor::Start, &explained);
        let start = left + 32.0;
        let exponents = (growth.blocks[0].log2(), growth.blocks[growth.blocks.len() - 1].log2());
        let across = Axis { exponents, ends: (start, start + PLOT_WIDTH) };
        grid(svg, growth, &across, &up);
        curves(svg, growth, &across, &up, &measured.contenders);
    }
    Ok(y_bottom + 20.0)
}

fn grid(svg: &mut Svg, growth: &Growth, across: &Axis, up: &Axis) {
    let ((left, right), (bottom, top)) = (across.ends, up.ends);
    for tick in up.ticks() {
        svg.line("grid", (left, up.at(tick)), (right, up.at(tick)));
        svg.text("quiet", (left - 6.0, up.at(tick) + 4.0), Anchor::End, &times(tick));
    }
    for blocks in &growth.blocks {
        let x = across.at(*blocks);
        svg.line("grid", (x, top), (x, bottom));
        svg.text("quiet", (x, bottom + 16.0), Anchor::Middle, &blocks.to_string());
    }
    svg.line("one", (left, up.at(1.0)), (right, up.at(1.0)));
}

/// The curves, each with its name where it ends.
fn curves(svg: &mut Svg, growth: &Growth, across: &Axis, up: &Axis, contenders: &[String]) {
    let mut ends = Vec::new();
    // The first one last, above the others.
    for number in (0..contenders.len()).rev() {
        let rows = growth.blocks.iter().zip(&growth.ratios);
        let points: Vec<Point> = rows
            .filter_map(|(blocks, ratios)| Some((across.at(*blocks), up.at(ratios[number]?))))
            .collect();
        svg.dotted_curve(&colour(number), &points);
        ends.extend(points.last().map(|(_, y)| (*y, number)));
    }
    ends.sort_by(|one, other| one.0.total_cmp(&other.0));
    let heights: Vec<_> = ends.iter().map(|(y, _)| *y).collect();
    for ((_, number), y) in ends.into_iter().zip(apart(&heights, 14.0, up.ends.0)) {
        let at = (across.ends.1 + 10.0, y + 4.0);
        svg.text(&colour(number), at, Anchor::Start, &contenders[number]);
    }
}

/// Moves ascending values away from each other, so that labels there do not cover each other; none beyond `end`.
fn apart(values: &[f64], distance: f64, end: f64) -> Vec<f64> {
    let mut moved: Vec<f64> = Vec::with_capacity(values.len());
    for value in values {
        let least = moved.last().map_or(f64::MIN, |last| last + distance);
        moved.push(value.max(least));
    }
    let mut most = end;
    for value in moved.iter_mut().rev() {
        *value = value.min(most);
        most = *value - distance;
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_apart() {
        assert_eq!(apart(&[0.0, 1.0, 50.0], 10.0, 100.0), [0.0, 10.0, 50.0]);
        assert_eq!(apart(&[90.0, 95.0], 10.0, 100.0), [90.0, 100.0]);
    }
}
