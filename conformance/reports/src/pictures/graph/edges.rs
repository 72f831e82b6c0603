use std::collections::BTreeMap;

use atm_engine::{DecisionKind, Level, Origin};
use atm_simulator::cast::{Cast, DeviceId};

use super::picture::Vertex;
use super::regards::Regards;

/// That a device trusts or distrusts a key, or has been told to; both ways round if `mutual`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    /// A position among the vertices.
    pub(super) from: usize,
    /// A position among the vertices.
    pub(super) to: usize,
    pub(super) kind: EdgeKind,
    pub(super) mutual: bool,
    /// Whose word it is that waits.
    pub(super) label: Option<String>,
}

/// What an edge stands for.
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
    /// The word of a sender to trust the key waits until that sender is authenticated.
    PostponedTrust,
    /// The word of a sender to distrust the key waits until that sender is authenticated.
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

    /// What a decision that waits is.
    pub(super) fn postponed(kind: DecisionKind) -> Self {
        match kind {
            DecisionKind::Trust => Self::PostponedTrust,
            DecisionKind::Distrust => Self::PostponedDistrust,
        }
    }

    /// What a level with its origin is; `None` if nobody decided.
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

    /// Whether a person decided it on the device itself.
    pub(super) fn is_by_person(self) -> bool {
        matches!(self, Self::Manual | Self::ManualDistrust)
    }

    /// What several are called at a line.
    pub(super) fn short_name(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Automatic => "automatic",
            Self::ManualDistrust | Self::AutomaticDistrust => "distrusts",
            Self::PostponedTrust | Self::PostponedDistrust => "postponed",
        }
    }

    /// What it is called in a legend.
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

/// All edges between vertices, two opposite ones of the same kind as one, in order.
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
