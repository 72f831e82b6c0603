use atm_engine::codec::{MAX_STANZA_BYTES, MAX_VALUE_BYTES, Malformed};

/// Checks that a refusal states a reason, whose length strangers cannot raise arbitrarily.
pub(crate) fn has_a_reason(malformed: &Malformed) {
    // An encryption is quoted in full, other values are shortened.
    const LONGEST: usize = 2 * MAX_VALUE_BYTES;
    let (code, reason) = (malformed.code(), malformed.to_string());
    let is_kebab = |byte: u8| byte == b'-' || byte.is_ascii_lowercase() || byte.is_ascii_digit();
    assert!(!code.is_empty() && code.bytes().all(is_kebab), "{code}");
    assert!(!reason.is_empty() && reason.len() <= LONGEST, "{code}: {} bytes", reason.len());
}

/// Checks that the written text parses as `expected`, unless it has become too long.
pub(crate) fn reads_back<T: PartialEq + std::fmt::Debug>(
    written: &str,
    read: impl Fn(&str) -> Result<T, Malformed>,
    expected: &T,
) {
    match read(written) {
        Ok(again) => assert_eq!(again, *expected, "{written}"),
        Err(Malformed::TooLarge { .. }) => assert!(written.len() > MAX_STANZA_BYTES, "{written}"),
        Err(malformed) => panic!("{malformed}: {written}"),
    }
}
