//! The report as Markdown.

use atm_conformance::results::markdown;

use crate::played::{ENGINE, FORGETFUL, SILENT};

#[test]
fn several_implementations_stand_side_by_side() {
    insta::assert_snapshot!(markdown(&[ENGINE.clone(), SILENT.clone(), FORGETFUL.clone()]));
}

#[test]
fn one_implementation() {
    insta::assert_snapshot!(markdown(std::slice::from_ref(&ENGINE)));
}
