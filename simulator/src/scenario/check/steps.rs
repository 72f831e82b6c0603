use super::checker::Checker;
use super::people::GivenKey;
use super::report::Spot;
use crate::scenario::load::Place;
use crate::scenario::{
    AddDevice, ChainStep, Code, DecideStep, DeliverStep, DeviceToKeys, FloodStep, Forge, InjectDevice,
    KeyName, Name, ScanStep, Step,
};

impl<'a> Checker<'a> {
    /// Checks the steps in order, so that each one sees the devices of its time.
    pub(super) fn check_steps(&mut self) {
        let (scenario, list) = (self.scenario, Place::top().key("steps"));
        for (position, step) in scenario.steps.iter().enumerate() {
            self.check_step(step, &list.item(position));
        }
    }

    fn check_step(&mut self, step: &'a Step, item: &Place) {
        match step {
            Step::Authenticate(arrow) => {
                self.check_decision(arrow, &item.key("authenticate"));
                self.check_not_itself(arrow, &item.key("authenticate"));
            }
            Step::Distrust(arrow) => self.check_decision(arrow, &item.key("distrust")),
            Step::Decide(decide) => self.check_mixed_decision(decide, &item.key("decide")),
            Step::TrustManually(arrow) => {
                self.check_decision(arrow, &item.key("trust-manually"));
                self.check_not_itself(arrow, &item.key("trust-manually"));
            }
            Step::Scan(scan) => self.check_scan(scan, &item.key("scan")),
            Step::Discover(arrow) => self.check_arrow(arrow, &item.key("discover")),
            Step::Forget(arrow) => {
                self.check_arrow(arrow, &item.key("forget"));
                self.check_not_itself(arrow, &item.key("forget"));
            }
            Step::AddDevice(added) => self.check_added(added, &item.key("add-device")),
            Step::RemoveDevice(name) => {
                self.check_present(name, &item.key("remove-device"));
                self.cast.remove_device(name);
            }
            Step::GoOffline(name) => self.check_present(name, &item.key("go-offline")),
            Step::GoOnline(name) => self.check_present(name, &item.key("go-online")),
            Step::Restart(name) => self.check_present(name, &item.key("restart")),
            Step::BackUp(name) => {
                self.check_present(name, &item.key("back-up"));
                self.cast.back_up(name);
            }
            Step::Restore(name) => {
                self.check_present(name, &item.key("restore"));
                if self.cast.presence(name).is_some() && !self.cast.has_backup(name) {
                    let message = format!("there is no backup of `{name}`");
                    let help = format!("write `back-up: {name}` in an earlier step");
                    self.report.value(&item.key("restore"), message, Some(help));
                }
            }
            Step::Wait(_) => {}
            Step::Hold(link) => self.check_link(link, &item.key("hold")),
            Step::Release(link) => self.check_link(link, &item.key("release")),
            Step::LetThrough(link) => self.check_link(link, &item.key("let-through")),
            Step::SlowDown(slow) => self.check_link(&slow.link, &item.key("slow-down").key("link")),
            Step::Reorder(link) => self.check_link(link, &item.key("reorder")),
            Step::Duplicate(link) => self.check_link(link, &item.key("duplicate")),
            Step::Block(link) => self.check_link(link, &item.key("block")),
            Step::Unblock(link) => self.check_link(link, &item.key("unblock")),
            Step::Replay(link) => self.check_link(link, &item.key("replay")),
            Step::Partition(pair) => self.check_pair(pair, &item.key("partition")),
            Step::Heal(pair) => self.check_pair(pair, &item.key("heal")),
            Step::Crash(name) => self.check_present(name, &item.key("crash")),
            Step::CrashWhileSending(name) => self.check_present(name, &item.key("crash-while-sending")),
            Step::CrashWhileReceiving(name) => self.check_present(name, &item.key("crash-while-receiving")),
            Step::SkewClock(skew) => self.check_present(&skew.device, &item.key("skew-clock").key("device")),
            Step::CarbonsOff(name) => self.check_present(name, &item.key("carbons-off")),
            Step::CarbonsOn(name) => self.check_present(name, &item.key("carbons-on")),
            Step::InjectDevice(injected) => self.check_injected(injected, &item.key("inject-device")),
            Step::Compromise(name) => {
                self.check_present(name, &item.key("compromise"));
                self.cast.take_over(name);
            }
            Step::Forge(forge) => self.check_forge(forge, &item.key("forge")),
            Step::Deliver(deliver) => self.check_deliver(deliver, &item.key("deliver")),
            Step::Chain(chain) => self.check_chain(chain, &item.key("chain")),
            Step::Flood(flood) => self.check_flood(flood, &item.key("flood")),
            Step::Expect(expected) => {
                let place = item.key("expect");
                if expected.is_empty() {
                    self.report.key(&place, "this step expects nothing", None);
                }
                self.check_expectations(expected, &place);
            }
        }
    }

