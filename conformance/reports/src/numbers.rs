//! Numbers in the form that people read.

/// A number with a comma between groups of three digits.
pub(crate) fn grouped(number: impl Into<u128>) -> String {
    let digits = number.into().to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).expect("digits")).collect();
    groups.join(",")
}

/// A number with its noun: `1 part`, `1,000 parts`.
pub(crate) fn counted(count: impl Into<u128>, thing: &str) -> String {
    let count = count.into();
    format!("{} {thing}{}", grouped(count), if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_groups_of_three() {
        let shown = [0_u64, 999, 1_000, 40_320, 1_234_567].map(grouped);
        assert_eq!(shown, ["0", "999", "1,000", "40,320", "1,234,567"]);
    }

    #[test]
    fn one_thing_has_no_plural() {
        assert_eq!(
            [0_u64, 1, 1_000].map(|count| counted(count, "part")),
            ["0 parts", "1 part", "1,000 parts"]
        );
    }
}
