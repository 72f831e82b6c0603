//! The requirements of the specifications and of this project, one [`Requirement`] per statement. Scenarios name the
//! requirements that they test, and verdicts name those that an implementation meets or breaks.
//!
//! Summaries restate the documents in our own words; [`Requirement::url`] leads to the original text. Ids are stable:
//! once released, an id is neither reused nor renamed.

mod design;
mod document;
mod mutants;
mod readme;
mod requirement;
mod restated;
mod rfc_6120;
mod test_cases;
#[cfg(test)]
mod tests;
mod xep_0280;
mod xep_0420;
mod xep_0434;
mod xep_0450;

pub use document::Document;
pub use mutants::Mutant;
pub use requirement::{Obligation, Observability, Requirement, Weight};
pub use restated::{RECOMMENDED, is_recommended};

/// The requirements of all documents, in the order of the documents and of their text.
pub fn all() -> impl Iterator<Item = &'static Requirement> {
    [
        xep_0450::REQUIREMENTS,
        xep_0434::REQUIREMENTS,
        xep_0420::REQUIREMENTS,
        xep_0280::REQUIREMENTS,
        rfc_6120::REQUIREMENTS,
        test_cases::REQUIREMENTS,
        readme::REQUIREMENTS,
        design::REQUIREMENTS,
    ]
    .into_iter()
    .flatten()
}

/// Returns the requirement with this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Requirement> {
    all().find(|requirement| requirement.id == id)
}

/// The ids of [`all`] requirements, in the same order.
pub fn ids() -> impl Iterator<Item = &'static str> {
    all().map(|requirement| requirement.id)
}
