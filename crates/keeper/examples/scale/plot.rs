//! The numbers as a picture: time by size of the fall, and by number of people.

use std::path::Path;

use anyhow::{anyhow, Result};
use plotters::prelude::*;

use crate::measure::{percent, Run};

const SIZE: (u32, u32) = (1_100, 460);
const COLOURS: [RGBColor; 3] = [
    RGBColor(31, 119, 180),
    RGBColor(214, 96, 20),
    RGBColor(44, 140, 60),
];
/// (millionths) Falls that the right half shows.
const SHOWN: [u32; 3] = [1_000, 10_000, 100_000];

type Line = (String, Vec<(f64, f64)>);

/// Draws the picture.
pub fn draw(runs: &[Run], path: &Path) -> Result<()> {
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE).map_err(failed)?;
    let halves = root.split_evenly((1, 2));
    let by_fall: Vec<Line> = runs
        .iter()
        .map(|run| {
            let points = run.falls.iter().map(|fall| {
                (
                    f64::from(fall.ppm) / 10_000.0,
                    fall.p50.as_secs_f64() * 1_000.0,
                )
            });
            (format!("{} obligations", run.people), points.collect())
        })
        .collect();
    let by_people: Vec<Line> = SHOWN
        .iter()
        .map(|ppm| {
            let points = runs.iter().filter_map(|run| {
                let fall = run.falls.iter().find(|fall| fall.ppm == *ppm)?;
                Some((run.people as f64, fall.p50.as_secs_f64() * 1_000.0))
            });
            (format!("a fall of {} %", percent(*ppm)), points.collect())
        })
        .collect();
    panel(&halves[0], "by size of the fall", "fall, %", &by_fall)?;
    panel(
        &halves[1],
        "by number of obligations",
        "obligations",
        &by_people,
    )?;
    root.present().map_err(failed)
}

fn panel<B: DrawingBackend>(
    area: &DrawingArea<B, plotters::coord::Shift>,
    title: &str,
    axis: &str,
    lines: &[Line],
) -> Result<()> {
    let points = || lines.iter().flat_map(|(_, points)| points);
    let ends = |of: fn(&(f64, f64)) -> f64| {
        let values = points().map(of);
        let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        (low * 0.8)..(high * 1.25)
    };
    let mut chart = ChartBuilder::on(area)
        .margin(14)
        .caption(
            format!("Price to decision, median, {title}"),
            ("sans-serif", 17),
        )
        .x_label_area_size(40)
        .y_label_area_size(60)
        .build_cartesian_2d(ends(|p| p.0).log_scale(), ends(|p| p.1).log_scale())
        .map_err(failed)?;
    chart
        .configure_mesh()
        .x_desc(axis)
        .y_desc("ms")
        .light_line_style(WHITE)
        .draw()
        .map_err(failed)?;
    for ((name, points), colour) in lines.iter().zip(COLOURS) {
        chart
            .draw_series(
                LineSeries::new(points.iter().copied(), colour.stroke_width(2)).point_size(3),
            )
            .map_err(failed)?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE)
        .border_style(RGBColor(200, 200, 200))
        .draw()
        .map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("the picture cannot be drawn: {error}")
}
