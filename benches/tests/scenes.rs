//! What the benchmarks play ends as they say.

use atm_benches::scene::{Clique, NewDevice, Readme, Single, Store};
use atm_benches::unavoidable;

#[test]
fn a_clique_is_complete_in_as_few_deliveries_as_there_can_be() {
    let clique = Clique::new(20);
    let (devices, traffic) = clique.play();
    assert!(clique.is_complete(&devices));
    // Each device but the first is told of all before it once, and they of it.
    let joined: u64 = (2..20).map(|before| before - 1).sum();
    assert_eq!(traffic.deliveries, joined + 18);
}

#[test]
fn a_clique_whose_people_stop_early_is_not_complete() {
    let clique = Clique::new(20);
    assert!(!clique.is_complete(&clique.with_known_keys()));
}

#[test]
fn a_clique_comes_to_the_same_in_the_order_in_which_it_grows() {
    let authentications = Clique::new(20).authentications();
    for devices in [unavoidable::clique(20), unavoidable::clique_as_it_grows(20)] {
        assert_eq!(devices.iter().map(|keys| keys.len() as u64).sum::<u64>(), authentications);
        assert!((0..).zip(&devices).all(|(own, keys)| !keys.contains_key(&own)));
    }
}

#[test]
fn a_new_device_is_known_to_all_contacts_and_knows_them() {
    let scene = NewDevice::new(50);
    let mut devices = scene.before();
    assert!(!scene.is_complete(&devices));
    scene.play(&mut devices);
    assert!(scene.is_complete(&devices));
    let remembered: usize = scene.unavoidable().iter().map(|keys| keys.len()).sum();
    assert_eq!(remembered as u64, scene.authentications());
}

#[test]
fn what_one_device_does_makes_the_authentications_that_are_counted() {
    // Each checks that itself when it is made.
    for keys in [1, 3] {
        let _ = (Single::deciding_on_own_key(keys), Single::deciding_on_contact(keys));
        let _ = (Single::receiving(keys, Store::Empty), Single::releasing(keys));
        let _ = (Single::receiving(keys, Store::Gaps), Single::receiving(keys, Store::Shuffled));
    }
}

#[test]
fn the_readme_run_remembers_twenty_pairs() {
    let readme = Readme::load();
    let remembered: usize = readme.unavoidable().iter().map(|keys| keys.len()).sum();
    assert_eq!(remembered as u64, readme.authentications());
}
