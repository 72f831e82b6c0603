//! Who trusts whose keys: the graph of XEP-0450 §3.

use std::collections::BTreeSet;

use atm_engine::{KeyId, Level, Origin};
use petgraph::graphmap::DiGraphMap;

use crate::cast::DeviceId;
use crate::endpoint::{Endpoint, Failure};
use crate::world::{Control, World};

/// A node of a [`TrustGraph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// A device, which trusts keys.
    Device(DeviceId),
    /// A key, which is trusted.
    Key(KeyId),
}

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

/// How every device that is there regards the key of every other endpoint. Devices that an adversary
/// injected are left out.
#[derive(Clone, Debug)]
pub struct TrustGraph {
    graph: DiGraphMap<Node, Regard>,
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
        let mut graph = DiGraphMap::new();
        let honest = |device: &DeviceId| world.control(*device) != Control::Injected;
        let present: Vec<DeviceId> = world.present().filter(honest).collect();
        let keys: BTreeSet<KeyId> = present.iter().map(|device| world.cast().member(*device).key).collect();
        for &device in &present {
            let member = world.cast().member(device);
            for &key in keys.iter().filter(|key| **key != member.key) {
                let wanted = world.are_linked(member.account, world.cast().directory().owner(key));
                let level = world.level(device, key)?;
                let regard = Regard { level, origin: world.endpoint(device).origin(key), wanted };
                graph.add_edge(Node::Device(device), Node::Key(key), regard);
            }
        }
        Ok(Self { graph })
    }

    /// Every device with every key of another endpoint, and how it regards it; in order.
    pub fn regards(&self) -> impl Iterator<Item = (DeviceId, KeyId, &Regard)> {
        self.graph.all_edges().filter_map(|(from, to, regard)| match (from, to) {
            (Node::Device(device), Node::Key(key)) => Some((device, key, regard)),
            _ => None,
        })
    }

    /// The pairs of a device and a key that lack in the complete graph, in order.
    #[must_use]
    pub fn missing(&self) -> Vec<(DeviceId, KeyId)> {
        let lacks = |regard: &Regard| regard.wanted && regard.level != Level::Authenticated;
        self.regards().filter(|(_, _, regard)| lacks(regard)).map(|(device, key, _)| (device, key)).collect()
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
