use atm_engine::{KeyId, Level};
use atm_simulator::cast::DeviceId;

use super::edges::EdgeKind;
use super::picture::TrustPicture;
use crate::pictures::canvas::{BoxStyle, Canvas, TextAnchor, TextStyle};
use crate::pictures::geometry::{Point, Rect};
use crate::pictures::ink;

const CELL: f64 = 24.0;
const BETWEEN_ACCOUNTS: f64 = 8.0;
const LEGEND_ROW: f64 = CELL + 2.0;

/// The content of a cell of the table: the level of a key on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Edge(EdgeKind),
    /// Trusted by a person without authentication.
    Clicked,
    /// Trusted by the policy.
    Used,
    /// Distrusted by the policy.
    NotUsed,
    Undecided,
    /// The key of the device itself.
    Own,
}

impl Mark {
    fn of(picture: &TrustPicture<'_>, device: DeviceId, key: KeyId) -> Self {
        if picture.cast.member(device).key == key {
            return Self::Own;
        }
        let (level, origin) = picture.regards.level(device, key);
        if let Some(kind) = EdgeKind::of(level, origin) {
            return Self::Edge(kind);
        }
        let mut postponed = picture.regards.postponed();
        if let Some((.., decision)) = postponed.find(|(at, _, decision)| (*at, decision.key) == (device, key))
        {
            return Self::Edge(EdgeKind::postponed(decision.kind));
        }
        match level {
            Level::ManuallyTrusted => Self::Clicked,
            Level::AutomaticallyTrusted => Self::Used,
            Level::AutomaticallyDistrusted => Self::NotUsed,
            Level::Undecided | Level::Authenticated | Level::Distrusted => Self::Undecided,
        }
    }

    fn letter(self) -> &'static str {
        match self {
            Self::Edge(EdgeKind::Manual) => "M",
            Self::Edge(EdgeKind::Automatic) => "a",
            Self::Edge(EdgeKind::ManualDistrust) => "D",
            Self::Edge(EdgeKind::AutomaticDistrust) => "d",
            Self::Edge(EdgeKind::PostponedTrust) => "p",
            Self::Edge(EdgeKind::PostponedDistrust) => "q",
            Self::Clicked => "t",
            Self::Used => "u",
            Self::NotUsed => "n",
            Self::Undecided => "\u{b7}",
            Self::Own => "",
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Edge(kind) => kind.name(),
            Self::Clicked => "trusted by a person without authentication",
            Self::Used => "used by the policy for the time being",
            Self::NotUsed => "not used by the policy until authenticated",
            Self::Undecided => "undecided",
            Self::Own => "the device's own key",
        }
    }

    fn look(self) -> (BoxStyle, TextStyle) {
        let cell = BoxStyle { fill: ink::PAPER, border: ink::PALE, width: 1.0, dash: None, radius: 0.0 };
        let text = TextStyle::plain(TextAnchor::Middle).size(13.0);
        match self {
            Self::Edge(EdgeKind::Manual) => {
                (BoxStyle { fill: ink::MANUAL, ..cell }, text.bold().color(ink::PAPER))
            }
            Self::Edge(EdgeKind::Automatic) => {
                (BoxStyle { fill: ink::MANUAL_FILL, ..cell }, text.color(ink::MANUAL))
            }
            Self::Edge(EdgeKind::ManualDistrust) => {
                (BoxStyle { fill: ink::DISTRUST, ..cell }, text.bold().color(ink::PAPER))
            }
            Self::Edge(EdgeKind::AutomaticDistrust) => {
                (BoxStyle { fill: ink::DISTRUST_FILL, ..cell }, text.color(ink::DISTRUST))
            }
            Self::Edge(EdgeKind::PostponedTrust | EdgeKind::PostponedDistrust) => {
                (BoxStyle { fill: ink::WAITING_FILL, ..cell }, text.color(ink::WAITING))
            }
            Self::Own => (BoxStyle { fill: ink::PALE, ..cell }, text),
            Self::Clicked | Self::Used | Self::NotUsed | Self::Undecided => (cell, text.color(ink::GREY)),
        }
    }
}

