use super::cast::KnownNames;
use super::references::{When, account, device, device_to_keys, key, keys};
use super::report::{Report, Side, Spot};
use super::requirements::Requirements;
use super::{expectations, people};
use crate::scenario::load::{Place, did_you_mean};
use crate::scenario::{
    AccountPair, AddDevice, Code, DeliverStep, DeviceName, DeviceToKeys, EncryptionNamespace, Forge,
    InjectDevice, KeyName, ScanStep, Scenario, Step,
};

/// Checks the steps one after the other, so that each one sees the devices that are there at its time.
pub(super) fn check<'a>(
    scenario: &'a Scenario,
    requirements: &Requirements<'_>,
    cast: &mut KnownNames<'a>,
    report: &mut Report<'_>,
) {
    let list = Place::top().key("steps");
    for (position, step) in scenario.steps.iter().enumerate() {
        let item = list.item(position);
        match step {
            Step::Expect(expected) => {
                let place = item.key("expect");
                if expected.is_empty() {
                    report.key(&place, "this step expects nothing", None);
                }
                expectations::check(expected, &place, requirements, cast, report);
            }
            _ => check_action(step, &item, &scenario.encryption, cast, report),
        }
    }
}

fn check_action<'a>(
    step: &'a Step,
    item: &Place,
    encryption: &EncryptionNamespace,
    cast: &mut KnownNames<'a>,
    report: &mut Report<'_>,
) {
    match step {
        Step::Authenticate(arrow) => {
            check_decision(arrow, &item.key("authenticate"), cast, report);
            check_not_itself(arrow, &item.key("authenticate"), report);
        }
        Step::Distrust(arrow) => check_decision(arrow, &item.key("distrust"), cast, report),
        Step::TrustManually(arrow) => {
            check_decision(arrow, &item.key("trust-manually"), cast, report);
            check_not_itself(arrow, &item.key("trust-manually"), report);
        }
        Step::Scan(scan) => check_scan(scan, &item.key("scan"), cast, report),
        Step::Discover(arrow) => device_to_keys(arrow, &item.key("discover"), cast, report),
        Step::AddDevice(added) => check_added(added, &item.key("add-device"), encryption, cast, report),
        Step::RemoveDevice(name) => {
            present(name, &item.key("remove-device"), cast, report);
            cast.remove_device(name);
        }
        Step::GoOffline(name) => present(name, &item.key("go-offline"), cast, report),
        Step::GoOnline(name) => present(name, &item.key("go-online"), cast, report),
        Step::Restart(name) => present(name, &item.key("restart"), cast, report),
        Step::Wait(_) => {}
        Step::Hold(link) => check_link(&link.from, &link.to, &item.key("hold"), cast, report),
        Step::Release(link) => check_link(&link.from, &link.to, &item.key("release"), cast, report),
        Step::LetThrough(link) => check_link(&link.from, &link.to, &item.key("let-through"), cast, report),
        Step::SlowDown(slow) => {
            check_link(&slow.link.from, &slow.link.to, &item.key("slow-down").key("link"), cast, report);
        }
        Step::Reorder(link) => check_link(&link.from, &link.to, &item.key("reorder"), cast, report),
        Step::Duplicate(link) => check_link(&link.from, &link.to, &item.key("duplicate"), cast, report),
        Step::Block(link) => check_link(&link.from, &link.to, &item.key("block"), cast, report),
        Step::Unblock(link) => check_link(&link.from, &link.to, &item.key("unblock"), cast, report),
        Step::Replay(link) => check_link(&link.from, &link.to, &item.key("replay"), cast, report),
        Step::Partition(pair) => check_pair(pair, &item.key("partition"), cast, report),
        Step::Heal(pair) => check_pair(pair, &item.key("heal"), cast, report),
        Step::Crash(name) => present(name, &item.key("crash"), cast, report),
        Step::CrashWhileSending(name) => present(name, &item.key("crash-while-sending"), cast, report),
        Step::CrashWhileReceiving(name) => present(name, &item.key("crash-while-receiving"), cast, report),
        Step::SkewClock(skew) => present(&skew.device, &item.key("skew-clock").key("device"), cast, report),
        Step::CarbonsOff(name) => present(name, &item.key("carbons-off"), cast, report),
        Step::CarbonsOn(name) => present(name, &item.key("carbons-on"), cast, report),
        Step::InjectDevice(injected) => {
            check_injected(injected, &item.key("inject-device"), encryption, cast, report);
        }
        Step::Compromise(name) => {
            present(name, &item.key("compromise"), cast, report);
            cast.take_over(name);
        }
        Step::Forge(forge) => check_forge(forge, &item.key("forge"), cast, report),
        Step::Deliver(deliver) => check_deliver(deliver, &item.key("deliver"), cast, report),
        Step::Expect(_) => {}
    }
}

fn present(name: &DeviceName, place: &Place, cast: &KnownNames<'_>, report: &mut Report<'_>) {
    device(name, When::Now, Side::Whole, place, cast, report);
}

