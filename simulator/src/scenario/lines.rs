use super::load::{Outline, Place, Source};
use super::{Scenario, ScenarioExpectations, Step};

/// The lines of expectations in a file, in the order in which [`Expected::all`] resolves them. The line is no part of
/// the meaning of an expectation, so lines are always equal.
///
/// [`Expected::all`]: crate::expectations::Expected
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines(Vec<usize>);

impl PartialEq for Lines {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Lines {}

impl Lines {
    /// The line of each of `count` expectations; `None` for all of them if expectations were added since.
    pub(crate) fn of_each(&self, count: usize) -> impl Iterator<Item = Option<usize>> + '_ {
        let are_known = self.0.len() == count;
        (0..count).map(move |position| self.0.get(position).copied().filter(|_| are_known))
    }
}

/// Notes the lines of the expectations of a scenario.
pub(super) fn note(scenario: &mut Scenario, source: &Source, outline: &Outline) {
    let line = |place: &Place| source.line(outline.find(place).node.span.start);
    for (position, step) in scenario.steps.iter_mut().enumerate() {
        if let Step::Expect(expected) = step {
            let place = Place::top().key("steps").item(position).key("expect");
            expected.lines = Lines(places(expected, &place).iter().map(line).collect());
        }
    }
    let at_the_end = places(&scenario.expect, &Place::top().key("expect"));
    scenario.expect.lines = Lines(at_the_end.iter().map(line).collect());
}

fn places(expected: &ScenarioExpectations, place: &Place) -> Vec<Place> {
    let mut places = Vec::new();
    for (map, expectations) in [("required", &expected.required), ("facts", &expected.facts)] {
        for (id, list) in expectations.iter() {
            let place = place.key(map).key(id.as_str());
            places.extend((0..list.len()).map(|position| place.item(position)));
        }
    }
    for (list, references) in expected.reference_lists() {
        let place = place.key(list);
        places.extend((0..references.len()).map(|position| place.item(position)));
    }
    places
}
