use atm_simulator::cast::DeviceId;

use super::diagram::{Diagram, Lifeline};
use super::rows::{Arrow, DiagramRow, Fate, Note, NoteKind};
use crate::pictures::canvas::{BoxStyle, Canvas, End, LineStyle, TextAnchor, TextStyle};
use crate::pictures::geometry::{Point, Rect};
use crate::pictures::ink;
use crate::pictures::position::DevicePresence;

const TOP: f64 = 40.0;
const HEADER: f64 = 64.0;
const ACCOUNT_GAP: f64 = 28.0;
const STEP_ROW: f64 = 40.0;
const NARROWEST_COLUMN: f64 = 172.0;
/// The gap between the notes of two neighbouring devices.
const GUTTER: f64 = 14.0;
const PADDING: f64 = 8.0;
const GAP: f64 = 6.0;
/// The distance between a device and the end of an arrow that does not arrive.
const SHORT: f64 = 26.0;

const LIFE: LineStyle =
    LineStyle { color: ink::GREY, width: 1.0, dash: None, start: End::Plain, end: End::Plain };
const ADVERSE_LIFE: LineStyle = LineStyle { color: ink::DISTRUST, width: 2.0, dash: Some("8 4"), ..LIFE };

/// A space-time diagram as an SVG picture.
///
/// There is no crate for this. Those that draw sequence diagrams measure text with the fonts of the machine, or do not
/// support grouped columns with notes side by side. Columns and rows need no layout algorithm.
pub(crate) fn svg(diagram: &Diagram<'_>) -> String {
    let mut sheet = Sheet::new(diagram);
    for row in &diagram.rows {
        match row {
            DiagramRow::Step { number, text, at, presence } => {
                let at = atm_engine::codec::stamp_to_date_time(*at);
                sheet.step(&format!("{number}.  {text}"), &at);
                if let Some((device, presence)) = presence {
                    sheet.change_presence(*device, *presence);
                }
            }
            DiagramRow::Event { arrow, notes } => sheet.event(arrow.as_ref(), notes),
            DiagramRow::Mismatch { text, arrow, notes } => {
                sheet.mismatch(text);
                sheet.event(arrow.as_ref(), notes);
            }
        }
    }
    sheet.finish()
}

struct Sheet<'a> {
    canvas: Canvas,
    columns: &'a [Lifeline],
    centers: Vec<f64>,
    /// The y coordinate from which the lifeline of each device is still to be drawn, and its presence since then.
    lives: Vec<(f64, DevicePresence)>,
    pitch: f64,
    y: f64,
    kinds: Vec<NoteKind>,
    fates: Vec<Fate>,
}

impl<'a> Sheet<'a> {
    fn new(diagram: &'a Diagram<'_>) -> Self {
        let pitch = pitch(diagram);
        let mut x = 0.0;
        let mut centers = Vec::new();
        for (position, column) in diagram.columns.iter().enumerate() {
            if position > 0 && diagram.columns[position - 1].account != column.account {
                x += ACCOUNT_GAP;
            }
            centers.push(x + pitch / 2.0);
            x += pitch;
        }
        let about = format!("Space-time diagram: {}", diagram.title);
        let mut canvas = Canvas::new(&[&[about], &*diagram.mismatches].concat().join(". "));
        let title = TextStyle::plain(TextAnchor::Start).bold().size(ink::TITLE);
        canvas.text(Point::new(0.0, 10.0), diagram.title, title);
        let y = TOP + HEADER + GAP;
        let lives = diagram.columns.iter().map(|column| (y, column.at_start)).collect();
        let mut sheet = Self {
            canvas,
            columns: &diagram.columns,
            centers,
            lives,
            pitch,
            y,
            kinds: Vec::new(),
            fates: Vec::new(),
        };
        sheet.header();
        sheet
    }

    fn header(&mut self) {
        let mut first = 0;
        for devices in self.columns.chunk_by(|one, other| one.account == other.account) {
            let (left, right) = (self.left(first), self.right(first + devices.len() - 1));
            let account =
                BoxStyle { fill: ink::ACCOUNT, border: ink::PALE, width: 1.0, dash: None, radius: 6.0 };
            self.canvas.block(Rect::new(left, TOP, right - left, HEADER), account);
            let name = TextStyle::plain(TextAnchor::Middle).bold().size(14.0);
            self.canvas.text(Point::new((left + right) / 2.0, TOP + 15.0), &devices[0].account, name);
            for (offset, column) in devices.iter().enumerate() {
                let width = self.pitch - GUTTER;
                let x = self.centers[first + offset] - width / 2.0;
                let device =
                    BoxStyle { fill: ink::PAPER, border: ink::BLACK, width: 1.2, dash: None, radius: 4.0 };
                self.canvas.block(Rect::new(x, TOP + 30.0, width, 26.0), device);
                let name = TextStyle::plain(TextAnchor::Middle).size(13.0);
                let at = Point::new(self.centers[first + offset], TOP + 43.0);
                self.canvas.text(at, &column.name, name);
            }
            first += devices.len();
        }
    }

