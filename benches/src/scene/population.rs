use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rustc_hash::FxHashSet;

/// An account has at least so many contacts, as far as chance finds different ones.
const FEWEST_CONTACTS: f64 = 2.0;

/// Accounts, their devices and contacts, and in which order people authenticate: all drawn from a seed.
///
/// An account has one to four devices. How many contacts it has follows a power law: most have few, some have very
/// many. People authenticate as little as they can: inside an account the edges of a random tree, between two
/// contacts one pair of devices, each edge both ways, and all of that in random order.
#[derive(Clone, Debug)]
pub struct Population {
    sizes: Vec<u8>,
    /// Where the devices of each account begin.
    starts: Vec<u32>,
    /// Where the contacts of each account begin in `contacts`, and at the end how many there are.
    contacts_start: Vec<u32>,
    contacts: Vec<u32>,
    actions: Vec<CodeScan>,
}

/// A person scans the code of one device with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeScan {
    /// The account of the person.
    pub account: u32,
    /// The device that scans.
    pub by: u32,
    /// The account whose code it is.
    pub owner: u32,
    /// The device whose code is scanned.
    pub of: u32,
}

impl Population {
    /// So many accounts.
    ///
    /// # Panics
    ///
    /// If there are 2^30 accounts or more.
    #[must_use]
    pub fn new(accounts: usize, seed: u64) -> Self {
        assert!(accounts < 1 << 30, "device numbers have 32 bits");
        let mut draw = Draw(ChaCha8Rng::seed_from_u64(seed));
        let sizes: Vec<u8> = (0..accounts).map(|_| 1 + draw.below(4) as u8).collect();
        let starts = running_sum(sizes.iter().map(|size| u32::from(*size)));
        let pairs = pairs(&mut draw, accounts);
        let (contacts_start, contacts) = adjacency(accounts, &pairs);
        let mut population = Self { sizes, starts, contacts_start, contacts, actions: Vec::new() };
        population.actions = population.draw_actions(&mut draw, &pairs);
        population
    }

    /// How many accounts there are.
    #[must_use]
    pub fn accounts(&self) -> usize {
        self.sizes.len()
    }

    /// How many devices there are.
    #[must_use]
    pub fn devices(&self) -> usize {
        self.starts[self.sizes.len()] as usize
    }

    /// How many devices each account has.
    pub fn sizes(&self) -> impl Iterator<Item = usize> {
        self.sizes.iter().map(|size| usize::from(*size))
    }

    /// The devices of an account.
    #[must_use]
    pub fn devices_of(&self, account: usize) -> std::ops::Range<usize> {
        self.starts[account] as usize..self.starts[account + 1] as usize
    }

    /// The contacts of an account.
    pub fn contacts_of(&self, account: usize) -> impl Iterator<Item = usize> {
        let positions = self.contacts_start[account] as usize..self.contacts_start[account + 1] as usize;
        self.contacts[positions].iter().map(|contact| *contact as usize)
    }

    /// The devices whose keys a device is to authenticate: the others of its account, and its contacts' ones.
    pub fn to_authenticate(&self, account: usize, device: usize) -> impl Iterator<Item = usize> {
        let own = self.devices_of(account).filter(move |other| *other != device);
        own.chain(self.contacts_of(account).flat_map(|contact| self.devices_of(contact)))
    }

    /// How many pairs of a device and a key there are of which the device is to authenticate the key.
    #[must_use]
    pub fn possible(&self) -> u64 {
        let of_account = |account: usize| {
            let own = self.devices_of(account).len() as u64;
            let of_contacts: usize =
                self.contacts_of(account).map(|contact| self.devices_of(contact).len()).sum();
            own * (own - 1 + of_contacts as u64)
        };
        (0..self.accounts()).map(of_account).sum()
    }

    /// What people do, in order.
    #[must_use]
    pub fn actions(&self) -> &[CodeScan] {
        &self.actions
    }

    fn draw_actions(&self, draw: &mut Draw, pairs: &[(u32, u32)]) -> Vec<CodeScan> {
        let mut actions = Vec::new();
        let mut both_ways = |one: (u32, u32), other: (u32, u32)| {
            for ((account, by), (owner, of)) in [(one, other), (other, one)] {
                actions.push(CodeScan { account, by, owner, of });
            }
        };
        for account in 0..self.accounts() {
            let devices = self.devices_of(account);
            for device in devices.clone().skip(1) {
                // A device is linked to any one that was there before it.
                let before = devices.start + draw.below(device - devices.start);
                both_ways((account as u32, before as u32), (account as u32, device as u32));
            }
        }
        for &(one, other) in pairs {
            let mut end = |account: u32| {
                let devices = self.devices_of(account as usize);
                (account, (devices.start + draw.below(devices.len())) as u32)
            };
            both_ways(end(one), end(other));
        }
        draw.shuffle(&mut actions);
        actions
    }
}

/// Pairs of contacts: each account gets as many loose ends as the power law gives it contacts, and loose ends are
/// joined at random. Those that would join an account to itself, or twice to another, are dropped.
fn pairs(draw: &mut Draw, accounts: usize) -> Vec<(u32, u32)> {
    let mut ends = Vec::new();
    for account in 0..accounts {
        let wanted = FEWEST_CONTACTS / five_eighths_power(draw.fraction());
        let most = accounts.saturating_sub(1) as f64;
        ends.extend(std::iter::repeat_n(account as u32, wanted.min(most) as usize));
    }
    draw.shuffle(&mut ends);
    let mut seen: FxHashSet<(u32, u32)> = FxHashSet::default();
    ends.chunks_exact(2)
        .map(|ends| (ends[0].min(ends[1]), ends[0].max(ends[1])))
        .filter(|pair| pair.0 != pair.1 && seen.insert(*pair))
        .collect()
}

/// With this, a number k of contacts comes as often as k to the power of -2.6. Square roots are the same on any
/// machine; other powers need not be.
fn five_eighths_power(fraction: f64) -> f64 {
    let half = fraction.sqrt();
    half * half.sqrt().sqrt()
}

/// The contacts of all accounts in one list, and where each account's begin.
fn adjacency(accounts: usize, pairs: &[(u32, u32)]) -> (Vec<u32>, Vec<u32>) {
    let mut degrees = vec![0; accounts];
    for (one, other) in pairs {
        degrees[*one as usize] += 1;
        degrees[*other as usize] += 1;
    }
    let starts = running_sum(degrees.into_iter());
    let mut next = starts.clone();
    let mut contacts = vec![0; pairs.len() * 2];
    for &(one, other) in pairs {
        for (account, contact) in [(one, other), (other, one)] {
            contacts[next[account as usize] as usize] = contact;
            next[account as usize] += 1;
        }
    }
    (starts, contacts)
}

/// Where each of several parts begins, and at the end how long all are.
fn running_sum(lengths: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut starts = vec![0];
    let mut end = 0;
    for length in lengths {
        end += length;
        starts.push(end);
    }
    starts
}

struct Draw(ChaCha8Rng);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        // The bias is far below what any count could show.
        (self.0.next_u64() % bound as u64) as usize
    }

    /// More than 0, at most 1.
    fn fraction(&mut self) -> f64 {
        ((self.0.next_u64() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.below(last + 1));
        }
    }
}
