//! Plays vectors with an implementation. The judgement rests on the vector and on the outputs alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use atm_adapter_protocol::protocol::LevelName;
use atm_engine::codec::TrustMessageUri;
use atm_engine::{Decision, DecisionKind, KeyId, Level};
use atm_simulator::observation::Observation;
use atm_simulator::run::Options;
use atm_suite::cases::Implementation;
use atm_suite::monitor::Standing;
use atm_suite::requirements::find;
use atm_suite::vectors::{
    AllowedLevels, OwnCodeContent, Play, TestVector, VectorPlayer, VectorStep, Verdict,
};

use super::form;

/// The mistakes that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weighed {
    /// Those that fail an implementation.
    Failures,
    /// Outputs against advice as well.
    All,
}

/// An output that a vector does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    pub(super) requirement: String,
    pub(super) place: String,
    pub(super) output: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}: {}", self.requirement, self.place, self.output)
    }
}

/// The first mistake of an implementation in a vector.
pub(super) fn first_mistake(
    vector: &TestVector,
    implementation: &mut dyn Implementation,
    weighed: Weighed,
) -> Option<Mistake> {
    vector.plays.iter().find_map(|play| {
        let place = |step: usize| format!("{} {:?}, step {step}", vector.case, play.variations);
        let counts = |requirement: &String| {
            weighed == Weighed::All || find(requirement).is_none_or(|found| found.weight.fails())
        };
        let (found, step) = Playing::new(vector, play, implementation).first_mistake(weighed);
        let exchanges = implementation.end().exchanges;
        let in_form = form::mistakes(&vector.messages.form, &exchanges);
        let found = found.into_iter().chain(in_form).find(|(requirement, _)| counts(requirement));
        found.map(|(requirement, output)| Mistake { requirement, place: place(step), output })
    })
}

/// A requirement, and the output that breaks it.
pub(super) type Broken = (String, String);

/// A play in progress.
struct Playing<'a> {
    vector: &'a TestVector,
    play: &'a Play,
    player: VectorPlayer,
    levels: BTreeMap<&'a str, &'a AllowedLevels>,
    readers: BTreeSet<&'a str>,
    facts: BTreeSet<(Verdict, &'a str)>,
    told: BTreeMap<(String, Verdict, String), usize>,
    shown: BTreeSet<String>,
}

/// A message with the names of a vector.
struct Message {
    to: String,
    readers: Vec<String>,
    decisions: Vec<(Verdict, String)>,
}

/// The state of a play after a step.
enum Goes {
    On,
    Wrong(Broken),
    /// The following steps assume something else.
    NoFurther(Option<Broken>),
}

impl<'a> Playing<'a> {
    fn new(vector: &'a TestVector, play: &'a Play, implementation: &mut dyn Implementation) -> Self {
        let inputs: Vec<_> = play.steps.iter().map(|step| step.input.clone()).collect();
        let player = VectorPlayer::new(&inputs, &vector.keys, implementation, Options::default());
        let player = player.unwrap_or_else(|bad| panic!("{}: {bad}", vector.case));
        Self {
            vector,
            play,
            player,
            levels: BTreeMap::new(),
            readers: BTreeSet::new(),
            facts: BTreeSet::new(),
            told: BTreeMap::new(),
            shown: BTreeSet::new(),
        }
    }

    /// The first mistake, and the number of the last step.
    fn first_mistake(mut self, weighed: Weighed) -> (Option<Broken>, usize) {
        for (number, step) in self.play.steps.iter().enumerate() {
            match self.step(number, step) {
                Goes::On => {}
                Goes::Wrong(broken) => return (Some(broken), number),
                Goes::NoFurther(against_advice) => {
                    return (against_advice.filter(|_| weighed == Weighed::All), number);
                }
            }
        }
        (None, self.play.steps.len())
    }

