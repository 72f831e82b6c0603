//! The scenes of the benchmarks have the results that they state.

use std::sync::Arc;

use atm_benches::scene::{Clique, NewDevice, Readme, Single, Store};
use atm_benches::unavoidable;
use atm_engine::{Outcome, Stamp};
use atm_simulator::trace::{Event, Observer};

/// Counts deliveries.
#[derive(Default)]
struct Deliveries(u64);

impl Observer for Deliveries {
    fn observe(&mut self, _: Stamp, event: &Event) {
        self.0 += u64::from(matches!(event, Event::Delivered { .. }));
    }
}

#[test]
fn a_clique_is_complete_in_as_few_deliveries_as_there_can_be() {
    let (clique, mut deliveries) = (Clique::new(20), Deliveries::default());
    assert_eq!(clique.observe(&mut deliveries).authentications(), clique.authentications());
    // Each device except the first is told once of all devices before it, and they are told of it.
    let joined: u64 = (2..20).map(|before| before - 1).sum();
    assert_eq!(deliveries.0, joined + 18);
}

#[test]
fn a_clique_whose_people_did_nothing_has_authenticated_nothing() {
    assert_eq!(Clique::new(20).with_known_keys().authentications(), 0);
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
    let before = scene.before();
    assert_eq!(before.authentications(), 100);
    assert!(scene.is_complete(&before.play()));
    let remembered: usize = scene.unavoidable().iter().map(|keys| keys.len()).sum();
    assert_eq!(remembered as u64, scene.authentications());
}

#[test]
fn what_one_device_does_makes_the_authentications_that_are_counted() {
    // The constructors check their results themselves.
    for keys in [1, 3] {
        let _ = (Single::deciding_on_own_key(keys), Single::deciding_on_contact(keys));
        let _ = (Single::receiving(keys, Store::Empty), Single::releasing(keys));
        let _ = (Single::receiving(keys, Store::Gaps), Single::receiving(keys, Store::Shuffled));
        let _ = (Single::deciding_on_own_keys(keys, 5), Single::releasing_chain(keys));
    }
}

#[test]
fn what_one_device_does_without_authenticating_makes_the_changes_that_are_counted() {
    // The constructors check their results themselves.
    let _ = (Single::discovering(), Single::discovering_authenticated());
    let _ = (Single::receiving_distrust(3), Single::receiving_after_trusts(1));
    let _ = (Single::receiving_after_trusts(3), Single::receiving_after_distrusts(3));
}

#[test]
fn contacts_are_told_of_many_own_keys_in_messages_that_share_their_content() {
    let single = Single::deciding_on_own_keys(20, 30);
    let mut out = Outcome::default();
    single.play(&mut single.device(), &mut out);
    let own = single.device().account();
    let (summaries, told): (Vec<_>, Vec<_>) = out
        .outgoing
        .iter()
        .map(|outgoing| (outgoing.to, &outgoing.envelope.message))
        .partition(|(to, _)| *to == own);
    assert_eq!((summaries.len(), told.len()), (1, 30));
    assert!(told.iter().all(|(_, message)| message.decisions.len() == 20 && Arc::ptr_eq(message, told[0].1)));
}

#[test]
fn the_readme_run_remembers_twenty_pairs() {
    let readme = Readme::load();
    let remembered: usize = readme.unavoidable().iter().map(|keys| keys.len()).sum();
    assert_eq!(remembered as u64, readme.authentications());
}
