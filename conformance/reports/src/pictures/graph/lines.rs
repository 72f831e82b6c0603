//! The lines of a trust graph: single edges, or bundles if there are too many edges.

use std::collections::BTreeMap;

use super::columns::Anchor;
use super::edges::{Edge, EdgeKind};
use super::picture::TrustPicture;
use crate::pictures::canvas::{End, LineStyle};
use crate::pictures::ink;

/// The most edges of one kind between two accounts that are drawn singly. The table shows all of them.
const MOST_EDGES: usize = 6;

/// A line of the picture.
#[derive(Clone, Debug)]
pub(super) enum Line {
    /// One edge.
    Single(Edge),
    /// The part of bundled edges between a device and the knot of its account.
    Strand { vertex: usize, knot: Anchor, kind: EdgeKind, role: Role },
    /// The given number of edges between two accounts, or within one.
    Bundle { from: Anchor, to: Anchor, kind: EdgeKind, direction: Direction, count: usize },
    /// An expected message that was not sent.
    MissingMessage { from: usize, to: usize },
}

/// The direction of the edges of a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    Both,
    Forth,
    Back,
}

/// Whether the device of a strand made a decision, or others only decided on its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Decides,
    DecidedOn,
}

impl Line {
    pub(super) fn ends(&self) -> (Anchor, Anchor) {
        match self {
            Self::Single(edge) => (Anchor::Vertex(edge.from), Anchor::Vertex(edge.to)),
            Self::Strand { vertex, knot, .. } => (Anchor::Vertex(*vertex), *knot),
            Self::Bundle { from, to, .. } => (*from, *to),
            Self::MissingMessage { from, to } => (Anchor::Vertex(*from), Anchor::Vertex(*to)),
        }
    }

    /// The text at the line.
    pub(super) fn label(&self) -> Option<String> {
        match self {
            Self::Single(_) | Self::Strand { .. } => None,
            Self::Bundle { kind, count, .. } => Some(format!("{count} {}", kind.short_name())),
            Self::MissingMessage { .. } => Some("\u{2717} missing message".to_owned()),
        }
    }

    pub(super) fn look(&self) -> LineStyle {
        match self {
            Self::Single(edge) => edge_look(edge.kind, edge.mutual),
            Self::Strand { kind, role, .. } => {
                let look = edge_look(*kind, false);
                LineStyle {
                    end: End::Plain,
                    start: if *role == Role::DecidedOn { look.end } else { End::Plain },
                    ..look
                }
            }
            Self::Bundle { kind, direction, .. } => {
                let look = LineStyle { width: 4.0, ..edge_look(*kind, *direction == Direction::Both) };
                if *direction == Direction::Back {
                    LineStyle { start: look.end, end: look.start, ..look }
                } else {
                    look
                }
            }
            Self::MissingMessage { .. } => MISSING_MESSAGE,
        }
    }
}

/// The style of a missing message.
pub(super) const MISSING_MESSAGE: LineStyle =
    LineStyle { color: ink::DISTRUST, width: 2.2, dash: Some("7 5"), start: End::Plain, end: End::OpenArrow };

/// The style of an edge. A mutual authentication has no arrow heads.
pub(super) fn edge_look(kind: EdgeKind, mutual: bool) -> LineStyle {
    let (color, width, dash, end) = match kind {
        EdgeKind::Manual => (ink::MANUAL, 2.2, None, End::Arrow),
        EdgeKind::Automatic => (ink::AUTOMATIC, 1.4, Some("6 4"), End::OpenArrow),
        EdgeKind::ManualDistrust => (ink::DISTRUST, 2.2, None, End::Cross),
        EdgeKind::AutomaticDistrust => (ink::DISTRUST, 1.4, Some("6 4"), End::Cross),
        EdgeKind::PostponedTrust => (ink::WAITING, 1.6, Some("1.5 4"), End::Square),
        EdgeKind::PostponedDistrust => (ink::WAITING, 1.6, Some("1.5 4"), End::CrossedSquare),
    };
    let (start, end) = match (mutual, kind) {
        (true, EdgeKind::Manual | EdgeKind::Automatic) => (End::Plain, End::Plain),
        (true, _) => (end, end),
        (false, _) => (End::Plain, end),
    };
    LineStyle { color, width, dash, start, end }
}

/// The lines of a picture. Manual decisions are few, so each is drawn singly.
pub(super) fn lines(picture: &TrustPicture<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut between: BTreeMap<(EdgeKind, usize, usize), Vec<&Edge>> = BTreeMap::new();
    for edge in &picture.edges {
        let (from, to) = (picture.group_of(edge.from), picture.group_of(edge.to));
        between.entry((edge.kind, from.min(to), from.max(to))).or_default().push(edge);
    }
    let mut bundled: Vec<&Edge> = Vec::new();
    for ((kind, one, other), edges) in between {
        if kind.is_by_person() || edges.len() <= MOST_EDGES {
            lines.extend(edges.into_iter().cloned().map(Line::Single));
        } else {
            lines.extend(bundles(picture, (kind, one, other), &edges));
            bundled.extend(edges);
        }
    }
    lines.extend(strands(picture, &bundled));
    lines.extend(picture.missing_messages().into_iter().map(|(from, to)| Line::MissingMessage { from, to }));
    lines
}

/// The edges between two accounts as at most three lines, one for each direction. Edges within an account are one
/// bundle.
fn bundles(
    picture: &TrustPicture<'_>,
    (kind, one, other): (EdgeKind, usize, usize),
    edges: &[&Edge],
) -> Vec<Line> {
    let mut counts: BTreeMap<Direction, usize> = BTreeMap::new();
    for edge in edges {
        let direction = match (edge.mutual || one == other, picture.group_of(edge.from) == one) {
            (true, _) => Direction::Both,
            (false, true) => Direction::Forth,
            (false, false) => Direction::Back,
        };
        *counts.entry(direction).or_default() += if edge.mutual { 2 } else { 1 };
    }
    let (from, to) = (knot(kind, one), knot(kind, other));
    let bundle = |(direction, count)| Line::Bundle { from, to, kind, direction, count };
    counts.into_iter().map(bundle).collect()
}

/// A strand from each end of a bundled edge to the knot of its account.
fn strands(picture: &TrustPicture<'_>, bundled: &[&Edge]) -> Vec<Line> {
    let mut roles: BTreeMap<(EdgeKind, usize), Role> = BTreeMap::new();
    for edge in bundled {
        roles.insert((edge.kind, edge.from), Role::Decides);
        let role = if edge.mutual { Role::Decides } else { Role::DecidedOn };
        let known = roles.entry((edge.kind, edge.to)).or_insert(role);
        if role == Role::Decides {
            *known = role;
        }
    }
    let strand = |((kind, vertex), role)| Line::Strand {
        vertex,
        knot: knot(kind, picture.group_of(vertex)),
        kind,
        role,
    };
    roles.into_iter().map(strand).collect()
}

fn knot(kind: EdgeKind, group: usize) -> Anchor {
    let mut bundled = EdgeKind::ALL.into_iter().filter(|kind| !kind.is_by_person());
    Anchor::Knot { group, lane: bundled.position(|other| other == kind).unwrap_or(0) }
}