/// Draws the table of devices and keys with its legend. Returns the y coordinate of its end.
pub(super) fn draw(canvas: &mut Canvas, picture: &TrustPicture<'_>, top: f64) -> f64 {
    let rows: Vec<(usize, DeviceId)> = picture.trusting().collect();
    let columns: Vec<(usize, KeyId)> = picture.trusted().collect();
    if rows.is_empty() || columns.is_empty() {
        return top;
    }
    let heading = TextStyle::plain(TextAnchor::Start).bold().size(14.0);
    canvas.text(Point::new(0.0, top), "How each device (row) regards each key (column)", heading);
    let names = picture.vertices.iter().map(|vertex| ink::width(&vertex.name, ink::TEXT)).fold(0.0, f64::max);
    let accounts = picture.groups.iter().map(|group| ink::width(&group.name, ink::TEXT)).fold(0.0, f64::max);
    let left = accounts + names + 56.0;
    let places = |vertices: Vec<usize>| -> Vec<f64> {
        let place = |(rank, vertex): (usize, &usize)| {
            rank as f64 * CELL + picture.group_of(*vertex) as f64 * BETWEEN_ACCOUNTS
        };
        vertices.iter().enumerate().map(place).collect()
    };
    let xs = places(columns.iter().map(|(vertex, _)| *vertex).collect());
    let ys = places(rows.iter().map(|(vertex, _)| *vertex).collect());
    let top = top + 44.0;
    let number = |vertex: usize| (vertex + 1).to_string();
    let small = TextStyle::plain(TextAnchor::Middle).size(ink::SMALL).color(ink::GREY);
    for ((vertex, _), x) in columns.iter().zip(&xs) {
        canvas.text(Point::new(left + x + CELL / 2.0, top - 10.0), &number(*vertex), small);
    }
    let mut marks = Vec::new();
    for ((vertex, device), y) in rows.iter().zip(&ys) {
        let y = top + y;
        label_row(canvas, picture, *vertex, left, y + CELL / 2.0);
        for ((_, key), x) in columns.iter().zip(&xs) {
            let mark = Mark::of(picture, *device, *key);
            marks.push(mark);
            let (cell, text) = mark.look();
            let rect = Rect::new(left + x, y, CELL, CELL);
            canvas.block(rect, cell);
            canvas.text(rect.center(), mark.letter(), text);
            if let Some(wrong) = picture.wrong_regard(*device, *key) {
                canvas.ring(rect.grown(-4.0), &wrong);
            }
        }
    }
    marks.sort();
    marks.dedup();
    let rows = ys.last().copied().unwrap_or(0.0) + CELL;
    legend(canvas, &marks, top + rows + 14.0)
}

fn label_row(canvas: &mut Canvas, picture: &TrustPicture<'_>, vertex: usize, right: f64, y: f64) {
    let group = &picture.groups[picture.group_of(vertex)];
    if group.members.start == vertex {
        canvas.text(Point::new(0.0, y), &group.name, TextStyle::plain(TextAnchor::Start).bold());
    }
    let number = TextStyle::plain(TextAnchor::End).size(ink::SMALL).color(ink::GREY);
    canvas.text(Point::new(right - 8.0, y), &(vertex + 1).to_string(), number);
    let name = TextStyle::plain(TextAnchor::End);
    canvas.text(Point::new(right - 32.0, y), &picture.vertices[vertex].name, name);
}

/// Draws the legend of the marks that occur. Returns the y coordinate of its end.
fn legend(canvas: &mut Canvas, marks: &[Mark], top: f64) -> f64 {
    for (position, mark) in marks.iter().enumerate() {
        let (cell, text) = mark.look();
        let rect = Rect::new(0.0, top + position as f64 * LEGEND_ROW, CELL, CELL);
        canvas.block(rect, cell);
        canvas.text(rect.center(), mark.letter(), text);
        let look = TextStyle::plain(TextAnchor::Start).size(ink::SMALL).color(ink::GREY);
        canvas.text(Point::new(rect.right() + 10.0, rect.center().y), mark.text(), look);
    }
    top + marks.len() as f64 * LEGEND_ROW
}
