//! `atm conformance`, `atm adapter` and what they write, used as a person does.

mod adapters;
mod atm;
mod check;
mod expectations;
mod explain;
mod lint;
mod mixes;
mod recordings;
mod repeating;
mod selection;
mod starting;