    fn step(&mut self, text: &str, at: &str) {
        let (left, right) = (self.left(0), self.right(self.columns.len().saturating_sub(1)));
        let time_width = ink::width(at, ink::SMALL);
        let room = right - left - 2.0 * PADDING;
        let lines = ink::wrap(text, 13.0, (room - time_width - 16.0).max(120.0));
        let height = lines.len() as f64 * ink::LINE + 10.0;
        self.y += GAP;
        let band = BoxStyle { fill: ink::STEP, border: ink::STEP, width: 1.0, dash: None, radius: 3.0 };
        let widest = lines.iter().map(|line| ink::width(line, 13.0)).fold(0.0, f64::max);
        let width = (right - left).max(widest + time_width + 16.0 + 2.0 * PADDING);
        self.canvas.block(Rect::new(left, self.y, width, height), band);
        for (position, line) in lines.iter().enumerate() {
            let y = self.y + 5.0 + (position as f64 + 0.5) * ink::LINE;
            let look = TextStyle::plain(TextAnchor::Start).bold().size(13.0);
            self.canvas.text(Point::new(left + PADDING, y), line, look);
        }
        let time = TextStyle::plain(TextAnchor::End).size(ink::SMALL).color(ink::GREY);
        self.canvas.text(Point::new(left + width - PADDING, self.y + 5.0 + ink::LINE / 2.0), at, time);
        self.y += height.max(STEP_ROW - 2.0 * GAP) + GAP;
    }

    /// Draws the text of a mismatch.
    fn mismatch(&mut self, text: &str) {
        let (left, right) = (self.left(0), self.right(self.columns.len().saturating_sub(1)));
        let lines = ink::wrap(text, 13.0, (right - left - 2.0 * PADDING).max(120.0));
        let widest = lines.iter().map(|line| ink::width(line, 13.0)).fold(0.0, f64::max);
        let size = ((right - left).max(widest + 2.0 * PADDING), lines.len() as f64 * ink::LINE + 10.0);
        self.y += GAP;
        self.canvas.block(Rect::new(left, self.y, size.0, size.1), note_look(NoteKind::Wrong));
        for (position, line) in lines.iter().enumerate() {
            let y = self.y + 5.0 + (position as f64 + 0.5) * ink::LINE;
            let look = TextStyle::plain(TextAnchor::Start).bold().size(13.0).color(ink::DISTRUST);
            self.canvas.text(Point::new(left + PADDING, y), line, look);
        }
        self.y += size.1 + GAP;
    }

    fn change_presence(&mut self, device: DeviceId, presence: DevicePresence) {
        let Some(column) = self.column(device) else { return };
        self.end_life(column);
        self.lives[column] = (self.y, presence);
    }

    fn event(&mut self, arrow: Option<&Arrow>, notes: &[Note]) {
        if let Some(arrow) = arrow {
            self.arrow(arrow);
        }
        let top = self.y;
        let mut bottom = top;
        for column in 0..self.columns.len() {
            let mut y = top;
            for note in notes.iter().filter(|note| note.device == self.columns[column].device) {
                y = self.note(column, y, note) + GAP;
            }
            bottom = bottom.max(y);
        }
        self.y = bottom;
    }

