//! The layout of a trust graph. The accounts stand in two columns, each device in a row of its own. Lines run only
//! between the columns, so none passes a device and none runs around the picture.

use std::ops::Range;

use crate::pictures::canvas::Curve;
use crate::pictures::geometry::{Point, Rect};

/// The radius of the dot that stands for a device or key.
pub(super) const DOT: f64 = 6.0;
/// The bounds for the height of a row. Within them, the taller column has the height [`COLUMN`].
const ROWS: (f64, f64) = (26.0, 50.0);
const COLUMN: f64 = 220.0;
/// The gap between two accounts.
const GAP: f64 = 18.0;
/// The margin of names.
pub(super) const PADDING: f64 = 14.0;
/// The least gap between the columns.
const LEAST_MIDDLE: f64 = 250.0;
/// The distance between the devices of an account and its knot.
const KNOT: f64 = 58.0;
/// The distance between the knots of different kinds of lines.
const KNOT_GAP: f64 = 14.0;
/// The distance between parallel lines at their middle.
const LANE: f64 = 11.0;

/// A point at which a line can start or end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Anchor {
    /// A device or key.
    Vertex(usize),
    /// The point at which all lines of one kind leave an account; `lane` distinguishes the kinds.
    Knot { group: usize, lane: usize },
}

/// The positions of devices and accounts.
#[derive(Debug)]
pub(super) struct Columns {
    groups: Vec<Range<usize>>,
    /// The number of groups in the left column.
    split: usize,
    /// The dot of each vertex.
    dots: Vec<Point>,
    /// The area of each account. Its inner edge runs through the middle of the dots.
    pub(super) accounts: Vec<Rect>,
    /// The width of the gap between the columns.
    middle: f64,
    head: f64,
    row: f64,
    bottom: f64,
}

impl Columns {
    /// Lays out accounts, given the vertices of each and the width of its widest text. `head` is the height above the
    /// devices of an account.
    pub(super) fn new(groups: &[(Range<usize>, f64)], head: f64, top: f64) -> Self {
        let members: Vec<usize> = groups.iter().map(|(members, _)| members.len()).collect();
        let split = split(&members);
        let count = |groups: Range<usize>| members[groups].iter().sum::<usize>();
        let most = count(0..split).max(count(split..groups.len()));
        let row = (COLUMN / most.max(1) as f64).clamp(ROWS.0, ROWS.1);
        let height =
            |groups: Range<usize>| groups.len() as f64 * (head + GAP) - GAP + count(groups) as f64 * row;
        let (left, right) = (height(0..split), height(split..groups.len()));
        let tallest = left.max(right);
        let mut columns = Self {
            groups: groups.iter().map(|(members, _)| members.clone()).collect(),
            split,
            dots: Vec::new(),
            accounts: Vec::new(),
            middle: (tallest * 0.6).clamp(LEAST_MIDDLE, 2.0 * LEAST_MIDDLE),
            head,
            row,
            bottom: top + tallest,
        };
        columns.stand(&groups[..split], (top + (tallest - left) / 2.0, 0.0));
        let right_side = columns.left_edge() + columns.middle;
        columns.stand(&groups[split..], (top + (tallest - right) / 2.0, right_side));
        columns
    }

    /// Stacks accounts in a column. All are as wide as the widest.
    fn stand(&mut self, groups: &[(Range<usize>, f64)], (mut y, x): (f64, f64)) {
        let broadest = groups.iter().map(|(_, width)| *width).fold(0.0, f64::max);
        let width = broadest + 2.0 * PADDING + DOT;
        let dot = if x == 0.0 { width } else { x };
        for (members, _) in groups {
            let height = self.head + members.len() as f64 * self.row;
            self.accounts.push(Rect::new(x, y, width, height));
            let first = y + self.head + 0.4 * self.row;
            self.dots.extend((0..members.len()).map(|row| Point::new(dot, first + row as f64 * self.row)));
            y += height + GAP;
        }
    }

