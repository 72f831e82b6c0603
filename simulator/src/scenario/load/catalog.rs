use std::collections::BTreeSet;

/// What scenarios may refer to outside of themselves.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    requirements: Option<BTreeSet<String>>,
}

impl Catalog {
    /// A catalog that knows nothing, so that every requirement id is taken as it is.
    #[must_use]
    pub fn unchecked() -> Self {
        Self::default()
    }

    /// The catalog of these requirement ids; any other one in a scenario is a mistake.
    pub fn of_requirements<I: Into<String>>(ids: impl IntoIterator<Item = I>) -> Self {
        Self { requirements: Some(ids.into_iter().map(Into::into).collect()) }
    }

    /// The known requirement ids in alphabetical order, or `None` if any will do.
    pub(in crate::scenario) fn requirements(&self) -> Option<&BTreeSet<String>> {
        self.requirements.as_ref()
    }
}
