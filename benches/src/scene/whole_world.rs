use std::hash::{Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use atm_engine::{Device, Level, ManualDecision, Origin, Rules, Stamp};
use rayon::prelude::*;
use rustc_hash::FxHasher;

use super::population::{CodeScan, Population};
use crate::network::{Devices, InstantNetwork, Traffic};
use crate::participants::{Participants, START};
use crate::unavoidable::{Remembered, remember};

/// How many accounts are worth handing to another thread.
const WORTH_A_THREAD: usize = 32;

/// How many actions are, which take longer.
const ACTIONS_WORTH_A_THREAD: usize = 4;

/// A [`Population`] whose people authenticate each other, one action after the other.
///
/// Each device knows from the start the keys that it is to authenticate. What an action announces arrives before the
/// next.
#[derive(Clone, Debug)]
pub struct WholeWorld {
    population: Population,
    participants: Participants,
    rules: Rules,
}

/// The result of a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WholeWorldResult {
    /// Pairs of a device and a key that a person authenticated there.
    pub manual: u64,
    /// Pairs of a device and a key that a trust message authenticated there.
    pub automatic: u64,
    /// A number that changes with any of these pairs and with who is behind it.
    pub fingerprint: u64,
}

impl WholeWorldResult {
    /// Pairs of a device and a key that is authenticated there.
    #[must_use]
    pub fn authentications(&self) -> u64 {
        self.manual + self.automatic
    }
}

impl WholeWorld {
    /// A world that is ready to begin.
    #[must_use]
    pub fn new(population: Population, rules: Rules) -> Self {
        let participants = Participants::new(population.sizes());
        Self { population, participants, rules }
    }

    /// The participants.
    #[must_use]
    pub fn population(&self) -> &Population {
        &self.population
    }

    /// Lets everything happen.
    #[must_use]
    pub fn play(&self) -> (Vec<Device>, Traffic) {
        let mut devices: Vec<Device> =
            (0..self.population.devices()).map(|device| self.new_device(device)).collect();
        let mut network = InstantNetwork::default();
        for account in 0..self.population.accounts() {
            self.discover(account, &mut network, &mut devices[..]);
        }
        for (position, action) in self.population.actions().iter().enumerate() {
            self.act(position, action, &mut network, &mut devices[..]);
        }
        (devices, network.traffic())
    }

    /// Lets everything happen, on as many threads as the pool has that this is called in. What comes of it is what
    /// comes of [`play`](Self::play): at once happens only what has nothing to do with each other.
    #[must_use]
    pub fn play_at_once(&self) -> (Vec<Device>, Traffic) {
        let devices: Vec<Mutex<Device>> = (0..self.population.devices())
            .into_par_iter()
            .with_min_len(WORTH_A_THREAD)
            .map(|device| Mutex::new(self.new_device(device)))
            .collect();
        (0..self.population.accounts()).into_par_iter().with_min_len(WORTH_A_THREAD).for_each_init(
            InstantNetwork::default,
            |network, account| {
                self.discover(account, network, &mut &devices[..]);
            },
        );
        let traffic = self
            .rounds()
            .iter()
            .fold(Traffic::default(), |traffic, round| traffic + self.play_round(round, &devices));
        let devices = devices.into_par_iter();
        let devices = devices.map(|device| device.into_inner().unwrap_or_else(PoisonError::into_inner));
        (devices.collect(), traffic)
    }

    /// What is authenticated.
    #[must_use]
    pub fn summary(&self, devices: &[Device]) -> WholeWorldResult {
        let accounts = (0..self.population.accounts()).into_par_iter();
        let of_accounts = accounts.map(|account| self.summary_of(account, devices));
        of_accounts.reduce(
            || WholeWorldResult { manual: 0, automatic: 0, fingerprint: 0 },
            |one, other| WholeWorldResult {
                manual: one.manual + other.manual,
                automatic: one.automatic + other.automatic,
                fingerprint: one.fingerprint.wrapping_add(other.fingerprint),
            },
        )
    }

    /// Remembers, device by device, the pairs of a device and a key that are to be authenticated.
    #[must_use]
    pub fn unavoidable(population: &Population) -> Vec<Remembered> {
        let accounts = 0..population.accounts();
        accounts.flat_map(|account| Self::unavoidable_of(population, account)).collect()
    }

    /// As [`unavoidable`](Self::unavoidable), on as many threads as the pool has that this is called in.
    #[must_use]
    pub fn unavoidable_at_once(population: &Population) -> Vec<Remembered> {
        let accounts = (0..population.accounts()).into_par_iter().with_min_len(WORTH_A_THREAD);
        accounts.flat_map_iter(|account| Self::unavoidable_of(population, account)).collect()
    }

    /// The numbers of the devices whose keys each device has authenticated, in the order of
    /// [`to_authenticate`](Population::to_authenticate).
    #[must_use]
    pub fn authenticated(&self, devices: &[Device]) -> Vec<Vec<u32>> {
        let accounts = 0..self.population.accounts();
        let of_device = |account: usize, device: usize| {
            let others = self.population.to_authenticate(account, device);
            let level = |other: usize| devices[device].level(self.participants.key(other));
            others.filter(|other| level(*other) == Level::Authenticated).map(|other| other as u32).collect()
        };
        accounts
            .flat_map(|account| {
                self.population.devices_of(account).map(move |device| of_device(account, device))
            })
            .collect()
    }

