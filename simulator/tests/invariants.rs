//! Every broken invariant is noticed: when events occur that no honest device causes, and when endpoints misbehave.

use atm_engine::{
    AnnouncementRule, Cause, Change, ConflictRule, Decision, DecisionKind, Device, Directory, DistrustsByKey,
    Effect, Envelope, Input, KeyId, Level, Origin, Outgoing, Rules, Stamp, TrustMessage, Usage,
};
use atm_simulator::cast::DeviceId;
use atm_simulator::endpoint::{Endpoint, Failure, InputContext};
use atm_simulator::invariants::{Faults, History, Invariant, Watch, at_quiescence, confluence};
use atm_simulator::observation::{Observation, ObservedChange};
use atm_simulator::run::{Options, run};
use atm_simulator::scenario::{Catalog, Scenario};
use atm_simulator::script::Script;
use atm_simulator::trace::{Event, MessageNumber, Observer, Route};
use atm_simulator::trust_graph::WorldView;
use atm_simulator::world::World;

const NOW: Stamp = Stamp::from_millis(0);

/// A script with Alice's and Bob's phones and tablets, and Carol's phone.
fn script(steps: &str) -> Script {
    let text = format!(
        "format: 1\ntitle: t\nrequirements: [xep-0450/ao-r]\naccounts:\n  alice: {{ devices: {{ phone: , tablet: }} }}\n  \
         bob: {{ devices: {{ phone: , tablet: }} }}\n  carol: {{ devices: {{ phone: }} }}\nsteps:\n{steps}\n"
    );
    Script::new(&Scenario::parse("test.yaml", &text, &Catalog::unchecked()).unwrap()).unwrap()
}

/// Made-up events and the watch over them.
struct Story {
    script: Script,
    watch: Watch,
    messages: u64,
}

impl Story {
    fn new(steps: &str) -> Self {
        let script = script(steps);
        let watch = Watch::new(&script, &Options::default());
        Self { script, watch, messages: 0 }
    }

    fn device(&self, name: &str) -> DeviceId {
        self.script.cast.device(&name.parse().unwrap()).unwrap()
    }

    fn key(&self, name: &str) -> KeyId {
        self.script.cast.key(&name.parse().unwrap()).unwrap()
    }

    fn step(&mut self, step: usize) -> &mut Self {
        self.watch.watch(NOW, &Event::Step { step });
        self
    }

    /// A device applies a decision: a person's if there is no sender.
    fn applies(&mut self, device: &str, kind: DecisionKind, key: &str, sender: Option<&str>) -> &mut Self {
        let change = Change::Decided {
            decision: Decision { key: self.key(key), kind },
            was: Level::Undecided,
            origin: sender.map_or(Origin::Manual, |sender| Origin::Message { sender: self.key(sender) }),
            time: NOW,
            effect: Effect::Now,
            cause: Cause::Received,
        };
        let (device, change) = (self.device(device), ObservedChange::explained(&change));
        self.watch.watch(NOW, &Event::Changed { device, change });
        self
    }

    /// A device sends a message that trusts a key.
    fn sends(&mut self, device: &str, to: &str, keys: &[&str], about: &str) -> &mut Self {
        let outgoing = self.message(to, keys, about);
        let (device, message) = (self.device(device), MessageNumber(self.messages));
        self.watch.watch(NOW, &Event::Sent { device, message, outgoing });
        self
    }

    /// An adversary sends a message that trusts a key.
    fn forges(&mut self, device: &str, to: &str, about: &str) -> &mut Self {
        let outgoing = self.message(to, &[], about);
        let (device, message) = (self.device(device), MessageNumber(self.messages));
        self.watch.watch(NOW, &Event::Forged { device, message, outgoing });
        self
    }

