//! Random inputs for the device. Every step is valid at any time, so shrinking can remove any of them.

use std::fmt;
use std::time::Duration;

use atm_engine::{AnnouncementRule, ConflictRule, DecisionKind, Limits, Policy, Rules};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

use atm_naive_model::NaiveDecision;

/// The device is A1. Its account has three other keys, two contacts have some each, and a stranger has one.
pub(crate) const KEYS: [&str; 10] = ["A1", "A2", "A3", "A4", "B1", "B2", "B3", "C1", "C2", "D1"];

/// A smaller world, in which the same keys occur more often.
const FEW_KEYS: [&str; 5] = ["A1", "A2", "A3", "A4", "B1"];

/// The greatest permitted distance of a message's time from its sending, in milliseconds.
const MARGIN: i64 = 10;

/// A device with its inputs.
#[derive(Clone)]
pub(crate) struct Story {
    pub(crate) rules: Rules,
    pub(crate) one_key: bool,
    pub(crate) known: Vec<&'static str>,
    pub(crate) steps: Vec<StoryStep>,
}

/// An input some time after the previous one.
#[derive(Clone)]
pub(crate) struct StoryStep {
    pub(crate) later: i64,
    pub(crate) act: Act,
}

#[derive(Clone, Debug)]
pub(crate) enum Act {
    Decide(Vec<NaiveDecision>),
    TrustManually(&'static str),
    Discover(&'static str),
    Hear(Hearing),
    /// An earlier message arrives again, possibly with a delay stamp of the server.
    HearAgain {
        which: Index,
        delayed: bool,
    },
    Sent(Index),
    Resume,
    /// The device is stored and restored.
    Restart,
}

/// A message that arrives.
#[derive(Clone)]
pub(crate) struct Hearing {
    pub(crate) sender: &'static str,
    pub(crate) decisions: Vec<NaiveDecision>,
    /// The time between writing and arrival, according to the sender.
    pub(crate) age: i64,
    /// The time between sending and arrival, according to the server.
    pub(crate) delayed: Option<i64>,
    pub(crate) faults: Vec<Fault>,
    /// The names of each decided key's distrusts: the standing ones, then the overruled ones.
    pub(crate) names: Vec<[Vec<u64>; 2]>,
}

/// An oddity of a message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    /// A carbon of the own account, which is no fault.
    Carbon,
    ForgedCarbon,
    Plain,
    Malformed,
    OtherUsage,
    /// The keys belong to another encryption than the one that carried the message.
    OtherEncryption,
    /// Another encryption carried the message.
    OtherCarrier,
    /// Carrier and keys both belong to another encryption.
    OtherEncryptionThroughout,
    NoSenderKey,
    SenderKeyOfAnother,
    SenderKeyOfOtherEncryption,
    /// Encrypted with the sender's own key where all endpoints share one. Elsewhere this is no fault.
    KeyOfTheEndpoint,
    /// Encrypted with the device's own key.
    OwnSenderKey,
    AffixFrom,
    AffixTo,
    /// A missing affix, which is no fault.
    NoAffixFrom,
    NoAffixTo,
    NoTime,
    /// A missing padding, which is only reported.
    NoPadding,
    /// The full JID of the device as sender.
    OwnJid,
    /// An id that the device may have issued.
    OwnId(u64),
    /// A key of another encryption among the decisions.
    ForeignKey,
}

/// All faults.
const FAULTS: [Fault; 23] = [
    Fault::Carbon,
    Fault::ForgedCarbon,
    Fault::Plain,
    Fault::Malformed,
    Fault::OtherUsage,
    Fault::OtherEncryption,
    Fault::OtherCarrier,
    Fault::OtherEncryptionThroughout,
    Fault::NoSenderKey,
    Fault::SenderKeyOfAnother,
    Fault::SenderKeyOfOtherEncryption,
    Fault::KeyOfTheEndpoint,
    Fault::OwnSenderKey,
    Fault::AffixFrom,
    Fault::AffixTo,
    Fault::NoAffixFrom,
    Fault::NoAffixTo,
    Fault::NoTime,
    Fault::NoPadding,
    Fault::OwnJid,
    Fault::OwnId(0),
    Fault::OwnId(3),
    Fault::ForeignKey,
];

pub(crate) fn stories() -> impl Strategy<Value = Story> {
    prop_oneof![2 => stories_of(&KEYS), 1 => stories_of(&FEW_KEYS)]
}

fn stories_of(keys: &'static [&'static str]) -> impl Strategy<Value = Story> {
    let known = subsequence(keys[1..].to_vec(), 0..keys.len());
    (rules(), prop::bool::weighted(0.15), known, vec(steps(keys), 1..30))
        .prop_map(|(rules, one_key, known, steps)| Story { rules, one_key, known, steps })
}

fn rules() -> impl Strategy<Value = Rules> {
    let announcement =
        select(vec![AnnouncementRule::Direct, AnnouncementRule::Cascade, AnnouncementRule::Relay]);
    let conflict = select(vec![ConflictRule::Newest, ConflictRule::Cautious, ConflictRule::Named]);
    let policy = select(vec![Policy::Toakafa, Policy::None]);
    (announcement, conflict, policy, limits()).prop_map(|(announcement, conflict, policy, limits)| Rules {
        announcement,
        conflict,
        policy,
        clock_margin: Duration::from_millis(MARGIN.unsigned_abs()),
        limits,
    })
}

