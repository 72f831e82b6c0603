//! The subset of SVG that the pictures need.

use std::fmt::Write as _;

use super::geometry::{Point, Rect};
use super::ink;
use crate::escape::xml;

/// The margin of the picture.
const PADDING: f64 = 16.0;
/// The side of the square that holds the mark at the end of a line.
const MARKER: f64 = 12.0;
/// The width of the ring around a mistake.
const RING: f64 = 2.5;

/// An SVG picture, in drawing order: the ground, lines, then boxes and text.
pub(super) struct Canvas {
    description: String,
    markers: Vec<Marker>,
    ground: String,
    lines: String,
    blocks: String,
    bounds: Option<Rect>,
}

/// The style of a box.
#[derive(Clone, Copy, Debug)]
pub(super) struct BoxStyle {
    pub(super) fill: &'static str,
    pub(super) border: &'static str,
    pub(super) width: f64,
    pub(super) dash: Option<&'static str>,
    pub(super) radius: f64,
}

/// The style of a line and its ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct LineStyle {
    pub(super) color: &'static str,
    pub(super) width: f64,
    pub(super) dash: Option<&'static str>,
    pub(super) start: End,
    pub(super) end: End,
}

/// The mark at the end of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Plain,
    /// A filled arrow head.
    Arrow,
    /// An open arrow head.
    OpenArrow,
    /// A filled dot.
    Dot,
    /// A bar across the line.
    Bar,
    /// A cross.
    Cross,
    /// An open square.
    Square,
    /// A square with a cross in it.
    CrossedSquare,
}

/// The part of a text that stands at its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextAnchor {
    Start,
    Middle,
    End,
}

/// The style of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct TextStyle {
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) color: &'static str,
    pub(super) anchor: TextAnchor,
    /// Whether the text has an outline in the colour of the paper, so that lines do not touch it.
    pub(super) halo: bool,
}

impl TextStyle {
    pub(super) const fn plain(anchor: TextAnchor) -> Self {
        Self { size: ink::TEXT, bold: false, color: ink::BLACK, anchor, halo: false }
    }

    pub(super) const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub(super) const fn halo(self) -> Self {
        Self { halo: true, ..self }
    }

    pub(super) const fn size(self, size: f64) -> Self {
        Self { size, ..self }
    }

    pub(super) const fn color(self, color: &'static str) -> Self {
        Self { color, ..self }
    }
}

/// A quadratic Bézier curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Curve {
    pub(super) start: Point,
    pub(super) control: Point,
    pub(super) end: Point,
}

impl Curve {
    pub(super) fn reversed(self) -> Self {
        Self { start: self.end, control: self.control, end: self.start }
    }

    /// The point at `part` of the curve, from 0 to 1.
    pub(super) fn at(&self, part: f64) -> Point {
        let (first, second) = (self.start.towards(self.control, part), self.control.towards(self.end, part));
        first.towards(second, part)
    }
}

impl Canvas {
    /// An empty picture. Screen readers read `description`.
    pub(super) fn new(description: &str) -> Self {
        Self {
            description: xml(description),
            markers: Vec::new(),
            ground: String::new(),
            lines: String::new(),
            blocks: String::new(),
            bounds: None,
        }
    }

    pub(super) fn block(&mut self, rect: Rect, look: BoxStyle) {
        self.cover(rect.grown(look.width / 2.0));
        rectangle(&mut self.blocks, rect, look);
    }

    /// Draws a box behind all lines.
    pub(super) fn ground(&mut self, rect: Rect, look: BoxStyle) {
        self.cover(rect.grown(look.width / 2.0));
        rectangle(&mut self.ground, rect, look);
    }

    /// Writes a line of text. `at` is its start, middle or end, at half the height of the line.
    pub(super) fn text(&mut self, at: Point, text: &str, look: TextStyle) {
        if text.is_empty() {
            return;
        }
        let (width, height) = (ink::width(text, look.size), look.size);
        let (anchor, left) = match look.anchor {
            TextAnchor::Start => ("start", at.x),
            TextAnchor::Middle => ("middle", at.x - width / 2.0),
            TextAnchor::End => ("end", at.x - width),
        };
        self.cover(Rect::new(left, at.y - height / 2.0, width, height));
        let out = &mut self.blocks;
        element(out, "text");
        // Some viewers ignore `dominant-baseline`.
        numbers(out, &[("x", at.x), ("y", at.y + 0.3 * look.size)]);
        words(out, &[("text-anchor", anchor)]);
        numbers(out, &[("font-size", look.size), ("font-weight", if look.bold { 700.0 } else { 400.0 })]);
        if look.halo {
            words(out, &[("paint-order", "stroke"), ("stroke-linejoin", "round")]);
            stroke(out, ink::PAPER, 5.0, None);
        }
        words(out, &[("fill", look.color)]);
        let _ = writeln!(out, ">{}</text>", xml(text));
    }