    fn message(&mut self, to: &str, keys: &[&str], about: &str) -> Outgoing {
        let decisions = [Decision { key: self.key(about), kind: DecisionKind::Trust }].into();
        let message = TrustMessage {
            usage: Usage::Atm,
            encryption: self.script.cast.encryption(),
            decisions,
            distrusts: DistrustsByKey::default(),
        };
        let to = self.script.cast.account(&to.parse().unwrap()).unwrap();
        let envelope =
            Envelope { padded: true, time: Some(NOW), from: None, to: None, message: message.into() };
        let keys = keys.iter().map(|key| self.key(key)).collect();
        self.messages += 1;
        Outgoing { id: atm_engine::OutboxId(0), to, keys, envelope }
    }

    fn arrives(&mut self, device: &str) -> &mut Self {
        let (device, message) = (self.device(device), Some(MessageNumber(self.messages)));
        self.watch.watch(NOW, &Event::Delivered { device, message, route: Route::Direct });
        self
    }

    fn broken(&self) -> Vec<Invariant> {
        self.watch.violations().iter().map(|violation| violation.invariant).collect()
    }
}

use DecisionKind::Trust;

const MEETING: &str = "  - authenticate: alice/phone -> alice/tablet";

#[test]
fn an_honest_story_breaks_nothing() {
    let mut story = Story::new(
        "  - authenticate: alice/tablet -> bob/phone\n  - authenticate: alice/phone -> alice/tablet",
    );
    story.step(0).applies("alice/tablet", Trust, "bob/phone", None);
    story.step(1).applies("alice/phone", Trust, "alice/tablet", None);
    story.applies("alice/tablet", Trust, "alice/phone", None);
    assert_eq!(story.broken(), [Invariant::Soundness], "nobody at the tablet decided that");
    let mut story = Story::new(
        "  - authenticate: alice/tablet -> alice/phone\n  - authenticate: alice/phone -> alice/tablet\n  \
         - authenticate: alice/tablet -> bob/phone",
    );
    story.step(0).applies("alice/tablet", Trust, "alice/phone", None);
    story.step(1).applies("alice/phone", Trust, "alice/tablet", None);
    story.step(2).applies("alice/tablet", Trust, "bob/phone", None);
    story.sends("alice/tablet", "alice", &["alice/phone"], "bob/phone").arrives("alice/phone");
    story.applies("alice/phone", Trust, "bob/phone", Some("alice/tablet"));
    assert_eq!(story.broken(), []);
}

#[test]
fn soundness_needs_the_word_that_was_said() {
    let mut story = Story::new(MEETING);
    story.step(0).applies("alice/phone", Trust, "alice/tablet", None);
    story.applies("alice/phone", Trust, "bob/phone", Some("alice/tablet"));
    assert_eq!(story.broken(), [Invariant::Soundness]);
    // The violation names the step.
    assert_eq!(story.watch.violations()[0].step, Some(0));
}

#[test]
fn authority_stops_contacts_and_words_about_oneself() {
    let mut story =
        Story::new("  - authenticate: alice/phone -> bob/phone\n  - authenticate: bob/phone -> alice/phone");
    story.step(0).applies("alice/phone", Trust, "bob/phone", None);
    story.step(1).applies("bob/phone", Trust, "alice/phone", None);
    for about in ["carol/phone", "alice/tablet", "bob/phone"] {
        let mut story = Story { script: story.script.clone(), watch: story.watch.clone(), messages: 0 };
        // Bob's message reaches Alice's phone, even if it must not count there.
        story.forges("bob/phone", "alice", about).arrives("alice/phone");
        story.applies("alice/phone", Trust, about, Some("bob/phone"));
        assert_eq!(story.broken(), [Invariant::Authority], "{about}");
    }
}

