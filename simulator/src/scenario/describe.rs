use super::{Counts, DeviceToKeys, ExpectedLevels, KeyName, MayEncrypt, Reference};

/// A description of an expectation in one line.
#[must_use]
pub fn describe(expectation: &Reference) -> String {
    match expectation {
        Reference::Levels(levels) => describe_levels(levels),
        Reference::Complete(accounts) => format!("complete: {}", list(accounts)),
        Reference::Told(told) => {
            let said = said(&told.trust, &told.distrust);
            format!("{} tells {} to {said}", told.by, told.device)
        }
        Reference::NotTold(told) => match &told.by {
            Some(by) => format!("{by} does not tell {} about {}", told.device, list(&told.about)),
            None => format!("nobody tells {} about {}", told.device, list(&told.about)),
        },
        Reference::MayEncrypt(MayEncrypt { from, to }) => format!("{from} encrypts for {}", list(to)),
        Reference::MayNotEncrypt(MayEncrypt { from, to }) => {
            format!("{from} does not encrypt for {}", list(to))
        }
        Reference::Shown(shown) => format!("{} shows {:?}", shown.device, shown.body),
        Reference::Stored(stored) => format!("{} stores at most {} bytes", stored.device, stored.at_most),
        Reference::Counts(counts) => describe_counts(counts),
        Reference::Missing(pairs) if pairs.is_empty() => "nothing is missing".to_owned(),
        Reference::Missing(pairs) => format!("missing: {}", pair_list(pairs)),
        Reference::Origins(origins) => {
            let groups = [("by a person", &origins.manual), ("by a message", &origins.message)];
            let groups = groups.iter().filter(|(_, pairs)| !pairs.is_empty());
            groups.map(|(name, pairs)| format!("{name}: {}", pair_list(pairs))).collect::<Vec<_>>().join("; ")
        }
        Reference::AuthenticatedBy(by) => {
            format!("{} authenticated {} by a message of {}", by.device, by.key, by.sender)
        }
        Reference::Sent(sent) if sent.is_empty() => "nothing is sent".to_owned(),
        Reference::Sent(sent) => {
            let messages = sent.iter().map(|sent| {
                let said = said(&sent.trust, &sent.distrust);
                format!("{} -> {}, {said}, for {}", sent.by, sent.to, list(&sent.encrypted_for))
            });
            format!("sent: {}", messages.collect::<Vec<_>>().join("; "))
        }
        Reference::Refused(refused) => {
            let refused =
                refused.iter().map(|refused| format!("{} refuses: {}", refused.by, refused.because));
            refused.collect::<Vec<_>>().join("; ")
        }
        Reference::Postponed(postponed) => {
            let said = said(&postponed.trust, &postponed.distrust);
            format!("{} keeps of {}: {said}", postponed.device, postponed.from)
        }
    }
}

fn describe_levels(levels: &ExpectedLevels) -> String {
    let groups = [
        ("undecided", &levels.undecided),
        ("automatically-trusted", &levels.automatically_trusted),
        ("automatically-distrusted", &levels.automatically_distrusted),
        ("manually-trusted", &levels.manually_trusted),
        ("authenticated", &levels.authenticated),
        ("distrusted", &levels.distrusted),
        ("not-authenticated", &levels.not_authenticated),
        ("not-distrusted", &levels.not_distrusted),
    ];
    let groups = groups.iter().filter(|(_, pairs)| !pairs.is_empty());
    groups.map(|(name, pairs)| format!("{name}: {}", pair_list(pairs))).collect::<Vec<_>>().join("; ")
}

fn describe_counts(counts: &Counts) -> String {
    let numbers = [
        ("manual", counts.manual),
        ("automatic", counts.automatic),
        ("authenticated", counts.authenticated),
        ("possible", counts.possible),
        ("messages", counts.messages),
    ];
    let numbers = numbers.iter().filter_map(|(name, number)| Some(format!("{name}: {}", (*number)?)));
    numbers.collect::<Vec<_>>().join(", ")
}

fn said(trust: &[KeyName], distrust: &[KeyName]) -> String {
    let groups = [("trust", trust), ("distrust", distrust)];
    let groups = groups.iter().filter(|(_, keys)| !keys.is_empty());
    let said: Vec<String> = groups.map(|(verb, keys)| format!("{verb} {}", list(keys))).collect();
    if said.is_empty() { "nothing".to_owned() } else { said.join(" and ") }
}

fn pair_list(pairs: &[DeviceToKeys]) -> String {
    pairs.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn list(names: &[impl ToString]) -> String {
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
