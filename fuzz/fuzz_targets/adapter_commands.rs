//! Lines that an adapter reads.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| atm_fuzz_checks::adapter_commands(bytes));