fn limits() -> impl Strategy<Value = Limits> {
    let narrow = (0..4_usize, 0..6_usize, 0..4_usize, 0..5_usize, 0..6_usize, 0..3_usize).prop_map(
        |(own_sender, own_account, contact_sender, contact_account, contacts_total, undiscovered)| Limits {
            own_sender,
            own_account,
            contact_sender,
            contact_account,
            contacts_total,
            undiscovered_per_contact: undiscovered,
        },
    );
    prop_oneof![1 => Just(Limits::default()), 1 => narrow]
}

fn steps(keys: &'static [&'static str]) -> impl Strategy<Value = StoryStep> {
    (moments(), acts(keys)).prop_map(|(later, act)| StoryStep { later, act })
}

/// Time advances, stands still, or is set back.
fn moments() -> impl Strategy<Value = i64> {
    prop_oneof![4 => 0..=0_i64, 6 => 1..=4_i64, 2 => -3..=-1_i64, 1 => 5..=40_i64, 1 => -20..=-4_i64]
}

fn acts(keys: &'static [&'static str]) -> impl Strategy<Value = Act> {
    prop_oneof![
        30 => manual_decisions(keys).prop_map(Act::Decide),
        3 => select(keys).prop_map(Act::TrustManually),
        12 => select(keys).prop_map(Act::Discover),
        50 => hearings(keys).prop_map(Act::Hear),
        8 => (any::<Index>(), any::<bool>()).prop_map(|(which, delayed)| Act::HearAgain { which, delayed }),
        5 => any::<Index>().prop_map(Act::Sent),
        5 => Just(Act::Resume),
        2 => Just(Act::Restart),
    ]
}

/// Decisions on some keys of one owner.
fn manual_decisions(keys: &'static [&'static str]) -> impl Strategy<Value = Vec<NaiveDecision>> {
    select(keys).prop_flat_map(move |key| decisions_on(keys_of(keys, key), 3)).prop_map(|mut decisions| {
        decisions.sort_by_key(|said| said.kind == DecisionKind::Distrust);
        decisions
    })
}

/// The keys with the same owner as `key`.
fn keys_of(keys: &[&'static str], key: &str) -> Vec<&'static str> {
    keys.iter().copied().filter(|other| other.starts_with(&key[..1])).collect()
}

fn decisions_on(keys: Vec<&'static str>, most: usize) -> impl Strategy<Value = Vec<NaiveDecision>> {
    let most = most.min(keys.len());
    let kinds = prop_oneof![5 => Just(DecisionKind::Trust), 3 => Just(DecisionKind::Distrust)];
    (subsequence(keys, 1..=most).prop_shuffle(), vec(kinds, most)).prop_map(|(keys, kinds)| {
        keys.iter().zip(kinds).map(|(key, kind)| NaiveDecision::new(kind, key)).collect()
    })
}

fn hearings(keys: &'static [&'static str]) -> impl Strategy<Value = Hearing> {
    let ages =
        prop_oneof![8 => 0..=0_i64, 8 => 1..=10_i64, 2 => -5..=-1_i64, 1 => 11..=12_i64, 1 => -12..=-10_i64];
    let delays = prop_oneof![8 => Just(None), 1 => (-2..=14_i64).prop_map(Some)];
    let faults = prop_oneof![12 => faults(0), 3 => faults(1), 1 => faults(2)];
    let sender = select(&keys[1..]).prop_flat_map(move |sender| (Just(sender), said_by(sender, keys)));
    let some = || prop_oneof![2 => vec(0..6_u64, 0..3), 1 => Just(Vec::new())];
    let names = vec([some(), some()], 3);
    let many = (60..80_u64).prop_map(|most| [(10..most).collect(), Vec::new()]);
    let names = prop_oneof![4 => Just(Vec::new()), 8 => names, 1 => vec(many, 1)];
    (sender, ages, delays, faults, names).prop_map(|((sender, decisions), age, delayed, faults, names)| {
        let age = age + delayed.unwrap_or(0);
        Hearing { sender, decisions, age, delayed, faults, names }
    })
}

/// Decisions of a sender. Own endpoints decide on all keys, contacts mostly on their own.
fn said_by(sender: &'static str, keys: &'static [&'static str]) -> impl Strategy<Value = Vec<NaiveDecision>> {
    let fitting = if sender.starts_with('A') { keys.to_vec() } else { keys_of(keys, sender) };
    prop_oneof![6 => decisions_on(fitting, 3), 1 => decisions_on(keys.to_vec(), 2)]
}

/// As many different faults.
fn faults(many: usize) -> impl Strategy<Value = Vec<Fault>> {
    subsequence(FAULTS.to_vec(), many)
}

impl fmt::Debug for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rules { announcement, conflict, policy, limits, .. } = self.rules;
        let sharing = if self.one_key { "one key for all own endpoints" } else { "a key per endpoint" };
        writeln!(f, "{announcement:?}, {conflict:?}, {policy:?}, {sharing}")?;
        if limits != Limits::default() {
            writeln!(f, "{limits:?}")?;
        }
        writeln!(f, "A1 knows: {}", self.known.join(" "))?;
        for step in &self.steps {
            writeln!(f, "{step:?}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for StoryStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:+} ms: {:?}", self.later, self.act)
    }
}

impl fmt::Debug for Hearing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}, {} ms old", self.sender, self.decisions, self.age)?;
        if !self.names.is_empty() {
            write!(f, ", names {:?}", self.names)?;
        }
        if let Some(delayed) = self.delayed {
            write!(f, ", sent {delayed} ms ago")?;
        }
        if !self.faults.is_empty() {
            write!(f, ", {:?}", self.faults)?;
        }
        Ok(())
    }
}