#[test]
fn confidentiality_watches_for_whom_and_about_whom() {
    let mut story = Story::new(
        "  - authenticate: alice/phone -> bob/phone\n  - authenticate: alice/phone -> alice/tablet\n  \
         - authenticate: alice/phone -> carol/phone",
    );
    story.step(0).applies("alice/phone", Trust, "bob/phone", None);
    story.step(1).applies("alice/phone", Trust, "alice/tablet", None);
    story.step(2).applies("alice/phone", Trust, "carol/phone", None);
    story.sends("alice/phone", "bob", &["bob/phone"], "alice/tablet");
    assert_eq!(story.broken(), []);
    story.sends("alice/phone", "bob", &["bob/phone", "bob/tablet"], "alice/tablet");
    assert_eq!(story.broken(), [Invariant::Confidentiality], "a key that is not authenticated");
    story.sends("alice/phone", "bob", &["bob/phone"], "carol/phone");
    assert_eq!(story.broken().len(), 2, "a third party");
    story.sends("alice/phone", "alice", &["alice/tablet", "bob/phone"], "carol/phone");
    assert_eq!(story.broken().len(), 3, "a contact reads what goes to the own account");
    story.sends("alice/phone", "bob", &["bob/phone"], "bob/phone");
    assert_eq!(story.broken().len(), 4, "a contact's own key, without distrusts that are over");
}

#[test]
fn a_word_does_not_count_before_its_speaker() {
    let mut story = Story::new(MEETING);
    story.sends("alice/tablet", "alice", &[], "bob/phone").arrives("alice/phone");
    story.applies("alice/phone", DecisionKind::Trust, "bob/phone", Some("alice/tablet"));
    assert!(story.broken().contains(&Invariant::NoPrematureUse));
}

#[test]
fn nobody_says_what_it_does_not_hold() {
    let mut story = Story::new(MEETING);
    story.step(0).applies("alice/phone", Trust, "alice/tablet", None);
    story.sends("alice/phone", "alice", &["alice/tablet"], "bob/phone");
    assert_eq!(story.broken(), [Invariant::Soundness]);
}

/// An injected device in Alice's account, and the steps before the tablet vouches for it.
const INTRUSION: &str =
    "  - inject-device: { account: alice, name: evil }\n  - authenticate: alice/phone -> alice/tablet";

#[test]
fn an_adversarys_key_is_not_authenticated_on_anybodys_word() {
    let mut story = Story::new(INTRUSION);
    story.step(0).step(1).applies("alice/phone", Trust, "alice/tablet", None);
    story.sends("alice/tablet", "alice", &[], "alice/evil").arrives("alice/phone");
    story.applies("alice/phone", Trust, "alice/evil", Some("alice/tablet"));
    assert_eq!(story.broken(), [Invariant::Soundness, Invariant::Resistance]);
}

#[test]
fn a_fooled_person_excuses_only_what_rests_on_that() {
    // A person at Carol's phone was fooled, but the message of Alice's tablet does not rest on that decision.
    let fooled = format!("{INTRUSION}\n  - authenticate: carol/phone -> alice/evil");
    let mut story = Story::new(&fooled);
    story.step(0).step(1).applies("alice/phone", Trust, "alice/tablet", None);
    story.step(2).applies("carol/phone", Trust, "alice/evil", None);
    assert_eq!(story.broken(), [], "a person said so");
    story.sends("alice/tablet", "alice", &[], "alice/evil").arrives("alice/phone");
    story.applies("alice/phone", Trust, "alice/evil", Some("alice/tablet"));
    assert_eq!(story.broken(), [Invariant::Soundness, Invariant::Resistance]);

    let fooled = format!("{INTRUSION}\n  - authenticate: alice/tablet -> alice/evil");
    let mut story = Story::new(&fooled);
    story.step(0).step(1).applies("alice/phone", Trust, "alice/tablet", None);
    story.step(2).applies("alice/tablet", Trust, "alice/evil", None);
    story.sends("alice/tablet", "alice", &[], "alice/evil").arrives("alice/phone");
    story.applies("alice/phone", Trust, "alice/evil", Some("alice/tablet"));
    assert_eq!(story.broken(), [], "a person is behind it");
}

