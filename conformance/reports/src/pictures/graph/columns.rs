//! Where a trust graph's devices stand: account by account in two columns, each device in a row of its own. Lines run
//! between the columns only, so none passes a device and none runs around the picture.

use std::ops::Range;

use crate::pictures::canvas::Curve;
use crate::pictures::geometry::{Point, Rect};

/// The radius of the dot that stands for a device or key.
pub(super) const DOT: f64 = 6.0;
/// The heights of a device's row: as much as the taller column leaves to each of its devices, in these limits.
const ROWS: (f64, f64) = (26.0, 50.0);
const COLUMN: f64 = 220.0;
/// Between two accounts.
const GAP: f64 = 18.0;
/// Beside names.
pub(super) const PADDING: f64 = 14.0;
/// Between the columns, if these are short.
const LEAST_MIDDLE: f64 = 250.0;
/// How far from its devices the knot of an account is.
const KNOT: f64 = 58.0;
/// Between the knots of different kinds of lines.
const KNOT_GAP: f64 = 14.0;
/// Between parallel lines at the middle of their way.
const LANE: f64 = 11.0;

/// What a line can start and end at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Anchor {
    /// A device or key.
    Vertex(usize),
    /// The place at which the lines of one kind leave an account together; `lane` tells kinds apart.
    Knot { group: usize, lane: usize },
}

/// The places of devices and accounts.
#[derive(Debug)]
pub(super) struct Columns {
    groups: Vec<Range<usize>>,
    /// How many groups stand on the left.
    split: usize,
    /// Where each vertex stands.
    dots: Vec<Point>,
    /// What belongs to each account, up to the middle of its dots.
    pub(super) accounts: Vec<Rect>,
    /// Between the columns.
    middle: f64,
    head: f64,
    row: f64,
    bottom: f64,
}

impl Columns {
    /// The columns of accounts, given the vertices of each and the width of its broadest text. `head` is how much room
    /// there is above the devices of an account.
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

    /// Puts accounts one below the other, all as broad as the broadest.
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

    /// Whether an account stands on the left, with its names left of its dots.
    pub(super) fn is_left(&self, group: usize) -> bool {
        group < self.split
    }

    pub(super) fn bottom(&self) -> f64 {
        self.bottom
    }

    /// The row of a device or key: its name and its dot.
    pub(super) fn row(&self, vertex: usize) -> Rect {
        let (account, dot) = (self.accounts[self.group_of(vertex)], self.dots[vertex]);
        Rect::new(account.x, dot.y - 10.0, account.width, 20.0).joined(Rect::around(
            dot,
            2.0 * DOT,
            2.0 * DOT,
        ))
    }

    /// A line from one place to another; `lane` counts how far it keeps off the direct way, if there are several.
    pub(super) fn curve(&self, from: Anchor, to: Anchor, lane: f64) -> Curve {
        let (start, end) = (self.place(from), self.place(to));
        let (one, other) = (self.inwards(from), self.inwards(to));
        let middle = start.towards(end, 0.5);
        let target = match (from, to) {
            // Lines gather at a knot, after they left their devices straight.
            (Anchor::Vertex(_), Anchor::Knot { .. }) => {
                Point::new(middle.x + one * KNOT / 8.0, (start.y * 3.0 + end.y) / 4.0)
            }
            (Anchor::Knot { .. }, Anchor::Vertex(_)) => return self.curve(to, from, lane).reversed(),
            // The farther two devices of a column are apart, the farther the line keeps off those between them.
            _ if one == other => {
                let off = 18.0 + 0.26 * (start.y - end.y).abs() + lane * LANE;
                middle.moved(one * off.clamp(18.0, self.middle * 0.45), 0.0)
            }
            _ => middle.moved(0.0, lane * LANE),
        };
        let control = middle.towards(target, 2.0);
        Curve { start: self.border(from, control), control, end: self.border(to, control) }
    }

    /// From where to where lines may run.
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

    /// Where a line that goes to `control` leaves a dot.
    fn border(&self, anchor: Anchor, control: Point) -> Point {
        match anchor {
            Anchor::Vertex(_) => self.place(anchor).nearer_to(control, DOT + 1.0),
            Anchor::Knot { .. } => self.place(anchor),
        }
    }

    /// In which direction lines leave: 1 is to the right.
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

/// How many accounts stand on the left, so that both columns have about equally many devices.
fn split(members: &[usize]) -> usize {
    let total: usize = members.iter().sum();
    let difference = |count: &usize| (2 * members[..*count].iter().sum::<usize>()).abs_diff(total);
    (1..members.len()).min_by_key(difference).unwrap_or(members.len())
}
