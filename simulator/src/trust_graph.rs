//! Who trusts whose keys: the graph of XEP-0450 §3.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use atm_engine::{KeyId, Level, Origin};

use crate::cast::{Cast, DeviceId};
use crate::endpoint::{Endpoint, Failure};
use crate::world::{Control, World};

/// How a device regards a key of another endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Regard {
    /// How far it trusts the key.
    pub level: Level,
    /// Who is behind that, if the endpoint tells.
    pub origin: Option<Origin>,
    /// Whether the two belong to one identity or to linked ones, so that the key is to be authenticated.
    pub wanted: bool,
}

/// Two devices contradict each other about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// The one that authenticated the key.
    pub trusting: DeviceId,
    /// The one that distrusts it.
    pub distrusting: DeviceId,
    /// The key.
    pub key: KeyId,
}

/// How every device that is there regards the key of every other endpoint that its account knows. Devices that an
/// adversary injected are left out.
#[derive(Clone, Debug)]
pub struct TrustGraph {
    /// From which device to which key, in order.
    edges: Vec<(DeviceId, KeyId, Regard)>,
}

/// A world at one view. Its trust graph is made when somebody asks for it first, and shared by all who look at
/// that view.
#[derive(Debug)]
pub struct WorldView<'a, E> {
    world: &'a World<E>,
    graph: OnceCell<TrustGraph>,
}

impl<'a, E: Endpoint> WorldView<'a, E> {
    /// A world as it is now, and stays while somebody looks.
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
    /// Pairs of a device and a key that is authenticated there.
    #[must_use]
    pub fn authenticated(&self) -> usize {
        self.manual + self.automatic
    }
}

impl TrustGraph {
    /// The graph of a world as it is now.
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
            // The devices of an account mostly follow each other.
            if around.replace(member.account) != Some(member.account) {
                let others = world.present_around(member.account).filter(honest);
                keys.clear();
                keys.extend(others.map(|other| cast.member(other).key));
                keys.sort_unstable();
                keys.dedup();
            }
            let mut last = None;
            for &key in keys.iter().filter(|key| **key != member.key) {
                // The keys of an owner mostly follow each other.
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

    /// Every device with every key of another endpoint, and how it regards it; in order.
    pub fn regards(&self) -> impl Iterator<Item = (DeviceId, KeyId, &Regard)> {
        self.edges.iter().map(|(device, key, regard)| (*device, *key, regard))
    }

    /// The pairs of a device and a key that lack in the complete graph, in order.
    #[must_use]
    pub fn missing(&self) -> Vec<(DeviceId, KeyId)> {
        let lacks = |regard: &Regard| regard.wanted && regard.level != Level::Authenticated;
        self.regards().filter(|(_, _, regard)| lacks(regard)).map(|(device, key, _)| (device, key)).collect()
    }

    /// Where devices that authenticated each other contradict each other about another key: devices of one account, or one
    /// of the key's account, which authenticated all others of it, and one of another account.
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

    /// How many authentications there are and could be.
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
