//! Lines that an adapter writes.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| atm_fuzz_checks::adapter_answer(bytes));
