use std::collections::BTreeMap;

use super::edges::{Edge, EdgeKind};
use super::picture::{Group, TrustPicture, Vertex};
use super::ring::{self, Ring, RingPosition};
use super::table;
use crate::pictures::canvas::{BoxStyle, Canvas, Curve, End, LineStyle, TextAnchor, TextStyle};
use crate::pictures::geometry::{Point, Rect};
use crate::pictures::ink;
use crate::pictures::position::DevicePresence;
use crate::runs;

/// With more lines than this, automatic authentications are counted between accounts instead of drawn: the
/// table has each of them.
const MOST_LINES: usize = 12;
/// How many postponed decisions are told one by one.
const MOST_POSTPONED: usize = 24;
const VERTEX_HEIGHT: f64 = 34.0;
const GAP: f64 = 30.0;

/// A trust graph as an SVG picture: the graph, below it every device with every key as a table, and a legend.
pub(crate) fn svg(picture: &TrustPicture<'_>) -> String {
    let mut canvas = Canvas::new(&format!("Trust graph: {}, {}", picture.title, picture.moment));
    let mut y = heading(&mut canvas, picture);
    let lines = lines(picture);
    let ring = ring(picture, &lines, y);
    draw_graph(&mut canvas, picture, &lines, &ring);
    y = ring.bounds().bottom() + GAP;
    y = legend(&mut canvas, picture, &lines, y) + GAP;
    y = table::draw(&mut canvas, picture, y) + GAP;
    list_postponed(&mut canvas, picture, y);
    canvas.svg()
}

fn heading(canvas: &mut Canvas, picture: &TrustPicture<'_>) -> f64 {
    let title = TextStyle::plain(TextAnchor::Start).bold().size(ink::TITLE);
    canvas.text(Point::new(0.0, 10.0), picture.title, title);
    let aside = TextStyle::plain(TextAnchor::Start).size(13.0).color(ink::GREY);
    let mut y = 34.0;
    for line in [picture.moment.clone(), picture.counts()] {
        canvas.text(Point::new(0.0, y), &line, aside);
        y += ink::LINE + 2.0;
    }
    y + 8.0
}

/// A line of the picture.
#[derive(Clone, Debug)]
enum Line {
    /// One edge.
    Single(Edge),
    /// So many edges of a kind that trust messages made.
    Folded { from: RingPosition, to: RingPosition, kind: EdgeKind, count: usize },
}

impl Line {
    fn ends(&self) -> (RingPosition, RingPosition) {
        match self {
            Self::Single(edge) => (RingPosition::Vertex(edge.from), RingPosition::Vertex(edge.to)),
            Self::Folded { from, to, .. } => (*from, *to),
        }
    }
}

/// What is drawn: each edge, or with too many of them what trust messages made folded by account.
fn lines(picture: &TrustPicture<'_>) -> Vec<Line> {
    if picture.edges.len() <= MOST_LINES {
        return picture.edges.iter().cloned().map(Line::Single).collect();
    }
    let mut lines = Vec::new();
    let mut folded: BTreeMap<(RingPosition, RingPosition, EdgeKind), Vec<&Edge>> = BTreeMap::new();
    for edge in &picture.edges {
        let (from, to) = (picture.group_of(edge.from), picture.group_of(edge.to));
        let key = match edge.kind {
            EdgeKind::Automatic => {
                (RingPosition::Group(from.min(to)), RingPosition::Group(from.max(to)), EdgeKind::Automatic)
            }
            EdgeKind::AutomaticDistrust if from != to => {
                (RingPosition::Group(from), RingPosition::Vertex(edge.to), EdgeKind::AutomaticDistrust)
            }
            EdgeKind::Manual
            | EdgeKind::ManualDistrust
            | EdgeKind::AutomaticDistrust
            | EdgeKind::PostponedTrust
            | EdgeKind::PostponedDistrust => {
                lines.push(Line::Single(edge.clone()));
                continue;
            }
        };
        folded.entry(key).or_default().push(edge);
    }
    lines.extend(folded.into_iter().map(|((from, to, kind), edges)| match edges.as_slice() {
        [only] => Line::Single((*only).clone()),
        several => {
            let count = several.iter().map(|edge| if edge.mutual { 2 } else { 1 }).sum();
            Line::Folded { from, to, kind, count }
        }
    }));
    lines
}

