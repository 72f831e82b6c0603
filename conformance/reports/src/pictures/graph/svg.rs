use std::collections::BTreeMap;

use graphlay::svg::{Point, Rect, TextAnchor};
use graphlay::{
    GraphBuilder, Layout, LayoutError, LayoutOptions, Node, NodeId, Placement, PortSides, Size, layout,
};

use super::edges::{Edge, EdgeKind};
use super::picture::{Group, TrustPicture, Vertex};
use super::table;
use crate::pictures::canvas::{BoxLook, Canvas, End, LineLook, TextLook};
use crate::pictures::ink;
use crate::pictures::moment::Presence;
use crate::runs;

/// With more lines than this, automatic authentications are counted between accounts instead of drawn: the
/// table has each of them.
const MOST_LINES: usize = 12;
/// How many postponed decisions are told one by one.
const MOST_POSTPONED: usize = 24;
const VERTEX_HEIGHT: f64 = 34.0;
/// Room around the devices of an account; its name stands in it.
const ACCOUNT_PADDING: f64 = 42.0;
const GAP: f64 = 30.0;

/// A trust graph as an SVG picture: the graph, below it every device with every key as a table, and a legend.
///
/// # Errors
///
/// If the layout library refuses the graph.
pub(crate) fn svg(picture: &TrustPicture<'_>) -> Result<String, LayoutError> {
    let mut canvas = Canvas::new(&format!("Trust graph: {}, {}", picture.title, picture.moment));
    let mut y = heading(&mut canvas, picture);
    let lines = lines(picture);
    let laid_out = lay_out(picture, &lines)?;
    let offset = Point::new(-laid_out.bounds.min.x, y - laid_out.bounds.min.y);
    draw_graph(&mut canvas, picture, &lines, &laid_out, offset);
    y += laid_out.bounds.height() + GAP;
    y = legend(&mut canvas, picture, &lines, y) + GAP;
    y = table::draw(&mut canvas, picture, y) + GAP;
    list_postponed(&mut canvas, picture, y);
    Ok(canvas.svg())
}

fn heading(canvas: &mut Canvas, picture: &TrustPicture<'_>) -> f64 {
    let title = TextLook::plain(TextAnchor::Start).bold().size(ink::TITLE);
    canvas.text(Point::new(0.0, 10.0), picture.title, title);
    let aside = TextLook::plain(TextAnchor::Start).size(13.0).color(ink::GREY);
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
    Folded { from: Place, to: Place, kind: EdgeKind, count: usize },
}

/// Where a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Group(usize),
    Vertex(usize),
}