/// A person decides about the keys of one owner at a time.
fn check_decision(arrow: &DeviceToKeys, place: &Place, cast: &KnownNames<'_>, report: &mut Report<'_>) {
    device_to_keys(arrow, place, cast, report);
    let Some((first, others)) = arrow.keys.split_first() else { return };
    let owner = cast.owner(first);
    if let Some(stranger) = others.iter().find(|key| cast.owner(key) != owner) {
        let name = stranger.to_string();
        let spot = Spot { place, side: Side::Right, name: &name, wrong: &name };
        let message = format!("`{name}` does not belong to `{owner}` like the keys before it");
        report.name(&spot, message, Some("decide on the keys of one owner in each step".to_owned()));
    }
}

/// A device has its own key: there is nothing to compare.
fn check_not_itself(arrow: &DeviceToKeys, place: &Place, report: &mut Report<'_>) {
    if arrow.keys.iter().any(|key| matches!(key, KeyName::Device(name) if *name == arrow.device)) {
        let name = arrow.device.to_string();
        let spot = Spot { place, side: Side::Right, name: &name, wrong: &name };
        report.name(
            &spot,
            format!("this is the key of `{name}` itself"),
            Some("name another device".to_owned()),
        );
    }
}

fn check_scan(scan: &ScanStep, place: &Place, cast: &KnownNames<'_>, report: &mut Report<'_>) {
    present(&scan.by, &place.key("by"), cast, report);
    match &scan.code {
        Code::Of(shown) => present(shown, &place.key("code-of"), cast, report),
        Code::Uri(_) => {}
    }
}

fn check_added<'a>(
    added: &'a AddDevice,
    place: &Place,
    encryption: &EncryptionNamespace,
    cast: &mut KnownNames<'a>,
    report: &mut Report<'_>,
) {
    account(&added.account, &place.key("account"), cast, report);
    if !cast.has_account(&added.account) {
        return;
    }
    if !cast.add_device(&added.account, &added.name) {
        let message = format!("`{}` has or had a device `{}` already", added.account, added.name);
        report.value(&place.key("name"), message, None);
    }
    if let Some(id) = &added.key {
        people::device_key(&added.account, &added.name, id, encryption, &place.key("key"), cast, report);
    }
}

fn check_link(
    from: &DeviceName,
    to: &DeviceName,
    place: &Place,
    cast: &KnownNames<'_>,
    report: &mut Report<'_>,
) {
    device(from, When::Now, Side::Left, place, cast, report);
    device(to, When::Now, Side::Right, place, cast, report);
}

fn check_pair(pair: &AccountPair, place: &Place, cast: &KnownNames<'_>, report: &mut Report<'_>) {
    for (name, side) in [(&pair.one, Side::Left), (&pair.other, Side::Right)] {
        if !cast.has_account(name) {
            let spot = Spot { place, side, name: name.as_str(), wrong: name.as_str() };
            let help = did_you_mean(name.as_str(), cast.account_names());
            report.name(&spot, format!("there is no account `{name}`"), help);
        }
    }
    if pair.one == pair.other {
        report.value(place, "an account has one server: name two accounts", None);
    }
}

fn check_injected<'a>(
    injected: &'a InjectDevice,
    place: &Place,
    encryption: &EncryptionNamespace,
    cast: &mut KnownNames<'a>,
    report: &mut Report<'_>,
) {
    account(&injected.account, &place.key("account"), cast, report);
    if !cast.has_account(&injected.account) {
        return;
    }
    if cast.has_one_key(&injected.account) {
        let message =
            format!("the devices of `{}` share one key: name its key under `keys`", injected.account);
        report.value(&place.key("account"), message, None);
    }
    if !cast.add_device(&injected.account, &injected.name) {
        let message = format!("`{}` has or had a device `{}` already", injected.account, injected.name);
        report.value(&place.key("name"), message, None);
    }
    cast.take_over(&DeviceName { account: injected.account.clone(), device: injected.name.clone() });
    if let Some(id) = &injected.key {
        let place = place.key("key");
        people::device_key(&injected.account, &injected.name, id, encryption, &place, cast, report);
    }
}

fn check_forge(forge: &Forge, place: &Place, cast: &KnownNames<'_>, report: &mut Report<'_>) {
    present(&forge.by, &place.key("by"), cast, report);
    if cast.presence(&forge.by).is_some() && !cast.is_taken_over(&forge.by) {
        let message = format!("`{}` is an honest device: it does not forge", forge.by);
        let help = "inject a device, or compromise this one, in an earlier step".to_owned();
        report.value(&place.key("by"), message, Some(help));
    }
    account(&forge.to, &place.key("to"), cast, report);
    if forge.trust.is_empty() && forge.distrust.is_empty() {
        report.key(place, "this message says nothing: give `trust` or `distrust`", None);
    }
    keys(&forge.trust, &place.key("trust"), cast, report);
    keys(&forge.distrust, &place.key("distrust"), cast, report);
    if let Some(both) = forge.trust.iter().position(|key| forge.distrust.contains(key)) {
        let message = format!("`{}` is both trusted and distrusted", forge.trust[both]);
        report.value(&place.key("trust").item(both), message, None);
    }
}

fn check_deliver(deliver: &DeliverStep, place: &Place, cast: &KnownNames<'_>, report: &mut Report<'_>) {
    present(&deliver.to, &place.key("to"), cast, report);
    if let Some(name) = deliver.encrypted.as_ref().and_then(|encrypted| encrypted.key.as_ref()) {
        key(name, Side::Whole, &place.key("encrypted").key("key"), cast, report);
    }
}
