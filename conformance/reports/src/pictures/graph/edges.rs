use std::collections::BTreeMap;

use atm_engine::{DecisionKind, Level, Origin};
use atm_simulator::cast::{Cast, DeviceId};

use super::picture::Vertex;
use super::regards::Regards;

/// A decision of a device on a key, or a postponed one. It runs both ways if `mutual`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    /// The deciding device, as a position among the vertices.
    pub(super) from: usize,
    /// The key, as a position among the vertices.
    pub(super) to: usize,
    pub(super) kind: EdgeKind,
    pub(super) mutual: bool,
    /// The senders of a postponed decision.
    pub(super) label: Option<String>,
}

/// The kind of decision that an edge shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum EdgeKind {
    /// A person authenticated the key.
    Manual,
    /// A trust message authenticated the key.
    Automatic,
    /// A person distrusted the key.
    ManualDistrust,
    /// A trust message distrusted the key.
    AutomaticDistrust,
    /// The device postponed the decision of a sender to trust the key.
    PostponedTrust,
    /// The device postponed the decision of a sender to distrust the key.
    PostponedDistrust,
}

impl EdgeKind {
    pub(super) const ALL: [Self; 6] = [
        Self::Manual,
        Self::Automatic,
        Self::ManualDistrust,
        Self::AutomaticDistrust,
        Self::PostponedTrust,
        Self::PostponedDistrust,
    ];

    /// The kind of a postponed decision.
    pub(super) fn postponed(kind: DecisionKind) -> Self {
        match kind {
            DecisionKind::Trust => Self::PostponedTrust,
            DecisionKind::Distrust => Self::PostponedDistrust,
        }
    }

    /// The kind of a level with its origin; `None` if the level is no decision.
    pub(super) fn of(level: Level, origin: Option<Origin>) -> Option<Self> {
        match (level, origin) {
            (Level::Authenticated, Some(Origin::Manual)) => Some(Self::Manual),
            (Level::Authenticated, _) => Some(Self::Automatic),
            (Level::Distrusted, Some(Origin::Manual)) => Some(Self::ManualDistrust),
            (Level::Distrusted, _) => Some(Self::AutomaticDistrust),
            (
                Level::Undecided
                | Level::AutomaticallyTrusted
                | Level::AutomaticallyDistrusted
                | Level::ManuallyTrusted,
                _,
            ) => None,
        }
    }

    /// Whether a person made the decision on the device itself.
    pub(super) fn is_by_person(self) -> bool {
        matches!(self, Self::Manual | Self::ManualDistrust)
    }

    /// The label of a bundle.
    pub(super) fn short_name(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Automatic => "automatic",
            Self::ManualDistrust | Self::AutomaticDistrust => "distrusts",
            Self::PostponedTrust | Self::PostponedDistrust => "postponed",
        }
    }

    /// The name in the legend.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Manual => "manual authentication",
            Self::Automatic => "automatic authentication",
            Self::ManualDistrust => "distrust, manual",
            Self::AutomaticDistrust => "distrust, automatic",
            Self::PostponedTrust => "postponed: to trust",
            Self::PostponedDistrust => "postponed: to distrust",
        }
    }
}

/// All edges between the vertices, in order. Two opposite edges of the same kind become one.
pub(super) fn edges(cast: &Cast, vertices: &[Vertex], regards: &Regards) -> Vec<Edge> {
    let device_vertex = |device: DeviceId| {
        vertices.iter().position(|vertex| vertex.device.is_some_and(|(other, _)| other == device))
    };
    let key_vertex = |key| vertices.iter().position(|vertex| vertex.key == Some(key));
    let mut single: BTreeMap<(usize, usize, EdgeKind), Option<String>> = BTreeMap::new();
    for (device, key, level, origin) in regards.levels() {
        let Some(kind) = EdgeKind::of(level, origin) else { continue };
        if let (Some(from), Some(to)) = (device_vertex(device), key_vertex(key)) {
            single.insert((from, to, kind), None);
        }
    }
    for (device, sender, decision) in regards.postponed() {
        let (Some(from), Some(to)) = (device_vertex(device), key_vertex(decision.key)) else { continue };
        let said = format!("says {}", cast.key_name(sender));
        let label = single.entry((from, to, EdgeKind::postponed(decision.kind))).or_default();
        *label = Some(label.take().map_or(said.clone(), |before| format!("{before}, {said}")));
    }
    merge(&single)
}

fn merge(single: &BTreeMap<(usize, usize, EdgeKind), Option<String>>) -> Vec<Edge> {
    let is_mutual = |from, to, kind| {
        single.get(&(from, to, kind)) == Some(&None) && single.get(&(to, from, kind)) == Some(&None)
    };
    let edges = single.iter().filter_map(|(&(from, to, kind), label)| {
        let mutual = is_mutual(from, to, kind);
        (!mutual || from < to).then(|| Edge { from, to, kind, mutual, label: label.clone() })
    });
    edges.collect()
}
