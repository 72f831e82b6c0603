//! The notations inside strings are read exactly or refused.

use atm_simulator::scenario::{DateTime, DeviceToKeys, KeyName, Link, Name, TimeSpan};

#[test]
fn dates_exist() {
    let millis = |text: &str| text.parse::<DateTime>().map(|date| date.stamp().as_millis()).ok();
    assert_eq!(millis("1970-01-01T00:00:00Z"), Some(0));
    assert_eq!(millis("2000-02-29T00:00:00Z"), Some(951_782_400_000));
    assert_eq!(millis("2020-01-01T12:00:00.001Z"), Some(1_577_880_000_001));
    assert_eq!(millis("1969-12-31T23:59:59Z"), Some(-1_000));
    for wrong in [
        "1900-02-29T00:00:00Z",
        "2021-02-29T00:00:00Z",
        "2021-00-10T00:00:00Z",
        "2021-13-10T00:00:00Z",
        "2021-04-31T00:00:00Z",
        "2021-04-00T00:00:00Z",
        "2021-04-10T24:00:00Z",
        "2021-04-10T00:60:00Z",
        "2021-04-10T00:00:60Z",
        "2021-04-10T00:00:00",
        "2021-4-10T00:00:00Z",
        "2021-04-10T00:00:00.1Z",
        "2021-04-10T00:00:00+00:00",
        "+021-04-10T00:00:00Z",
        "",
    ] {
        assert_eq!(millis(wrong), None, "{wrong}");
    }
}

#[test]
fn time_spans_have_a_unit_and_an_end() {
    let millis = |text: &str| text.parse::<TimeSpan>().map(TimeSpan::as_millis).ok();
    assert_eq!(millis("20 ms"), Some(20));
    assert_eq!(millis("5s"), Some(5_000));
    assert_eq!(millis("2 h"), Some(7_200_000));
    assert_eq!(millis("3650 d"), Some(315_360_000_000));
    for wrong in
        ["3651 d", "99999999999999999999 ms", "213503982335 d", "5", "ms", "-5 s", "1.5 s", "5 S", ""]
    {
        assert_eq!(millis(wrong), None, "{wrong}");
    }
}

#[test]
fn arrows_have_two_sides() {
    let arrow: DeviceToKeys = "alice/phone->bob/phone ,  carol".parse().unwrap();
    assert_eq!(arrow.to_string(), "alice/phone -> bob/phone, carol");
    assert_eq!(arrow.pairs().count(), 2);
    for wrong in [
        "alice/phone",
        "alice/phone ->",
        "-> bob/phone",
        "alice -> bob/phone",
        "a/b -> c/d,",
        "a/b -> c -> d",
    ] {
        assert!(wrong.parse::<DeviceToKeys>().is_err(), "{wrong}");
    }
    for wrong in ["a/b -> c", "a -> c/d", "a/b -> c/d, e/f", "a/b"] {
        assert!(wrong.parse::<Link>().is_err(), "{wrong}");
    }
}

#[test]
fn names_are_small_letters_digits_and_hyphens() {
    assert!("a-9".parse::<Name>().is_ok());
    for wrong in ["", "A", "a b", "a_b", "\u{e4}", &"a".repeat(65)] {
        assert!(wrong.parse::<Name>().is_err(), "{wrong}");
    }
    for wrong in ["a/b/c", "/a", "a/", ""] {
        assert!(wrong.parse::<KeyName>().is_err(), "{wrong}");
    }
}
