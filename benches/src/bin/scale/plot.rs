use std::path::Path;

use plotters::coord::Shift;
use plotters::coord::combinators::{IntoLogRange, LogScalable};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::measured::{Pair, grouped};
use crate::process::ScaleError;

const SIZE: (u32, u32) = (1000, 400);
/// Room for a name right of its line.
const ROOM_FOR_NAMES: u32 = 100;
const ENGINE: RGBColor = RGBColor(31, 95, 160);
const UNAVOIDABLE: RGBColor = RGBColor(115, 115, 115);

/// Draws how the cost of an authentication, and its ratio to the unavoidable work, grow with the world.
pub(crate) fn draw(path: &Path, pairs: &[Pair]) -> Result<(), ScaleError> {
    let area = SVGBackend::new(path, SIZE).into_drawing_area();
    area.fill(&WHITE).map_err(trouble)?;
    let (left, right) = area.split_horizontally(SIZE.0 / 2);
    let cost = |part: fn(&Pair) -> Option<f64>| -> Vec<(f64, f64)> {
        pairs.iter().filter_map(|pair| Some((accounts(pair), part(pair)?))).collect()
    };
    let engine = Line { name: "engine", colour: ENGINE, points: cost(|pair| pair.engine.cpu_each()) };
    let unavoidable =
        Line { name: "unavoidable", colour: UNAVOIDABLE, points: cost(|pair| pair.unavoidable.cpu_each()) };
    let highest = highest(&engine.points);
    let title = "CPU time per authentication, ns";
    panel(&left, title, pairs, (10.0..highest * 2.0).log_scale(), &[engine, unavoidable])?;
    let points: Vec<(f64, f64)> = pairs.iter().map(|pair| (accounts(pair), pair.ratio())).collect();
    let top = self::highest(&points) * 1.1;
    let ratio = Line { name: "", colour: ENGINE, points };
    panel(&right, "ratio to the unavoidable work", pairs, 0.0..top, &[ratio])?;
    area.present().map_err(trouble)
}

struct Line {
    name: &'static str,
    colour: RGBColor,
    points: Vec<(f64, f64)>,
}

fn panel<Y>(
    area: &DrawingArea<SVGBackend<'_>, Shift>,
    title: &str,
    pairs: &[Pair],
    heights: Y,
    lines: &[Line],
) -> Result<(), ScaleError>
where
    Y: plotters::coord::ranged1d::AsRangedCoord<Value = f64>,
    Y::CoordDescType: plotters::coord::ranged1d::ValueFormatter<f64>,
{
    let (Some(first), Some(last)) = (pairs.first(), pairs.last()) else { return Ok(()) };
    let named = lines.iter().any(|line| !line.name.is_empty());
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 20))
        .margin(14)
        .margin_right(if named { ROOM_FOR_NAMES } else { 20 })
        .x_label_area_size(48)
        .y_label_area_size(52)
        .build_cartesian_2d((accounts(first) / 1.5..accounts(last) * 1.5).log_scale(), heights)
        .map_err(trouble)?;
    chart
        .configure_mesh()
        .x_desc("accounts")
        .x_label_formatter(&|accounts| grouped(accounts.as_f64() as u64))
        .y_label_formatter(&|height| match height {
            whole if whole.fract() == 0.0 => grouped(*whole as u64),
            height => format!("{height:.1}"),
        })
        .label_style(("sans-serif", 16))
        .light_line_style(WHITE)
        .draw()
        .map_err(trouble)?;
    for Line { name, colour, points } in lines {
        let style = colour.stroke_width(2);
        chart.draw_series(LineSeries::new(points.iter().copied(), style)).map_err(trouble)?;
        let dots = points.iter().map(|point| Circle::new(*point, 4, colour.filled()));
        chart.draw_series(dots).map_err(trouble)?;
        // The name stands behind the end of the line: nobody has to compare colours, and no line goes there.
        if let Some(end) = points.last() {
            let style = ("sans-serif", 17).into_font().color(colour).pos(Pos::new(HPos::Left, VPos::Center));
            let behind = EmptyElement::at(*end) + Text::new(*name, (9, 0), style);
            chart.draw_series(std::iter::once(behind)).map_err(trouble)?;
        }
    }
    Ok(())
}

fn accounts(pair: &Pair) -> f64 {
    pair.engine.what.accounts as f64
}

fn highest(points: &[(f64, f64)]) -> f64 {
    points.iter().map(|(_, height)| *height).fold(1.0, f64::max)
}

fn trouble(error: impl std::fmt::Display) -> ScaleError {
    ScaleError::Draw(error.to_string())
}
