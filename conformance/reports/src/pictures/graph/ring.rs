//! Where a trust graph's devices stand: on a ring, account by account. Lines between them run inside of it, so that
//! none passes behind a device.

use std::ops::Range;

use crate::pictures::canvas::Curve;
use crate::pictures::geometry::{Point, Rect};

/// The ring is broader than high, because boxes are.
const BREADTH: f64 = 1.6;
const LEAST_HEIGHT: f64 = 110.0;
/// Between the boxes of neighbours.
const GAP: f64 = 16.0;
/// Between parallel lines at the middle of their way.
const LINE_GAP: f64 = 16.0;
/// How broad the band behind the devices of an account is.
pub(super) const BAND: f64 = 52.0;

/// A place that a line can start and end at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RingPosition {
    Group(usize),
    Vertex(usize),
}

/// The places of devices, of accounts and of the names of accounts.
#[derive(Debug)]
pub(super) struct Ring {
    center: Point,
    /// Half its height.
    radius: f64,
    /// Where each vertex stands, in parts of a whole turn.
    turns: Vec<f64>,
    pub(super) boxes: Vec<Rect>,
    groups: Vec<Range<usize>>,
    pub(super) names: Vec<Rect>,
}

impl Ring {
    /// A ring of boxes, given the vertices of each group and the sizes of boxes and names, below `top`.
    pub(super) fn new(groups: &[Range<usize>], boxes: &[(f64, f64)], names: &[(f64, f64)], top: f64) -> Self {
        let turns = turns(groups, boxes.len());
        let mut ring = Self {
            center: Point::new(0.0, 0.0),
            radius: LEAST_HEIGHT,
            turns,
            boxes: Vec::new(),
            groups: groups.to_vec(),
            names: Vec::new(),
        };
        loop {
            ring.boxes = (0..boxes.len())
                .map(|vertex| {
                    Rect::around(ring.at(ring.turns[vertex], 0.0), boxes[vertex].0, boxes[vertex].1)
                })
                .collect();
            if !ring.is_crowded() {
                break;
            }
            ring.radius *= 1.05;
        }
        for (group, size) in names.iter().enumerate() {
            let name = ring.name(group, *size);
            ring.names.push(name);
        }
        ring.move_below(top);
        ring
    }

    /// Places along the band behind the devices of a group.
    pub(super) fn band(&self, group: usize) -> Vec<Point> {
        let members = &self.groups[group];
        let (first, last) = (self.turns[members.start], self.turns[members.end - 1]);
        let pieces = ((last - first) * 120.0).ceil().max(1.0);
        (0..=pieces as usize)
            .map(|piece| self.at(first + (last - first) * piece as f64 / pieces, 0.0))
            .collect()
    }

    /// A line from one place to another; `lane` counts how far it keeps off the direct way, if there are several.
    pub(super) fn curve(&self, from: RingPosition, to: RingPosition, lane: f64) -> Curve {
        let (start, end) = (self.anchor(from), self.anchor(to));
        let middle = start.towards(end, 0.5);
        // A line bends inwards, the more the nearer its ends are, so that it passes no device.
        let off = middle.distance(self.center);
        let edge = self.on_ring(middle).distance(self.center);
        let room = self.boxes.iter().map(|it| it.height.max(it.width * 0.7)).fold(0.0, f64::max);
        let part = if off < 1.0 { 0.0 } else { (edge - room).max(0.0).min(off * 0.9) / off };
        let target = self.center.towards(middle, part);
        let length = start.distance(end).max(1.0);
        let across =
            ((start.y - end.y) / length * lane * LINE_GAP, (end.x - start.x) / length * lane * LINE_GAP);
        let target = target.moved(across.0, across.1);
        let control = middle.towards(target, 2.0);
        Curve { start: self.border(from, control), control, end: self.border(to, control) }
    }

    fn anchor(&self, place: RingPosition) -> Point {
        match place {
            RingPosition::Vertex(vertex) => self.boxes[vertex].center(),
            RingPosition::Group(group) => {
                let members = &self.groups[group];
                // Between two devices, if there are several.
                let second = members.start + members.len() / 2;
                let first = if members.len() == 1 { second } else { second - 1 };
                let turn = (self.turns[first] + self.turns[second]) / 2.0;
                self.at(turn, if members.len() == 1 { 0.0 } else { -BAND / 2.0 })
            }
        }
    }