/// The places of devices and accounts, below `top`.
fn ring(picture: &TrustPicture<'_>, lines: &[Line], top: f64) -> Ring {
    let groups: Vec<_> = picture.groups.iter().map(|group| group.members.clone()).collect();
    let vertex_size = |vertex: &Vertex| ((ink::width(&vertex.name, 13.0) + 28.0).max(84.0), VERTEX_HEIGHT);
    let boxes: Vec<_> = picture.vertices.iter().map(vertex_size).collect();
    let name_size = |(position, group): (usize, &Group)| {
        let inside = inside(lines, position);
        let width = ink::width(&group.name, 14.0).max(ink::width(&inside, ink::SMALL));
        (width, if inside.is_empty() { ink::LINE } else { 2.0 * ink::LINE })
    };
    let names: Vec<_> = picture.groups.iter().enumerate().map(name_size).collect();
    Ring::new(&groups, &boxes, &names, top)
}

fn draw_graph(canvas: &mut Canvas, picture: &TrustPicture<'_>, lines: &[Line], ring: &Ring) {
    for position in 0..picture.groups.len() {
        let look = BoxStyle { fill: ink::ACCOUNT, border: ink::PALE, width: 1.0, dash: None, radius: 0.0 };
        canvas.band(&ring.band(position), ring::BAND, look);
    }
    let mut taken: Vec<Rect> = ring.boxes.clone();
    for (line, curve) in curves(lines, ring) {
        canvas.curve(curve, line_look(line));
        if let Some(label) = label(line) {
            let at = label_place(&curve, ink::width(&label, ink::SMALL), &taken);
            taken.push(at);
            canvas.text(at.center(), &label, TextStyle::plain(TextAnchor::Middle).halo().size(ink::SMALL));
        }
    }
    for (vertex, rect) in picture.vertices.iter().zip(&ring.boxes) {
        draw_vertex(canvas, vertex, *rect);
    }
    for ((position, group), rect) in picture.groups.iter().enumerate().zip(&ring.names) {
        let at = Point::new(rect.center().x, rect.y + ink::LINE / 2.0);
        canvas.text(at, &group.name, TextStyle::plain(TextAnchor::Middle).bold().size(14.0));
        let look = TextStyle::plain(TextAnchor::Middle).size(ink::SMALL).color(ink::GREY);
        canvas.text(at.moved(0.0, ink::LINE), &inside(lines, position), look);
    }
}

/// The lines that are drawn, with the ways they take. Those between the same two places run side by side.
fn curves<'a>(lines: &'a [Line], ring: &Ring) -> Vec<(&'a Line, Curve)> {
    let mut by_ends: BTreeMap<(RingPosition, RingPosition), Vec<&Line>> = BTreeMap::new();
    for line in lines {
        let (from, to) = line.ends();
        if from != to {
            by_ends.entry((from.min(to), from.max(to))).or_default().push(line);
        }
    }
    let mut curves = Vec::new();
    for ((first, second), lines) in by_ends {
        for (position, line) in lines.iter().enumerate() {
            let lane = 2.0 * position as f64 - (lines.len() - 1) as f64;
            let curve = ring.curve(first, second, lane);
            let curve = if line.ends() == (first, second) { curve } else { curve.reversed() };
            curves.push((*line, curve));
        }
    }
    curves
}

/// Where on its line a label has room: in the middle, if nothing stands there.
fn label_place(curve: &Curve, width: f64, taken: &[Rect]) -> Rect {
    let place = |part| Rect::around(curve.at(part), width, ink::LINE);
    let parts = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.2, 0.8];
    let free = parts.into_iter().map(place).find(|rect| !taken.iter().any(|it| it.overlaps(*rect)));
    free.unwrap_or_else(|| place(0.5))
}

fn draw_vertex(canvas: &mut Canvas, vertex: &Vertex, rect: Rect) {
    let there = BoxStyle { fill: ink::PAPER, border: ink::BLACK, width: 1.4, dash: None, radius: 5.0 };
    let look = match vertex.device {
        None => BoxStyle { radius: VERTEX_HEIGHT / 2.0, ..there },
        Some((_, DevicePresence::There | DevicePresence::Absent)) => there,
        Some((_, DevicePresence::Compromised)) => BoxStyle { border: ink::DISTRUST, width: 3.0, ..there },
        Some((_, DevicePresence::Injected)) => {
            BoxStyle { border: ink::DISTRUST, width: 3.0, dash: Some("8 4"), ..there }
        }
        Some((_, DevicePresence::Gone)) => BoxStyle { border: ink::GREY, dash: Some("2 3"), ..there },
    };
    canvas.block(rect, look);
    canvas.text(rect.center(), &vertex.name, TextStyle::plain(TextAnchor::Middle).size(13.0));
}