    pub(super) fn dot(&self, vertex: usize) -> Point {
        self.dots[vertex]
    }

    /// Whether an account stands on the left. There, the names are left of the dots.
    pub(super) fn is_left(&self, group: usize) -> bool {
        group < self.split
    }

    pub(super) fn bottom(&self) -> f64 {
        self.bottom
    }

    /// The area of the row of a device or key, with name and dot.
    pub(super) fn row(&self, vertex: usize) -> Rect {
        let (account, dot) = (self.accounts[self.group_of(vertex)], self.dots[vertex]);
        Rect::new(account.x, dot.y - 10.0, account.width, 20.0).joined(Rect::around(
            dot,
            2.0 * DOT,
            2.0 * DOT,
        ))
    }

    /// A line between two anchors. `lane` is the offset among lines between the same anchors; 0 is the direct way.
    pub(super) fn curve(&self, from: Anchor, to: Anchor, lane: f64) -> Curve {
        let (start, end) = (self.place(from), self.place(to));
        let (one, other) = (self.inwards(from), self.inwards(to));
        let middle = start.towards(end, 0.5);
        let target = match (from, to) {
            // Lines leave their devices straight, and then gather at the knot.
            (Anchor::Vertex(_), Anchor::Knot { .. }) => {
                Point::new(middle.x + one * KNOT / 8.0, (start.y * 3.0 + end.y) / 4.0)
            }
            (Anchor::Knot { .. }, Anchor::Vertex(_)) => return self.curve(to, from, lane).reversed(),
            // The farther apart two devices of a column are, the wider the curve around the devices between them.
            _ if one == other => {
                let off = 18.0 + 0.26 * (start.y - end.y).abs() + lane * LANE;
                middle.moved(one * off.clamp(18.0, self.middle * 0.45), 0.0)
            }
            _ => middle.moved(0.0, lane * LANE),
        };
        let control = middle.towards(target, 2.0);
        Curve { start: self.border(from, control), control, end: self.border(to, control) }
    }

    /// The range of x in which lines may run.
    pub(super) fn between(&self) -> Range<f64> {
        self.left_edge()..self.left_edge() + self.middle
    }

    fn left_edge(&self) -> f64 {
        self.accounts.first().map_or(0.0, |account| account.right())
    }

    fn place(&self, anchor: Anchor) -> Point {
        match anchor {
            Anchor::Vertex(vertex) => self.dots[vertex],
            Anchor::Knot { group, lane } => {
                let members = &self.groups[group];
                let middle = self.dots[members.start].towards(self.dots[members.end - 1], 0.5);
                let off = lane as f64 * KNOT_GAP;
                middle.moved(self.inwards(anchor) * (KNOT + off), off)
            }
        }
    }

    /// The point at which a line towards `control` leaves a dot.
    fn border(&self, anchor: Anchor, control: Point) -> Point {
        match anchor {
            Anchor::Vertex(_) => self.place(anchor).nearer_to(control, DOT + 1.0),
            Anchor::Knot { .. } => self.place(anchor),
        }
    }

    /// The horizontal direction in which lines leave: 1 is to the right, -1 to the left.
    fn inwards(&self, anchor: Anchor) -> f64 {
        let group = match anchor {
            Anchor::Vertex(vertex) => self.group_of(vertex),
            Anchor::Knot { group, .. } => group,
        };
        if self.is_left(group) { 1.0 } else { -1.0 }
    }

    fn group_of(&self, vertex: usize) -> usize {
        self.groups.iter().position(|members| members.contains(&vertex)).unwrap_or(0)
    }
}

/// The number of accounts on the left for which both columns have about the same number of devices.
fn split(members: &[usize]) -> usize {
    let total: usize = members.iter().sum();
    let difference = |count: &usize| (2 * members[..*count].iter().sum::<usize>()).abs_diff(total);
    (1..members.len()).min_by_key(difference).unwrap_or(members.len())
}
