use std::collections::BTreeSet;

use atm_engine::{AccountId, KeyId};
use indexmap::IndexSet;
use petgraph::unionfind::UnionFind;
use rustc_hash::FxBuildHasher;

use crate::cast::DeviceId;
use crate::endpoint::Endpoint;
use crate::world::World;

/// Which endpoints people linked by authenticating their keys in both directions.
pub(super) struct Links {
    /// The keys of those who are there, with their owners.
    keys: IndexSet<(AccountId, KeyId), FxBuildHasher>,
    /// Positions in `keys` of those that authenticated each other.
    mutual: Vec<(usize, usize)>,
}

impl Links {
    /// The links in a world in which people on these devices trusted these keys.
    pub(super) fn of<E: Endpoint>(world: &World<E>, trusted: &BTreeSet<(DeviceId, KeyId)>) -> Self {
        let members = world.present().map(|device| world.cast().member(device));
        let keys: IndexSet<_, FxBuildHasher> = members.map(|member| (member.account, member.key)).collect();
        // One that left may have taken what it never said with it.
        let present: BTreeSet<DeviceId> = world.present().collect();
        let by_present = trusted.iter().filter(|(device, _)| present.contains(device));
        let by_key: BTreeSet<(KeyId, KeyId)> =
            by_present.map(|(device, key)| (world.cast().member(*device).key, *key)).collect();
        let mut mutual = Vec::new();
        for (one, (_, key)) in keys.iter().enumerate() {
            for (other, (_, other_key)) in keys.iter().enumerate().skip(one + 1) {
                if by_key.contains(&(*key, *other_key)) && by_key.contains(&(*other_key, *key)) {
                    mutual.push((one, other));
                }
            }
        }
        Self { keys, mutual }
    }

    /// Whether all endpoints of each account are connected inside of it, and there is a link between any two
    /// accounts that are to be linked.
    pub(super) fn connect(&self, are_linked: impl Fn(AccountId, AccountId) -> bool) -> bool {
        let mut inside = UnionFind::<usize>::new(self.keys.len());
        let mut between = BTreeSet::new();
        for &(one, other) in &self.mutual {
            let (owner, other_owner) = (self.keys[one].0, self.keys[other].0);
            if owner == other_owner {
                inside.union(one, other);
            } else {
                between.insert((owner.min(other_owner), owner.max(other_owner)));
            }
        }
        let pairs =
            || (0..self.keys.len()).flat_map(|one| (one + 1..self.keys.len()).map(move |other| (one, other)));
        pairs().all(|(one, other)| {
            let (owner, other_owner) = (self.keys[one].0, self.keys[other].0);
            if owner == other_owner {
                inside.equiv(one, other)
            } else {
                !are_linked(owner, other_owner)
                    || between.contains(&(owner.min(other_owner), owner.max(other_owner)))
            }
        })
    }

    /// Whether people made no more than these authentications, `count` of them, and they make no circle: not
    /// of endpoints and not of accounts. One more, in one direction only, can make somebody learn of an
    /// endpoint at a moment at which it is not announced.
    pub(super) fn are_a_forest(&self, count: usize) -> bool {
        let mut endpoints = UnionFind::<usize>::new(self.keys.len());
        let mut accounts = UnionFind::<usize>::new(self.keys.len());
        let first_of = |owner: AccountId| self.keys.iter().position(|(other, _)| *other == owner);
        self.mutual.len() * 2 == count
            && self.mutual.iter().all(|&(one, other)| {
                let (owner, other_owner) = (self.keys[one].0, self.keys[other].0);
                let joins_accounts = owner == other_owner
                    || first_of(owner).zip(first_of(other_owner)).is_some_and(|(a, b)| accounts.union(a, b));
                endpoints.union(one, other) && joins_accounts
            })
    }
}
