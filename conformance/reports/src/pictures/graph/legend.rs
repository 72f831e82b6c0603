use super::edges::EdgeKind;
use super::lines::{Line, MISSING_MESSAGE, edge_look};
use super::picture::{TrustPicture, Vertex};
use super::vertex;
use crate::pictures::canvas::{Canvas, LineStyle, TextAnchor, TextStyle};
use crate::pictures::geometry::{Point, Rect};
use crate::pictures::ink;
use crate::pictures::position::DevicePresence;

const ROW: f64 = 20.0;
/// The x coordinates of the start of a sample, its end, and its text.
const SAMPLE: (f64, f64, f64) = (4.0, 52.0, 62.0);

/// Draws a legend of everything that occurs in the graph. Returns the y coordinate of its end.
pub(super) fn draw(canvas: &mut Canvas, picture: &TrustPicture<'_>, lines: &[Line], y: f64) -> f64 {
    let mut rows = Rows { canvas, y };
    for kind in EdgeKind::ALL {
        let is_single = |line: &Line| matches!(line, Line::Single(edge) if edge.kind == kind);
        let is_bundle = |line: &Line| matches!(line, Line::Bundle { kind: other, .. } if *other == kind);
        if lines.iter().any(is_single) {
            rows.line(edge_look(kind, false), kind.name());
        }
        if lines.iter().any(is_bundle) {
            let look = LineStyle { width: 4.0, ..edge_look(kind, true) };
            rows.line(look, &format!("{}: so many, each one in the table", kind.name()));
        }
    }
    let needs_no_head = |line: &Line| match line {
        Line::Single(edge) => edge.mutual && matches!(edge.kind, EdgeKind::Manual | EdgeKind::Automatic),
        _ => false,
    };
    if lines.iter().any(needs_no_head) {
        rows.text("A line without an arrow: both ways");
    }
    if lines.iter().any(|line| matches!(line, Line::MissingMessage { .. })) {
        rows.line(MISSING_MESSAGE, "message that should have been there");
    }
    if !picture.mismatches.is_empty() {
        let (from, to, _) = SAMPLE;
        let y = rows.y;
        rows.canvas.ring(Rect::new(from + 12.0, y - 3.0, to - from - 24.0, 6.0), "Not as it has to be");
        rows.text("not as it has to be");
    }
    for (kind, text) in DOTS {
        if let Some(vertex) = picture.vertices.iter().find(|vertex| kind_of(vertex) == kind) {
            let (from, to, _) = SAMPLE;
            vertex::draw(rows.canvas, vertex, Point::new((from + to) / 2.0, rows.y));
            rows.text(text);
        }
    }
    rows.y
}

/// The kinds of dots that need an explanation; `None` is a key without a device.
const DOTS: [(Option<DevicePresence>, &str); 4] = [
    (Some(DevicePresence::Compromised), "device that an adversary took"),
    (Some(DevicePresence::Injected), "device that an adversary made"),
    (Some(DevicePresence::Gone), "device that left; its key stays known"),
    (None, "key that belongs to no single device"),
];

fn kind_of(vertex: &Vertex) -> Option<DevicePresence> {
    vertex.device.map(|(_, presence)| presence)
}

/// The legend while it is drawn, with the y coordinate of the next row.
struct Rows<'a> {
    canvas: &'a mut Canvas,
    y: f64,
}

impl Rows<'_> {
    fn line(&mut self, look: LineStyle, text: &str) {
        let (from, to, _) = SAMPLE;
        self.canvas.line(Point::new(from, self.y), Point::new(to, self.y), look);
        self.text(text);
    }

    /// Writes the text of a row, and moves to the next row.
    fn text(&mut self, text: &str) {
        let look = TextStyle::plain(TextAnchor::Start).size(ink::SMALL).color(ink::GREY);
        self.canvas.text(Point::new(SAMPLE.2, self.y), text, look);
        self.y += ROW;
    }
}
