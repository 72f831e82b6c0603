use std::sync::Arc;

use super::Class;
use super::demand::Demand;
use crate::cast::{Cast, DeviceId, Miscast};
use crate::options::Options;
use crate::scenario::{self, DeviceName, Reference, RequirementId, Rule, ScenarioExpectations};

/// One expectation of a scenario, with every name in it looked up.
#[derive(Debug)]
pub struct Expected {
    /// Whose expectation it is.
    pub class: Class,
    /// The requirement that demands or asks it; `None` if the reference engine just does it.
    pub requirement: Option<RequirementId>,
    /// The devices whose behaviour it shows; none if it is everybody's.
    pub concerns: Vec<DeviceName>,
    /// What is expected, in the words of the scenario.
    pub expected: String,
    /// The line of the scenario file at which it stands, if it comes from one.
    pub line: Option<usize>,
    pub(crate) demand: Demand,
    /// The rule under which alone it is expected, if there is one.
    under: Option<Rule>,
}

impl Expected {
    /// Looks up the names in what is expected at one place of a scenario.
    ///
    /// # Errors
    ///
    /// If a name is nobody's.
    pub(crate) fn all(expectations: &ScenarioExpectations, cast: &Cast) -> Result<Arc<[Arc<Self>]>, Miscast> {
        let mut all = Vec::new();
        let demands = expectations.demands().map(|(id, demand)| (Class::Required, id, demand));
        let answers = expectations.answers().map(|(id, answer)| (Class::Fact, id, answer));
        for (class, id, required) in demands.chain(answers) {
            let mut expected = Self::new(class, &Reference::from(required.clone()), None, cast)?;
            (expected.requirement, expected.concerns) = (Some(id.clone()), required.concerns());
            all.push(expected);
        }
        let lists = [
            (None, &expectations.reference),
            (Some(Rule::Direct), &expectations.direct),
            (Some(Rule::Cascade), &expectations.cascade),
            (Some(Rule::Relay), &expectations.relay),
            (Some(Rule::Newest), &expectations.newest),
            (Some(Rule::Cautious), &expectations.cautious),
            (Some(Rule::Named), &expectations.named),
        ];
        for (under, references) in lists {
            for reference in references {
                all.push(Self::new(Class::Reference, reference, under, cast)?);
            }
        }
        let lines = expectations.lines.of_each(all.len());
        Ok(all.into_iter().zip(lines).map(|(expected, line)| Arc::new(Self { line, ..expected })).collect())
    }

    /// Of an expectation that a device tells another one something: who tells, and who is told.
    #[must_use]
    pub fn told(&self) -> Option<(DeviceId, DeviceId)> {
        match self.demand {
            Demand::Told { by, device, .. } => Some((by, device)),
            _ => None,
        }
    }

    fn new(class: Class, what: &Reference, under: Option<Rule>, cast: &Cast) -> Result<Self, Miscast> {
        let demand = Demand::new(what, cast)?;
        let expected = scenario::describe(what);
        Ok(Self { class, requirement: None, concerns: Vec::new(), expected, line: None, demand, under })
    }

    /// Whether it is expected under the chosen rules.
    pub(crate) fn applies(&self, options: &Options) -> bool {
        self.under.is_none_or(|rule| options.follow(rule))
    }
}

/// The words say everything about what is expected.
impl PartialEq for Expected {
    fn eq(&self, other: &Self) -> bool {
        let said = |of: &Self| (of.class, of.under);
        said(self) == said(other) && self.requirement == other.requirement && self.expected == other.expected
    }
}

impl Eq for Expected {}
