use super::cast::{KnownNames, Membership};
use super::report::{Report, Side, Spot};
use crate::scenario::load::{Place, did_you_mean};
use crate::scenario::{DeviceName, DeviceToKeys, KeyName, Name};

/// Which devices may be named.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// Those that are there at that moment.
    Now,
    /// Also those that were removed: what they did once, and their keys, outlast them.
    Ever,
}

/// Checks the name of an account that stands alone.
pub(super) fn account(name: &Name, place: &Place, cast: &KnownNames<'_>, report: &mut Report<'_>) {
    if !cast.has_account(name) && !report.is_full() {
        let help = did_you_mean(name.as_str(), cast.account_names());
        report.value(place, format!("there is no account `{name}`"), help);
    }
}

/// Checks the name of a device.
pub(super) fn device(
    name: &DeviceName,
    when: When,
    side: Side,
    place: &Place,
    cast: &KnownNames<'_>,
    report: &mut Report<'_>,
) {
    if report.is_full() {
        return;
    }
    if !cast.has_account(&name.account) {
        unknown_account(name, side, place, cast, report);
        return;
    }
    let text = name.to_string();
    let spot = Spot { place, side, name: &text, wrong: &text };
    match cast.presence(name) {
        None => {
            let known = cast.device_names(&name.account);
            let help = did_you_mean(&text, known.iter().map(String::as_str));
            let help = help.unwrap_or_else(|| known_devices(&name.account, &known));
            report.name(&spot, format!("there is no device `{name}`"), Some(help));
        }
        Some(Membership::Removed) if when == When::Now => {
            report.name(&spot, format!("the device `{name}` was removed by an earlier step"), None);
        }
        Some(_) => {}
    }
}

fn known_devices(account: &Name, known: &[String]) -> String {
    match known {
        [] => format!("`{account}` has no devices"),
        _ => format!("`{account}` has {}", known.join(", ")),
    }
}

fn unknown_account(
    name: &DeviceName,
    side: Side,
    place: &Place,
    cast: &KnownNames<'_>,
    report: &mut Report<'_>,
) {
    let text = name.to_string();
    let help = did_you_mean(name.account.as_str(), cast.account_names());
    let spot = Spot { place, side, name: &text, wrong: name.account.as_str() };
    report.name(&spot, format!("there is no account `{}`", name.account), help);
}

/// Checks the name of a key.
pub(super) fn key(name: &KeyName, side: Side, place: &Place, cast: &KnownNames<'_>, report: &mut Report<'_>) {
    if report.is_full() {
        return;
    }
    match name {
        KeyName::Device(name) if cast.has_one_key(&name.account) => {
            let text = name.to_string();
            let message = format!("`{name}` has no key of its own: the devices of its account share one");
            let help = format!("write `{}`", name.account);
            report.name(&Spot { place, side, name: &text, wrong: &text }, message, Some(help));
        }
        KeyName::Device(name) => device(name, When::Ever, side, place, cast, report),
        KeyName::Named(name) if cast.has_one_key(name) || cast.is_other_key(name) => {}
        KeyName::Named(name) => {
            let spot = Spot { place, side, name: name.as_str(), wrong: name.as_str() };
            if cast.has_account(name) {
                let known = known_devices(name, &cast.device_names(name));
                report.name(&spot, format!("`{name}` does not have one key for all devices"), Some(known));
                return;
            }
            let help = did_you_mean(name.as_str(), cast.single_names());
            let help = help.unwrap_or_else(|| "the key of a device is written `account/device`".to_owned());
            report.name(&spot, format!("there is no key `{name}`"), Some(help));
        }
    }
}

/// Checks a list of keys.
pub(super) fn keys(names: &[KeyName], place: &Place, cast: &KnownNames<'_>, report: &mut Report<'_>) {
    for (position, name) in names.iter().enumerate() {
        key(name, Side::Whole, &place.item(position), cast, report);
    }
}

/// Checks `device -> keys`.
pub(super) fn device_to_keys(
    arrow: &DeviceToKeys,
    place: &Place,
    cast: &KnownNames<'_>,
    report: &mut Report<'_>,
) {
    device(&arrow.device, When::Now, Side::Left, place, cast, report);
    for name in &arrow.keys {
        key(name, Side::Right, place, cast, report);
    }
}

/// Checks a list of `device -> keys`.
pub(super) fn arrows(arrows: &[DeviceToKeys], place: &Place, cast: &KnownNames<'_>, report: &mut Report<'_>) {
    for (position, arrow) in arrows.iter().enumerate() {
        device_to_keys(arrow, &place.item(position), cast, report);
    }
}