    /// Where a line that comes from `control` meets a box.
    fn border(&self, place: RingPosition, control: Point) -> Point {
        let anchor = self.anchor(place);
        let rect = match place {
            RingPosition::Group(group) if self.groups[group].len() > 1 => return anchor,
            RingPosition::Group(group) => self.boxes[self.groups[group].start],
            RingPosition::Vertex(vertex) => self.boxes[vertex],
        };
        // Several lines spread over the border.
        let aside = |to: f64, size: f64| (to * 0.25).clamp(8.0 - size / 2.0, size / 2.0 - 8.0);
        let (x, y) = (aside(control.x - anchor.x, rect.width), aside(control.y - anchor.y, rect.height));
        rect.grown(2.0).exit(anchor.moved(x, y), control)
    }

    /// The place on the ring, or so far out of it, after a part of a turn.
    fn at(&self, turn: f64, out: f64) -> Point {
        let (x, y) = direction(turn);
        self.center.moved(x * (self.radius * BREADTH + out), y * (self.radius + out))
    }

    /// The place on the ring that lies in the direction of another one.
    fn on_ring(&self, place: Point) -> Point {
        let (x, y) =
            ((place.x - self.center.x) / (self.radius * BREADTH), (place.y - self.center.y) / self.radius);
        let length = (x * x + y * y).sqrt();
        if length == 0.0 { self.center } else { self.center.towards(place, 1.0 / length) }
    }

    fn is_crowded(&self) -> bool {
        let count = self.boxes.len();
        (0..count).any(|vertex| {
            // On a ring a box can reach those beside its neighbours, too.
            (1..=3.min(count.saturating_sub(1)))
                .map(|step| (vertex + step) % count)
                .any(|other| self.boxes[vertex].grown(GAP / 2.0).overlaps(self.boxes[other].grown(GAP / 2.0)))
        })
    }

    /// Where the name of a group has room, outside of the ring.
    fn name(&self, group: usize, (width, height): (f64, f64)) -> Rect {
        let members = &self.groups[group];
        let turn = (self.turns[members.start] + self.turns[members.end - 1]) / 2.0;
        let band = self.band(group);
        let is_free = |rect: &Rect| {
            let boxes = self.boxes.iter().chain(&self.names).copied();
            let bands = band.iter().map(|place| Rect::around(*place, BAND, BAND));
            !boxes.chain(bands).any(|taken| taken.overlaps(rect.grown(4.0)))
        };
        let (x, y) = direction(turn);
        let mut out = 0.0;
        loop {
            let middle = self.at(turn, out);
            let rect = Rect::around(middle.moved(x * width / 2.0, y * height / 2.0), width, height);
            if is_free(&rect) {
                return rect;
            }
            out += 4.0;
        }
    }

    /// Moves everything so that it begins at `top` and at the left border.
    fn move_below(&mut self, top: f64) {
        let bounds = self.bounds();
        let (x, y) = (-bounds.x, top - bounds.y);
        self.center = self.center.moved(x, y);
        for rect in self.boxes.iter_mut().chain(&mut self.names) {
            *rect = rect.moved(x, y);
        }
    }

    /// The room that it takes.
    pub(super) fn bounds(&self) -> Rect {
        let bands = (0..self.groups.len()).flat_map(|group| self.band(group));
        let bands = bands.map(|place| Rect::around(place, BAND, BAND));
        let all = self.boxes.iter().chain(&self.names).copied().chain(bands);
        all.reduce(Rect::joined).unwrap_or(Rect::around(self.center, 0.0, 0.0))
    }
}

/// Where on the ring each vertex stands: the first group around the left end, then clockwise, with a gap between
/// groups.
fn turns(groups: &[Range<usize>], count: usize) -> Vec<f64> {
    let gaps = if groups.len() > 1 { groups.len() } else { 0 };
    let slots = (count + gaps).max(1) as f64;
    let first = groups.first().map_or(0, ExactSizeIterator::len).saturating_sub(1) as f64 / 2.0;
    let slot = |(group, members): (usize, &Range<usize>)| -> Vec<f64> {
        members.clone().map(|vertex| 0.5 + ((vertex + group) as f64 - first) / slots).collect()
    };
    groups.iter().enumerate().flat_map(slot).collect()
}

/// The direction after a part of a whole turn, clockwise from the right. By addition and multiplication alone, which
/// give the same on every machine; a sine of the system may not.
fn direction(turn: f64) -> (f64, f64) {
    let angle = (turn - turn.round()) * std::f64::consts::TAU;
    let (mut cosine, mut sine, mut term) = (0.0, 0.0, 1.0);
    for power in 0..28_u32 {
        match power % 4 {
            0 => cosine += term,
            1 => sine += term,
            2 => cosine -= term,
            _ => sine -= term,
        }
        term *= angle / f64::from(power + 1);
    }
    (cosine, sine)
}
