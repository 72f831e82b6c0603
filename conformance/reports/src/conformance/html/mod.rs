//! The report as one HTML page that needs nothing beside itself: requirements against implementations, and behind
//! each cell what is expected and observed, with pictures of the run.
//!
//! Without JavaScript everything but the pictures and the filter is there. PagePictures are shown as images, so that
//! nothing in them can run or collide, whatever run file they come from.

mod cell;
mod detail;
mod filter;
mod matrix;
mod overview;
mod picture;

use atm_suite::run_file::RunFile;
use maud::{DOCTYPE, Markup, PreEscaped, html as markup};

use self::picture::PagePictures;
use super::matrix::Matrix;
use crate::escape::permitted;
use crate::page;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// The page loads nothing: the browser is told to refuse what an implementation might have smuggled in.
const POLICY: &str = "default-src 'none'; img-src blob:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
                      base-uri 'none'; form-action 'none'";

/// Writes runs as one HTML page.
#[must_use]
pub fn html(files: &[RunFile]) -> String {
    let matrix = Matrix::of(files);
    let pictures = PagePictures::of(&matrix);
    let keys: Vec<&str> = matrix.columns.iter().map(|column| &*column.key).collect();
    let document = markup! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { "ATM conformance: " (keys.join(", ")) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (body(&matrix, &pictures))
                template #run-style { style { (PreEscaped(page::STYLE)) } }
                script { (PreEscaped(page::SCRIPT)) (PreEscaped(SCRIPT)) }
            }
        }
    };
    let mut written = permitted(&document.into_string());
    written.push('\n');
    written
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
