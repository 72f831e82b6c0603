use maud::{Markup, html as markup};

/// The words of this page with their meanings, for readers who have not seen the project.
const WORDS: [(&str, &str); 10] = [
    ("MUST, SHOULD, RECOMMENDED, MAY", "the word of the specification"),
    ("derived", "it follows from sentences of the specification without such a word"),
    ("ours", "a choice of this project; no other implementation fails because of it"),
    ("security", "an implementation that breaks it fails, and an adversary gains by it"),
    ("demanded", "an implementation that breaks it fails"),
    ("advice", "no failure, but an adversary can use it"),
    ("informational", "the text leaves it open, and the report says which way it is done"),
    ("direct, cascade, relay", "which decisions a device of the reference engine tells others"),
    ("newest, cautious, named", "which of two contradictory decisions counts there"),
    ("automatically-trusted, automatically-distrusted", "levels of keys on which nobody decided"),
];

/// The list of words, closed at first.
pub(super) fn words() -> Markup {
    markup! {
        details.words {
            summary { "Words on this page" }
            dl { @for (word, meaning) in WORDS { dt { (word) } dd { (meaning) } } }
        }
    }
}