    /// Checks a decision, whose keys must have the same owner.
    fn check_decision(&mut self, arrow: &DeviceToKeys, place: &Place) {
        self.check_arrow(arrow, place);
        let Some((first, others)) = arrow.keys.split_first() else { return };
        let owner = self.cast.owner(first);
        if let Some(stranger) = others.iter().find(|key| self.cast.owner(key) != owner) {
            let name = stranger.to_string();
            let message = format!("`{name}` does not belong to `{owner}` like the keys before it");
            let help = "decide on the keys of one owner in each step".to_owned();
            self.report.name(&Spot::right_of_arrow(place).name(&name), message, Some(help));
        }
    }

    /// Checks a decision that authenticates and distrusts keys of one owner.
    fn check_mixed_decision(&mut self, decide: &'a DecideStep, place: &Place) {
        self.check_present(&decide.by, &place.key("by"));
        let lists = [("authenticate", &decide.authenticate), ("distrust", &decide.distrust)];
        let mut owner = None;
        for (list, keys) in lists {
            let place = place.key(list);
            self.check_keys(keys, &place);
            if keys.is_empty() {
                let help = "to authenticate or to distrust only, there are steps of these names".to_owned();
                self.report.value(&place, "there is no key".to_owned(), Some(help));
            }
            for (position, key) in keys.iter().enumerate() {
                let (of_key, place) = (self.cast.owner(key), place.item(position));
                let first = *owner.get_or_insert(of_key);
                if first != of_key {
                    let message = format!("`{key}` does not belong to `{first}` like the keys before it");
                    self.report.value(
                        &place,
                        message,
                        Some("decide on the keys of one owner in each step".to_owned()),
                    );
                }
                if list == "distrust" && decide.authenticate.contains(key) {
                    let message = format!("`{key}` is both authenticated and distrusted");
                    self.report.value(&place, message, None);
                }
                if list == "authenticate" && *key == KeyName::Device(decide.by.clone()) {
                    let message = format!("this is the key of `{}` itself", decide.by);
                    self.report.value(&place, message, Some("name another device".to_owned()));
                }
            }
        }
    }

    /// Checks that an arrow does not lead from a device to its own key.
    fn check_not_itself(&mut self, arrow: &DeviceToKeys, place: &Place) {
        if arrow.keys.iter().any(|key| matches!(key, KeyName::Device(name) if *name == arrow.device)) {
            let name = arrow.device.to_string();
            let message = format!("this is the key of `{name}` itself");
            let help = "name another device".to_owned();
            self.report.name(&Spot::right_of_arrow(place).name(&name), message, Some(help));
        }
    }

    fn check_scan(&mut self, scan: &ScanStep, place: &Place) {
        self.check_present(&scan.by, &place.key("by"));
        match &scan.code {
            Code::Of(shown) => self.check_present(shown, &place.key("code-of")),
            Code::Uri(_) => {}
        }
    }

    fn check_added(&mut self, added: &'a AddDevice, place: &Place) {
        self.check_account(&added.account, &place.key("account"));
        if !self.cast.has_account(&added.account) {
            return;
        }
        self.add_device(&added.account, &added.name, place);
        if let Some(id) = &added.key {
            let key = GivenKey::of_device(&added.account, &added.name, id);
            self.check_device_key(key, &place.key("key"));
        }
    }

