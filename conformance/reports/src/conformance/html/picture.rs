use atm_suite::run_file::{PictureLine, RunFile};
use maud::{Markup, html as markup};

use crate::conformance::matrix::{Matrix, MatrixColumn};
use crate::conformance::summary::Row;
use crate::page;

/// The runs that a page can show. Each is stored once and compressed, so that a page with hundreds of runs stays small.
pub(super) struct PagePictures<'a> {
    /// Each run with the file that it comes from.
    drawn: Vec<(&'a RunFile, &'a PictureLine)>,
}

impl<'a> PagePictures<'a> {
    /// The runs of the cases that the details refer to.
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

    /// The number of the run of a case.
    pub(super) fn number(&self, column: &MatrixColumn<'_>, case: &str) -> Option<usize> {
        self.drawn.iter().position(|(file, picture)| std::ptr::eq(*file, column.file) && picture.case == case)
    }

    /// One `script` element for each run. The script of the page unpacks a run when a reader opens it.
    pub(super) fn markup(&self) -> Markup {
        markup! {
            @for (number, (_, picture)) in self.drawn.iter().enumerate() {
                script type="text/plain" id={ "run-" (number) } { (page::packed(&picture.run)) }
            }
        }
    }
}
