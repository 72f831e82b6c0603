//! The difference between an expectation and the observation, as sets.

use atm_suite::run_file::ExpectationLine;

/// The ways in which the observation contradicts one expectation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Expected, but not observed.
    pub missing: Vec<String>,
    /// Observed, but not expected.
    pub too_much: Vec<String>,
    /// Not sent, although it had to be.
    pub not_sent: Vec<String>,
    /// Sent, although it must not be.
    pub sent: Vec<String>,
    /// Observations of other kinds.
    pub instead: Vec<String>,
    /// The messages that the device followed or did not follow.
    pub because: Vec<String>,
}

impl Difference {
    /// The difference that an expectation found; empty if the expectation is true.
    #[must_use]
    pub fn of(seen: &ExpectationLine) -> Self {
        let mut difference = Self { because: seen.because.clone(), ..Self::default() };
        for observed in &seen.observed {
            difference.add(&seen.expected, observed);
        }
        difference
    }

    /// Whether the expectation is among what was not sent or is all that is missing, so that repeating it adds nothing.
    #[must_use]
    pub fn repeats(&self, expected: &str) -> bool {
        self.not_sent.iter().any(|item| item == expected) || self.missing == [expected]
    }

    /// The parts that are not empty, each with its name in reports.
    pub fn parts(&self) -> impl Iterator<Item = (&'static str, &[String])> {
        let parts = [
            ("not sent", &self.not_sent),
            ("sent", &self.sent),
            ("missing", &self.missing),
            ("too much", &self.too_much),
            ("observed", &self.instead),
            ("because", &self.because),
        ];
        parts.into_iter().filter(|(_, items)| !items.is_empty()).map(|(name, items)| (name, items.as_slice()))
    }

    fn add(&mut self, expected: &str, observed: &str) {
        if let Some(missing) = observed.strip_prefix("missing: ") {
            self.missing.push(missing.to_owned());
        } else if let Some(there) = observed.strip_prefix("not missing: ") {
            self.too_much.push(there.to_owned());
        } else if let Some(told) = observed.strip_prefix("not sent: ") {
            self.not_sent.push(told.to_owned());
        } else if let Some((by, told)) = observed.split_once(" did not tell ") {
            self.not_sent.push(format!("{by} tells {told}"));
        } else if let Some((by, told)) = observed.split_once(" told ") {
            self.sent.push(format!("{by} tells {told}"));
        } else if let Some((by, used)) = observed.split_once(" encrypts for ") {
            self.add_used(expected, by, used);
        } else if let Some((pair, level)) = observed.split_once(" is ") {
            self.add_level(expected, pair, level);
        } else {
            self.instead.push(observed.to_owned());
        }
    }

    /// Adds the keys that a device should encrypt for and does not, and those that it should not encrypt for and does.
    fn add_used(&mut self, expected: &str, by: &str, used: &str) {
        let used: Vec<&str> = used.split(", ").filter(|key| *key != "nothing").collect();
        let wanted: Vec<&str> = match expected.split_once(" encrypts for ") {
            Some((_, wanted)) => wanted.split(", ").collect(),
            None => Vec::new(),
        };
        let less = |some: &[&str], others: &[&str]| {
            some.iter().filter(|key| !others.contains(key)).copied().collect::<Vec<_>>().join(", ")
        };
        for (keys, part) in
            [(less(&wanted, &used), &mut self.missing), (less(&used, &wanted), &mut self.too_much)]
        {
            if !keys.is_empty() {
                part.push(format!("{by} encrypts for {keys}"));
            }
        }
    }

    /// Adds a level that a key should have and has not, or that it has and should not have.
    fn add_level(&mut self, expected: &str, pair: &str, level: &str) {
        match wanted_level(expected, pair) {
            Some(wanted) if wanted.starts_with("not-") => self.too_much.push(format!("{pair} is {level}")),
            Some(wanted) => self.missing.push(format!("{pair} is {wanted} (it is {level})")),
            None => self.instead.push(format!("{pair} is {level}")),
        }
    }
}

/// The level that an expectation demands of a pair. Its form is `authenticated: a -> b, c; not-distrusted: a -> d`.
fn wanted_level<'e>(expected: &'e str, pair: &str) -> Option<&'e str> {
    let (device, key) = pair.split_once(" -> ")?;
    let mut level = None;
    for part in expected.split("; ") {
        // The name of a level is written once, before the first of its pairs.
        let pairs = match part.split_once(": ") {
            Some((name, pairs)) => {
                level = Some(name);
                pairs
            }
            None => part,
        };
        let (by, keys) = pairs.split_once(" -> ")?;
        if by == device && keys.split(", ").any(|other| other == key) {
            return level;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(expected: &str, observed: &[&str]) -> Difference {
        let observed = observed.iter().map(|text| (*text).to_owned()).collect();
        Difference::of(&ExpectationLine {
            expected: expected.to_owned(),
            observed,
            ..ExpectationLine::default()
        })
    }

    fn parts(difference: &Difference) -> Vec<String> {
        difference.parts().map(|(name, items)| format!("{name}: {}", items.join(" | "))).collect()
    }

    #[test]
    fn levels_are_missing_or_too_much() {
        let expected = "authenticated: a/phone -> b/phone, b/tablet; a/tablet -> b/phone; not-distrusted: c/phone -> b/phone";
        let observed = [
            "a/phone -> b/tablet is undecided",
            "a/tablet -> b/phone is distrusted",
            "c/phone -> b/phone is distrusted",
        ];
        assert_eq!(
            parts(&difference(expected, &observed)),
            [
                "missing: a/phone -> b/tablet is authenticated (it is undecided) \
                 | a/tablet -> b/phone is authenticated (it is distrusted)",
                "too much: c/phone -> b/phone is distrusted"
            ]
        );
    }

    #[test]
    fn what_was_told_is_missing_or_too_much() {
        let untold = difference("a/x tells a/y to trust b/z", &["a/x did not tell a/y to trust b/z"]);
        assert_eq!(parts(&untold), ["not sent: a/x tells a/y to trust b/z"]);
        let not_sent = difference(
            "a/x tells the holder of a/y to trust b/z",
            &["not sent: a/x tells the holder of a/y to trust b/z"],
        );
        assert_eq!(parts(&not_sent), ["not sent: a/x tells the holder of a/y to trust b/z"]);
        let told = difference("nobody tells a/y about b/z", &["a/x told a/y to trust b/z"]);
        assert_eq!(parts(&told), ["sent: a/x tells a/y to trust b/z"]);
    }

    #[test]
    fn keys_that_are_used_are_compared_as_sets() {
        let other = difference("a/x encrypts for b/y, b/z", &["a/x encrypts for b/z, b/evil"]);
        assert_eq!(parts(&other), ["missing: a/x encrypts for b/y", "too much: a/x encrypts for b/evil"]);
        let none = difference("a/x encrypts for b/y", &["a/x encrypts for nothing"]);
        assert_eq!(parts(&none), ["missing: a/x encrypts for b/y"]);
        let forbidden = difference("a/x does not encrypt for b/y", &["a/x encrypts for b/y"]);
        assert_eq!(parts(&forbidden), ["too much: a/x encrypts for b/y"]);
    }

    #[test]
    fn everything_else_is_just_observed() {
        let time = difference("the envelope has an <rpad/>", &["none"]);
        assert_eq!(parts(&time), ["observed: none"]);
        let counts = difference("20 manual", &["manual: 19"]);
        assert_eq!(parts(&counts), ["observed: manual: 19"]);
    }
}
