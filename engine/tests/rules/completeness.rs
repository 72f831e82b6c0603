//! The share of random runs that end complete: the population of the design's table for two accounts with three and two
//! devices. The network is drained after each action.

use atm_engine::AnnouncementRule;

use crate::driver::TestWorld;

const RUNS: u64 = 300;
const ALICE: [&str; 3] = ["A1", "A2", "A3"];
const BOB: [&str; 2] = ["B1", "B2"];

/// A small pseudo-random generator (xorshift64*), so that runs are repeatable.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).unwrap() % bound
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// A random tree: each device after the first is connected to an earlier one, in random order.
fn tree(devices: &[&'static str], random: &mut Random) -> Vec<(&'static str, &'static str)> {
    let mut devices = devices.to_vec();
    random.shuffle(&mut devices);
    (1..devices.len()).map(|index| (devices[index], devices[random.below(index)])).collect()
}

/// Authentications in both directions along every edge of the trees, in random order.
fn actions(random: &mut Random) -> Vec<(&'static str, &'static str)> {
    let mut edges = tree(&ALICE, random);
    edges.extend(tree(&BOB, random));
    edges.push((ALICE[random.below(3)], BOB[random.below(2)]));
    let mut actions: Vec<_> =
        edges.into_iter().flat_map(|(one, other)| [(one, other), (other, one)]).collect();
    random.shuffle(&mut actions);
    actions
}

fn complete_runs(rule: AnnouncementRule) -> u64 {
    let is_complete = |seed: &u64| {
        let mut random = Random::new(*seed);
        let mut world = TestWorld::announcing(rule, "A1 A2 A3 B1 B2");
        world.discover_all();
        for (second, (who, key)) in (1..).zip(actions(&mut random)) {
            world.at(second * 1_000).decide(who, &format!("+{key}"));
            world.drain();
        }
        world.missing().is_empty()
    };
    u64::try_from((1..=RUNS).filter(is_complete).count()).unwrap()
}

#[test]
fn cascade_completes_every_run() {
    assert_eq!(complete_runs(AnnouncementRule::Cascade), RUNS);
}

#[test]
fn relay_completes_every_run() {
    assert_eq!(complete_runs(AnnouncementRule::Relay), RUNS);
}

#[test]
fn direct_completes_about_a_quarter() {
    let percent = complete_runs(AnnouncementRule::Direct) * 100 / RUNS;
    assert!((18..=32).contains(&percent), "{percent} %");
}
