use super::cast::KnownNames;
use super::references::{When, account, arrows, device, key, keys};
use super::report::{Report, Side};
use super::requirements::Requirements;
use crate::scenario::load::Place;
use crate::scenario::{
    AuthenticatedBy, Counts, DeviceName, DeviceToKeys, ExpectedLevels, ExpectedMessage, ExpectedPostponed,
    KeyName, MayEncrypt, Name, NotTold, Reference, Refused, Required, ScenarioExpectations, Told,
};

/// Checks the names in expectations, and that each of them expects something.
pub(super) fn check(
    expected: &ScenarioExpectations,
    place: &Place,
    requirements: &Requirements<'_>,
    cast: &KnownNames<'_>,
    report: &mut Report<'_>,
) {
    for (map, expectations) in [("required", &expected.required), ("facts", &expected.facts)] {
        let map = place.key(map);
        for (id, list) in expectations.iter() {
            let place = map.key(id.as_str());
            requirements.check_heading(id, &place, report);
            expects_something(!list.is_empty(), &place, report);
            for (position, one) in list.iter().enumerate() {
                check_required(one, &place.item(position), cast, report);
            }
        }
    }
    for (list, expectations) in expected.reference_lists() {
        let place = place.key(list);
        for (position, one) in expectations.iter().enumerate() {
            check_reference(one, &place.item(position), cast, report);
        }
    }
}

fn check_required(one: &Required, item: &Place, cast: &KnownNames<'_>, report: &mut Report<'_>) {
    match one {
        Required::Levels(levels) => check_levels(levels, &item.key("levels"), cast, report),
        Required::Complete(names) => check_complete(names, &item.key("complete"), cast, report),
        Required::Told(told) => check_told(told, &item.key("told"), cast, report),
        Required::NotTold(not_told) => check_not_told(not_told, &item.key("not-told"), cast, report),
        Required::MayEncrypt(may) => check_may(may, &item.key("may-encrypt"), cast, report),
        Required::MayNotEncrypt(may) => check_may(may, &item.key("may-not-encrypt"), cast, report),
    }
}

fn check_reference(one: &Reference, item: &Place, cast: &KnownNames<'_>, report: &mut Report<'_>) {
    match one {
        Reference::Levels(levels) => check_levels(levels, &item.key("levels"), cast, report),
        Reference::Complete(names) => check_complete(names, &item.key("complete"), cast, report),
        Reference::Told(told) => check_told(told, &item.key("told"), cast, report),
        Reference::NotTold(not_told) => check_not_told(not_told, &item.key("not-told"), cast, report),
        Reference::MayEncrypt(may) => check_may(may, &item.key("may-encrypt"), cast, report),
        Reference::MayNotEncrypt(may) => check_may(may, &item.key("may-not-encrypt"), cast, report),
        Reference::Counts(counts) => {
            expects_something(*counts != Counts::default(), &item.key("counts"), report);
        }
        Reference::Missing(missing) => arrows(missing, &item.key("missing"), cast, report),
        Reference::Origins(origins) => {
            let place = item.key("origins");
            let something = !origins.manual.is_empty() || !origins.message.is_empty();
            expects_something(something, &place, report);
            arrows(&origins.manual, &place.key("manual"), cast, report);
            arrows(&origins.message, &place.key("message"), cast, report);
            let lists = [("manual", &*origins.manual), ("message", &*origins.message)];
            contradictions(&lists, &place, report, |one, other| one != other);
        }
        Reference::AuthenticatedBy(by) => check_author(by, &item.key("authenticated-by"), cast, report),
        Reference::Sent(sent) => check_sent(sent, &item.key("sent"), cast, report),
        Reference::Refused(refused) => check_refused(refused, &item.key("refused"), cast, report),
        Reference::Postponed(postponed) => check_postponed(postponed, &item.key("postponed"), cast, report),
    }
}

fn expects_something(something: bool, place: &Place, report: &mut Report<'_>) {
    if !something {
        report.key(place, "this expects nothing", None);
    }
}

fn check_levels(levels: &ExpectedLevels, place: &Place, cast: &KnownNames<'_>, report: &mut Report<'_>) {
    expects_something(*levels != ExpectedLevels::default(), place, report);
    for (level, list) in levels.lists() {
        arrows(list, &place.key(level), cast, report);
    }
    contradictions(&levels.lists(), place, report, |one, other| {
        // A list `not-...` contradicts the level that it denies, and no other list.
        match (one.strip_prefix("not-"), other.strip_prefix("not-")) {
            (Some(_), Some(_)) => false,
            (Some(denied), None) => denied == other,
            (None, Some(denied)) => denied == one,
            (None, None) => true,
        }
    });
}