    fn step(&mut self, number: usize, step: &'a VectorStep) -> Goes {
        let answered = match self.player.give_next() {
            Ok(Some(answered)) => answered,
            Ok(None) => return Goes::NoFurther(None),
            Err(failure) => return Goes::Wrong(("failure".to_owned(), failure.to_string())),
        };
        self.levels.extend(step.levels.iter().map(|(name, levels)| (&**name, levels)));
        let (mut against_advice, mut is_as_assumed) = (None, true);
        for (name, levels) in &self.levels {
            let key = self.player.find(&self.vector.keys[*name].key()).expect("the vector has the key");
            let level = self.player.level(key).expect("a level");
            let shown = Standing::of(level);
            let broken = |requirement: &String| (requirement.clone(), format!("{name} is {shown}"));
            if let Some(requirement) = levels.forbidden.get(&shown) {
                return Goes::Wrong(broken(requirement));
            }
            against_advice = against_advice.or(levels.advice.get(&shown).map(broken));
            if let (Some(policy), Standing::Open) = (&levels.by_policy, shown)
                && !policy.levels.iter().any(|allowed| is_level(*allowed, level))
            {
                against_advice = against_advice.or(Some(broken(&policy.requirement)));
            }
            is_as_assumed &= levels.assumed.is_none_or(|assumed| assumed == shown);
        }
        if against_advice.is_some() || !is_as_assumed {
            return Goes::NoFurther(against_advice);
        }
        if let Some(readers) = &step.readers {
            self.readers = readers.iter().map(|name| &**name).collect();
        }
        if let Some(facts) = &step.facts {
            let trust = facts.trust.iter().map(|name| (Verdict::Trust, &**name));
            let distrust = facts.distrust.iter().map(|name| (Verdict::Distrust, &**name));
            self.facts = trust.chain(distrust).collect();
        }
        for message in self.messages(&answered.observation) {
            if let Some(broken) = self.wrong(&message, step) {
                return Goes::Wrong(broken);
            }
            for reader in &message.readers {
                let told =
                    message.decisions.iter().map(|(verdict, key)| (reader.clone(), *verdict, key.clone()));
                self.told.extend(told.map(|told| (told, number)));
            }
        }
        for told in &step.must_tell {
            let when = self.told.get(&(told.to.clone(), told.verdict, told.key.clone()));
            let is_told = when.is_some_and(|when| *when == number || told.may_be_earlier);
            if !is_told {
                let output = format!("{} is not told: {:?} {}", told.to, told.verdict, told.key);
                return Goes::Wrong((told.requirement.clone(), output));
            }
        }
        self.shown.extend(answered.observation.shown.into_iter().flatten());
        if let Some(unseen) = step.must_show.iter().find(|must| !self.shown.contains(&must.body)) {
            return Goes::Wrong((unseen.requirement.clone(), format!("not shown: {:?}", unseen.body)));
        }
        let code = step.code.as_ref().zip(answered.code);
        match code.filter(|(expected, shown)| !is_code_of(expected, shown)) {
            Some((expected, shown)) => {
                Goes::Wrong((expected.requirement.clone(), format!("it shows {shown}")))
            }
            None => Goes::On,
        }
    }

    fn name(&self, key: KeyId) -> String {
        let key = self.player.key(key);
        let named = self.vector.keys.iter().find(|(_, known)| known.key() == key);
        named.map_or_else(|| key.describe(), |(name, _)| name.clone())
    }

    fn messages(&self, observation: &Observation) -> Vec<Message> {
        let decisions = |said: &[Decision]| {
            let verdict = |kind| match kind {
                DecisionKind::Trust => Verdict::Trust,
                DecisionKind::Distrust => Verdict::Distrust,
            };
            said.iter().map(|said| (verdict(said.kind), self.name(said.key))).collect()
        };
        let names = self.player.device().script.cast.directory();
        let sent = observation.sent.iter().map(|outgoing| Message {
            to: names.jid(outgoing.to).to_string(),
            readers: outgoing.keys.iter().map(|key| self.name(*key)).collect(),
            decisions: decisions(&outgoing.envelope.message.decisions),
        });
        let overheard = observation.overheard.iter().map(|overheard| Message {
            to: names.jid(self.player.member().account).to_string(),
            readers: overheard.keys.iter().map(|key| self.name(*key)).collect(),
            decisions: decisions(&overheard.decisions),
        });
        sent.chain(overheard).collect()
    }

    /// The rule for all messages that this one breaks.
    fn wrong(&self, message: &Message, step: &VectorStep) -> Option<Broken> {
        let (rules, own) = (&self.vector.messages, &self.vector.keys[&self.vector.own_key].owner);
        for reader in &message.readers {
            let is_distrusted = message.decisions.contains(&(Verdict::Distrust, reader.clone()));
            let may_read = self.readers.contains(&**reader)
                || step.readers_unless_distrusted.contains(reader) && !is_distrusted;
            if !may_read {
                return Some((rules.readers[0].clone(), format!("{reader} can read a message")));
            }
        }
        for (verdict, key) in &message.decisions {
            if !step.sends_again && !self.facts.contains(&(*verdict, &**key)) {
                return Some((rules.facts.clone(), format!("a message says: {verdict:?} {key}")));
            }
            let owner = self.vector.keys.get(key).map(|key| &key.owner);
            if message.to != *own && owner.is_some_and(|owner| owner != own && *owner != message.to) {
                let output = format!("{} is told: {verdict:?} {key}", message.to);
                return Some((rules.third_parties.clone(), output));
            }
        }
        None
    }
}

/// Whether the protocol's name of a level is that of this level.
fn is_level(name: LevelName, level: Level) -> bool {
    serde_json::to_value(name).expect("a name") == level.name()
}

/// Whether a shown code trusts the device's own key.
fn is_code_of(expected: &OwnCodeContent, shown: &str) -> bool {
    let Ok(uri) = TrustMessageUri::parse(shown) else { return false };
    let trusts = |(kind, key): &(DecisionKind, _)| {
        let key: &atm_engine::KeyIdentifier = key;
        *kind == DecisionKind::Trust && key.to_base16() == expected.trust
    };
    uri.owner().as_str() == expected.owner
        && uri.encryption().to_string() == expected.encryption
        && uri.decisions().iter().any(trusts)
}
