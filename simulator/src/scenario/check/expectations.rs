use super::checker::Checker;
use crate::scenario::load::Place;
use crate::scenario::{
    AuthenticatedBy, Counts, DeviceName, DeviceToKeys, ExpectedLevels, ExpectedMessage, ExpectedPostponed,
    ExpectedSize, KeyName, MayEncrypt, Name, NotTold, Origins, Reference, Refused, Required,
    ScenarioExpectations, Told,
};

impl Checker<'_> {
    /// Checks the names in expectations, and that no expectation is empty.
    pub(super) fn check_expectations(&mut self, expected: &ScenarioExpectations, place: &Place) {
        for (map, expectations) in [("required", &expected.required), ("facts", &expected.facts)] {
            let map = place.key(map);
            for (id, list) in expectations.iter() {
                let place = map.key(id.as_str());
                self.requirements.check_heading(id, &place, &mut self.report);
                if list.is_empty() {
                    self.expects_nothing(&place);
                }
                for (position, one) in list.iter().enumerate() {
                    self.check_required(one, &place.item(position));
                }
            }
        }
        for (list, expectations) in expected.reference_lists() {
            let place = place.key(list);
            for (position, one) in expectations.iter().enumerate() {
                self.check_reference(one, &place.item(position));
            }
        }
    }

    fn check_required(&mut self, one: &Required, item: &Place) {
        match one {
            Required::Levels(levels) => self.check_levels(levels, &item.key("levels")),
            Required::Complete(names) => self.check_complete(names, &item.key("complete")),
            Required::Told(told) => self.check_told(told, &item.key("told")),
            Required::NotTold(not_told) => self.check_not_told(not_told, &item.key("not-told")),
            Required::MayEncrypt(may) => self.check_may(may, &item.key("may-encrypt")),
            Required::MayNotEncrypt(may) => self.check_may(may, &item.key("may-not-encrypt")),
            Required::Stored(stored) => self.check_stored(stored, &item.key("stored")),
            Required::Shown(shown) => self.check_present(&shown.device, &item.key("shown").key("device")),
        }
    }

    fn check_reference(&mut self, one: &Reference, item: &Place) {
        match one {
            Reference::Levels(levels) => self.check_levels(levels, &item.key("levels")),
            Reference::Complete(names) => self.check_complete(names, &item.key("complete")),
            Reference::Told(told) => self.check_told(told, &item.key("told")),
            Reference::NotTold(not_told) => self.check_not_told(not_told, &item.key("not-told")),
            Reference::MayEncrypt(may) => self.check_may(may, &item.key("may-encrypt")),
            Reference::MayNotEncrypt(may) => self.check_may(may, &item.key("may-not-encrypt")),
            Reference::Stored(stored) => self.check_stored(stored, &item.key("stored")),
            Reference::Shown(shown) => self.check_present(&shown.device, &item.key("shown").key("device")),
            Reference::Counts(counts) => self.check_counts(counts, &item.key("counts")),
            Reference::Missing(missing) => self.check_arrows(missing, &item.key("missing")),
            Reference::Origins(origins) => self.check_origins(origins, &item.key("origins")),
            Reference::AuthenticatedBy(by) => self.check_author(by, &item.key("authenticated-by")),
            Reference::Sent(sent) => self.check_sent(sent, &item.key("sent")),
            Reference::Refused(refused) => self.check_refused(refused, &item.key("refused")),
            Reference::Postponed(postponed) => self.check_postponed(postponed, &item.key("postponed")),
        }
    }

    fn expects_nothing(&mut self, place: &Place) {
        self.report.key(place, "this expects nothing", None);
    }

    fn check_levels(&mut self, levels: &ExpectedLevels, place: &Place) {
        if *levels == ExpectedLevels::default() {
            self.expects_nothing(place);
        }
        for (level, list) in levels.lists() {
            self.check_arrows(list, &place.key(level));
        }
        self.check_contradictions(&levels.lists(), place, |one, other| {
            // A list `not-...` contradicts only the list of the level that it denies.
            match (one.strip_prefix("not-"), other.strip_prefix("not-")) {
                (Some(_), Some(_)) => false,
                (Some(denied), None) => denied == other,
                (None, Some(denied)) => denied == one,
                (None, None) => true,
            }
        });
    }

    /// Finds keys that are, for the same device, in two lists that contradict each other.
    fn check_contradictions(
        &mut self,
        lists: &[(&str, &[DeviceToKeys])],
        place: &Place,
        contradict: fn(&str, &str) -> bool,
    ) {
        let mut before: Vec<(&str, &DeviceName, &KeyName)> = Vec::new();
        for (level, list) in lists {
            for (position, (device, key)) in
                list.iter().enumerate().flat_map(|(at, arrow)| arrow.pairs().map(move |pair| (at, pair)))
            {
                let same = |other: &&(&str, &DeviceName, &KeyName)| (other.1, other.2) == (device, key);
                if let Some((other, ..)) = before.iter().filter(same).find(|other| contradict(other.0, level))
                {
                    let message = format!("`{device} -> {key}` is expected to be both {other} and {level}");
                    self.report.value(&place.key(level).item(position), message, None);
                }
                before.push((level, device, key));
            }
        }
    }

    fn check_complete(&mut self, names: &[Name], place: &Place) {
        if names.is_empty() {
            self.expects_nothing(place);
        }
        for (position, name) in names.iter().enumerate() {
            self.check_account(name, &place.item(position));
        }
    }

    fn check_told(&mut self, told: &Told, place: &Place) {
        if told.trust.is_empty() && told.distrust.is_empty() {
            self.expects_nothing(place);
        }
        self.check_ever_present(&told.by, &place.key("by"));
        self.check_ever_present(&told.device, &place.key("device"));
        self.check_keys(&told.trust, &place.key("trust"));
        self.check_keys(&told.distrust, &place.key("distrust"));
    }

    fn check_not_told(&mut self, not_told: &NotTold, place: &Place) {
        if not_told.about.is_empty() {
            self.expects_nothing(place);
        }
        if let Some(by) = &not_told.by {
            self.check_ever_present(by, &place.key("by"));
        }
        self.check_ever_present(&not_told.device, &place.key("device"));
        self.check_keys(&not_told.about, &place.key("about"));
    }

    fn check_may(&mut self, may: &MayEncrypt, place: &Place) {
        self.check_present(&may.from, &place.key("from"));
        self.check_keys(&may.to, &place.key("to"));
    }

    fn check_counts(&mut self, counts: &Counts, place: &Place) {
        if *counts == Counts::default() {
            self.expects_nothing(place);
        }
    }

    fn check_origins(&mut self, origins: &Origins, place: &Place) {
        if origins.manual.is_empty() && origins.message.is_empty() {
            self.expects_nothing(place);
        }
        self.check_arrows(&origins.manual, &place.key("manual"));
        self.check_arrows(&origins.message, &place.key("message"));
        let lists = [("manual", &*origins.manual), ("message", &*origins.message)];
        self.check_contradictions(&lists, place, |one, other| one != other);
    }

    fn check_author(&mut self, by: &AuthenticatedBy, place: &Place) {
        self.check_present(&by.device, &place.key("device"));
        self.check_key(&by.key, &place.key("key"));
        self.check_key(&by.sender, &place.key("sender"));
    }

    fn check_sent(&mut self, sent: &[ExpectedMessage], place: &Place) {
        for (position, message) in sent.iter().enumerate() {
            let place = place.item(position);
            self.check_ever_present(&message.by, &place.key("by"));
            self.check_account(&message.to, &place.key("to"));
            self.check_keys(&message.encrypted_for, &place.key("for"));
            self.check_keys(&message.trust, &place.key("trust"));
            self.check_keys(&message.distrust, &place.key("distrust"));
        }
    }

    fn check_refused(&mut self, refused: &[Refused], place: &Place) {
        if refused.is_empty() {
            self.expects_nothing(place);
        }
        for (position, one) in refused.iter().enumerate() {
            let place = place.item(position);
            self.check_ever_present(&one.by, &place.key("by"));
            if let Some(from) = &one.from {
                self.check_ever_present(from, &place.key("from"));
            }
            if let Some(name) = &one.key {
                self.check_key(name, &place.key("key"));
            }
        }
    }

    fn check_postponed(&mut self, postponed: &ExpectedPostponed, place: &Place) {
        self.check_present(&postponed.device, &place.key("device"));
        self.check_key(&postponed.from, &place.key("from"));
        self.check_keys(&postponed.trust, &place.key("trust"));
        self.check_keys(&postponed.distrust, &place.key("distrust"));
    }

    fn check_stored(&mut self, stored: &ExpectedSize, place: &Place) {
        self.check_present(&stored.device, &place.key("device"));
    }
}
