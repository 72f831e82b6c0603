//! How sharp a monitor is.

use std::ops::AddAssign;

/// How much a monitor demanded. A judge that allows everything never errs and never finds anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decisiveness {
    /// How many levels of discovered keys were read.
    pub readings: usize,
    /// For how many of them only one standing was lawful.
    pub decided: usize,
    /// How many facts had to be told to somebody.
    pub duties: usize,
}

impl AddAssign for Decisiveness {
    fn add_assign(&mut self, other: Self) {
        self.readings += other.readings;
        self.decided += other.decided;
        self.duties += other.duties;
    }
}
