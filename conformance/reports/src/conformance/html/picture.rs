use std::io::Write;

use atm_suite::run_file::{PictureLine, RunFile};
use data_encoding::BASE64;
use flate2::Compression;
use flate2::write::GzEncoder;
use maud::{Markup, html as markup};

use crate::conformance::matrix::{Matrix, MatrixColumn};
use crate::conformance::summary::Row;

/// The runs that a page shows: each once, and so packed that a page of hundreds stays small.
pub(super) struct PagePictures<'a> {
    /// With the file that each comes from.
    drawn: Vec<(&'a RunFile, &'a PictureLine)>,
}

impl<'a> PagePictures<'a> {
    /// Those of the cases that the details of a page show.
    pub(super) fn of(matrix: &Matrix<'a>) -> Self {
        let mut drawn: Vec<(&RunFile, &PictureLine)> = Vec::new();
        for column in &matrix.columns {
            for picture in &column.file.pictures {
                let mut smallest = column.column.rows.iter().filter_map(Row::smallest);
                let is_there = drawn.iter().any(|(_, other)| std::ptr::eq(*other, picture));
                if !is_there && smallest.any(|told| told.case.case == picture.case) {
                    drawn.push((column.file, picture));
                }
            }
        }
        Self { drawn }
    }

    /// The number of the picture of a case.
    pub(super) fn number(&self, column: &MatrixColumn<'_>, case: &str) -> Option<usize> {
        self.drawn.iter().position(|(file, picture)| std::ptr::eq(*file, column.file) && picture.case == case)
    }

    /// The runs themselves, which the script of the page unpacks when they are looked at.
    pub(super) fn markup(&self) -> Markup {
        markup! {
            @for (number, (_, picture)) in self.drawn.iter().enumerate() {
                script type="text/plain" id={ "run-" (number) } { (packed(&picture.run.to_string())) }
            }
        }
    }
}

fn packed(run: &str) -> String {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let done = encoder.write_all(run.as_bytes()).and_then(|()| encoder.finish());
    BASE64.encode(&done.expect("memory can be written"))
}