#[test]
fn a_thief_excuses_only_what_rests_on_its_word() {
    for (stolen, expected) in [
        ("carol/phone", &[Invariant::Soundness, Invariant::Resistance][..]),
        // The device continues as before; only the adversary's messages are the adversary's.
        ("alice/tablet", &[Invariant::Soundness, Invariant::Resistance]),
    ] {
        let mut story = Story::new(&format!("{INTRUSION}\n  - compromise: {stolen}"));
        story.step(0).step(1).applies("alice/phone", Trust, "alice/tablet", None);
        story.step(2).sends("alice/tablet", "alice", &[], "alice/evil").arrives("alice/phone");
        story.applies("alice/phone", Trust, "alice/evil", Some("alice/tablet"));
        assert_eq!(story.broken(), expected, "{stolen}");
    }
    let mut story = Story::new(&format!("{INTRUSION}\n  - compromise: alice/tablet"));
    story.step(0).step(1).applies("alice/phone", Trust, "alice/tablet", None);
    story.step(2).forges("alice/tablet", "alice", "alice/evil").arrives("alice/phone");
    story.applies("alice/phone", Trust, "alice/evil", Some("alice/tablet"));
    assert_eq!(story.broken(), []);
    // A device that passes the decision on is not to blame.
    let bob = "  - authenticate: bob/phone -> alice/phone";
    let mut story = Story::new(&format!("{INTRUSION}\n  - compromise: alice/tablet\n{bob}"));
    story.step(0).step(1).applies("alice/phone", Trust, "alice/tablet", None);
    story.step(2).forges("alice/tablet", "alice", "alice/evil").arrives("alice/phone");
    story.applies("alice/phone", Trust, "alice/evil", Some("alice/tablet"));
    story.step(3).applies("bob/phone", Trust, "alice/phone", None);
    story.sends("alice/phone", "bob", &[], "alice/evil").arrives("bob/phone");
    story.applies("bob/phone", Trust, "alice/evil", Some("alice/phone"));
    assert_eq!(story.broken(), []);
}

#[test]
fn an_intruders_word_excuses_nothing() {
    let mut story = Story::new(INTRUSION);
    story.step(0).step(1).applies("alice/phone", Trust, "alice/tablet", None);
    story.forges("alice/evil", "alice", "alice/evil").arrives("alice/phone");
    story.applies("alice/phone", Trust, "alice/evil", Some("alice/evil"));
    assert!(story.broken().contains(&Invariant::Resistance));
}

/// An engine with a fault.
#[derive(Clone)]
struct Faulty {
    device: Device,
    fault: Fault,
}

#[derive(Clone, Copy, PartialEq)]
enum Fault {
    None,
    /// It ignores all messages.
    Deaf,
    /// It continues to use keys that are not authenticated.
    UsesEverything,
    /// It loses postponed decisions.
    Forgets,
    /// It sends nothing.
    Mute,
    /// It stops using a distrusted key, but does not mark the key as distrusted.
    Shrugs,
}

impl Endpoint for Faulty {
    fn apply(
        &mut self,
        input: &Input,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        let deaf = self.fault == Fault::Deaf && matches!(input, Input::Receive(_));
        if !deaf {
            Endpoint::apply(&mut self.device, input, context, out)?;
        }
        if self.fault == Fault::Mute {
            out.sent.clear();
        }
        Ok(())
    }

    fn level(&self, key: KeyId) -> Result<Level, Failure> {
        Ok(match self.device.level(key) {
            Level::AutomaticallyDistrusted if self.fault == Fault::UsesEverything => {
                Level::AutomaticallyTrusted
            }
            Level::Distrusted if self.fault == Fault::Shrugs => Level::AutomaticallyDistrusted,
            level => level,
        })
    }

    fn origin(&self, key: KeyId) -> Option<Origin> {
        self.device.origin(key)
    }

    fn restart(&mut self, _names: &Directory) -> Result<(), Failure> {
        Ok(())
    }

    fn postponed(&self, sender: KeyId) -> Option<Vec<Decision>> {
        let stored = self.device.postponed(sender).map(|(decision, _)| decision);
        Some(if self.fault == Fault::Forgets { Vec::new() } else { stored.collect() })
    }
}

/// The observers of a world.
struct Watchers(History, Watch);

impl Observer for Watchers {
    fn observe(&mut self, at: Stamp, event: &Event) {
        self.0.observe(at, event);
        self.1.observe(at, event);
    }
}

