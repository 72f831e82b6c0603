//! A world comes out the same for any number of threads, and complete where the rules promise it.

use atm_benches::scene::{Population, WholeWorld};
use atm_engine::{AnnouncementRule, Rules};

const RULES: [AnnouncementRule; 3] =
    [AnnouncementRule::Direct, AnnouncementRule::Cascade, AnnouncementRule::Relay];

fn world(accounts: usize, seed: u64, announcement: AnnouncementRule) -> WholeWorld {
    WholeWorld::new(Population::new(accounts, seed), Rules { announcement, ..Rules::default() })
}

#[test]
fn what_happens_at_once_comes_out_as_one_after_the_other() {
    for announcement in RULES {
        for seed in 0..5 {
            let world = world(200, seed, announcement);
            let (one_after_the_other, traffic) = world.play();
            for threads in [1, 2, 7] {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                let at_once = pool.install(|| world.play_at_once());
                // Not by assert_eq: nobody reads the state of 500 devices.
                assert!(one_after_the_other == at_once.0, "{announcement:?}, seed {seed}, {threads} threads");
                assert_eq!(traffic, at_once.1, "{announcement:?}, seed {seed}, {threads} threads");
            }
        }
    }
}

#[test]
fn everybody_authenticates_everybody_if_the_whole_change_is_announced() {
    for seed in 0..5 {
        for (announcement, complete) in RULES.into_iter().zip([false, true, true]) {
            let world = world(200, seed, announcement);
            let summary = world.summary(&world.play().0);
            let possible = world.population().possible();
            assert_eq!(summary.authentications() == possible, complete, "{announcement:?}, seed {seed}");
            assert_eq!(summary.manual, world.population().actions().len() as u64);
        }
    }
}

#[test]
fn the_unavoidable_work_is_the_authentications_of_a_complete_world() {
    let population = Population::new(300, 1);
    let remembered = WholeWorld::unavoidable(&population);
    assert_eq!(remembered.len(), population.devices());
    assert_eq!(remembered.iter().map(|keys| keys.len() as u64).sum::<u64>(), population.possible());
    assert_eq!(remembered, WholeWorld::unavoidable_at_once(&population));
}

#[test]
fn what_came_of_a_world_is_remembered_under_all_rules() {
    for announcement in RULES {
        let world = world(300, 1, announcement);
        let devices = world.play().0;
        let remembered = WholeWorld::remember_at_once(&world.authenticated(&devices));
        assert_eq!(remembered.len(), world.population().devices());
        let pairs: u64 = remembered.iter().map(|keys| keys.len() as u64).sum();
        assert_eq!(pairs, world.summary(&devices).authentications(), "{announcement:?}");
        let all = remembered == WholeWorld::unavoidable(world.population());
        assert_eq!(all, announcement != AnnouncementRule::Direct, "{announcement:?}");
    }
}

#[test]
fn few_accounts_have_many_contacts() {
    let population = Population::new(20_000, 3);
    let mut degrees: Vec<usize> =
        (0..population.accounts()).map(|account| population.contacts_of(account).count()).collect();
    degrees.sort_unstable();
    let share = |at_least: usize| {
        degrees.iter().filter(|degree| **degree >= at_least).count() as f64 / degrees.len() as f64
    };
    // Ten times as many contacts are 10 to the power of 1.6 times as rare.
    let ratio = share(5) / share(50);
    assert!((30.0..53.0).contains(&ratio), "{ratio}");
    assert!(degrees[degrees.len() / 2] <= 4, "half of all have few");
}
