//! The picture of the README: a bar for each contender and workload, and curves of the growth with the number of blocks.

mod axis;
mod bars;
mod curves;

use anyhow::{Result, ensure};

use super::{measured::Measured, svg::Svg};

const WIDTH: f64 = 880.0;
const MARGIN: f64 = 16.0;

/// A background of its own: a page tells a picture nothing about its theme, only the reader's system does.
const STYLE: &str = "
.back { fill: #ffffff } .text, .head { fill: #1f2328 } .quiet { fill: #59636e } .grid { stroke: #d9dee4 } .one { stroke: #1f2328 }
@media (prefers-color-scheme: dark) {
.back { fill: #0d1117 } .text, .head { fill: #e6edf3 } .quiet { fill: #9198a1 } .grid { stroke: #2b323b } .one { stroke: #e6edf3 }
}
text { font: 12px system-ui, 'Segoe UI', Helvetica, Arial, sans-serif } .head { font-size: 14px; font-weight: 600 }
.quiet { font-size: 11px } .grid { stroke-width: 1 } .one { stroke-width: 1.5 }
polyline { fill: none; stroke-width: 2; stroke-linejoin: round } circle { stroke: none }
rect.c0, circle.c0, text.c0 { fill: #d9480f } polyline.c0 { stroke: #d9480f; stroke-width: 3.5 }
rect.c1, circle.c1, text.c1 { fill: #868e96 } polyline.c1 { stroke: #868e96 }
rect.c2, circle.c2, text.c2 { fill: #2f81d0 } polyline.c2 { stroke: #2f81d0 }
rect.c3, circle.c3, text.c3 { fill: #1f9d6b } polyline.c3 { stroke: #1f9d6b }
rect.c4, circle.c4, text.c4 { fill: #c2649a } polyline.c4 { stroke: #c2649a }
rect.c5, circle.c5, text.c5 { fill: #8b6fd1 } polyline.c5 { stroke: #8b6fd1 }
rect.c6, circle.c6, text.c6 { fill: #c48a00 } polyline.c6 { stroke: #c48a00 }
";

/// The style sheet has so many colours.
const COLOURS: usize = 7;

const TITLE: &str =
    "Time of other allocators relative to mem-blocks, by workload and by number of blocks";

pub(super) fn of(measured: &Measured) -> Result<String> {
    ensure!(measured.contenders.len() <= COLOURS, "more contenders than colours");
    let mut svg = Svg::default();
    // Its height is known when all else is drawn; what is more is cut off.
    svg.rectangle("back", (0.0, 0.0), WIDTH, 2000.0);
    let bottom = bars::draw(&mut svg, measured, MARGIN);
    let bottom = curves::draw(&mut svg, measured, bottom + 2.0 * MARGIN)?;
    Ok(svg.finish(WIDTH, bottom + MARGIN, TITLE, STYLE))
}

/// The class of a contender in the style sheet.
fn colour(number: usize) -> String {
    format!("c{number}")
}

/// A number of things, for lengths.
fn count(things: usize) -> f64 {
    u32::try_from(things).map_or(f64::INFINITY, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::measured::tests::LINES;

    #[test]
    fn the_picture_is_well_formed_and_shows_every_figure() {
        let picture = of(&Measured::read(LINES).unwrap()).unwrap();
        let parsed = roxmltree::Document::parse(&picture).unwrap();
        let count =
            |name| parsed.descendants().filter(|node| node.tag_name().name() == name).count();
        // The background, one swatch, one bar; two curves of two points in each of two panels.
        assert_eq!((count("rect"), count("polyline"), count("circle")), (3, 4, 8));
        let texts: Vec<_> = parsed.descendants().filter_map(|node| node.text()).collect();
        for text in ["one", "run", "other: cannot", "2.00", "other", "mem-blocks"] {
            assert!(texts.contains(&text), "{text}");
        }
    }
}
