//! What holds when the world is quiet.
//!
//! Each promise is made under conditions; where they do not hold, nothing is checked.

use std::collections::{BTreeMap, BTreeSet};

use atm_engine::{
    AccountId, AnnouncementRule, Cause, Change, KeyId, KeySharing, Level, ManualDecision, Origin, Reason,
    Verdict,
};

use super::{Invariant, Ledger, Violation};
use crate::cast::DeviceId;
use crate::endpoint::{Endpoint, Failure};
use crate::script::Action;
use crate::trace::{Event, Record};
use crate::trust_graph::TrustGraph;
use crate::world::{Control, World};

/// The promises that a quiet world does not keep, given all that happened in it.
///
/// # Errors
///
/// If an endpoint fails.
pub fn at_quiescence<E: Endpoint>(
    world: &World<E>,
    announcement: AnnouncementRule,
    records: &[Record],
    ledger: &Ledger,
) -> Result<Vec<Violation>, Failure> {
    let history = History::of(world, records);
    let quiet = Quiet { world, ledger, history };
    let mut violations = quiet.nothing_lost();
    if quiet.is_calm() {
        violations.extend(quiet.completeness(announcement)?);
        violations.extend(quiet.revocation()?);
    }
    Ok(violations)
}

/// What the conditions of the promises ask about the past.
struct History {
    /// Who authenticated which key by hand, and did not take it back.
    trusted: BTreeSet<(DeviceId, KeyId)>,
    /// The distrusts of people: when, where, of which key, and whom the device had authenticated then.
    distrusts: Vec<Distrust>,
    /// When people trusted keys.
    trusts: Vec<(usize, KeyId)>,
    /// Decisions that are stored for later: on which device, of which sender, about which key.
    postponed: BTreeSet<(DeviceId, KeyId, KeyId)>,
    /// Whether something was refused that a promise depends on.
    refused: bool,
    /// Whether a stanza was lost, or an adversary took part.
    disturbed: bool,
    /// Whether everything had arrived whenever a person decided.
    one_after_the_other: bool,
    /// Who knows which key.
    discovered: BTreeSet<(DeviceId, KeyId)>,
    /// Whether a device joined an account whose endpoints share one key: such a device is not linked by
    /// authentications.
    joined_one_key: bool,
    /// Whether a device joined its account after the start.
    joined: bool,
    /// Whether a device left its account.
    left: bool,
    /// Whether a clock was wrong.
    skewed: bool,
    /// Whose messages were sent.
    spoke: BTreeSet<KeyId>,
}

struct Distrust {
    record: usize,
    device: DeviceId,
    key: KeyId,
    /// The keys that the device had authenticated.
    authenticated: BTreeSet<KeyId>,
}

impl History {
    fn of<E: Endpoint>(world: &World<E>, records: &[Record]) -> Self {
        let mut history = Self {
            trusted: BTreeSet::new(),
            distrusts: Vec::new(),
            trusts: Vec::new(),
            postponed: BTreeSet::new(),
            refused: false,
            disturbed: false,
            one_after_the_other: world.was_quiet_for_people(),
            discovered: BTreeSet::new(),
            joined_one_key: false,
            joined: false,
            left: false,
            skewed: false,
            spoke: BTreeSet::new(),
        };
        let mut authenticated: BTreeMap<DeviceId, BTreeSet<KeyId>> = BTreeMap::new();
        for (position, record) in records.iter().enumerate() {
            match &record.event {
                Event::Step { step } => match world.action(*step) {
                    Some(action) if let Some((device, decision)) = action.decision() => {
                        history.decide(position, device, decision);
                    }
                    Some(Action::Join(device)) => {
                        history.joined = true;
                        let sharing = world.cast().member(*device).sharing;
                        history.joined_one_key |= sharing == KeySharing::OneForAll;
                    }
                    Some(Action::Leave(_)) => history.left = true,
                    Some(Action::SkewClock(..)) => history.skewed = true,
                    Some(
                        Action::Inject(_) | Action::Compromise(_) | Action::Deliver(..) | Action::Forge(..),
                    ) => {
                        history.disturbed = true;
                    }
                    _ => {}
                },
                Event::Changed { device, change } => {
                    history.change(position, *device, change, &mut authenticated);
                }
                Event::Refused { device, refusal } => {
                    history.refuse(*device, refusal);
                }
                Event::Discovered { device, key } => {
                    history.discovered.insert((*device, *key));
                }
                Event::Sent { device, .. } => {
                    history.spoke.insert(world.cast().member(*device).key);
                }
                Event::Blocked { .. } | Event::Lost { .. } => history.disturbed = true,
                _ => {}
            }
        }
        history
    }

