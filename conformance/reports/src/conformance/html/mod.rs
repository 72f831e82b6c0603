//! The report as one self-contained HTML page. A table shows the requirements by implementation. Each cell leads to its
//! expectations and observations, and to the run as a page that moves through time.
//!
//! Without JavaScript, only the runs and the filter are missing.

mod cell;
mod comparison;
mod detail;
mod filter;
mod matrix;
mod overview;
mod picture;
mod words;

use atm_suite::run_file::RunFile;
use maud::{Markup, PreEscaped, html as markup};

use self::filter::Shown;
use self::picture::PagePictures;
use super::comparison::Comparison;
use super::matrix::Matrix;
use super::trend::Trend;
use crate::document::Document;
use crate::page;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Writes runs as one HTML page.
#[must_use]
pub fn html(files: &[RunFile]) -> String {
    let matrix = Matrix::of(files);
    let title = markup! { "Conformance to Automatic Trust Management " span.aside { "XEP-0450" } };
    write(&matrix, &markup! { h1 { (title) } }, Shown::All)
}

/// Writes the changes from one run to a later one as one HTML page. Its table has both runs, and shows at first only the
/// requirements about which they differ.
#[must_use]
pub fn html_comparison(changes: &Comparison<'_>) -> String {
    let matrix = Matrix::of_both(changes.old, changes.new);
    let header = markup! {
        h1 { "Changes in the conformance to Automatic Trust Management " span.aside { "XEP-0450" } }
        (comparison::changes(changes, &matrix))
    };
    write(&matrix, &header, Shown::Differences)
}

/// Writes the results of several runs as a table in one HTML page.
#[must_use]
pub fn html_trend(trend: &Trend<'_>) -> String {
    let title = "ATM conformance, run by run";
    let document = Document { title, style: STYLE, style_of_a_part: "", script: "", also_allowed: "" };
    document.write(&comparison::trend(trend))
}

/// Writes a page with a table, below this header.
fn write(matrix: &Matrix<'_>, header: &Markup, shown: Shown) -> String {
    let pictures = PagePictures::of(matrix);
    let keys: Vec<&str> = matrix.columns.iter().map(|column| &*column.key).collect();
    let (title, script) =
        (&*format!("ATM conformance: {}", keys.join(", ")), &*format!("{}{SCRIPT}", page::SCRIPT));
    let document = Document { title, style: STYLE, style_of_a_part: page::STYLE, script, also_allowed: "" };
    document.write(&markup! {
        (body((matrix, shown), header, &pictures))
        template #run-style { style { (PreEscaped(page::STYLE)) } }
    })
}

fn body((matrix, shown): (&Matrix<'_>, Shown), header: &Markup, pictures: &PagePictures<'_>) -> Markup {
    markup! {
        header {
            (header)
            (overview::overview(matrix))
            (words::words())
        }
        main {
            (filter::filter(matrix, shown))
            (matrix::table(matrix))
            section #details aria-label="Details" {
                (detail::details(matrix, pictures))
            }
        }
        dialog aria-label="Detail" {
            form method="dialog" {
                output {}
                button type="button" data-turn="-1" { "Previous failure" }
                button type="button" data-turn="1" { "Next failure" }
                button.close { "Close" }
            }
            div.content {}
        }
        (pictures.markup())
    }
}
