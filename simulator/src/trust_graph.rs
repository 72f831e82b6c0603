//! The trust graph of XEP-0450 §3: which device trusts which key.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use atm_engine::{KeyId, Level, Origin};

use crate::cast::{Cast, DeviceId};
use crate::endpoint::{Endpoint, Failure};
use crate::world::{Control, World};

/// The trust of a device in a key of another endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Regard {
    /// The level of the key.
    pub level: Level,
    /// The origin of that level, if the endpoint explains itself.
    pub origin: Option<Origin>,
    /// Whether device and key belong to the same identity or to linked ones, so that the key has to be authenticated.
    pub wanted: bool,
}

/// Two devices that contradict each other about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// The device that authenticated the key.
    pub trusting: DeviceId,
    /// The device that distrusts the key.
    pub distrusting: DeviceId,
    /// The key.
    pub key: KeyId,
}

/// The trust of each present device in the keys of all other endpoints that its account knows. Devices that an
/// adversary injected are left out.
#[derive(Clone, Debug)]
pub struct TrustGraph {
    /// The edges from devices to keys, in order.
    edges: Vec<(DeviceId, KeyId, Regard)>,
}

/// A world at one moment. Its trust graph is computed at the first request and shared by all readers of the view.
#[derive(Debug)]
pub struct WorldView<'a, E> {
    world: &'a World<E>,
    graph: OnceCell<TrustGraph>,
}

impl<'a, E: Endpoint> WorldView<'a, E> {
    /// A view of the world in its current state.
    #[must_use]
    pub fn of(world: &'a World<E>) -> Self {
        Self { world, graph: OnceCell::new() }
    }

    /// The world.
    #[must_use]
    pub fn world(&self) -> &'a World<E> {
        self.world
    }

    /// The graph of the world.
    ///
    /// # Errors
    ///
    /// If an endpoint fails.
    pub fn trust_graph(&self) -> Result<&TrustGraph, Failure> {
        if let Some(graph) = self.graph.get() {
            return Ok(graph);
        }
        let graph = TrustGraph::of(self.world)?;
        Ok(self.graph.get_or_init(|| graph))
    }
}

/// Numbers of authentications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Pairs of a device and a key that a person authenticated there.
    pub manual: usize,
    /// Pairs of a device and a key that a trust message authenticated there.
    pub automatic: usize,
    /// Pairs of a device and a key of the same identity or a linked one.
    pub possible: usize,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.manual += other.manual;
        self.automatic += other.automatic;
        self.possible += other.possible;
    }
}

impl Tally {
    /// The number of pairs of a device and a key that is authenticated there.
    #[must_use]
    pub fn authenticated(&self) -> usize {
        self.manual + self.automatic
    }
}

impl TrustGraph {
    /// The graph of the world in its current state.
    ///
    /// # Errors
    ///
    /// If an endpoint fails.
    pub fn of<E: Endpoint>(world: &World<E>) -> Result<Self, Failure> {
        let honest = |device: &DeviceId| world.control(*device) != Control::Injected;
        let cast = world.cast();
        let mut edges = Vec::new();
        let (mut around, mut keys) = (None, Vec::new());
        for device in world.present().filter(honest) {
            let member = cast.member(device);
            // The devices of an account mostly follow one another.
            if around.replace(member.account) != Some(member.account) {
                let others = world.present_around(member.account).filter(honest);
                keys.clear();
                keys.extend(others.map(|other| cast.member(other).key));
                keys.sort_unstable();
                keys.dedup();
            }
            let mut last = None;
            for &key in keys.iter().filter(|key| **key != member.key) {
                // The keys of an owner mostly follow one another.
                let owner = cast.directory().owner(key);
                let known = last.filter(|(other, _)| *other == owner).map(|(_, wanted)| wanted);
                let wanted = known.unwrap_or_else(|| world.are_linked(member.account, owner));
                last = Some((owner, wanted));
                let level = world.level(device, key)?;
                let regard = Regard { level, origin: world.endpoint(device).origin(key), wanted };
                edges.push((device, key, regard));
            }
        }
        Ok(Self { edges })
    }

    /// All pairs of a device and a key of another endpoint, with the device's trust, in order.
    pub fn regards(&self) -> impl Iterator<Item = (DeviceId, KeyId, &Regard)> {
        self.edges.iter().map(|(device, key, regard)| (*device, *key, regard))
    }

    /// The pairs of a device and a key that the complete graph has and this graph lacks, in order.
    #[must_use]
    pub fn missing(&self) -> Vec<(DeviceId, KeyId)> {
        let lacks = |regard: &Regard| regard.wanted && regard.level != Level::Authenticated;
        self.regards().filter(|(_, _, regard)| lacks(regard)).map(|(device, key, _)| (device, key)).collect()
    }

    /// The disagreements between devices that authenticated each other. Both belong to the same account, or one belongs
    /// to the key's owner and the other to another account. In the second case, the owner's device and all other
    /// devices of the owner must have authenticated each other.
    #[must_use]
    pub fn disagreements(&self, cast: &Cast) -> Vec<Disagreement> {
        let levels: BTreeMap<(DeviceId, KeyId), Level> =
            self.regards().map(|(device, key, regard)| ((device, key), regard.level)).collect();
        let authenticates =
            |device, key| levels.get(&(device, key)).is_some_and(|level| *level == Level::Authenticated);
        let holding = |level: Level| levels.iter().filter(move |(_, held)| **held == level);
        let mut found = Vec::new();
        for (&(trusting, key), _) in holding(Level::Authenticated) {
            for (&(distrusting, _), _) in holding(Level::Distrusted).filter(|((_, other), _)| *other == key) {
                let (one, other) = (cast.member(trusting), cast.member(distrusting));
                let owner = cast.directory().owner(key);
                let knows = |device: DeviceId, other: DeviceId| authenticates(device, cast.member(other).key);
                let know_each_other = |one, other| knows(one, other) && knows(other, one);
                let hears_all = |device: DeviceId| {
                    let others = cast.devices_of(owner).iter();
                    let mut others =
                        others.filter(|other| **other != device && cast.member(**other).key != key);
                    cast.member(device).account == owner
                        && others.all(|other| know_each_other(device, *other))
                };
                let are_told = one.account == other.account || hears_all(trusting) || hears_all(distrusting);
                if know_each_other(trusting, distrusting) && are_told {
                    found.push(Disagreement { trusting, distrusting, key });
                }
            }
        }
        found
    }

    /// The numbers of actual and possible authentications.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for (_, _, regard) in self.regards() {
            tally.possible += usize::from(regard.wanted);
            match (regard.level, regard.origin) {
                (Level::Authenticated, Some(Origin::Manual)) => tally.manual += 1,
                (Level::Authenticated, _) => tally.automatic += 1,
                _ => {}
            }
        }
        tally
    }
}
