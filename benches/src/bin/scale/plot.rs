use std::path::Path;

use plotters::coord::Shift;
use plotters::coord::combinators::{IntoLogRange, LogScalable};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::measured::{Measured, MeasuredPopulation, grouped};
use crate::process::ScaleError;

const SIZE: (u32, u32) = (1000, 400);
/// The room for a name to the right of its line, in pixels.
const ROOM_FOR_NAMES: u32 = 100;
const WATCHED: RGBColor = RGBColor(176, 86, 20);
const UNWATCHED: RGBColor = RGBColor(31, 95, 160);
const UNAVOIDABLE: RGBColor = RGBColor(115, 115, 115);

/// Draws how the cost of an authentication, and its ratio to the unavoidable work, grow with the population.
pub(crate) fn draw(path: &Path, populations: &[MeasuredPopulation]) -> Result<(), ScaleError> {
    let area = SVGBackend::new(path, SIZE).into_drawing_area();
    area.fill(&WHITE).map_err(trouble)?;
    let (left, right) = area.split_horizontally(SIZE.0 / 2);
    let line = |name, colour, figure: &dyn Fn(&MeasuredPopulation) -> f64| {
        let points = populations.iter().map(|population| (accounts(population), figure(population)));
        Line { name, colour, points: points.collect() }
    };
    let each = |part: fn(&MeasuredPopulation) -> &Measured| move |it: &MeasuredPopulation| part(it).each();
    let watched = line("promises", WATCHED, &each(|it| &it.watched));
    let unwatched = line("no promises", UNWATCHED, &each(|it| &it.unwatched));
    let unavoidable = line("unavoidable", UNAVOIDABLE, &each(|it| &it.unavoidable));
    let top = highest(&watched.points) * 2.0;
    let title = "CPU time per authentication, ns";
    panel(&left, title, populations, (10.0..top).log_scale(), &[watched, unwatched, unavoidable])?;
    let watched = line("promises", WATCHED, &MeasuredPopulation::ratio_watched);
    let unwatched = line("no promises", UNWATCHED, &MeasuredPopulation::ratio);
    let top = highest(&watched.points) * 1.1;
    panel(&right, "ratio to the unavoidable work", populations, 0.0..top, &[watched, unwatched])?;
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
    populations: &[MeasuredPopulation],
    heights: Y,
    lines: &[Line],
) -> Result<(), ScaleError>
where
    Y: plotters::coord::ranged1d::AsRangedCoord<Value = f64>,
    Y::CoordDescType: plotters::coord::ranged1d::ValueFormatter<f64>,
{
    let (Some(first), Some(last)) = (populations.first(), populations.last()) else { return Ok(()) };
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 20))
        .margin(14)
        .margin_right(ROOM_FOR_NAMES)
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
        // The name is at the end of the line, where no other line is, so readers need not compare colours.
        if let Some(end) = points.last() {
            let style = ("sans-serif", 17).into_font().color(colour).pos(Pos::new(HPos::Left, VPos::Center));
            let behind = EmptyElement::at(*end) + Text::new(*name, (9, 0), style);
            chart.draw_series(std::iter::once(behind)).map_err(trouble)?;
        }
    }
    Ok(())
}

fn accounts(population: &MeasuredPopulation) -> f64 {
    population.unwatched.what.accounts as f64
}

fn highest(points: &[(f64, f64)]) -> f64 {
    points.iter().map(|(_, height)| *height).fold(1.0, f64::max)
}

fn trouble(error: impl std::fmt::Display) -> ScaleError {
    ScaleError::Draw(error.to_string())
}
