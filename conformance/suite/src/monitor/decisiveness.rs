//! The decisiveness of a monitor.

use std::ops::AddAssign;

/// Counts the demands of a monitor. A judge that allows everything never errs and never finds anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decisiveness {
    /// The number of levels of discovered keys that were read.
    pub readings: usize,
    /// The number of readings for which only one standing was lawful.
    pub decided: usize,
    /// The number of facts that the device had to tell an endpoint.
    pub duties: usize,
}

impl AddAssign for Decisiveness {
    fn add_assign(&mut self, other: Self) {
        self.readings += other.readings;
        self.decided += other.decided;
        self.duties += other.duties;
    }
}