    fn decide(&mut self, position: usize, device: DeviceId, decision: &ManualDecision) {
        for decision in decision.decisions() {
            let pair = (device, decision.key);
            match decision.verdict {
                Verdict::Trust => {
                    self.trusted.insert(pair);
                    self.trusts.push((position, decision.key));
                }
                Verdict::Distrust => {
                    self.trusted.remove(&pair);
                }
            }
        }
    }

    fn change(
        &mut self,
        position: usize,
        device: DeviceId,
        change: &Change,
        authenticated: &mut BTreeMap<DeviceId, BTreeSet<KeyId>>,
    ) {
        match *change {
            Change::Decided { decision, origin, cause, .. } => {
                let keys = authenticated.entry(device).or_default();
                match decision.verdict {
                    Verdict::Trust => keys.insert(decision.key),
                    Verdict::Distrust => keys.remove(&decision.key),
                };
                if (decision.verdict, origin) == (Verdict::Distrust, Origin::Manual) {
                    let authenticated = keys.clone();
                    self.distrusts.push(Distrust {
                        record: position,
                        device,
                        key: decision.key,
                        authenticated,
                    });
                }
                if let (Origin::Message { sender }, Cause::Released) = (origin, cause) {
                    self.postponed.remove(&(device, sender, decision.key));
                }
            }
            Change::Confirmed { decision, sender, cause: Cause::Released, .. } => {
                self.postponed.remove(&(device, sender, decision.key));
            }
            Change::Postponed { sender, decision } => {
                self.postponed.insert((device, sender, decision.key));
            }
            Change::Dropped { sender, .. } => {
                self.postponed.retain(|(other, left, _)| (*other, *left) != (device, sender));
            }
            Change::Confirmed { .. } | Change::TookEffect { .. } | Change::Level { .. } => {}
        }
    }

    fn refuse(&mut self, device: DeviceId, refusal: &atm_engine::Refusal) {
        if let (Some(sender), Some(decision), Cause::Released) =
            (refusal.sender, refusal.decision, refusal.cause)
        {
            self.postponed.remove(&(device, sender, decision.key));
        }
        self.refused |= match refusal.reason {
            Reason::Postponed | Reason::Stale | Reason::OwnKey | Reason::OwnReflection => false,
            Reason::StandingDistrust
            | Reason::ForgedCarbon
            | Reason::NotEncrypted
            | Reason::Malformed(_)
            | Reason::NotAtm
            | Reason::WrongEncryption
            | Reason::UnboundKey
            | Reason::AffixMismatch
            | Reason::MissingTime
            | Reason::Clock
            | Reason::DistrustedSender
            | Reason::NoAuthority
            | Reason::Quota
            | Reason::Policy
            | Reason::NotDiscovered => true,
        };
    }
}

/// A quiet world and its past.
struct Quiet<'a, E> {
    world: &'a World<E>,
    ledger: &'a Ledger,
    history: History,
}

