use super::checker::Checker;
use crate::scenario::load::Place;

impl Checker<'_> {
    /// Checks what stands before the accounts.
    pub(super) fn check_header(&mut self) {
        if self.scenario.title.trim().is_empty() {
            self.report.value(&Place::top().key("title"), "the title is empty", None);
        }
        self.requirements.check_list(&mut self.report);
    }
}
