use std::time::Duration;

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
///
/// The engine has no clock; each call is told the time. As text, a stamp follows the `DateTime` profile of XEP-0082
/// (see [`codec`](crate::codec)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Stamp(i64);

impl Stamp {
    /// The earliest possible stamp.
    pub const MIN: Self = Self(i64::MIN);

    /// The stamp that is `milliseconds` after 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_millis(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The stamp one millisecond later, the smallest step.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// This stamp moved by `milliseconds`, backwards if negative.
    #[must_use]
    pub const fn offset(self, milliseconds: i64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }

    /// The distance between two stamps, in either order.
    #[must_use]
    pub const fn distance(self, other: Self) -> Duration {
        Duration::from_millis(self.0.abs_diff(other.0))
    }
}

impl std::ops::Add<Duration> for Stamp {
    type Output = Self;

    fn add(self, rhs: Duration) -> Self {
        self.offset(i64::try_from(rhs.as_millis()).unwrap_or(i64::MAX))
    }
}
