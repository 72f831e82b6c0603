use super::report::Report;
use crate::scenario::load::Place;
use crate::scenario::{ContactsSpec, PopulationSpec};

/// The greatest number of accounts in a population.
const MOST_ACCOUNTS: u64 = 1_000_000_000;
/// The greatest number of accounts in a part. Each part is in memory as a whole.
const MOST_ACCOUNTS_OF_A_PART: u64 = 100_000;
/// The greatest number of devices of an account.
const MOST_DEVICES: u64 = 1_000;

impl Report<'_> {
    /// Checks the numbers of a population.
    pub(super) fn check_population(&mut self, population: &PopulationSpec) {
        let place = Place::top().key("population");
        let PopulationSpec { accounts, part, devices, contacts, decisions } = *population;
        self.check_range(&place.key("accounts"), accounts, (1, MOST_ACCOUNTS));
        self.check_range(&place.key("part"), part, (1, MOST_ACCOUNTS_OF_A_PART));
        if part > accounts && accounts > 0 {
            let message =
                format!("a part of {part} accounts is larger than the population, which has {accounts}");
            self.value(&place.key("part"), message, None);
        }
        let ((from, to), place_of_devices) = (devices.bounds(), place.key("devices"));
        self.check_range(&place_of_devices, from, (1, MOST_DEVICES));
        if from != to {
            self.check_range(&place_of_devices, to, (1, MOST_DEVICES));
        }
        if from > to {
            let message = format!("the number of devices goes from {from} down to {to}");
            self.value(&place_of_devices, message, None);
        }
        // A default is never a mistake: a small part limits the number of contacts.
        if contacts != ContactsSpec::default() && contacts.least() > 0 && contacts.least() >= part && part > 0
        {
            let message = format!("in a part of {part} accounts, nobody has {} contacts", contacts.least());
            let help = "contacts are in the same part: make it larger".to_owned();
            self.value(&place.key("contacts"), message, Some(help));
        }
        let lost = place.key("decisions").key("lost-of-1000");
        self.check_range(&lost, decisions.lost_of_1000, (0, 1_000));
    }

    fn check_range(&mut self, place: &Place, number: u64, (least, most): (u64, u64)) {
        if number < least || number > most {
            let message = format!("{number} stands here; expected a whole number from {least} to {most}");
            self.value(place, message, None);
        }
    }
}
