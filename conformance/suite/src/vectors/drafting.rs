//! Drafts vectors: plays a case, and asks the monitor for the allowed outputs after each input.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use atm_adapter_protocol::protocol::{Command, Key};
use atm_engine::{Decision, DecisionKind, KeyId, Level};
use atm_simulator::cast::{Cast, Member};
use atm_simulator::run::Options;
use atm_simulator::scenario::Step;
use atm_simulator::script::Script;

use super::expected::Expectations;
use super::form::rules;
use super::format::{
    AllowedLevels, Facts, MessageRules, NamedKey, OwnCodeContent, Play, RulesOfPeers, TestVector, Told,
    VECTOR_FORMAT, VectorStep, Verdict,
};
use super::inputs::Inputs;
use super::player::VectorPlayer;
use crate::cases::{Case, Engine, Implementation, play_with_row};
use crate::logs::{Recorded, tell};
use crate::messages::names;
use crate::monitor::{
    AllowedStandings, Capacity, FACTS, Monitor, Owed, READERS, Restated, Standing, THIRD_PARTIES,
};
use crate::requirements;
use crate::variations::{Axis, Variation, VariationChoice, rows};

/// The greatest number of postponed decisions and of keys of which the monitor is asked. Its work grows with their squares.
const MOST: (usize, usize) = (100, 200);

/// The variations with which a case is played: none, and then the rows of the choice.
#[must_use]
pub fn play_rows(case: &Case, choice: &VariationChoice) -> Vec<Vec<Variation>> {
    let is_long = |step: &Step| matches!(step, Step::Chain(_) | Step::Flood(_));
    let rows = match choice {
        VariationChoice::Pairs if case.scenario.scenario.steps.iter().any(is_long) => Vec::new(),
        choice => rows(choice, &case.id),
    };
    std::iter::once(Vec::new()).chain(rows).collect()
}

/// The vector of a case with one device under test; `None` if the device gets no input.
///
/// # Panics
///
/// If the case has several devices under test.
#[must_use]
pub fn vector(case: &Case, options: Options, rows: &[Vec<Variation>]) -> Option<TestVector> {
    let [(device, _)] = &*case.line_up else { panic!("{} has several devices under test", case.id) };
    let scenario = &case.scenario.scenario;
    let script = Script::new(scenario).expect("the scenario was checked when it was loaded");
    let member = script.cast.member(script.cast.device(device).expect("it is a device of the scenario"));
    let mut keys: BTreeMap<String, NamedKey> = named_keys(&script.cast);
    let encryption = script.cast.directory().encryption_name(script.cast.encryption());
    let mut plays = Vec::new();
    for row in rows {
        let recorded = Recorded::new(Engine, None);
        let steps = recorded.steps();
        let mut implementations: [Box<dyn Implementation>; 1] = [Box::new(recorded)];
        let mut result = play_with_row(case, &mut implementations, options, row);
        let (_, exchanges) = result.exchanges.pop()?;
        let inputs = Inputs::of(&exchanges, &steps.borrow());
        if !inputs.commands.is_empty() {
            name_keys(&inputs.commands, &mut keys);
            plays.push(drafted((inputs, row), (&script, member), options, &keys));
        }
    }
    let first = plays.first()?;
    debug_assert!(first.variations.is_empty(), "the first play has no variations");
    let mut vector = TestVector {
        schema: "test-vector.schema.json".to_owned(),
        format: VECTOR_FORMAT,
        case: case.id.clone(),
        title: scenario.title.clone(),
        device: device.to_string(),
        rules: RulesOfPeers {
            announcement: options.announcement,
            conflict: options.conflict,
            seed: options.seed,
        },
        requirements: BTreeSet::new(),
        own_key: script.cast.key_name(member.key),
        keys,
        messages: MessageRules {
            readers: READERS.map(str::to_owned).to_vec(),
            facts: FACTS.to_owned(),
            third_parties: THIRD_PARTIES.to_owned(),
            form: rules(script.cast.directory().jid(member.account).as_str(), &encryption.to_string()),
        },
        plays,
    };
    vector.requirements = judged(&vector);
    Some(vector)
}

/// A play with these inputs and variations.
fn drafted(
    (mut inputs, row): (Inputs, &[Variation]),
    (script, member): (&Script, &Member),
    options: Options,
    keys: &BTreeMap<String, NamedKey>,
) -> Play {
    let is_usual = |variation: &Variation| !matches!(variation.axis(), Axis::Attack | Axis::Open);
    // Under attack, not every sent message arrives, and a device need not read every form.
    let expected = match row.iter().all(is_usual) {
        true => Expectations::of(script, &member.name, &inputs),
        false => Expectations::default(),
    };
    if row.is_empty() {
        inputs.ask_for_code();
    }
    Drafting::new(inputs, options, keys, expected).play(row)
}

