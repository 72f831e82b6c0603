//! Lines that tell an adapter what to do.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| atm_fuzz_checks::adapter_commands(bytes));
