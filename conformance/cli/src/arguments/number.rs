use std::num::NonZeroUsize;

/// The most jobs: more threads than that help nobody.
pub(super) const JOBS: usize = 1_000;

/// A whole number from 1 to a greatest one, beyond which memory or patience would end before the command does.
pub(super) fn up_to<const MOST: usize>(text: &str) -> Result<NonZeroUsize, String> {
    let number = text.parse().ok().filter(|number: &NonZeroUsize| number.get() <= MOST);
    number.ok_or_else(|| format!("a whole number from 1 to {MOST}, such as 2"))
}
