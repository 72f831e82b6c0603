use std::collections::BTreeSet;
use std::sync::Arc;

use atm_engine::{KeyId, Level};

use super::Class;
use super::demand::{Demand, Holds};
use crate::cast::{Cast, DeviceId, Miscast};
use crate::options::Options;
use crate::scenario::{self, DeviceName, Reference, RequirementId, Rule, ScenarioExpectations};

/// One expectation of a scenario, with all names resolved.
#[derive(Debug)]
pub struct Expected {
    /// The origin of the expectation.
    pub class: Class,
    /// The requirement that demands or asks it; `None` for behaviour of the reference engine.
    pub requirement: Option<RequirementId>,
    /// The devices whose behaviour it shows; empty if it shows the behaviour of all.
    pub concerns: Vec<DeviceName>,
    /// The expectation in the words of the scenario.
    pub expected: String,
    /// The line of the expectation in the scenario file, if there is a file.
    pub line: Option<usize>,
    pub(crate) demand: Demand,
    /// The only rule under which it applies, if there is one.
    under: Option<Rule>,
}

impl Expected {
    /// Resolves the names in the expectations at one place of a scenario.
    ///
    /// # Errors
    ///
    /// If a name is undefined.
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

    /// The sender and the receiver, if the expectation is that one device tells another one something.
    #[must_use]
    pub fn told(&self) -> Option<(DeviceId, DeviceId)> {
        match self.demand {
            Demand::Told { by, device, .. } => Some((by, device)),
            _ => None,
        }
    }

    /// The levels that it is about: a device, a key, and whether a level meets the expectation.
    #[must_use]
    pub fn levels(&self) -> Vec<(DeviceId, KeyId, Holds)> {
        let of_all = |from: DeviceId, to: &BTreeSet<KeyId>, holds: Holds| {
            to.iter().map(|key| (from, *key, holds)).collect()
        };
        match &self.demand {
            Demand::Levels(levels) => levels.clone(),
            Demand::MayEncrypt { from, to } => of_all(*from, to, Level::is_used),
            Demand::MayNotEncrypt { from, to } => of_all(*from, to, |level| !level.is_used()),
            _ => Vec::new(),
        }
    }

    /// The device and the text, if the expectation is that the device shows a person the body of a message.
    #[must_use]
    pub fn shown(&self) -> Option<(DeviceId, &str)> {
        match &self.demand {
            Demand::Shown { device, body } => Some((*device, body)),
            _ => None,
        }
    }

    fn new(class: Class, what: &Reference, under: Option<Rule>, cast: &Cast) -> Result<Self, Miscast> {
        let demand = Demand::new(what, cast)?;
        let expected = scenario::describe(what);
        Ok(Self { class, requirement: None, concerns: Vec::new(), expected, line: None, demand, under })
    }

    /// Whether it applies under the chosen rules.
    pub(crate) fn applies(&self, options: &Options) -> bool {
        self.under.is_none_or(|rule| options.follow(rule))
    }
}

/// The words describe the whole expectation.
impl PartialEq for Expected {
    fn eq(&self, other: &Self) -> bool {
        let said = |of: &Self| (of.class, of.under);
        said(self) == said(other) && self.requirement == other.requirement && self.expected == other.expected
    }
}

impl Eq for Expected {}
