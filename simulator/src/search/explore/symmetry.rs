//! Symmetry: devices that can be exchanged without a difference.
//!
//! A permutation of all devices keeps the devices of an account together and maps the steps to themselves: in free
//! order as a set, otherwise each step. The successors of a permuted state are the permuted successors of the state.

use std::collections::BTreeSet;

use atm_engine::canonical::Renaming;
use atm_engine::{DecisionKind, KeySharing};
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::Orders;
use crate::cast::{Cast, Joins};
use crate::script::{Action, Script};

/// A permutation of the devices, with the corresponding permutation of the steps.
#[derive(Clone, Debug)]
pub(super) struct Permutation {
    /// A number that is unique among the permutations of the devices.
    pub(super) number: u32,
    devices: Vec<usize>,
    steps: Vec<usize>,
    pub(super) renaming: Renaming,
}

impl Permutation {
    /// The position of a device after the permutation.
    pub(super) fn device(&self, device: usize) -> usize {
        self.devices[device]
    }

    /// The completed steps after the permutation.
    pub(super) fn steps(&self, done: u64) -> u64 {
        let steps = self.steps.iter().enumerate().filter(|(step, _)| done & 1 << step != 0);
        steps.fold(0, |renamed, (_, step)| renamed | 1 << step)
    }
}

/// The greatest number of devices for a search for permutations, which tries all of them.
const MOST: usize = 8;

/// All permutations except the identity that map a script to itself.
pub(super) fn permutations(script: &Script, orders: Orders) -> Vec<Permutation> {
    let cast = &script.cast;
    let members: Vec<_> = cast.devices().map(|(_, member)| member).collect();
    let like_all = members.iter().all(|member| {
        member.joins == Joins::AtStart
            && member.sharing == KeySharing::OnePerEndpoint
            && member.carbons
            && !member.offline
    });
    let steps: Option<Vec<Option<Decided>>> =
        script.actions.iter().map(|action| decided(action, cast)).collect();
    let (Some(steps), true) = (steps, like_all && members.len() <= MOST && has_only_devices(cast)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    permute(members.len(), &mut Vec::new(), &mut |devices| {
        found.extend(permutation(cast, &steps, devices, orders));
    });
    found
}

/// Whether all keys, accounts and endpoints belong to devices.
fn has_only_devices(cast: &Cast) -> bool {
    let accounts: BTreeSet<_> = cast.devices().map(|(_, member)| member.account).collect();
    cast.keys().count() == cast.devices().len() && accounts.len() == cast.accounts().len()
}

/// The device of a decision, and the devices whose keys it is about with the verdicts, in order.
type Decided = (usize, Vec<(usize, DecisionKind)>);

/// The decision of a step. The outer `None` means that the step is not a decision; the inner `None`, that it does
/// nothing.
fn decided(action: &Action, cast: &Cast) -> Option<Option<Decided>> {
    if let Action::Expect(_) = action {
        return Some(None);
    }
    let (device, decision) = action.decision()?;
    let about = decision.decisions().iter().map(|decision| {
        let mut owners = cast.devices().filter(|(_, member)| member.key == decision.key);
        Some((owners.next()?.0.index(), decision.kind))
    });
    let mut about: Vec<_> = about.collect::<Option<_>>()?;
    about.sort_unstable_by_key(|(device, _)| *device);
    Some(Some((device.index(), about)))
}

fn permutation(
    cast: &Cast,
    steps: &[Option<Decided>],
    devices: &[usize],
    orders: Orders,
) -> Option<Permutation> {
    if devices.iter().enumerate().all(|(device, other)| device == *other) {
        return None;
    }
    let nth = |device: usize| cast.member(cast.nth_device(device));
    let mut accounts: IndexMap<_, _, FxBuildHasher> = IndexMap::default();
    for (device, other) in devices.iter().enumerate() {
        let (from, to) = (nth(device).account, nth(*other).account);
        if *accounts.entry(from).or_insert(to) != to {
            return None;
        }
    }
    let mut taken = vec![false; steps.len()];
    let mut renamed_steps = Vec::new();
    for (position, step) in steps.iter().enumerate() {
        let renamed = step.as_ref().map(|(device, about)| {
            let mut about: Vec<_> =
                about.iter().map(|(other, verdict)| (devices[*other], *verdict)).collect();
            about.sort_unstable_by_key(|(device, _)| *device);
            (devices[*device], about)
        });
        let to = match orders {
            Orders::Steps => (renamed == *step).then_some(position)?,
            Orders::Free => (0..steps.len()).find(|other| !taken[*other] && steps[*other] == renamed)?,
        };
        taken[to] = true;
        renamed_steps.push(to);
    }
    let mut renaming = Renaming::default();
    let mut keys: Vec<_> =
        devices.iter().enumerate().map(|(from, to)| (nth(from).key, nth(*to).key)).collect();
    keys.sort_unstable();
    renaming.keys = keys.into_iter().map(|(_, to)| to).collect();
    let mut endpoints: Vec<_> =
        devices.iter().enumerate().map(|(from, to)| (nth(from).endpoint, nth(*to).endpoint)).collect();
    endpoints.sort_unstable();
    renaming.endpoints = endpoints.into_iter().map(|(_, to)| to).collect();
    let mut accounts: Vec<_> = accounts.into_iter().collect();
    accounts.sort_unstable();
    renaming.accounts = accounts.into_iter().map(|(_, to)| to).collect();
    Some(Permutation { number: number(devices), devices: devices.to_vec(), steps: renamed_steps, renaming })
}

/// The number of a permutation, in which each device is a digit.
fn number(devices: &[usize]) -> u32 {
    devices.iter().fold(0, |number, device| number * MOST as u32 + *device as u32)
}

/// Calls `with` for each order of the numbers below `size`.
fn permute(size: usize, chosen: &mut Vec<usize>, with: &mut impl FnMut(&[usize])) {
    if chosen.len() == size {
        return with(chosen);
    }
    for next in 0..size {
        if !chosen.contains(&next) {
            chosen.push(next);
            permute(size, chosen, with);
            chosen.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_orders_are_there_once() {
        let mut orders = Vec::new();
        permute(4, &mut Vec::new(), &mut |order| orders.push(order.to_vec()));
        orders.sort();
        orders.dedup();
        assert_eq!(orders.len(), 24);
    }

    #[test]
    fn no_two_permutations_have_one_number() {
        let mut numbers = BTreeSet::new();
        permute(MOST, &mut Vec::new(), &mut |devices| {
            assert!(numbers.insert(number(devices)), "{devices:?}");
        });
        assert_eq!(numbers.len(), 40_320);
    }
}