    /// Draws a straight line.
    pub(super) fn line(&mut self, start: Point, end: Point, look: LineStyle) {
        self.curve(Curve { start, control: start.towards(end, 0.5), end }, look);
    }

    pub(super) fn curve(&mut self, curve: Curve, look: LineStyle) {
        let Curve { start, control, end } = curve;
        let start_gap = self.marker(look.start, Side::Start, look.color);
        let end_gap = self.marker(look.end, Side::End, look.color);
        for part in 0..=8 {
            let place = curve.at(f64::from(part) / 8.0);
            self.cover(Rect::around(place, MARKER, MARKER));
        }
        let (start, end) = (start.nearer_to(control, start_gap), end.nearer_to(control, end_gap));
        let is_straight = control == curve.start.towards(curve.end, 0.5);
        let control = if is_straight { String::new() } else { format!("Q{} ", pair(control)) };
        let out = &mut self.lines;
        element(out, "path");
        let to = if is_straight { "L" } else { "" };
        words(out, &[("d", &format!("M{} {control}{to}{}", pair(start), pair(end))), ("fill", "none")]);
        stroke(out, look.color, look.width, look.dash);
        for (attribute, side, at) in
            [("marker-start", Side::Start, look.start), ("marker-end", Side::End, look.end)]
        {
            if let Some(id) = at.marker_id(side, look.color) {
                words(out, &[(attribute, &format!("url(#{id})"))]);
            }
        }
        out.push_str("/>\n");
    }