/// What is drawn: each edge, or with too many of them what trust messages made folded by account.
fn lines(picture: &TrustPicture<'_>) -> Vec<Line> {
    if picture.edges.len() <= MOST_LINES {
        return picture.edges.iter().cloned().map(Line::Single).collect();
    }
    let mut lines = Vec::new();
    let mut folded: BTreeMap<(Place, Place, EdgeKind), Vec<&Edge>> = BTreeMap::new();
    for edge in &picture.edges {
        let (from, to) = (picture.group_of(edge.from), picture.group_of(edge.to));
        let key = match edge.kind {
            EdgeKind::Automatic => {
                (Place::Group(from.min(to)), Place::Group(from.max(to)), EdgeKind::Automatic)
            }
            EdgeKind::AutomaticDistrust if from != to => {
                (Place::Group(from), Place::Vertex(edge.to), EdgeKind::AutomaticDistrust)
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

/// Places of groups, then of vertices; routes of lines, except those within an account.
fn lay_out(picture: &TrustPicture<'_>, lines: &[Line]) -> Result<Layout, LayoutError> {
    let mut builder = GraphBuilder::new();
    let groups: Vec<NodeId> = picture
        .groups
        .iter()
        .enumerate()
        .map(|(position, group)| {
            let title = ink::width(&group.name, 14.0).max(ink::width(&inside(lines, position), ink::SMALL));
            let key = Some(format!("account {position:04}"));
            builder.add_node(Node { size: Size::new(title + 32.0, 60.0), key, ..Node::default() })
        })
        .collect();
    let vertices: Vec<NodeId> = picture
        .vertices
        .iter()
        .enumerate()
        .map(|(position, vertex)| {
            let width = ink::width(&vertex.name, 13.0) + 28.0;
            builder.add_node(Node {
                size: Size::new(width.max(84.0), VERTEX_HEIGHT),
                parent: Some(groups[picture.group_of(position)]),
                key: Some(format!("vertex {position:04}")),
                ..Node::default()
            })
        })
        .collect();
    let node = |place: Place| match place {
        Place::Group(position) => groups[position],
        Place::Vertex(position) => vertices[position],
    };
    for line in lines {
        let label = label(line);
        let label_size = label.map(|label| Size::new(ink::width(&label, ink::SMALL) + 8.0, ink::LINE));
        let (from, to, weight) = match line {
            Line::Single(edge) => {
                let weight = if edge.kind == EdgeKind::Manual { 4.0 } else { 1.0 };
                (vertices[edge.from], vertices[edge.to], weight)
            }
            Line::Folded { from, to, .. } if from == to => continue,
            Line::Folded { from, to, .. } => (node(*from), node(*to), 1.0),
        };
        builder.add_edge(graphlay::Edge { weight, label_size, ..graphlay::Edge::new(from, to) });
    }
    tie(&mut builder, picture, lines, &vertices);
    layout(&builder.build(), &options())
}

/// Ties a vertex without lines to another one of its account, by a line that is not drawn: the library puts
/// vertices without lines where the lines of others run.
fn tie(builder: &mut GraphBuilder, picture: &TrustPicture<'_>, lines: &[Line], vertices: &[NodeId]) {
    let has_line = |vertex: usize| {
        lines.iter().any(|line| match line {
            Line::Single(edge) => edge.from == vertex || edge.to == vertex,
            Line::Folded { to, .. } => *to == Place::Vertex(vertex),
        })
    };
    for group in &picture.groups {
        let Some(anchor) = group.members.clone().find(|vertex| has_line(*vertex)) else { continue };
        for alone in group.members.clone().filter(|vertex| !has_line(*vertex)) {
            let tie = graphlay::Edge::new(vertices[anchor], vertices[alone]);
            builder.add_edge(graphlay::Edge { weight: 0.1, ..tie });
        }
    }
}

fn options() -> LayoutOptions {
    let mut options = LayoutOptions::process_map();
    options.spacing.compound_padding = ACCOUNT_PADDING;
    options.spacing.layer_gap = 56.0;
    options.spacing.node_gap = 40.0;
    options.routing.port_sides = PortSides::Any;
    options
}

fn draw_graph(
    canvas: &mut Canvas,
    picture: &TrustPicture<'_>,
    lines: &[Line],
    laid_out: &Layout,
    offset: Point,
) {
    let (groups, vertices) = laid_out.nodes.split_at(picture.groups.len());
    for (position, (group, placement)) in picture.groups.iter().zip(groups).enumerate() {
        draw_group(canvas, group, &inside(lines, position), rect(placement, offset));
    }
    for (vertex, placement) in picture.vertices.iter().zip(vertices) {
        draw_vertex(canvas, vertex, rect(placement, offset));
    }
    let routed = lines.iter().filter(|line| !matches!(line, Line::Folded { from, to, .. } if from == to));
    for (line, route) in routed.zip(&laid_out.edges) {
        let moved = |point: &Point| Point::new(point.x + offset.x, point.y + offset.y);
        canvas.line(route.points.iter().map(moved).collect(), line_look(line));
        if let Some(label) = label(line) {
            let look = TextLook::plain(TextAnchor::Middle).halo().size(ink::SMALL);
            // In nested graphs the library may put a label far off its line.
            let anchor = route.label_anchor.filter(|anchor| is_on(&route.points, anchor));
            let at = anchor.unwrap_or_else(|| middle(&route.points));
            canvas.text(moved(&at), &label, look);
        }
    }
}

/// Whether a place lies on a route of horizontal and vertical pieces.
fn is_on(points: &[Point], place: &Point) -> bool {
    let within = |a: f64, b: f64, place: f64| a.min(b) - 1.0 <= place && place <= a.max(b) + 1.0;
    let mut pieces = points.windows(2).filter_map(|piece| piece.first_chunk::<2>());
    pieces.any(|[from, to]| within(from.x, to.x, place.x) && within(from.y, to.y, place.y))
}

/// The middle of the longest straight piece of a route.
fn middle(points: &[Point]) -> Point {
    let length = |from: &Point, to: &Point| (from.x - to.x).abs() + (from.y - to.y).abs();
    let pieces = points.windows(2).filter_map(|piece| piece.first_chunk::<2>());
    let longest = pieces.max_by(|[a, b], [c, d]| length(a, b).total_cmp(&length(c, d)));
    longest
        .map_or(Point::new(0.0, 0.0), |[from, to]| Point::new((from.x + to.x) / 2.0, (from.y + to.y) / 2.0))
}

fn draw_group(canvas: &mut Canvas, group: &Group, inside: &str, rect: Rect) {
    let frame = BoxLook { fill: "none", border: ink::GREY, width: 1.0, dash: None, radius: 10.0 };
    canvas.block(rect, frame);
    let at = Point::new(rect.x + 12.0, rect.y + 15.0);
    canvas.text(at, &group.name, TextLook::plain(TextAnchor::Start).bold().halo().size(14.0));
    if !inside.is_empty() {
        let at = Point::new(rect.x + 12.0, rect.y + 31.0);
        canvas.text(at, inside, TextLook::plain(TextAnchor::Start).halo().size(ink::SMALL).color(ink::GREY));
    }
}

fn draw_vertex(canvas: &mut Canvas, vertex: &Vertex, rect: Rect) {
    let there = BoxLook { fill: ink::PAPER, border: ink::BLACK, width: 1.4, dash: None, radius: 5.0 };
    let look = match vertex.device {
        None => BoxLook { radius: VERTEX_HEIGHT / 2.0, ..there },
        Some((_, Presence::There | Presence::Absent)) => there,
        Some((_, Presence::Compromised)) => BoxLook { border: ink::DISTRUST, width: 3.0, ..there },
        Some((_, Presence::Injected)) => {
            BoxLook { border: ink::DISTRUST, width: 3.0, dash: Some("8 4"), ..there }
        }
        Some((_, Presence::Gone)) => BoxLook { border: ink::GREY, dash: Some("2 3"), ..there },
    };
    canvas.block(rect, look);
    canvas.text(rect.center(), &vertex.name, TextLook::plain(TextAnchor::Middle).size(13.0));
}

/// How many automatic authentications there are within an account, if they are not drawn.
fn inside(lines: &[Line], group: usize) -> String {
    let folded = lines.iter().find_map(|line| match line {
        Line::Folded { from, to, count, .. } if from == to && *from == Place::Group(group) => Some(*count),
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

fn line_look(line: &Line) -> LineLook {
    match line {
        Line::Single(edge) => edge_look(edge.kind, edge.mutual),
        Line::Folded { kind, .. } => folded_look(*kind),
    }
}

fn folded_look(kind: EdgeKind) -> LineLook {
    LineLook { width: 4.0, ..edge_look(kind, kind == EdgeKind::Automatic) }
}

fn edge_look(kind: EdgeKind, mutual: bool) -> LineLook {
    let (color, width, dash, end) = match kind {
        EdgeKind::Manual => (ink::MANUAL, 2.6, None, End::Arrow),
        EdgeKind::Automatic => (ink::AUTOMATIC, 1.4, Some("6 4"), End::OpenArrow),
        EdgeKind::ManualDistrust => (ink::DISTRUST, 2.6, None, End::Cross),
        EdgeKind::AutomaticDistrust => (ink::DISTRUST, 1.4, Some("6 4"), End::Cross),
        EdgeKind::PostponedTrust => (ink::WAITING, 1.6, Some("1.5 4"), End::Square),
        EdgeKind::PostponedDistrust => (ink::WAITING, 1.6, Some("1.5 4"), End::CrossedSquare),
    };
    LineLook { color, width, dash, start: if mutual { end } else { End::Plain }, end, hops: true }
}

/// Explains what occurs.
fn legend(canvas: &mut Canvas, picture: &TrustPicture<'_>, lines: &[Line], mut y: f64) -> f64 {
    let text_look = TextLook::plain(TextAnchor::Start).size(ink::SMALL).color(ink::GREY);
    let row = |canvas: &mut Canvas, y: f64, look: LineLook, text: &str| {
        canvas.line(vec![Point::new(4.0, y), Point::new(52.0, y)], look);
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
        (Presence::Compromised, "device that an adversary took"),
        (Presence::Injected, "device that an adversary made"),
        (Presence::Gone, "device that left; its key stays known"),
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

fn rect(placement: &Placement, offset: Point) -> Rect {
    let (center, size) = (placement.center, placement.size);
    Rect::new(
        center.x - size.width / 2.0 + offset.x,
        center.y - size.height / 2.0 + offset.y,
        size.width,
        size.height,
    )
}

/// Says whose word waits where.
fn list_postponed(canvas: &mut Canvas, picture: &TrustPicture<'_>, mut y: f64) {
    let mut told = picture.regards.postponed().peekable();
    if told.peek().is_none() {
        return;
    }
    let heading = TextLook::plain(TextAnchor::Start).bold().size(14.0);
    canvas.text(Point::new(0.0, y), "Postponed until the sender is authenticated", heading);
    let mut line = |text: &str| {
        y += 20.0;
        canvas.text(Point::new(0.0, y), text, TextLook::plain(TextAnchor::Start));
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