/// Finds keys that stand, for one device, in two lists of which only one can be true.
fn contradictions(
    lists: &[(&str, &[DeviceToKeys])],
    place: &Place,
    report: &mut Report<'_>,
    contradict: fn(&str, &str) -> bool,
) {
    let mut before: Vec<(&str, &DeviceName, &KeyName)> = Vec::new();
    for (level, list) in lists {
        for (position, (device, key)) in
            list.iter().enumerate().flat_map(|(at, arrow)| arrow.pairs().map(move |pair| (at, pair)))
        {
            let same = |other: &&(&str, &DeviceName, &KeyName)| (other.1, other.2) == (device, key);
            if let Some((other, ..)) = before.iter().filter(same).find(|other| contradict(other.0, level)) {
                let message = format!("`{device} -> {key}` is expected to be both {other} and {level}");
                report.value(&place.key(level).item(position), message, None);
            }
            before.push((level, device, key));
        }
    }
}

fn check_complete(names: &[Name], place: &Place, cast: &KnownNames<'_>, report: &mut Report<'_>) {
    expects_something(!names.is_empty(), place, report);
    for (position, name) in names.iter().enumerate() {
        account(name, &place.item(position), cast, report);
    }
}

fn check_told(told: &Told, place: &Place, cast: &KnownNames<'_>, report: &mut Report<'_>) {
    expects_something(!told.trust.is_empty() || !told.distrust.is_empty(), place, report);
    once(&told.by, &place.key("by"), cast, report);
    once(&told.device, &place.key("device"), cast, report);
    keys(&told.trust, &place.key("trust"), cast, report);
    keys(&told.distrust, &place.key("distrust"), cast, report);
}

fn check_not_told(not_told: &NotTold, place: &Place, cast: &KnownNames<'_>, report: &mut Report<'_>) {
    expects_something(!not_told.about.is_empty(), place, report);
    if let Some(by) = &not_told.by {
        once(by, &place.key("by"), cast, report);
    }
    once(&not_told.device, &place.key("device"), cast, report);
    keys(&not_told.about, &place.key("about"), cast, report);
}

fn check_may(may: &MayEncrypt, place: &Place, cast: &KnownNames<'_>, report: &mut Report<'_>) {
    now(&may.from, &place.key("from"), cast, report);
    keys(&may.to, &place.key("to"), cast, report);
}

fn check_author(by: &AuthenticatedBy, place: &Place, cast: &KnownNames<'_>, report: &mut Report<'_>) {
    now(&by.device, &place.key("device"), cast, report);
    key(&by.key, Side::Whole, &place.key("key"), cast, report);
    key(&by.sender, Side::Whole, &place.key("sender"), cast, report);
}

fn check_sent(sent: &[ExpectedMessage], place: &Place, cast: &KnownNames<'_>, report: &mut Report<'_>) {
    for (position, message) in sent.iter().enumerate() {
        let place = place.item(position);
        once(&message.by, &place.key("by"), cast, report);
        account(&message.to, &place.key("to"), cast, report);
        keys(&message.encrypted_for, &place.key("for"), cast, report);
        keys(&message.trust, &place.key("trust"), cast, report);
        keys(&message.distrust, &place.key("distrust"), cast, report);
    }
}

fn check_refused(refused: &[Refused], place: &Place, cast: &KnownNames<'_>, report: &mut Report<'_>) {
    expects_something(!refused.is_empty(), place, report);
    for (position, one) in refused.iter().enumerate() {
        let place = place.item(position);
        once(&one.by, &place.key("by"), cast, report);
        if let Some(from) = &one.from {
            once(from, &place.key("from"), cast, report);
        }
        if let Some(name) = &one.key {
            key(name, Side::Whole, &place.key("key"), cast, report);
        }
    }
}

fn check_postponed(
    postponed: &ExpectedPostponed,
    place: &Place,
    cast: &KnownNames<'_>,
    report: &mut Report<'_>,
) {
    now(&postponed.device, &place.key("device"), cast, report);
    key(&postponed.from, Side::Whole, &place.key("from"), cast, report);
    keys(&postponed.trust, &place.key("trust"), cast, report);
    keys(&postponed.distrust, &place.key("distrust"), cast, report);
}

fn now(name: &DeviceName, place: &Place, cast: &KnownNames<'_>, report: &mut Report<'_>) {
    device(name, When::Now, Side::Whole, place, cast, report);
}

fn once(name: &DeviceName, place: &Place, cast: &KnownNames<'_>, report: &mut Report<'_>) {
    device(name, When::Ever, Side::Whole, place, cast, report);
}
