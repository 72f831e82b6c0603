use std::collections::BTreeSet;

use atm_engine::{AccountId, KeyId};
use indexmap::IndexSet;
use petgraph::unionfind::UnionFind;
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::cast::DeviceId;
use crate::endpoint::Endpoint;
use crate::world::World;

/// The endpoints that people linked by authenticating their keys in both directions.
pub(super) struct Links {
    /// The keys of the present devices, with their owners.
    keys: IndexSet<(AccountId, KeyId), FxBuildHasher>,
    /// Pairs of positions in `keys` that authenticated each other.
    mutual: Vec<(usize, usize)>,
}

impl Links {
    /// The links in a world in which people trusted these keys on these devices.
    pub(super) fn of<E: Endpoint>(world: &World<E>, trusted: &BTreeSet<(DeviceId, KeyId)>) -> Self {
        let members = world.present().map(|device| world.cast().member(device));
        let keys: IndexSet<_, FxBuildHasher> = members.map(|member| (member.account, member.key)).collect();
        // A device that left may never have announced its decisions.
        let by_present = trusted.iter().filter(|(device, _)| world.is_present(*device));
        let by_key: BTreeSet<(KeyId, KeyId)> =
            by_present.map(|(device, key)| (world.cast().member(*device).key, *key)).collect();
        let position = |key: KeyId| keys.get_index_of(&(world.cast().directory().owner(key), key));
        let both_ways = by_key.iter().filter(|(one, other)| one < other && by_key.contains(&(*other, *one)));
        let mutual = both_ways.filter_map(|(one, other)| position(*one).zip(position(*other))).collect();
        Self { keys, mutual }
    }

    /// Whether the endpoints of each account are connected inside the account, and a link exists between any two
    /// accounts that are to be linked.
    pub(super) fn connect(&self, mut linked: impl Iterator<Item = (AccountId, AccountId)>) -> bool {
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
        let first = self.first_of_accounts();
        let mut owners = self.keys.iter().map(|(owner, _)| first[owner]).enumerate();
        owners.all(|(key, first)| inside.equiv(key, first))
            && linked.all(|(one, other)| {
                let are_there = first.contains_key(&one) && first.contains_key(&other);
                !are_there || one == other || between.contains(&(one.min(other), one.max(other)))
            })
    }

    /// The position of the first key of each account.
    fn first_of_accounts(&self) -> FxHashMap<AccountId, usize> {
        let mut first = FxHashMap::default();
        for (position, (owner, _)) in self.keys.iter().enumerate() {
            first.entry(*owner).or_insert(position);
        }
        first
    }

    /// Whether people made exactly `count` authentications, all of them mutual, and these form no cycle, neither of
    /// endpoints nor of accounts. Through a further authentication in one direction, a device may learn of an endpoint
    /// at a time at which it does not announce the endpoint.
    pub(super) fn are_a_forest(&self, count: usize) -> bool {
        let mut endpoints = UnionFind::<usize>::new(self.keys.len());
        let mut accounts = UnionFind::<usize>::new(self.keys.len());
        let first = self.first_of_accounts();
        self.mutual.len() * 2 == count
            && self.mutual.iter().all(|&(one, other)| {
                let (owner, other_owner) = (self.keys[one].0, self.keys[other].0);
                let joins_accounts =
                    owner == other_owner || accounts.union(first[&owner], first[&other_owner]);
                endpoints.union(one, other) && joins_accounts
            })
    }
}
