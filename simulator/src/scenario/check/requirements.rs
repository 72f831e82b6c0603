use std::collections::BTreeSet;

use super::report::Report;
use crate::scenario::load::{Place, did_you_mean};
use crate::scenario::{Catalog, RequirementId};

/// The requirements that a scenario lists, and those that exist.
pub(super) struct Requirements<'a> {
    listed: &'a [RequirementId],
    catalog: &'a Catalog,
}

impl<'a> Requirements<'a> {
    pub(super) fn new(listed: &'a [RequirementId], catalog: &'a Catalog) -> Self {
        Self { listed, catalog }
    }

    /// Checks the list of requirements.
    pub(super) fn check_list(&self, report: &mut Report<'_>) {
        let place = Place::top().key("requirements");
        let mut seen = BTreeSet::new();
        for (position, id) in self.listed.iter().enumerate() {
            let place = place.item(position);
            if !seen.insert(id) {
                report.value(&place, format!("`{id}` stands twice in the list of requirements"), None);
            }
            if let Some(known) = self.unknown(id)
                && !report.is_full()
            {
                let help = did_you_mean(id.as_str(), known.iter().map(String::as_str));
                report.value(&place, format!("there is no requirement `{id}`"), help);
            }
        }
    }

    /// Checks an id that heads expectations. The list must contain it, as a table of contents does.
    pub(super) fn check_heading(&self, id: &RequirementId, place: &Place, report: &mut Report<'_>) {
        if self.listed.contains(id) || report.is_full() {
            return;
        }
        if let Some(known) = self.unknown(id) {
            let help = did_you_mean(id.as_str(), known.iter().map(String::as_str));
            report.key(place, format!("there is no requirement `{id}`"), help);
            return;
        }
        // Without a catalog, only the list can tell a misspelt id from a missing one.
        let is_known = self.catalog.requirements().is_some();
        let listed = self.listed.iter().map(RequirementId::as_str);
        let help = if is_known { None } else { did_you_mean(id.as_str(), listed) };
        let help = help.unwrap_or_else(|| "add it to `requirements`".to_owned());
        report.key(place, format!("`{id}` is not in the list of requirements"), Some(help));
    }

    /// The existing requirements, if `id` is not among them.
    fn unknown(&self, id: &RequirementId) -> Option<&'a BTreeSet<String>> {
        self.catalog.requirements().filter(|known| !known.contains(id.as_str()))
    }
}
