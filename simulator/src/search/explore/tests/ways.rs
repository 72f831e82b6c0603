//! A plain search over each path by itself: it merges no states, caches nothing and omits nothing, and its watch sees
//! whole paths.

use std::collections::BTreeSet;

use atm_engine::{Device, Directory, Input, KeyId, Level, Origin};

use crate::cast::DeviceId;
use crate::endpoint::{Endpoint, Failure, InputContext};
use crate::invariants::{self, Invariant, Watch};
use crate::observation::Observation;
use crate::run;
use crate::scenario::Scenario;
use crate::script::{LinkIds, Script};
use crate::search::explore::moves::{Agenda, Move};
use crate::search::explore::times::TICK;
use crate::search::explore::{Behaviour, Deliveries, Orders, Settings};
use crate::trust_graph::WorldView;
use crate::world::{Choice, World};

/// The result of a search over all paths.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) ways: u64,
    pub(super) outcomes: BTreeSet<Vec<Level>>,
    pub(super) broken: BTreeSet<Invariant>,
}

/// Follows all paths.
pub(super) fn go(scenario: &Scenario, settings: &Settings, behaviour: Behaviour) -> Found {
    go_at_most(u64::MAX, scenario, settings, behaviour).expect("there is no limit")
}

/// Follows all paths; `None` if there are more than `most`.
pub(super) fn go_at_most(
    most: u64,
    scenario: &Scenario,
    settings: &Settings,
    behaviour: Behaviour,
) -> Option<Found> {
    let mut found = Found::default();
    extend(most, scenario, settings, behaviour, &mut Vec::new(), &mut found);
    (found.ways <= most).then_some(found)
}

fn extend(
    most: u64,
    scenario: &Scenario,
    settings: &Settings,
    behaviour: Behaviour,
    way: &mut Vec<Move>,
    found: &mut Found,
) {
    if found.ways > most {
        return;
    }
    let gone = Gone::along(way, scenario, settings, behaviour);
    found.broken.extend(gone.watch.violations().iter().map(|violation| violation.invariant));
    let moves = gone.moves(settings);
    if moves.is_empty() {
        found.ways += 1;
        found.outcomes.insert(gone.levels());
        let quiet = invariants::at_quiescence(&WorldView::of(&gone.world), &settings.options, &gone.watch);
        found.broken.extend(quiet.unwrap().into_iter().map(|violation| violation.invariant));
    }
    for step in moves {
        way.push(step);
        extend(most, scenario, settings, behaviour, way, found);
        way.pop();
    }
}

/// A world at the end of a path.
struct Gone {
    world: World<Behaving>,
    watch: Watch,
    agenda: Agenda,
    done: u64,
}

impl Gone {
    fn along(way: &[Move], scenario: &Scenario, settings: &Settings, behaviour: Behaviour) -> Self {
        let mut script = Script::new(scenario).unwrap();
        if settings.deliveries == Deliveries::Every {
            (script.pause, script.latency) = (TICK, Default::default());
        }
        let rules = run::rules(scenario, &settings.options);
        let mut watch = Watch::new(&script, &settings.options);
        let agenda = Agenda::of(&script, settings.orders);
        let mut done = agenda.idle();
        let mut world = World::new(script, 0, |cast, device| {
            let device = cast.engine(device, rules);
            Behaving { device, behaviour }
        });
        world.begin(&mut watch).unwrap();
        world.hide_steps();
        for step in way {
            match *step {
                Move::Act(step) => {
                    done |= 1 << step;
                    world.act_out(step, &mut watch).unwrap();
                    let waits = world.waits();
                    world.pass(waits);
                }
                Move::Deliver(link) => {
                    world.pass(TICK);
                    world.step(Choice::Deliver(link, 0), &mut watch).unwrap();
                }
            }
            watch.check_levels(&world).unwrap();
            while settings.deliveries == Deliveries::Drained
                && let Some(choice) = world.next()
            {
                world.step(choice, &mut watch).unwrap();
                watch.check_levels(&world).unwrap();
            }
        }
        Self { world, watch, agenda, done }
    }

    fn moves(&self, settings: &Settings) -> Vec<Move> {
        let mut moves: Vec<Move> = match settings.deliveries {
            Deliveries::Every => self.first_of_links().map(Move::Deliver).collect(),
            Deliveries::Drained => Vec::new(),
        };
        let present: Vec<DeviceId> = self.world.present().collect();
        moves.extend(self.agenda.next(self.done, |device| present.contains(&device)));
        moves
    }

    /// The links with a deliverable packet.
    fn first_of_links(&self) -> impl Iterator<Item = LinkIds> {
        let mut enabled = Vec::new();
        self.world.enabled(&mut enabled);
        enabled.into_iter().filter_map(|choice| match choice {
            Choice::Deliver(link, 0) => Some(link),
            Choice::Act | Choice::Deliver(..) => None,
        })
    }

    /// The levels of all keys on all devices.
    fn levels(&self) -> Vec<Level> {
        let devices: Vec<_> =
            self.world.cast().devices().map(|(device, member)| (device, member.key)).collect();
        let pairs =
            devices.iter().flat_map(|(device, _)| devices.iter().map(move |(_, key)| (*device, *key)));
        pairs.map(|(device, key)| self.world.level(device, key).unwrap()).collect()
    }
}

/// A device that may behave differently from the engine.
struct Behaving {
    device: Device,
    behaviour: Behaviour,
}

impl Endpoint for Behaving {
    fn apply(
        &mut self,
        input: &Input,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        out.explain(|outcome| self.behaviour.apply(&mut self.device, input, context, outcome));
        Ok(())
    }

    fn level(&self, key: KeyId) -> Result<Level, Failure> {
        Endpoint::level(&self.device, key)
    }

    fn origin(&self, key: KeyId) -> Option<Origin> {
        Endpoint::origin(&self.device, key)
    }

    fn restart(&mut self, names: &Directory) -> Result<(), Failure> {
        Endpoint::restart(&mut self.device, names)
    }

    fn postponed(&self, sender: KeyId) -> Option<Vec<atm_engine::Decision>> {
        Endpoint::postponed(&self.device, sender)
    }
}

#[test]
fn it_goes_as_many_ways_as_there_are() {
    // No device has anything to announce, so there is one path for each order of the four steps.
    let scenario = super::worlds::scenario(
        "
  - authenticate: alice/phone -> alice/tablet
  - authenticate: alice/tablet -> alice/phone
  - authenticate: bob/phone -> alice/phone
  - authenticate: bob/phone -> alice/tablet
",
    );
    let free = Settings { orders: Orders::Free, ..Settings::default() };
    assert_eq!(go(&scenario, &free, Behaviour::Engine).ways, 24);
    let steps = Settings::default();
    assert_eq!(go(&scenario, &steps, Behaviour::Engine).ways, 1);
    // With trust messages, there are more paths than orders of steps.
    let scenario = super::worlds::scenario(super::worlds::LINKS);
    let drained = Settings { deliveries: Deliveries::Drained, ..free.clone() };
    assert_eq!(go(&scenario, &drained, Behaviour::Engine).ways, 24);
    assert!(go(&scenario, &free, Behaviour::Engine).ways > 24);
}