    fn check_injected(&mut self, injected: &'a InjectDevice, place: &Place) {
        let InjectDevice { account, name, key } = injected;
        self.check_account(account, &place.key("account"));
        if !self.cast.has_account(account) {
            return;
        }
        if self.cast.has_one_key(account) {
            let message = format!("the devices of `{account}` share one key: name its key under `keys`");
            self.report.value(&place.key("account"), message, None);
        }
        self.add_device(account, name, place);
        self.cast.take_over(&injected.device_name());
        // An adversary may publish a key of the victim again without holding it.
        match key {
            Some(id) if self.cast.is_claimed(account, id.as_bytes()) => {
                self.cast.borrow_key(&injected.device_name());
            }
            Some(id) => self.check_device_key(GivenKey::of_device(account, name, id), &place.key("key")),
            None => {}
        }
    }

    fn add_device(&mut self, account: &Name, name: &'a Name, place: &Place) {
        if !self.cast.add_device(account, name) {
            let message = format!("`{account}` has or had a device `{name}` already");
            self.report.value(&place.key("name"), message, None);
        }
    }

    fn check_forge(&mut self, forge: &Forge, place: &Place) {
        self.check_present(&forge.by, &place.key("by"));
        if self.cast.presence(&forge.by).is_some() && !self.cast.is_taken_over(&forge.by) {
            let message = format!("`{}` is an honest device: it does not forge", forge.by);
            let help = "inject a device, or compromise this one, in an earlier step".to_owned();
            self.report.value(&place.key("by"), message, Some(help));
        }
        if self.cast.has_borrowed_key(&forge.by) {
            let message =
                format!("`{}` shows a key that it does not hold: it cannot write with it", forge.by);
            self.report.value(&place.key("by"), message, None);
        }
        self.check_account(&forge.to, &place.key("to"));
        if forge.trust.is_empty() && forge.distrust.is_empty() {
            self.report.key(place, "this message says nothing: give `trust` or `distrust`", None);
        }
        self.check_keys(&forge.trust, &place.key("trust"));
        self.check_keys(&forge.distrust, &place.key("distrust"));
        if let Some(both) = forge.trust.iter().position(|key| forge.distrust.contains(key)) {
            let message = format!("`{}` is both trusted and distrusted", forge.trust[both]);
            self.report.value(&place.key("trust").item(both), message, None);
        }
    }

    fn check_deliver(&mut self, deliver: &DeliverStep, place: &Place) {
        self.check_present(&deliver.to, &place.key("to"));
        if let Some(name) = deliver.encrypted.as_ref().and_then(|encrypted| encrypted.key.as_ref()) {
            self.check_key(name, &place.key("encrypted").key("key"));
        }
    }

    fn check_chain(&mut self, chain: &'a ChainStep, place: &Place) {
        self.check_present(&chain.to, &place.key("to"));
        self.check_ever_present(&chain.from, &place.key("from"));
        self.check_key(&chain.first, &place.key("first"));
        self.check_key(&chain.last, &place.key("last"));
        if chain.first == chain.last {
            self.report.value(&place.key("last"), "the chain ends with the key with which it begins", None);
        }
        let (owner, other) = (self.cast.owner(&chain.first), self.cast.owner(&chain.last));
        if owner != other {
            let message = format!("`{}` does not belong to `{owner}` like the first key", chain.last);
            self.report.value(&place.key("last"), message, None);
        }
        if !(1..=ChainStep::LONGEST).contains(&chain.length) {
            let message = format!("a chain has 1 to {} words", ChainStep::LONGEST);
            self.report.value(&place.key("length"), message, None);
        }
    }

    fn check_flood(&mut self, flood: &FloodStep, place: &Place) {
        self.check_present(&flood.to, &place.key("to"));
        self.check_ever_present(&flood.from, &place.key("from"));
        if !(1..=FloodStep::MOST).contains(&flood.keys) {
            let message = format!("a flood is about 1 to {} keys", FloodStep::MOST);
            self.report.value(&place.key("keys"), message, None);
        }
    }
}
