use std::collections::BTreeMap;
use std::ops::Range;

use super::columns::{Anchor, Columns, DOT, PADDING};
use super::lines::{Line, lines};
use super::picture::{Group, TrustPicture, Vertex};
use super::{legend, table, vertex};
use crate::pictures::canvas::{BoxStyle, Canvas, Curve, TextAnchor, TextStyle};
use crate::pictures::geometry::{Point, Rect};
use crate::pictures::ink;
use crate::pictures::mismatches::Mismatch;
use crate::runs;

/// The most postponed decisions that are listed.
const MOST_POSTPONED: usize = 24;
/// The width at which text is wrapped.
const TEXT_WIDTH: f64 = 480.0;
const GAP: f64 = 30.0;
/// The height of the name of an account.
const HEAD: f64 = 28.0;

/// A trust graph as an SVG picture, followed by the legend and a table of all devices and keys.
pub(crate) fn svg(picture: &TrustPicture<'_>) -> String {
    let wrong: Vec<String> = picture.mismatches.iter().map(Mismatch::text).collect();
    let about = format!("Trust graph: {}, {}", picture.title, picture.moment);
    let mut canvas = Canvas::new(&[&[about], &*wrong].concat().join(". "));
    let mut y = heading(&mut canvas, picture);
    let lines = lines(picture);
    let columns = columns(picture, &lines, y);
    draw_graph(&mut canvas, picture, &lines, &columns);
    y = columns.bottom() + GAP;
    y = legend::draw(&mut canvas, picture, &lines, y) + GAP;
    y = list(&mut canvas, "Not as it has to be", &mismatches(picture), y);
    y = table::draw(&mut canvas, picture, y) + GAP;
    list(&mut canvas, "Postponed until the sender is authenticated", &postponed(picture), y);
    canvas.svg()
}

fn heading(canvas: &mut Canvas, picture: &TrustPicture<'_>) -> f64 {
    let title = TextStyle::plain(TextAnchor::Start).bold().size(ink::TITLE);
    let aside = TextStyle::plain(TextAnchor::Start).size(13.0).color(ink::GREY);
    let mut y = 10.0;
    for (text, look) in [(picture.title, title), (&*picture.moment, aside), (&*picture.counts(), aside)] {
        for line in ink::wrap(text, look.size, TEXT_WIDTH) {
            canvas.text(Point::new(0.0, y), &line, look);
            y += look.size + 5.0;
        }
    }
    y + 14.0
}

/// The layout of devices and accounts, below `top`.
fn columns(picture: &TrustPicture<'_>, lines: &[Line], top: f64) -> Columns {
    let insides: Vec<String> = (0..picture.groups.len()).map(|group| inside(lines, group)).collect();
    let width = |(group, inside): (&Group, &String)| {
        let names = picture.vertices[group.members.clone()].iter().map(|vertex| name(picture, vertex));
        let widths = names.map(|name| ink::width(&name, 13.0));
        widths.fold(ink::width(&group.name, 14.0).max(ink::width(inside, ink::SMALL)), f64::max)
    };
    let widths = picture.groups.iter().zip(&insides).map(width);
    let groups: Vec<_> = picture.groups.iter().map(|group| group.members.clone()).zip(widths).collect();
    let head = if insides.iter().all(String::is_empty) { HEAD } else { HEAD + ink::LINE };
    Columns::new(&groups, head, top)
}

fn draw_graph(canvas: &mut Canvas, picture: &TrustPicture<'_>, lines: &[Line], columns: &Columns) {
    for (position, (group, rect)) in picture.groups.iter().zip(&columns.accounts).enumerate() {
        let look = BoxStyle { fill: ink::ACCOUNT, border: ink::PALE, width: 1.0, dash: None, radius: 8.0 };
        canvas.ground(*rect, look);
        let (anchor, x) = beside(columns, position, rect);
        let title = TextStyle::plain(anchor).bold().size(14.0);
        canvas.text(Point::new(x, rect.y + HEAD / 2.0), &group.name, title);
        let aside = TextStyle::plain(anchor).size(ink::SMALL).color(ink::GREY);
        let below = Point::new(x, rect.y + HEAD / 2.0 + ink::LINE);
        canvas.text(below, &inside(lines, position), aside);
    }
    let mut taken: Vec<Rect> = Vec::new();
    for (line, curve) in curves(lines, columns) {
        canvas.curve(curve, line.look());
        if let Some(label) = line.label() {
            let at = label_place(&curve, (ink::width(&label, ink::SMALL), columns.between()), &taken);
            taken.push(at);
            canvas.text(at.center(), &label, TextStyle::plain(TextAnchor::Middle).halo().size(ink::SMALL));
        }
    }
    for (position, vertex) in picture.vertices.iter().enumerate() {
        vertex::draw(canvas, vertex, columns.dot(position));
        let group = picture.group_of(position);
        let (anchor, x) = beside(columns, group, &columns.accounts[group]);
        let at = Point::new(x, columns.dot(position).y);
        canvas.text(at, &name(picture, vertex), TextStyle::plain(anchor).size(13.0));
        let wrong = wrong_at(picture, vertex);
        if !wrong.is_empty() {
            canvas.ring(columns.row(position), &wrong.join("; "));
        }
    }
}