    /// Draws a ring around a mistake. `title` describes the mistake.
    pub(super) fn ring(&mut self, rect: Rect, title: &str) {
        let rect = rect.grown(RING);
        self.cover(rect.grown(RING));
        let _ = writeln!(self.blocks, r#"<g class="wrong"><title>{}</title>"#, xml(title));
        // The outer ring in the colour of the paper separates it from a red ground.
        for (border, width) in [(ink::PAPER, 2.0 * RING), (ink::DISTRUST, RING)] {
            let look = BoxStyle { fill: "none", border, width, dash: None, radius: rect.height / 2.0 };
            rectangle(&mut self.blocks, rect, look);
        }
        self.blocks.push_str("</g>\n");
    }

    pub(super) fn svg(&self) -> String {
        let view = self.bounds.unwrap_or(Rect::new(0.0, 0.0, 100.0, 100.0)).grown(PADDING);
        let (left, top) = (number(view.x), number(view.y));
        let (width, height) = (number(view.width), number(view.height));
        let font = xml(ink::FAMILY);
        let markers: String = self.markers.iter().map(|marker| marker.element.as_str()).collect();
        let Self { description, ground, lines, blocks, .. } = self;
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left} {top} {width} {height}" width="{width}" height="{height}" style="max-width:100%;height:auto" font-family="{font}" role="img" aria-label="{description}">
<style>{style}</style>
<defs>
{markers}</defs>
<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="{paper}"/>
<g id="ground">
{ground}</g>
<g id="lines">
{lines}</g>
<g id="boxes">
{blocks}</g>
</svg>
"#,
            style = ink::dark_style(),
            paper = ink::PAPER,
        )
    }

    fn cover(&mut self, rect: Rect) {
        self.bounds = Some(self.bounds.map_or(rect, |bounds| bounds.joined(rect)));
    }

    /// Defines the mark at an end of a line. Returns by how much the line itself is shorter.
    fn marker(&mut self, end: End, side: Side, color: &'static str) -> f64 {
        let (Some(head), Some(id)) = (end.head(color), end.marker_id(side, color)) else { return 0.0 };
        if !self.markers.iter().any(|marker| marker.id == id) {
            let line_end = head.tip - head.gap;
            let (markup, line_end) = match side {
                Side::Start => {
                    (format!(r#"<g transform="rotate(180 6 6)">{}</g>"#, head.markup), MARKER - line_end)
                }
                Side::End => (head.markup, line_end),
            };
            let (side, line_end) = (number(MARKER), number(line_end));
            let element = format!(
                r#"<marker id="{id}" markerWidth="{side}" markerHeight="{side}" viewBox="0 0 {side} {side}" orient="auto" refX="{line_end}" refY="6" markerUnits="userSpaceOnUse">{markup}</marker>
"#
            );
            self.markers.push(Marker { id, element });
        }
        head.gap
    }
}

struct Marker {
    id: String,
    element: String,
}

#[derive(Clone, Copy, Debug)]
enum Side {
    Start,
    End,
}

/// The mark at the end of a line that comes from the left.
struct Head {
    markup: String,
    /// The x coordinate of the tip in the square of the mark.
    tip: f64,
    /// The distance between the tip and the end of the line itself.
    gap: f64,
}

impl End {
    fn marker_id(self, side: Side, color: &str) -> Option<String> {
        let side = match side {
            Side::Start => "from",
            Side::End => "to",
        };
        let name = match self {
            Self::Plain => return None,
            Self::Arrow => "arrow",
            Self::OpenArrow => "open-arrow",
            Self::Dot => "dot",
            Self::Bar => "bar",
            Self::Cross => "cross",
            Self::Square => "square",
            Self::CrossedSquare => "crossed-square",
        };
        Some(format!("{side}-{name}-{}", color.trim_start_matches('#')))
    }

    fn head(self, color: &str) -> Option<Head> {
        let open = format!(r#"fill="{}" stroke="{color}" stroke-width="1.5""#, ink::PAPER);
        let stroke = format!(r#"fill="none" stroke="{color}" stroke-width="1.8""#);
        let (markup, tip, gap) = match self {
            Self::Plain => return None,
            Self::Arrow => (format!(r#"<path d="M1 1.5L11 6L1 10.5z" fill="{color}"/>"#), 11.0, 7.0),
            Self::OpenArrow => (format!(r#"<path d="M1.5 2L10.5 6L1.5 10z" {open}/>"#), 10.5, 9.0),
            Self::Dot => (format!(r#"<circle cx="6" cy="6" r="3" fill="{color}"/>"#), 6.0, 0.0),
            Self::Bar => (format!(r#"<path d="M4.5 0.5V11.5M8 0.5V11.5" {stroke}/>"#), 6.0, 0.0),
            Self::Cross => (format!(r#"<path d="M2 2L10 10M10 2L2 10" {stroke}/>"#), 10.5, 4.5),
            Self::Square => (format!(r#"<path d="M2 2H10V10H2z" {open}/>"#), 10.0, 8.0),
            Self::CrossedSquare => {
                let outline = "M1.5 1.5H10.5V10.5H1.5zM1.5 1.5L10.5 10.5M10.5 1.5L1.5 10.5";
                (format!(r#"<path d="{outline}" {open}/>"#), 10.5, 9.0)
            }
        };
        Some(Head { markup, tip, gap })
    }
}

fn rectangle(out: &mut String, rect: Rect, look: BoxStyle) {
    element(out, "rect");
    numbers(out, &[("x", rect.x), ("y", rect.y), ("width", rect.width), ("height", rect.height)]);
    if look.radius > 0.0 {
        numbers(out, &[("rx", look.radius)]);
    }
    words(out, &[("fill", look.fill)]);
    stroke(out, look.border, look.width, look.dash);
    out.push_str("/>\n");
}

fn element(out: &mut String, name: &str) {
    out.push('<');
    out.push_str(name);
}

fn words(out: &mut String, attributes: &[(&str, &str)]) {
    for (name, value) in attributes {
        let _ = write!(out, r#" {name}="{value}""#);
    }
}

fn numbers(out: &mut String, attributes: &[(&str, f64)]) {
    for (name, value) in attributes {
        let _ = write!(out, r#" {name}="{}""#, number(*value));
    }
}

fn stroke(out: &mut String, color: &str, width: f64, dash: Option<&str>) {
    words(out, &[("stroke", color)]);
    numbers(out, &[("stroke-width", width)]);
    if let Some(dash) = dash {
        words(out, &[("stroke-dasharray", dash)]);
    }
}

fn pair(place: Point) -> String {
    format!("{} {}", number(place.x), number(place.y))
}

/// A number with at most two decimals.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}