/// How many automatic authentications there are within an account, if they are not drawn.
fn inside(lines: &[Line], group: usize) -> String {
    let folded = lines.iter().find_map(|line| match line {
        Line::Folded { from, to, count, .. } if from == to && *from == RingPosition::Group(group) => {
            Some(*count)
        }
        _ => None,
    });
    folded.map_or(String::new(), |count| format!("{count} automatic inside"))
}

fn label(line: &Line) -> Option<String> {
    match line {
        Line::Single(_) => None,
        Line::Folded { count, .. } => Some(format!("{count} automatic")),
    }
}

fn line_look(line: &Line) -> LineStyle {
    match line {
        Line::Single(edge) => edge_look(edge.kind, edge.mutual),
        Line::Folded { kind, .. } => folded_look(*kind),
    }
}

fn folded_look(kind: EdgeKind) -> LineStyle {
    LineStyle { width: 4.0, ..edge_look(kind, kind == EdgeKind::Automatic) }
}

fn edge_look(kind: EdgeKind, mutual: bool) -> LineStyle {
    let (color, width, dash, end) = match kind {
        EdgeKind::Manual => (ink::MANUAL, 2.6, None, End::Arrow),
        EdgeKind::Automatic => (ink::AUTOMATIC, 1.4, Some("6 4"), End::OpenArrow),
        EdgeKind::ManualDistrust => (ink::DISTRUST, 2.6, None, End::Cross),
        EdgeKind::AutomaticDistrust => (ink::DISTRUST, 1.4, Some("6 4"), End::Cross),
        EdgeKind::PostponedTrust => (ink::WAITING, 1.6, Some("1.5 4"), End::Square),
        EdgeKind::PostponedDistrust => (ink::WAITING, 1.6, Some("1.5 4"), End::CrossedSquare),
    };
    LineStyle { color, width, dash, start: if mutual { end } else { End::Plain }, end }
}

/// Explains what occurs.
fn legend(canvas: &mut Canvas, picture: &TrustPicture<'_>, lines: &[Line], mut y: f64) -> f64 {
    let text_look = TextStyle::plain(TextAnchor::Start).size(ink::SMALL).color(ink::GREY);
    let row = |canvas: &mut Canvas, y: f64, look: LineStyle, text: &str| {
        canvas.line(Point::new(4.0, y), Point::new(52.0, y), look);
        canvas.text(Point::new(62.0, y), text, text_look);
    };
    let kind_of = |line: &Line| match line {
        Line::Single(edge) => (edge.kind, false),
        Line::Folded { kind, .. } => (*kind, true),
    };
    let mut kinds: Vec<(EdgeKind, bool)> = lines.iter().map(kind_of).collect();
    kinds.sort();
    kinds.dedup();
    for (kind, folded) in kinds {
        if folded {
            let text = format!("{}: so many, each one in the table", kind.name());
            row(canvas, y, folded_look(kind), &text);
        } else {
            row(canvas, y, edge_look(kind, false), kind.name());
        }
        y += 20.0;
    }
    for (presence, text) in [
        (DevicePresence::Compromised, "device that an adversary took"),
        (DevicePresence::Injected, "device that an adversary made"),
        (DevicePresence::Gone, "device that left; its key stays known"),
    ] {
        let example =
            picture.vertices.iter().find(|vertex| matches!(vertex.device, Some((_, it)) if it == presence));
        if let Some(vertex) = example {
            let unnamed = Vertex { name: String::new(), ..vertex.clone() };
            draw_vertex(canvas, &unnamed, Rect::new(4.0, y - 7.0, 48.0, 14.0));
            canvas.text(Point::new(62.0, y), text, text_look);
            y += 20.0;
        }
    }
    y
}

/// Says whose word waits where.
fn list_postponed(canvas: &mut Canvas, picture: &TrustPicture<'_>, mut y: f64) {
    let mut told = picture.regards.postponed().peekable();
    if told.peek().is_none() {
        return;
    }
    let heading = TextStyle::plain(TextAnchor::Start).bold().size(14.0);
    canvas.text(Point::new(0.0, y), "Postponed until the sender is authenticated", heading);
    let mut line = |text: &str| {
        y += 20.0;
        canvas.text(Point::new(0.0, y), text, TextStyle::plain(TextAnchor::Start));
    };
    for (device, sender, decision) in told.by_ref().take(MOST_POSTPONED) {
        let device = picture.cast.device_name(device);
        let (sender, said) = (picture.cast.key_name(sender), runs::said(&[decision], picture.cast));
        line(&format!("{device} keeps of {sender}: {said}"));
    }
    let more = told.count();
    if more > 0 {
        line(&format!("and {more} more"));
    }
}
