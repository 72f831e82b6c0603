//! Trust Message URIs.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| atm_fuzz_checks::trust_message_uri(bytes));
