//! SVG, as much of it as a chart needs. Colours and sizes are the style sheet's.

use std::fmt::Write;

/// A picture that is being drawn, the later things above the earlier ones.
#[derive(Debug, Default)]
pub(super) struct Svg {
    body: String,
}

/// Where a text stands: this is its start, its middle or its end.
#[derive(Clone, Copy, Debug)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A point: to the right, and down.
pub(super) type Point = (f64, f64);

impl Svg {
    pub(super) fn line(&mut self, class: &str, (x1, y1): Point, (x2, y2): Point) {
        self.put(format_args!(
            r#"<line class="{class}" x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}"/>"#
        ));
    }

    pub(super) fn rectangle(&mut self, class: &str, (x, y): Point, width: f64, height: f64) {
        self.put(format_args!(
            r#"<rect class="{class}" x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}"/>"#
        ));
    }

    /// A line through points, each of them with a dot.
    pub(super) fn dotted_curve(&mut self, class: &str, points: &[Point]) {
        let list: Vec<_> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        self.put(format_args!(r#"<polyline class="{class}" points="{}"/>"#, list.join(" ")));
        for (x, y) in points {
            self.put(format_args!(r#"<circle class="{class}" cx="{x:.1}" cy="{y:.1}" r="2.5"/>"#));
        }
    }

    pub(super) fn text(&mut self, class: &str, (x, y): Point, anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = escaped(text);
        self.put(format_args!(
            r#"<text class="{class}" x="{x:.1}" y="{y:.1}" text-anchor="{anchor}">{text}</text>"#
        ));
    }

    /// The file. `title` is for those who do not see it.
    pub(super) fn finish(self, width: f64, height: f64, title: &str, style: &str) -> String {
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0} {height:.0}" width="{width:.0}" height="{height:.0}" role="img">
<title>{}</title>
<style>{style}</style>
{}</svg>
"#,
            escaped(title),
            self.body
        )
    }

    fn put(&mut self, element: std::fmt::Arguments<'_>) {
        writeln!(self.body, "{element}").expect("a string has room");
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_is_in_the_file() {
        let mut svg = Svg::default();
        svg.rectangle("bar", (1.0, 2.0), 3.0, 4.0);
        svg.line("axis", (0.0, 0.0), (1.0, 1.0));
        svg.dotted_curve("curve", &[(1.0, 2.0), (3.0, 4.0)]);
        svg.text("label", (5.0, 6.0), Anchor::End, "a < b & c");
        let file = svg.finish(10.0, 20.0, "x > y", "");

        let parsed = roxmltree::Document::parse(&file).unwrap();
        let names = parsed.root_element().children().filter(roxmltree::Node::is_element);
        assert_eq!(
            names.map(|node| node.tag_name().name()).collect::<Vec<_>>(),
            ["title", "style", "rect", "line", "polyline", "circle", "circle", "text"]
        );
        let text = parsed.descendants().find(|node| node.tag_name().name() == "text").unwrap();
        assert_eq!((text.text(), text.attribute("text-anchor")), (Some("a < b & c"), Some("end")));
    }
}
