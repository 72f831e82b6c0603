//! JIDs.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| atm_fuzz_checks::jid(bytes));
