use super::cast::Membership;
use super::checker::Checker;
use super::report::{Spot, Written};
use crate::scenario::load::{Place, did_you_mean};
use crate::scenario::{AccountPair, DeviceName, DeviceToKeys, KeyName, Link, Name};

/// The devices that may be named.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    /// The devices that are present at this point.
    Now,
    /// Also removed devices, since their effects and keys remain.
    Ever,
}

impl Checker<'_> {
    /// Checks an account name that is a whole value.
    pub(super) fn check_account(&mut self, name: &Name, place: &Place) {
        if !self.cast.has_account(name) && !self.report.is_full() {
            let help = did_you_mean(name.as_str(), self.cast.account_names());
            self.report.value(place, format!("there is no account `{name}`"), help);
        }
    }

    /// Checks `account <-> account`.
    pub(super) fn check_pair(&mut self, pair: &AccountPair, place: &Place) {
        let sides = [(&pair.one, Spot::left_of_arrow(place)), (&pair.other, Spot::right_of_arrow(place))];
        for (name, spot) in sides {
            if !self.cast.has_account(name) {
                self.unknown_account(name, &spot.name(name.as_str()));
            }
        }
        if pair.one == pair.other {
            self.report.value(place, "an account has one server: name two accounts", None);
        }
    }

    fn unknown_account(&mut self, name: &Name, written: &Written<'_>) {
        let help = did_you_mean(name.as_str(), self.cast.account_names());
        self.report.name(written, format!("there is no account `{name}`"), help);
    }

    /// Checks a device name that is a whole value. The device must be present.
    pub(super) fn check_present(&mut self, name: &DeviceName, place: &Place) {
        self.check_device(name, When::Now, Spot::whole(place));
    }

    /// Checks a device name that is a whole value. The device may be removed.
    pub(super) fn check_ever_present(&mut self, name: &DeviceName, place: &Place) {
        self.check_device(name, When::Ever, Spot::whole(place));
    }

    /// Checks `device -> device`.
    pub(super) fn check_link(&mut self, link: &Link, place: &Place) {
        self.check_device(&link.from, When::Now, Spot::left_of_arrow(place));
        self.check_device(&link.to, When::Now, Spot::right_of_arrow(place));
    }

    fn check_device(&mut self, name: &DeviceName, when: When, spot: Spot<'_>) {
        if self.report.is_full() {
            return;
        }
        let text = name.to_string();
        if !self.cast.has_account(&name.account) {
            self.unknown_account(&name.account, &spot.name(&text).only(name.account.as_str()));
            return;
        }
        match self.cast.presence(name) {
            None => {
                let known = self.cast.device_names(&name.account);
                let help = did_you_mean(&text, known.iter().map(String::as_str));
                let help = help.unwrap_or_else(|| known_devices(&name.account, &known));
                self.report.name(&spot.name(&text), format!("there is no device `{name}`"), Some(help));
            }
            Some(Membership::Removed) if when == When::Now => {
                let message = format!("the device `{name}` was removed by an earlier step");
                self.report.name(&spot.name(&text), message, None);
            }
            Some(_) => {}
        }
    }

    /// Checks a key name that is a whole value.
    pub(super) fn check_key(&mut self, name: &KeyName, place: &Place) {
        self.check_key_at(name, Spot::whole(place));
    }

    /// Checks a list of keys.
    pub(super) fn check_keys(&mut self, names: &[KeyName], place: &Place) {
        for (position, name) in names.iter().enumerate() {
            self.check_key(name, &place.item(position));
        }
    }

    /// Checks `device -> keys`.
    pub(super) fn check_arrow(&mut self, arrow: &DeviceToKeys, place: &Place) {
        self.check_device(&arrow.device, When::Now, Spot::left_of_arrow(place));
        for name in &arrow.keys {
            self.check_key_at(name, Spot::right_of_arrow(place));
        }
    }

    /// Checks a list of `device -> keys`.
    pub(super) fn check_arrows(&mut self, arrows: &[DeviceToKeys], place: &Place) {
        for (position, arrow) in arrows.iter().enumerate() {
            self.check_arrow(arrow, &place.item(position));
        }
    }

    fn check_key_at(&mut self, name: &KeyName, spot: Spot<'_>) {
        if self.report.is_full() {
            return;
        }
        match name {
            KeyName::Device(name) if self.cast.has_one_key(&name.account) => {
                let message = format!("`{name}` has no key of its own: the devices of its account share one");
                let help = format!("write `{}`", name.account);
                self.report.name(&spot.name(&name.to_string()), message, Some(help));
            }
            KeyName::Device(name) => self.check_device(name, When::Ever, spot),
            KeyName::Named(name) => self.check_single_name(name, spot),
        }
    }

    /// Checks a key name without a slash.
    fn check_single_name(&mut self, name: &Name, spot: Spot<'_>) {
        if self.cast.has_one_key(name) || self.cast.is_other_key(name) {
            return;
        }
        let written = spot.name(name.as_str());
        if self.cast.has_account(name) {
            let known = known_devices(name, &self.cast.device_names(name));
            let message = format!("`{name}` does not have one key for all devices");
            self.report.name(&written, message, Some(known));
            return;
        }
        let help = did_you_mean(name.as_str(), self.cast.single_names());
        let help = help.unwrap_or_else(|| "the key of a device is written `account/device`".to_owned());
        self.report.name(&written, format!("there is no key `{name}`"), Some(help));
    }
}

fn known_devices(account: &Name, known: &[String]) -> String {
    match known {
        [] => format!("`{account}` has no devices"),
        _ => format!("`{account}` has {}", known.join(", ")),
    }
}