/// The keys of a scenario by their names.
fn named_keys(cast: &Cast) -> BTreeMap<String, NamedKey> {
    let names = cast.directory();
    let named = |key: KeyId| {
        let Key { owner, id } = names::key(key, names);
        let holders = cast.devices().map(|(_, member)| member).filter(|member| member.key == key);
        let endpoints = holders.map(|member| names.full_jid(member.endpoint).to_string()).collect();
        (cast.key_name(key), NamedKey { owner, id, endpoints })
    };
    cast.keys().map(named).collect()
}

/// Gives names to keys that the scenario does not name.
fn name_keys(inputs: &[Command], keys: &mut BTreeMap<String, NamedKey>) {
    for command in inputs {
        let Command::Discover(discovered) = command else { continue };
        for key in &discovered.keys {
            if !keys.values().any(|known| known.key() == *key) {
                let Key { owner, id } = key.clone();
                keys.insert(key.describe(), NamedKey { owner, id, endpoints: Vec::new() });
            }
        }
    }
}

/// The ids of the requirements that a vector judges.
fn judged(vector: &TestVector) -> BTreeSet<String> {
    let steps = || vector.plays.iter().flat_map(|play| &play.steps);
    let of_levels =
        steps().flat_map(|step| step.levels.values()).flat_map(|levels| levels.forbidden.values());
    let of_told = steps().flat_map(|step| &step.must_tell).map(|told| &told.requirement);
    let rules = &vector.messages;
    let of_form = rules.form.iter().map(|rule| &rule.requirement);
    let of_codes = steps().filter_map(|step| step.code.as_ref()).map(|code| &code.requirement);
    let of_messages = rules.readers.iter().chain([&rules.facts, &rules.third_parties]).chain(of_form);
    let fails = |id: &&String| requirements::find(id).is_some_and(|found| found.weight.fails());
    of_levels.chain(of_told).chain(of_codes).chain(of_messages).filter(fails).cloned().collect()
}

/// A play that is being drafted: the device of the engine, its monitor, and everything that is known of the step before.
struct Drafting<'a> {
    player: VectorPlayer,
    commands: Vec<Command>,
    ends: Option<String>,
    monitor: Monitor,
    names: BTreeMap<Key, &'a str>,
    levels: BTreeMap<String, AllowedLevels>,
    readers: Option<Vec<String>>,
    facts: Option<Facts>,
    /// The decisions that the device may tell before it must.
    waiting: Vec<(KeyId, Decision)>,
    expected: Expectations,
}

impl<'a> Drafting<'a> {
    fn new(
        inputs: Inputs,
        options: Options,
        keys: &'a BTreeMap<String, NamedKey>,
        expected: Expectations,
    ) -> Self {
        let Inputs { commands, ends, .. } = inputs;
        let player = VectorPlayer::new(&commands, keys, &mut Engine, options);
        let player = player.unwrap_or_else(|bad| panic!("the engine's inputs are no log: {bad}"));
        let cast = player.device().script.cast.clone();
        let monitor = Monitor::new(Arc::clone(&cast), player.member().clone(), Capacity::Ample);
        let names = keys.iter().map(|(name, named)| (named.key(), &**name)).collect();
        let levels = BTreeMap::new();
        Self {
            player,
            commands,
            ends,
            monitor,
            names,
            levels,
            readers: None,
            facts: None,
            waiting: Vec::new(),
            expected,
        }
    }

    fn play(mut self, row: &[Variation]) -> Play {
        let mut steps = Vec::new();
        for (position, input) in std::mem::take(&mut self.commands).into_iter().enumerate() {
            let (decisions, keys) = MOST;
            if self.monitor.waiting() > decisions || self.monitor.known_keys() > keys {
                self.ends = Some(format!(
                    "more than {decisions} decisions wait for their senders, or there are more than {keys} keys"
                ));
                break;
            }
            match self.step(position, input) {
                Some(step) => steps.push(step),
                None => break,
            }
        }
        if let Some((_, reason)) = &self.player.device().end {
            self.ends = Some(reason.clone());
        }
        let variations = row.iter().map(|variation| variation.name().to_owned()).collect();
        Play { variations, steps, ends: self.ends }
    }