/// Runs a script in which one device has a fault.
fn act_out(script: &Script, faulty: &str, fault: Fault) -> (World<Faulty>, Watchers) {
    act_out_under(&Options::default(), script, faulty, fault)
}

fn act_out_under(
    options: &Options,
    script: &Script,
    faulty: &str,
    fault: Fault,
) -> (World<Faulty>, Watchers) {
    let Options { announcement, conflict, .. } = *options;
    let rules = Rules { announcement, conflict, ..Rules::default() };
    let mut watchers = Watchers(History::new(script), Watch::new(script, options));
    let mut world = World::new(script.clone(), 0, |cast, device| {
        let member = cast.member(device);
        let device = cast.engine(device, rules);
        Faulty { device, fault: if member.name.to_string() == faulty { fault } else { Fault::None } }
    });
    world.begin(&mut watchers).unwrap();
    while let Some(choice) = world.next() {
        world.step(choice, &mut watchers).unwrap();
        watchers.1.check_levels(&world).unwrap();
    }
    (world, watchers)
}

fn broken_when_quiet(script: &Script, faulty: &str, fault: Fault) -> Vec<Invariant> {
    violations_under(&Options::default(), script, faulty, fault)
        .into_iter()
        .map(|(broken, _)| broken)
        .collect()
}

/// The violations in the quiet world, with their devices.
fn violations_under(
    options: &Options,
    script: &Script,
    faulty: &str,
    fault: Fault,
) -> Vec<(Invariant, String)> {
    let (world, Watchers(_, watch)) = act_out_under(options, script, faulty, fault);
    let violations = at_quiescence(&WorldView::of(&world), options, &watch).unwrap();
    let device = |device| world.cast().device_name(device).to_string();
    violations.iter().map(|violation| (violation.invariant, device(violation.device))).collect()
}

const LINKED: &str = "  - authenticate: alice/phone -> alice/tablet\n  - authenticate: alice/tablet -> alice/phone\n  \
                      - authenticate: bob/phone -> bob/tablet\n  - authenticate: bob/tablet -> bob/phone\n  \
                      - authenticate: alice/phone -> bob/phone\n  - authenticate: bob/phone -> alice/phone";

#[test]
fn policy_is_broken_by_one_who_goes_on_using_keys() {
    let script = script(LINKED);
    let violations = |fault| act_out(&script, "alice/phone", fault).1.1.violations().to_vec();
    assert_eq!(violations(Fault::None), []);
    let violations = violations(Fault::UsesEverything);
    assert!(
        violations.iter().all(|violation| violation.invariant == Invariant::Policy) && !violations.is_empty()
    );
}

#[test]
fn completeness_is_broken_by_one_who_does_not_hear() {
    let script = script(LINKED);
    assert_eq!(broken_when_quiet(&script, "bob/tablet", Fault::None), []);
    let broken = broken_when_quiet(&script, "bob/tablet", Fault::Deaf);
    assert_eq!(broken, [Invariant::Completeness; 2], "the tablet lacks both keys of Alice");
}

/// Alice's phone distrusts her tablet, which Bob's phone knows.
fn revoked(more: &str) -> Script {
    script(&format!(
        "{LINKED}\n{more}  - authenticate: bob/phone -> alice/tablet\n  - distrust: alice/phone -> alice/tablet"
    ))
}

#[test]
fn revocation_is_broken_by_one_who_does_not_hear() {
    assert_eq!(broken_when_quiet(&revoked(""), "bob/phone", Fault::None), []);
    assert_eq!(broken_when_quiet(&revoked(""), "bob/phone", Fault::Deaf), [Invariant::Revocation]);
}

#[test]
fn revocation_asks_for_distrust_and_not_only_for_disuse() {
    assert_eq!(broken_when_quiet(&revoked(""), "bob/phone", Fault::Shrugs), [Invariant::Revocation]);
    assert_eq!(broken_when_quiet(&revoked(""), "alice/phone", Fault::Shrugs), [Invariant::Revocation]);
}

