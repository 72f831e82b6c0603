use crate::atm::atm;

#[test]
fn a_level_is_explained_back_to_what_people_decided() {
    let done = atm(&["explain", "readme/20-to-8", "bob/notebook", "alice/tablet"]);
    assert_eq!(done.code, Some(0), "{}", done.err);
    let told: Vec<&str> = done.out.lines().collect();
    assert_eq!(told[0], "bob/notebook regards alice/tablet as authenticated at the end.");
    // The example of the readme: Bob's notebook scanned Bob's phone, that one Alice's phone, and that one her tablet.
    for link in [
        "step 8 (alice/phone scans the code of bob/phone): bob/notebook authenticated alice/tablet on the word of alice/phone",
        "step 4 (alice/phone scans the code of alice/tablet): alice/phone authenticated alice/tablet as a person decided  (a person)",
        "step 7 (bob/phone scans the code of alice/phone): bob/notebook authenticated alice/phone on the word of bob/phone",
        "step 5 (bob/notebook scans the code of bob/phone): bob/notebook authenticated bob/phone as a person decided  (a person)",
    ] {
        assert!(told.iter().any(|line| line.trim() == link), "{link} is not in {}", done.out);
    }
}

#[test]
fn who_is_not_there_is_named() {
    let done = atm(&["explain", "readme/20-to-8", "bob/watch", "alice/tablet"]);
    assert_eq!(done.code, Some(64));
    assert!(done.err.contains("there is no device bob/watch"), "{}", done.err);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    assert_eq!(atm(&["explain", "no/such/scenario", "bob/watch", "alice/tablet"]).code, Some(66));
}