/// The anchor of the names of an account and its x coordinate. Names stand on the outer side of the dots.
fn beside(columns: &Columns, group: usize, account: &Rect) -> (TextAnchor, f64) {
    if columns.is_left(group) {
        (TextAnchor::End, account.right() - DOT - PADDING / 2.0)
    } else {
        (TextAnchor::Start, account.x + DOT + PADDING / 2.0)
    }
}

/// The curve of each line. Lines between the same two anchors run side by side.
fn curves<'a>(lines: &'a [Line], columns: &Columns) -> Vec<(&'a Line, Curve)> {
    let mut by_ends: BTreeMap<(Anchor, Anchor), Vec<&Line>> = BTreeMap::new();
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
            let curve = columns.curve(first, second, lane);
            let curve = if line.ends() == (first, second) { curve } else { curve.reversed() };
            curves.push((*line, curve));
        }
    }
    curves
}

/// A free place on the curve for a label of this width. Lines with a common end are farther apart near the other end.
fn label_place(curve: &Curve, (width, between): (f64, Range<f64>), taken: &[Rect]) -> Rect {
    let place = |part| {
        let rect = Rect::around(curve.at(part), width, ink::LINE);
        let (left, right) = (between.start + 2.0 * DOT, between.end - 2.0 * DOT - width);
        Rect::new(rect.x.min(right).max(left), rect.y, rect.width, rect.height)
    };
    let parts = [0.66, 0.34, 0.5, 0.74, 0.26, 0.58, 0.42];
    let free = parts.into_iter().map(place).find(|rect| !taken.iter().any(|it| it.overlaps(*rect)));
    free.unwrap_or_else(|| place(0.5))
}

/// The name of a device or key, with a mark if there is a mismatch.
fn name(picture: &TrustPicture<'_>, vertex: &Vertex) -> String {
    if wrong_at(picture, vertex).is_empty() {
        vertex.name.clone()
    } else {
        format!("{} \u{2717} wrong", vertex.name)
    }
}

fn wrong_at(picture: &TrustPicture<'_>, vertex: &Vertex) -> Vec<String> {
    vertex.device.map(|(device, _)| picture.wrong_at(device)).unwrap_or_default()
}

/// The numbers of bundled edges within an account, in words. They are not drawn as lines.
fn inside(lines: &[Line], group: usize) -> String {
    let is_inside = |from: &Anchor, to: &Anchor| {
        from == to && matches!(from, Anchor::Knot { group: other, .. } if *other == group)
    };
    let labels = lines.iter().filter_map(|line| match line {
        Line::Bundle { from, to, .. } if is_inside(from, to) => line.label(),
        _ => None,
    });
    labels.collect::<Vec<_>>().join(", ")
}

/// Writes wrapped texts below a heading, if there are any. Returns the y coordinate of the next part.
fn list(canvas: &mut Canvas, heading: &str, texts: &[String], mut y: f64) -> f64 {
    if texts.is_empty() {
        return y;
    }
    canvas.text(Point::new(0.0, y), heading, TextStyle::plain(TextAnchor::Start).bold().size(14.0));
    y += 4.0;
    for line in texts.iter().flat_map(|text| ink::wrap(text, ink::TEXT, TEXT_WIDTH)) {
        y += ink::LINE;
        canvas.text(Point::new(0.0, y), &line, TextStyle::plain(TextAnchor::Start));
    }
    y + GAP
}

/// The mismatches, one text for each demand.
fn mismatches(picture: &TrustPicture<'_>) -> Vec<String> {
    let of_a_demand = picture.mismatches.chunk_by(|one, other| one.demand == other.demand);
    let texts = of_a_demand.map(|some| {
        let observed: Vec<&str> = some.iter().map(|mismatch| mismatch.observed.as_str()).collect();
        format!("\u{2717} {}, but {}", some[0].demand, observed.join("; "))
    });
    texts.collect()
}

/// The postponed decisions, in words, up to [`MOST_POSTPONED`].
fn postponed(picture: &TrustPicture<'_>) -> Vec<String> {
    let mut told = picture.regards.postponed();
    let mut texts: Vec<String> = Vec::new();
    for (device, sender, decision) in told.by_ref().take(MOST_POSTPONED) {
        let device = picture.cast.device_name(device);
        let (sender, said) = (picture.cast.key_name(sender), runs::said(&[decision], picture.cast));
        texts.push(format!("{device} keeps of {sender}: {said}"));
    }
    let more = told.count();
    if more > 0 {
        texts.push(format!("and {more} more"));
    }
    texts
}