    /// As [`unavoidable_at_once`](Self::unavoidable_at_once), of the pairs that came of a world: what
    /// [`authenticated`](Self::authenticated) says.
    #[must_use]
    pub fn remember_at_once(authenticated: &[Vec<u32>]) -> Vec<Remembered> {
        let devices = authenticated.par_iter().with_min_len(WORTH_A_THREAD);
        devices.map(|keys| remember(keys.iter().map(|key| u64::from(*key)))).collect()
    }

    fn unavoidable_of(population: &Population, account: usize) -> impl Iterator<Item = Remembered> {
        population
            .devices_of(account)
            .map(move |device| remember(population.to_authenticate(account, device).map(|key| key as u64)))
    }

    fn new_device(&self, device: usize) -> Device {
        self.participants.new_device(device, self.rules)
    }

    fn discover<D: Devices + ?Sized>(&self, account: usize, network: &mut InstantNetwork, devices: &mut D) {
        let (participants, names) = (&self.participants, self.participants.names());
        for device in self.population.devices_of(account) {
            let others = self.population.to_authenticate(account, device);
            let keys = others.map(|other| participants.key(other));
            network.discover(devices, device, keys, START, names);
        }
    }

    fn act<D: Devices + ?Sized>(
        &self,
        position: usize,
        action: &CodeScan,
        network: &mut InstantNetwork,
        devices: &mut D,
    ) {
        let names = self.participants.names();
        let now: Stamp = START.offset(position as i64 + 1);
        let decision: ManualDecision = self.participants.scan(action.of as usize);
        network.decide(devices, action.by as usize, decision, now, names);
        network.drain(devices, now, names);
    }

    fn play_round(&self, round: &[u32], devices: &[Mutex<Device>]) -> Traffic {
        let act = |network: &mut InstantNetwork, position: u32| {
            let position = position as usize;
            self.act(position, &self.population.actions()[position], network, &mut &devices[..]);
        };
        // A few parts for each thread, since they take different times.
        let size = round.len().div_ceil(4 * rayon::current_num_threads()).max(ACTIONS_WORTH_A_THREAD);
        let parts = round.par_chunks(size).map(|part| {
            let mut network = InstantNetwork::default();
            part.iter().for_each(|position| act(&mut network, *position));
            network.traffic()
        });
        parts.reduce(Traffic::default, |one, other| one + other)
    }

    /// The actions in rounds. Those of one round concern different accounts, and of two that concern the same account
    /// the earlier one is in an earlier round.
    fn rounds(&self) -> Vec<Vec<u32>> {
        let mut last_round = vec![0; self.population.accounts()];
        let mut rounds: Vec<Vec<u32>> = Vec::new();
        for (position, action) in self.population.actions().iter().enumerate() {
            let concerned = || self.concerned(action);
            let round: usize = concerned().map(|account| last_round[account]).max().unwrap_or(0);
            concerned().for_each(|account| last_round[account] = round + 1);
            if round == rounds.len() {
                rounds.push(Vec::new());
            }
            rounds[round].push(position as u32);
        }
        rounds
    }

    /// The accounts whose devices an action can change. A decision about a contact's key is told to the own account,
    /// and to that contact; a decision about an own key to the own account and all contacts. Whoever relays what it
    /// hears of an account's keys tells its own account and that one.
    fn concerned(&self, action: &CodeScan) -> impl Iterator<Item = usize> {
        let (account, owner) = (action.account as usize, action.owner as usize);
        let contacts = (owner == account).then(|| self.population.contacts_of(account));
        let other = (owner != account).then_some(owner);
        std::iter::once(account).chain(other).chain(contacts.into_iter().flatten())
    }

    fn summary_of(&self, account: usize, devices: &[Device]) -> WholeWorldResult {
        let mut summary = WholeWorldResult { manual: 0, automatic: 0, fingerprint: 0 };
        let accounts: Vec<usize> =
            std::iter::once(account).chain(self.population.contacts_of(account)).collect();
        for device in self.population.devices_of(account).map(|device| &devices[device]) {
            let mut hasher = FxHasher::default();
            device.endpoint().hash(&mut hasher);
            for owner in &accounts {
                for key in device.authenticated_keys(self.participants.account(*owner)) {
                    let origin = device.origin(key);
                    (key, origin).hash(&mut hasher);
                    match origin {
                        Some(Origin::Manual) => summary.manual += 1,
                        Some(Origin::Message { .. }) => summary.automatic += 1,
                        Some(Origin::Policy) | None => unreachable!("no policy authenticates a key"),
                    }
                }
            }
            summary.fingerprint = summary.fingerprint.wrapping_add(hasher.finish());
        }
        summary
    }
}

impl Devices for &[Mutex<Device>] {
    fn with(&mut self, device: usize, happen: impl FnOnce(&mut Device)) {
        happen(&mut self[device].lock().unwrap_or_else(PoisonError::into_inner));
    }
}
