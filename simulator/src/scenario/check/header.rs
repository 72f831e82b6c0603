use super::checker::Checker;
use super::report::Report;
use crate::scenario::load::Place;

impl Checker<'_> {
    /// Checks the settings before the accounts.
    pub(super) fn check_header(&mut self) {
        self.report.check_title(&self.scenario.title);
        self.requirements.check_list(&mut self.report);
    }
}

impl Report<'_> {
    /// Checks the title of a file.
    pub(super) fn check_title(&mut self, title: &str) {
        if title.trim().is_empty() {
            self.value(&Place::top().key("title"), "the title is empty", None);
        }
    }
}