    /// Draws a line from the sender with a head at each receiver. The text of the message stands above it.
    fn arrow(&mut self, arrow: &Arrow) {
        if !self.fates.contains(&arrow.fate) {
            self.fates.push(arrow.fate);
        }
        let targets: Vec<f64> =
            arrow.to.iter().filter_map(|to| self.column(*to)).map(|column| self.centers[column]).collect();
        let sender = arrow.from.and_then(|from| self.column(from)).map(|column| self.centers[column]);
        let (Some(nearest), Some(farthest)) =
            (targets.iter().copied().reduce(f64::min), targets.iter().copied().reduce(f64::max))
        else {
            return;
        };
        // The arrow of a handwritten stanza begins on the left of its first receiver.
        let from = sender.unwrap_or(nearest - self.pitch * 0.45);
        let (left, right) = (from.min(nearest), from.max(farthest));
        let room = (right - left - 24.0).max(self.pitch * 1.6);
        let lines = ink::wrap(&arrow.label, ink::TEXT, room);
        let widest = lines.iter().map(|line| ink::width(line, ink::TEXT)).fold(0.0, f64::max);
        let sheet_right = self.right(self.columns.len() - 1);
        let x = (left + 8.0).min(sheet_right - widest).max(self.left(0));
        self.y += GAP;
        for line in &lines {
            let look = TextStyle::plain(TextAnchor::Start).halo();
            self.canvas.text(Point::new(x, self.y + ink::LINE / 2.0), line, look);
            self.y += ink::LINE;
        }
        self.y += 7.0;
        let start = if sender.is_some() { End::Dot } else { End::Plain };
        let look = LineStyle { start, ..arrow_look(arrow.fate) };
        let (leftwards, rightwards): (Vec<f64>, Vec<f64>) =
            targets.iter().partition(|target| **target < from);
        self.branch(from, leftwards, arrow.fate, look);
        self.branch(from, rightwards, arrow.fate, look);
        self.y += 10.0;
    }

    /// Draws a line from device to device on one side of the sender.
    fn branch(&mut self, from: f64, mut targets: Vec<f64>, fate: Fate, mut look: LineStyle) {
        let short = match fate {
            Fate::Arrives | Fate::ArrivesLater | Fate::Missing => 0.0,
            Fate::Kept | Fate::Withheld | Fate::Lost => SHORT,
        };
        targets.sort_by(|one, other| (one - from).abs().total_cmp(&(other - from).abs()));
        let mut start = from;
        for target in targets {
            let end = if target > from { target - short } else { target + short };
            self.canvas.line(Point::new(start, self.y), Point::new(end, self.y), look);
            start = end;
            look.start = End::Plain;
        }
    }

    fn note(&mut self, column: usize, y: f64, note: &Note) -> f64 {
        if !self.kinds.contains(&note.kind) {
            self.kinds.push(note.kind);
        }
        let room = self.pitch - GUTTER;
        let lines = ink::wrap(&note.text(), ink::TEXT, room - 2.0 * PADDING);
        let height = lines.len() as f64 * ink::LINE + 8.0;
        let x = self.centers[column] - room / 2.0;
        self.canvas.block(Rect::new(x, y, room, height), note_look(note.kind));
        for (position, line) in lines.iter().enumerate() {
            let at = Point::new(x + PADDING, y + 4.0 + (position as f64 + 0.5) * ink::LINE);
            self.canvas.text(at, line, TextStyle::plain(TextAnchor::Start));
        }
        y + height
    }

    fn end_life(&mut self, column: usize) {
        let (from, presence) = self.lives[column];
        let x = self.centers[column];
        let look = match presence {
            DevicePresence::Absent | DevicePresence::Gone => return,
            DevicePresence::There => LIFE,
            DevicePresence::Compromised | DevicePresence::Injected => ADVERSE_LIFE,
        };
        self.canvas.line(Point::new(x, from), Point::new(x, self.y), look);
    }

    fn finish(mut self) -> String {
        self.y += GAP;
        for column in 0..self.columns.len() {
            self.end_life(column);
        }
        self.legend();
        self.canvas.svg()
    }

    /// Draws a legend of the fates and kinds that occur.
    fn legend(&mut self) {
        let right = self.right(self.columns.len().saturating_sub(1)).max(560.0);
        let (mut x, mut y) = (0.0, self.y + 34.0);
        self.kinds.sort();
        self.fates.sort();
        for fate in self.fates.clone() {
            let text = fate_text(fate);
            self.flow(&mut x, &mut y, right, text);
            let look = LineStyle { start: End::Dot, ..arrow_look(fate) };
            self.canvas.line(Point::new(x + 4.0, y), Point::new(x + 44.0, y), look);
            x = self.legend_text(x, y, text);
        }
        for kind in self.kinds.clone() {
            let text = kind_text(kind);
            self.flow(&mut x, &mut y, right, text);
            self.canvas.block(Rect::new(x + 4.0, y - 8.0, 40.0, 16.0), note_look(kind));
            x = self.legend_text(x, y, text);
        }
        let is_adverse =
            |presence| matches!(presence, DevicePresence::Compromised | DevicePresence::Injected);
        if self.lives.iter().any(|(_, presence)| is_adverse(*presence)) {
            let text = "device of an adversary, or in its hands";
            self.flow(&mut x, &mut y, right, text);
            self.canvas.line(Point::new(x + 24.0, y - 9.0), Point::new(x + 24.0, y + 9.0), ADVERSE_LIFE);
            self.legend_text(x, y, text);
        }
    }

