use super::cast::Cast;
use super::references::{When, account, device, device_to_keys, key};
use super::report::{Report, Side, Spot};
use super::{expectations, people};
use crate::scenario::load::Place;
use crate::scenario::{AddDevice, Code, Deliver, DeviceName, DeviceToKeys, EncryptionNamespace, Scan, Step};

/// Checks the steps one after the other, so that each one sees the devices that are there at its time.
pub(super) fn check<'a>(
    steps: &'a [Step],
    encryption: &EncryptionNamespace,
    cast: &mut Cast<'a>,
    report: &mut Report<'_>,
) {
    let list = Place::top().key("steps");
    for (position, step) in steps.iter().enumerate() {
        check_step(step, &list.item(position), encryption, cast, report);
    }
}

fn check_step<'a>(
    step: &'a Step,
    item: &Place,
    encryption: &EncryptionNamespace,
    cast: &mut Cast<'a>,
    report: &mut Report<'_>,
) {
    match step {
        Step::Authenticate(arrow) => check_decision(arrow, &item.key("authenticate"), cast, report),
        Step::Distrust(arrow) => check_decision(arrow, &item.key("distrust"), cast, report),
        Step::TrustManually(arrow) => check_decision(arrow, &item.key("trust-manually"), cast, report),
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
        Step::Deliver(deliver) => check_deliver(deliver, &item.key("deliver"), cast, report),
        Step::Expect(expected) => {
            let place = item.key("expect");
            if expected.is_empty() {
                report.key(&place, "this step expects nothing", None);
            }
            expectations::check(expected, &place, cast, report);
        }
    }
}

fn present(name: &DeviceName, place: &Place, cast: &Cast<'_>, report: &mut Report<'_>) {
    device(name, When::Now, Side::Whole, place, cast, report);
}

/// A person decides about the keys of one owner at a time.
fn check_decision(arrow: &DeviceToKeys, place: &Place, cast: &Cast<'_>, report: &mut Report<'_>) {
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

fn check_scan(scan: &Scan, place: &Place, cast: &Cast<'_>, report: &mut Report<'_>) {
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
    cast: &mut Cast<'a>,
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

fn check_link(from: &DeviceName, to: &DeviceName, place: &Place, cast: &Cast<'_>, report: &mut Report<'_>) {
    device(from, When::Now, Side::Left, place, cast, report);
    device(to, When::Now, Side::Right, place, cast, report);
}

fn check_deliver(deliver: &Deliver, place: &Place, cast: &Cast<'_>, report: &mut Report<'_>) {
    present(&deliver.to, &place.key("to"), cast, report);
    if let Some(name) = deliver.encrypted.as_ref().and_then(|encrypted| encrypted.key.as_ref()) {
        key(name, Side::Whole, &place.key("encrypted").key("key"), cast, report);
    }
}