    /// The allowed outputs after an input. `None` if its stanza cannot be read.
    fn step(&mut self, number: usize, input: Command) -> Option<VectorStep> {
        let position = self.player.next_step();
        let now = self.player.next_time();
        self.player.give_next().unwrap_or_else(|failure| panic!("the engine failed: {failure}"))?;
        let cast = self.player.device().script.cast.clone();
        let names = cast.directory();
        let is_step = self.player.next_step() > position;
        if is_step {
            tell(&mut self.monitor, self.player.device(), position);
        }
        let shown: BTreeMap<KeyId, Level> =
            cast.keys().filter_map(|key| Some((key, self.player.level(key).ok()?))).collect();
        let levels = self.levels(number, &shown);
        let Ok(()) = self.monitor.read(|key| Ok::<_, std::convert::Infallible>(shown.get(&key).copied()));
        let sends_again = matches!(input, Command::Restart(_) | Command::Restore(_));
        let must_tell = if is_step && !sends_again { self.must_tell() } else { Vec::new() };
        let readers = self.monitor.allowed_readers();
        let facts = self.monitor.allowed_facts(names);
        let restated = match input {
            Command::Deliver(_) => Restated::Changed,
            _ => Restated::All,
        };
        self.monitor.may_have_told(&facts, restated, (names, now));
        let facts = Facts {
            trust: self.keys_of(&facts, DecisionKind::Trust),
            distrust: self.keys_of(&facts, DecisionKind::Distrust),
        };
        let code = matches!(input, Command::OwnCode(_)).then(|| self.own_code());
        let shown = self.expected.shown.iter().filter(|(input, _)| *input == number);
        let must_show = shown.map(|(_, body)| body.clone()).collect();
        let always = self.names_of(&readers.always);
        Some(VectorStep {
            input,
            levels,
            must_tell,
            readers: news(&mut self.readers, always),
            readers_unless_distrusted: self.names_of(&readers.unless_distrusted),
            facts: news(&mut self.facts, facts),
            sends_again,
            must_show,
            code,
        })
    }

    /// The content of the code that the device must show.
    fn own_code(&self) -> OwnCodeContent {
        let (cast, member) = (&self.player.device().script.cast, self.player.member());
        let names = cast.directory();
        OwnCodeContent {
            requirement: "xep-0434/uri/verdicts".to_owned(),
            owner: names.jid(member.account).to_string(),
            encryption: names.encryption_name(cast.encryption()).to_string(),
            trust: names.identifier(member.key).to_base16(),
        }
    }

    /// The allowed levels that are not those of the step before.
    fn levels(&mut self, number: usize, shown: &BTreeMap<KeyId, Level>) -> BTreeMap<String, AllowedLevels> {
        let level = |key| shown.get(&key).copied().unwrap_or(Level::Undecided);
        let allowed = self.monitor.allowed_standings(level);
        let mut now: BTreeMap<String, AllowedLevels> = allowed
            .into_iter()
            .map(|AllowedStandings { key, allowed, forbidden, advice }| {
                let owned = |requirements: BTreeMap<Standing, &'static str>| {
                    requirements.into_iter().map(|(standing, id)| (standing, id.to_owned())).collect()
                };
                let levels = AllowedLevels {
                    allowed: allowed.iter().collect(),
                    assumed: Some(Standing::of(level(key))),
                    forbidden: owned(forbidden),
                    advice: owned(advice),
                    by_policy: None,
                };
                (self.name(key), levels)
            })
            .collect();
        // A key that left the list of its account may have any level.
        for name in self.levels.keys() {
            now.entry(name.clone()).or_insert_with(any_level);
        }
        for expected in self.expected.levels.iter().filter(|expected| expected.input == number) {
            expected.narrow(now.entry(expected.key.clone()).or_insert_with(any_level));
        }
        let changed = now.iter().filter(|(name, levels)| self.levels.get(*name) != Some(levels));
        let changed = changed.map(|(name, levels)| (name.clone(), levels.clone())).collect();
        self.levels = now;
        changed
    }

    fn must_tell(&mut self) -> Vec<Told> {
        let cast = self.player.device().script.cast.clone();
        let owed = self.monitor.take_owed(cast.directory());
        let mut told = Vec::new();
        for Owed { reader, decision, requirement, may_wait } in owed {
            if may_wait {
                self.waiting.push((reader, decision));
                continue;
            }
            told.push(Told {
                to: self.name(reader),
                verdict: verdict(decision.kind),
                key: self.name(decision.key),
                requirement: requirement.to_owned(),
                may_be_earlier: self.waiting.contains(&(reader, decision)),
            });
        }
        told
    }

    fn name(&self, key: KeyId) -> String {
        let key = self.player.key(key);
        self.names.get(&key).map_or_else(|| key.describe(), |name| (*name).to_owned())
    }

    fn names_of(&self, keys: &[KeyId]) -> Vec<String> {
        let names: BTreeSet<String> = keys.iter().map(|key| self.name(*key)).collect();
        names.into_iter().collect()
    }

    fn keys_of(&self, facts: &[Decision], kind: DecisionKind) -> Vec<String> {
        let keys: Vec<KeyId> = facts.iter().filter(|fact| fact.kind == kind).map(|fact| fact.key).collect();
        self.names_of(&keys)
    }
}

fn any_level() -> AllowedLevels {
    AllowedLevels {
        allowed: vec![Standing::Open, Standing::Authenticated, Standing::Distrusted],
        assumed: None,
        forbidden: BTreeMap::new(),
        advice: BTreeMap::new(),
        by_policy: None,
    }
}

fn verdict(kind: DecisionKind) -> Verdict {
    match kind {
        DecisionKind::Trust => Verdict::Trust,
        DecisionKind::Distrust => Verdict::Distrust,
    }
}

/// The value, if it is not the one before.
fn news<T: Clone + PartialEq>(before: &mut Option<T>, now: T) -> Option<T> {
    (before.as_ref() != Some(&now)).then(|| before.insert(now).clone())
}