#[test]
fn revocation_is_not_excused_by_what_happens_to_others() {
    for elsewhere in [
        "  - skew-clock: { device: bob/tablet, by: { behind: 10 min } }\n",
        "  - inject-device: { account: carol, name: evil }\n",
        "  - compromise: carol/phone\n  - forge: { by: carol/phone, to: bob, trust: [carol/phone] }\n",
        "  - block: alice/phone -> bob/tablet\n",
        "  - go-offline: bob/tablet\n",
    ] {
        let script = revoked(elsewhere);
        assert_eq!(broken_when_quiet(&script, "bob/phone", Fault::None), [], "{elsewhere}");
        let broken = broken_when_quiet(&script, "bob/phone", Fault::Deaf);
        assert_eq!(broken, [Invariant::Revocation], "{elsewhere}");
    }
}

#[test]
fn revocation_is_broken_by_one_who_does_not_tell() {
    let script = script(
        "  - authenticate: bob/phone -> alice/phone\n  - authenticate: alice/phone -> bob/phone\n  \
         - distrust: alice/phone -> alice/tablet",
    );
    assert_eq!(broken_when_quiet(&script, "alice/phone", Fault::None), []);
    assert_eq!(broken_when_quiet(&script, "alice/phone", Fault::Mute), [Invariant::Revocation]);
}

#[test]
fn who_relays_a_distrust_tells_those_whom_it_knows() {
    // Alice's phone does not know Bob's phone. Her tablet does, and it receives the distrust from her phone.
    let script = script(
        "  - authenticate: alice/phone -> alice/tablet\n  - authenticate: alice/tablet -> alice/phone\n  \
         - authenticate: bob/phone -> alice/tablet\n  - hold: alice/tablet -> alice/phone\n  \
         - authenticate: alice/tablet -> bob/phone\n  - inject-device: { account: alice, name: evil }\n  \
         - distrust: alice/phone -> alice/evil",
    );
    let under = |announcement, fault| {
        let options = Options { announcement, ..Options::default() };
        violations_under(&options, &script, "alice/tablet", fault)
    };
    assert_eq!(under(AnnouncementRule::Relay, Fault::None), []);
    let missed = [(Invariant::Revocation, "bob/phone".to_owned())];
    assert_eq!(under(AnnouncementRule::Relay, Fault::Mute), missed);
    assert_eq!(under(AnnouncementRule::Cascade, Fault::Mute), [], "nobody relays");
}

/// Bob's tablet is stolen. It forges a distrust of his phone, which Alice's tablet postpones together with a later
/// trust of Bob's own tablet. Under `named`, the trust does not name the distrust, so the distrust counts when the
/// tablet is authenticated.
#[test]
fn soundness_lets_an_older_word_count_where_no_time_decides() {
    let text = "format: 1
title: t
requirements: [atm/invariants/soundness]
accounts:
  alice: { devices: { tablet: } }
  bob: { devices: { phone: , tablet: } }
steps:
  - authenticate: bob/phone -> bob/tablet
  - authenticate: bob/tablet -> alice/tablet
  - authenticate: alice/tablet -> bob/phone
  - compromise: bob/tablet
  - forge: { by: bob/tablet, to: alice, distrust: [bob/phone] }
  - authenticate: bob/tablet -> bob/phone
  - expect:
      named:
        - levels: { distrusted: [alice/tablet -> bob/phone] }
      newest:
        - levels: { authenticated: [alice/tablet -> bob/phone] }
";
    let scenario = Scenario::parse("test.yaml", text, &Catalog::unchecked()).unwrap();
    for conflict in [ConflictRule::Named, ConflictRule::Newest] {
        let options = Options { announcement: AnnouncementRule::Relay, conflict, ..Options::default() };
        let ran = run(&scenario, &options).unwrap();
        assert_eq!(ran.violations, [], "{conflict:?}");
        assert!(ran.checks.iter().all(|check| check.passed()), "{:?}", ran.checks);
    }
}