    /// Moves to the next line of the legend if `text` does not fit into this one.
    fn flow(&self, x: &mut f64, y: &mut f64, right: f64, text: &str) {
        if *x > 0.0 && *x + 50.0 + ink::width(text, ink::SMALL) > right {
            *x = 0.0;
            *y += 24.0;
        }
    }

    fn legend_text(&mut self, x: f64, y: f64, text: &str) -> f64 {
        let look = TextStyle::plain(TextAnchor::Start).size(ink::SMALL).color(ink::GREY);
        self.canvas.text(Point::new(x + 52.0, y), text, look);
        x + 52.0 + ink::width(text, ink::SMALL) + 18.0
    }

    fn column(&self, device: DeviceId) -> Option<usize> {
        self.columns.iter().position(|column| column.device == device)
    }

    fn left(&self, column: usize) -> f64 {
        self.centers.get(column).map_or(0.0, |center| center - self.pitch / 2.0)
    }

    fn right(&self, column: usize) -> f64 {
        self.centers.get(column).map_or(0.0, |center| center + self.pitch / 2.0)
    }
}

/// The width of a column. The longest word of a name or note fits into it.
fn pitch(diagram: &Diagram<'_>) -> f64 {
    let names = diagram.columns.iter().map(|column| column.name.clone());
    let notes = diagram.rows.iter().flat_map(|row| match row {
        DiagramRow::Event { notes, .. } | DiagramRow::Mismatch { notes, .. } => notes.as_slice(),
        DiagramRow::Step { .. } => &[],
    });
    let words = notes.flat_map(|note| note.text().split(' ').map(str::to_owned).collect::<Vec<_>>());
    let widest = names.chain(words).map(|word| ink::width(&word, 13.0)).fold(0.0, f64::max);
    (widest + GUTTER + 2.0 * PADDING).max(NARROWEST_COLUMN)
}

fn arrow_look(fate: Fate) -> LineStyle {
    let look = LineStyle { color: ink::BLACK, width: 1.6, dash: None, start: End::Plain, end: End::Arrow };
    match fate {
        Fate::Arrives => look,
        Fate::ArrivesLater => LineStyle { dash: Some("9 4"), end: End::OpenArrow, ..look },
        Fate::Kept => LineStyle { dash: Some("2 4"), end: End::Square, ..look },
        Fate::Withheld => LineStyle { dash: Some("2 4"), end: End::Bar, ..look },
        Fate::Lost => LineStyle { dash: Some("2 4"), end: End::Cross, ..look },
        Fate::Missing => {
            LineStyle { color: ink::DISTRUST, width: 2.2, dash: Some("7 5"), end: End::OpenArrow, ..look }
        }
    }
}

fn note_look(kind: NoteKind) -> BoxStyle {
    let look = BoxStyle { fill: ink::PAPER, border: ink::GREY, width: 1.0, dash: None, radius: 3.0 };
    match kind {
        NoteKind::Manual => BoxStyle { fill: ink::MANUAL_FILL, border: ink::MANUAL, width: 2.6, ..look },
        NoteKind::Automatic => BoxStyle { fill: ink::AUTOMATIC_FILL, border: ink::AUTOMATIC, ..look },
        NoteKind::Distrust => {
            BoxStyle { fill: ink::DISTRUST_FILL, border: ink::DISTRUST, width: 2.2, radius: 12.0, ..look }
        }
        NoteKind::Waiting => {
            BoxStyle { fill: ink::WAITING_FILL, border: ink::WAITING, dash: Some("6 3"), ..look }
        }
        NoteKind::Refused => BoxStyle { border: ink::BLACK, dash: Some("2 3"), ..look },
        NoteKind::Wrong => BoxStyle { border: ink::DISTRUST, width: 3.0, radius: 13.0, ..look },
        NoteKind::Aside => BoxStyle { border: ink::PALE, ..look },
    }
}

fn fate_text(fate: Fate) -> &'static str {
    match fate {
        Fate::Arrives => "message arrives",
        Fate::ArrivesLater => "arrives late or once more",
        Fate::Kept => "kept by the server",
        Fate::Withheld => "withheld",
        Fate::Lost => "never arrives",
        Fate::Missing => "message that should have been there",
    }
}

fn kind_text(kind: NoteKind) -> &'static str {
    match kind {
        NoteKind::Manual => "manual authentication",
        NoteKind::Automatic => "automatic authentication",
        NoteKind::Distrust => "distrust",
        NoteKind::Waiting => "kept for later",
        NoteKind::Refused => "refused",
        NoteKind::Wrong => "not as it has to be",
        NoteKind::Aside => "other",
    }
}