impl<E: Endpoint> Quiet<'_, E> {
    /// Whether everything arrived that was sent, to devices that are all up and honest.
    fn is_calm(&self) -> bool {
        !self.history.disturbed && self.world.is_settled()
    }

    fn nothing_lost(&self) -> Vec<Violation> {
        let lost = self.history.postponed.iter().filter(|(device, sender, key)| {
            let stored = self.world.endpoint(*device).postponed(*sender);
            stored.is_some_and(|stored| !stored.iter().any(|decision| decision.key == *key))
        });
        lost.map(|(device, sender, key)| {
            let (sender, about) = (self.world.cast().key_name(*sender), self.world.cast().key_name(*key));
            self.violation(
                Invariant::NothingLost,
                *device,
                *key,
                format!("lost what {sender} left about {about}"),
            )
        })
        .collect()
    }

    fn completeness(&self, announcement: AnnouncementRule) -> Result<Vec<Violation>, Failure> {
        let promised = match announcement {
            AnnouncementRule::Direct => false,
            AnnouncementRule::Cascade => self.history.one_after_the_other && self.is_linked_like_a_tree(),
            AnnouncementRule::Relay => true,
        };
        let undisturbed = !self.history.refused && self.history.distrusts.is_empty();
        if !promised || !undisturbed || !self.is_mutually_linked() {
            return Ok(Vec::new());
        }
        let graph = TrustGraph::of(self.world)?;
        let missing = graph.missing();
        if missing.iter().any(|pair| !self.history.discovered.contains(pair)) {
            return Ok(Vec::new());
        }
        let incomplete = missing.into_iter().map(|(device, key)| {
            let what = format!("did not authenticate {}", self.world.cast().key_name(key));
            self.violation(Invariant::Completeness, device, key, what)
        });
        Ok(incomplete.collect())
    }

    /// Whether people linked all endpoints of each account, and linked accounts with each other, in both
    /// directions.
    fn is_mutually_linked(&self) -> bool {
        if self.history.joined_one_key {
            return false;
        }
        let members: Vec<(DeviceId, Endpointed)> = self.endpoints();
        let accounts: BTreeSet<AccountId> = members.iter().map(|(_, member)| member.account).collect();
        let edges = self.mutual_edges(&members);
        accounts.iter().all(|account| self.is_connected(*account, &members, &edges))
            && accounts.iter().all(|one| {
                accounts.iter().filter(|other| one < other && self.world.are_linked(*one, **other)).all(
                    |other| {
                        edges.iter().any(|(a, b)| {
                            let sides = (a.account, b.account);
                            sides == (*one, *other) || sides == (*other, *one)
                        })
                    },
                )
            })
    }

    /// Whether people made no more authentications than they need: each in both directions, the pairs of an
    /// account and those between accounts without circles. One more, in one direction only, can make
    /// somebody learn of an endpoint at a moment at which it is not announced.
    fn is_linked_like_a_tree(&self) -> bool {
        let members = self.endpoints();
        let edges = self.mutual_edges(&members);
        let mut accounts = UnionFind::default();
        let mut keys = UnionFind::default();
        let between: Vec<_> = edges.iter().filter(|(one, other)| one.account != other.account).collect();
        edges.len() * 2 == self.history.trusted.len()
            && edges.iter().all(|(one, other)| keys.join(one.key, other.key))
            && between.iter().all(|(one, other)| accounts.join(one.account, other.account))
    }

    fn endpoints(&self) -> Vec<(DeviceId, Endpointed)> {
        let present = self.world.present();
        present
            .map(|device| {
                let member = self.world.cast().member(device);
                (device, Endpointed { account: member.account, key: member.key })
            })
            .collect()
    }

    fn mutual_edges(&self, members: &[(DeviceId, Endpointed)]) -> Vec<(Endpointed, Endpointed)> {
        let trusts = |key: KeyId, other: KeyId| {
            members
                .iter()
                .any(|(device, member)| member.key == key && self.history.trusted.contains(&(*device, other)))
        };
        let mut edges = Vec::new();
        for (position, (_, one)) in members.iter().enumerate() {
            for (_, other) in &members[position + 1..] {
                if one.key != other.key && trusts(one.key, other.key) && trusts(other.key, one.key) {
                    edges.push((*one, *other));
                }
            }
        }
        edges
    }

    fn is_connected(
        &self,
        account: AccountId,
        members: &[(DeviceId, Endpointed)],
        edges: &[(Endpointed, Endpointed)],
    ) -> bool {
        let keys: BTreeSet<KeyId> = members
            .iter()
            .filter(|(_, member)| member.account == account)
            .map(|(_, member)| member.key)
            .collect();
        let mut reached: BTreeSet<KeyId> = keys.iter().take(1).copied().collect();
        loop {
            let before = reached.len();
            for (one, other) in
                edges.iter().filter(|(one, other)| one.account == account && other.account == account)
            {
                if reached.contains(&one.key) || reached.contains(&other.key) {
                    reached.extend([one.key, other.key]);
                }
            }
            if reached.len() == before {
                return reached.len() == keys.len();
            }
        }
    }

    fn revocation(&self) -> Result<Vec<Violation>, Failure> {
        let mut violations = Vec::new();
        if self.history.refused || self.history.skewed {
            return Ok(violations);
        }
        for distrust in &self.history.distrusts {
            let trusted_later = self
                .history
                .trusts
                .iter()
                .any(|(record, key)| *record > distrust.record && *key == distrust.key);
            if trusted_later {
                continue;
            }
            for device in self.reached_by(distrust) {
                let level = self.world.level(device, distrust.key)?;
                if level == Level::Authenticated {
                    let (by, key) = (
                        self.world.cast().device_name(distrust.device),
                        self.world.cast().key_name(distrust.key),
                    );
                    let what = format!("still authenticates {key}, which {by} distrusted");
                    violations.push(self.violation(Invariant::Revocation, device, distrust.key, what));
                }
            }
        }
        Ok(violations)
    }

    /// The devices that a distrust has to reach: those that the distrusting one had authenticated and that
    /// authenticate it, of its own account, or of any if the key is one of its own account.
    fn reached_by(&self, distrust: &Distrust) -> Vec<DeviceId> {
        let by = self.world.cast().member(distrust.device);
        let owner = self.world.cast().directory().owner(distrust.key);
        if by.sharing == KeySharing::OneForAll && owner == by.account {
            return Vec::new();
        }
        let present = self.world.present().filter(|device| {
            let member = self.world.cast().member(*device);
            let own = member.account == by.account;
            *device != distrust.device
                && member.key != distrust.key
                && (own || owner == by.account)
                && (distrust.authenticated.contains(&member.key) || member.key == by.key)
                && self.ledger.level(*device, by.key) == Level::Authenticated
        });
        present.collect()
    }

    fn violation(&self, invariant: Invariant, device: DeviceId, key: KeyId, what: String) -> Violation {
        let chain = self.ledger.chain(device, key);
        Violation { invariant, device, key, step: None, at: self.world.now(), what, chain }
    }
}