#[test]
fn agreement_is_broken_by_own_devices_that_contradict_each_other() {
    let script = script(&format!(
        "{LINKED}\n  - authenticate: alice/tablet -> bob/tablet\n  - distrust: alice/phone -> bob/tablet"
    ));
    let under = |conflict, fault| {
        let options = Options { announcement: AnnouncementRule::Relay, conflict, ..Options::default() };
        let broken = violations_under(&options, &script, "alice/tablet", fault);
        broken.into_iter().filter(|(invariant, _)| *invariant == Invariant::Agreement).collect::<Vec<_>>()
    };
    assert_eq!(under(ConflictRule::Named, Fault::None), []);
    let contradicts = [(Invariant::Agreement, "alice/tablet".to_owned())];
    assert_eq!(under(ConflictRule::Named, Fault::Deaf), contradicts);
    assert_eq!(under(ConflictRule::Newest, Fault::Deaf), [], "nothing is promised");
}

#[test]
fn agreement_is_broken_by_a_contact_that_does_not_follow() {
    // No person on Bob's devices decided on Alice's tablet. His phone learns that it is trusted, and nothing more.
    let steps = format!(
        "{LINKED}\n  - block: alice/phone -> bob/phone\n  - block: alice/phone -> bob/tablet\n  - distrust: alice/phone -> alice/tablet"
    );
    let options = Options {
        announcement: AnnouncementRule::Relay,
        conflict: ConflictRule::Named,
        ..Options::default()
    };
    let script = script(&steps);
    let (world, Watchers(_, watch)) = act_out_under(&options, &script, "bob/phone", Fault::None);
    let graph = atm_simulator::trust_graph::TrustGraph::of(&world).unwrap();
    let found = graph.disagreements(world.cast());
    let name = |device| world.cast().device_name(device).to_string();
    let pairs: Vec<_> = found.iter().map(|found| (name(found.trusting), name(found.distrusting))).collect();
    assert!(pairs.contains(&("bob/phone".to_owned(), "alice/phone".to_owned())), "{pairs:?}");
    // A message was lost, so the invariant does not apply.
    let violations = at_quiescence(&WorldView::of(&world), &options, &watch).unwrap();
    assert!(violations.iter().all(|violation| violation.invariant != Invariant::Agreement));
}

#[test]
fn nothing_lost_is_broken_by_one_who_forgets() {
    let script =
        script("  - authenticate: alice/phone -> alice/tablet\n  - authenticate: alice/phone -> bob/phone");
    assert_eq!(broken_when_quiet(&script, "bob/phone", Fault::None), []);
    assert_eq!(broken_when_quiet(&script, "bob/phone", Fault::Forgets), [Invariant::NothingLost]);
}

#[test]
fn confluence_is_broken_by_one_who_comes_out_differently() {
    let script = script(LINKED);
    let (calm, Watchers(calm_history, _)) = act_out(&script, "bob/tablet", Fault::None);
    for (fault, expected) in [(Fault::None, 0), (Fault::Deaf, 2)] {
        let (world, Watchers(_, watch)) = act_out(&script, "bob/tablet", fault);
        let violations = confluence(Faults::Delay, (&world, &watch), (&calm, &calm_history)).unwrap();
        assert_eq!(violations.len(), expected);
        assert!(violations.iter().all(|violation| violation.invariant == Invariant::Confluence));
    }
}

#[test]
fn what_only_repeats_makes_no_difference_whatever_else_happens() {
    // A joining device and withheld messages excuse delays, but not repetitions.
    let script = script(&format!(
        "{LINKED}\n  - add-device: {{ account: carol, name: tablet }}\n  - hold: bob/phone -> bob/tablet"
    ));
    let (calm, Watchers(calm_history, _)) = act_out(&script, "bob/tablet", Fault::None);
    let (world, Watchers(_, watch)) = act_out(&script, "bob/tablet", Fault::Deaf);
    for (faults, expected) in [(Faults::Delay, 0), (Faults::Repeat, 2)] {
        let violations = confluence(faults, (&world, &watch), (&calm, &calm_history)).unwrap();
        assert_eq!(violations.len(), expected, "{faults:?}");
    }
}
