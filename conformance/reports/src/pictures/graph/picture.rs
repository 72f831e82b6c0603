use std::collections::BTreeMap;

use atm_engine::{AccountId, KeyId, KeySharing};
use atm_simulator::cast::{Cast, DeviceId};
use atm_simulator::run::Run;
use atm_simulator::scenario::Scenario;
use atm_simulator::trace::Event;

use super::edges::{Edge, EdgeKind, edges};
use super::regards::Regards;
use crate::pictures::mismatches::Mismatch;
use crate::pictures::position::{self, DevicePresence};

/// The content of a trust graph, independent of its form.
pub(crate) struct TrustPicture<'a> {
    pub(super) title: &'a str,
    /// The step after which the graph is drawn, in words.
    pub(super) moment: String,
    pub(super) cast: &'a Cast,
    pub(super) groups: Vec<Group>,
    pub(super) vertices: Vec<Vertex>,
    pub(super) edges: Vec<Edge>,
    pub(super) regards: Regards,
    /// The mismatches up to this step.
    pub(super) mismatches: Vec<Mismatch>,
}

/// The vertices of one account.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) name: String,
    /// Positions in [`TrustPicture::vertices`].
    pub(super) members: std::ops::Range<usize>,
}

/// A device, a key, or a device with its key.
#[derive(Clone, Debug)]
pub(super) struct Vertex {
    pub(super) account: AccountId,
    /// The name of the device within its account, or of the key.
    pub(super) name: String,
    pub(super) device: Option<(DeviceId, DevicePresence)>,
    /// The key that others trust; `None` for a device that shares its key.
    pub(super) key: Option<KeyId>,
}

impl<'a> TrustPicture<'a> {
    /// The graph after step `number`, as reports count; 0 is before the first step.
    pub(crate) fn after(number: usize, scenario: &'a Scenario, run: &'a Run) -> Self {
        let records = position::until_after(scenario, run.trace.records(), number);
        let cast = &run.cast;
        let regards = Regards::after(records, scenario, cast);
        let mut presences: BTreeMap<DeviceId, DevicePresence> =
            cast.devices().map(|(device, _)| (device, DevicePresence::at_start(cast, device))).collect();
        let mut last_step = None;
        for record in records {
            if let Event::Step { step } = record.event {
                last_step = Some(step);
                presences.extend(position::new_presence(cast, &scenario.steps[step]));
            }
        }
        let moment = match last_step {
            _ if number >= position::step_count(scenario) => "at the end".to_owned(),
            None => "before the first step".to_owned(),
            Some(step) => {
                format!("after step {number}: {}", crate::runs::describe_step(&scenario.steps[step]))
            }
        };
        let (groups, vertices) = vertices(cast, &presences, &regards);
        let edges = edges(cast, &vertices, &regards);
        let mut mismatches = Mismatch::all(scenario, run);
        mismatches.retain(|mismatch| mismatch.after <= records.len());
        Self { title: &scenario.title, moment, cast, groups, vertices, edges, regards, mismatches }
    }

    /// The mismatches of a device, in words.
    pub(super) fn wrong_at(&self, device: DeviceId) -> Vec<String> {
        let at_device = self.mismatches.iter().filter(|mismatch| mismatch.device == Some(device));
        at_device.map(Mismatch::text).collect()
    }

    /// The mismatches between a device and a key, in words.
    pub(super) fn wrong_regard(&self, device: DeviceId, key: KeyId) -> Option<String> {
        let is_it = |wrong: &&Mismatch| wrong.device == Some(device) && wrong.keys.contains(&key);
        let texts: Vec<String> = self.mismatches.iter().filter(is_it).map(Mismatch::text).collect();
        (!texts.is_empty()).then(|| texts.join("; "))
    }

    /// The pairs of vertices between which a message is missing.
    pub(super) fn missing_messages(&self) -> Vec<(usize, usize)> {
        let mut ends: Vec<(usize, usize)> = Vec::new();
        for (from, to) in self.mismatches.iter().filter_map(|mismatch| mismatch.missing_message) {
            if let (Some(from), Some(to)) = (self.vertex_of(from), self.vertex_of(to))
                && !ends.contains(&(from, to))
            {
                ends.push((from, to));
            }
        }
        ends
    }

