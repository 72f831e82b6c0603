use std::collections::BTreeSet;

/// The names outside of a scenario that it may refer to.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    requirements: Option<BTreeSet<String>>,
}

impl Catalog {
    /// An empty catalog, with which every requirement id is accepted.
    #[must_use]
    pub fn unchecked() -> Self {
        Self::default()
    }

    /// The catalog of these requirement ids. Any other id in a scenario is a mistake.
    pub fn of_requirements<I: Into<String>>(ids: impl IntoIterator<Item = I>) -> Self {
        Self { requirements: Some(ids.into_iter().map(Into::into).collect()) }
    }

    /// The known requirement ids in alphabetical order; `None` if every id is accepted.
    pub(in crate::scenario) fn requirements(&self) -> Option<&BTreeSet<String>> {
        self.requirements.as_ref()
    }
}