/// Which things are connected.
struct UnionFind<T>(BTreeMap<T, T>);

impl<T> Default for UnionFind<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: Copy + Ord> UnionFind<T> {
    /// Connects two things; `false` if they were connected already.
    fn join(&mut self, one: T, other: T) -> bool {
        let (one, other) = (self.root(one), self.root(other));
        self.0.insert(one, other);
        one != other
    }

    fn root(&self, mut thing: T) -> T {
        while let Some(next) = self.0.get(&thing).filter(|next| **next != thing) {
            thing = *next;
        }
        thing
    }
}

/// An endpoint with its key.
#[derive(Clone, Copy)]
struct Endpointed {
    account: AccountId,
    key: KeyId,
}

/// Compares a world in which faults happened with one in which they did not, and says where duplicates,
/// redelivery, crashes and reordering made a difference.
///
/// # Errors
///
/// If an endpoint fails.
pub fn confluence<E: Endpoint>(
    (world, records, ledger): (&World<E>, &[Record], &Ledger),
    (calm, calm_records): (&World<E>, &[Record]),
) -> Result<Vec<Violation>, Failure> {
    for (world, records) in [(world, records), (calm, calm_records)] {
        let history = History::of(world, records);
        let spoke_and_distrusted =
            history.distrusts.iter().any(|distrust| history.spoke.contains(&distrust.key));
        let comparable = world.is_settled()
            && !history.disturbed
            && !history.refused
            && !history.left
            && !history.joined
            && history.one_after_the_other
            && !spoke_and_distrusted;
        if !comparable {
            return Ok(Vec::new());
        }
    }
    let mut violations = Vec::new();
    for device in world.present().filter(|device| world.control(*device) == Control::Honest) {
        for key in world.cast().keys() {
            let (level, calm) = (world.level(device, key)?, calm.level(device, key)?);
            if level != calm {
                let key_name = world.cast().key_name(key);
                let what =
                    format!("holds {key_name} for {}, without faults for {}", level.name(), calm.name());
                let chain = ledger.chain(device, key);
                let invariant = Invariant::Confluence;
                violations.push(Violation {
                    invariant,
                    device,
                    key,
                    step: None,
                    at: world.now(),
                    what,
                    chain,
                });
            }
        }
    }
    Ok(violations)
}