    /// The vertex of a device.
    fn vertex_of(&self, device: DeviceId) -> Option<usize> {
        self.vertices.iter().position(|vertex| vertex.device.is_some_and(|(other, _)| other == device))
    }

    /// The number of decisions by kind, in words.
    pub(super) fn counts(&self) -> String {
        let count = |kind| {
            let edges = self.edges.iter().filter(|edge| edge.kind == kind);
            edges.map(|edge| if edge.mutual { 2 } else { 1 }).sum::<usize>()
        };
        let (manual, automatic) = (count(EdgeKind::Manual), count(EdgeKind::Automatic));
        let distrusts = count(EdgeKind::ManualDistrust) + count(EdgeKind::AutomaticDistrust);
        let mut counts = vec![format!("{manual} manual and {automatic} automatic authentications")];
        for (count, one, several) in [
            (distrusts, "distrust", "distrusts"),
            (self.regards.postponed().count(), "postponed decision", "postponed decisions"),
        ] {
            if count > 0 {
                counts.push(format!("{count} {}", if count == 1 { one } else { several }));
            }
        }
        counts.join(", ")
    }

    /// The position of the group that a vertex belongs to.
    pub(super) fn group_of(&self, vertex: usize) -> usize {
        self.groups.iter().position(|group| group.members.contains(&vertex)).unwrap_or(0)
    }

    /// The devices that belong to their account, with the positions of their vertices. Only these have rows in the
    /// table.
    pub(super) fn trusting(&self) -> impl Iterator<Item = (usize, DeviceId)> {
        let vertices = self.vertices.iter().enumerate();
        vertices.filter_map(|(position, vertex)| match vertex.device? {
            (device, DevicePresence::There | DevicePresence::Compromised) => Some((position, device)),
            (_, DevicePresence::Absent | DevicePresence::Injected | DevicePresence::Gone) => None,
        })
    }

    /// The keys, with the positions of their vertices.
    pub(super) fn trusted(&self) -> impl Iterator<Item = (usize, KeyId)> {
        let vertices = self.vertices.iter().enumerate();
        vertices.filter_map(|(position, vertex)| Some((position, vertex.key?)))
    }
}

/// The devices that joined and the other keys that occur, by account.
fn vertices(
    cast: &Cast,
    presences: &BTreeMap<DeviceId, DevicePresence>,
    regards: &Regards,
) -> (Vec<Group>, Vec<Vertex>) {
    let mut vertices: Vec<Vertex> = Vec::new();
    for (device, member) in cast.devices() {
        let presence = presences[&device];
        if presence != DevicePresence::Absent {
            vertices.push(Vertex {
                account: member.account,
                name: member.name.device.to_string(),
                device: Some((device, presence)),
                key: (member.sharing == KeySharing::OnePerEndpoint).then_some(member.key),
            });
        }
    }
    let shared = cast.devices().filter(|(_, member)| member.sharing == KeySharing::OneForAll);
    let kept = regards.postponed().flat_map(|(_, sender, decision)| [sender, decision.key]);
    let keys =
        shared.map(|(_, member)| member.key).chain(regards.levels().map(|(_, key, ..)| key)).chain(kept);
    for key in keys {
        if !vertices.iter().any(|vertex| vertex.key == Some(key)) {
            let name = format!("key {}", cast.key_name(key));
            vertices.push(Vertex {
                account: cast.directory().owner(key),
                name,
                device: None,
                key: Some(key),
            });
        }
    }
    group(cast, &vertices)
}

/// Sorts vertices by account, in the order of the first vertex of each account.
fn group(cast: &Cast, vertices: &[Vertex]) -> (Vec<Group>, Vec<Vertex>) {
    let mut accounts: Vec<AccountId> = Vec::new();
    for vertex in vertices {
        if !accounts.contains(&vertex.account) {
            accounts.push(vertex.account);
        }
    }
    let (mut groups, mut sorted) = (Vec::new(), Vec::new());
    for account in accounts {
        let start = sorted.len();
        sorted.extend(vertices.iter().filter(|vertex| vertex.account == account).cloned());
        groups.push(Group { name: cast.account_name(account), members: start..sorted.len() });
    }
    (groups, sorted)
}
