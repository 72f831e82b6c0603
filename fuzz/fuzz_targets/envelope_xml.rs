//! Envelopes around trust messages.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| atm_fuzz_checks::envelope_xml(bytes));
