//! The report as one HTML page that needs nothing beside itself: requirements against implementations, and behind
//! each cell what is expected and observed, with the run as a page that moves through time.
//!
//! Without JavaScript everything but the runs and the filter is there.

mod cell;
mod detail;
mod filter;
mod matrix;
mod overview;
mod picture;

use atm_suite::run_file::RunFile;
use maud::{Markup, PreEscaped, html as markup};

use self::picture::PagePictures;
use super::matrix::Matrix;
use crate::document::Document;
use crate::page;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Writes runs as one HTML page.
#[must_use]
pub fn html(files: &[RunFile]) -> String {
    let matrix = Matrix::of(files);
    let pictures = PagePictures::of(&matrix);
    let keys: Vec<&str> = matrix.columns.iter().map(|column| &*column.key).collect();
    let (title, script) =
        (&*format!("ATM conformance: {}", keys.join(", ")), &*format!("{}{SCRIPT}", page::SCRIPT));
    let document = Document { title, style: STYLE, style_of_a_part: page::STYLE, script, also_allowed: "" };
    document.write(&markup! {
        (body(&matrix, &pictures))
        template #run-style { style { (PreEscaped(page::STYLE)) } }
    })
}

fn body(matrix: &Matrix<'_>, pictures: &PagePictures<'_>) -> Markup {
    markup! {
        header {
            h1 { "Conformance to Automatic Trust Management " span.aside { "XEP-0450" } }
            (overview::overview(matrix))
        }
        main {
            (filter::filter(matrix))
            (matrix::table(matrix))
            section #details aria-label="Details" {
                (detail::details(matrix, pictures))
            }
        }
        dialog aria-label="Detail" {
            form method="dialog" {
                button type="button" data-turn="-1" { "Previous failure" }
                button type="button" data-turn="1" { "Next failure" }
                button.close { "Close" }
            }
            div.content {}
        }
        (pictures.markup())
    }
}
