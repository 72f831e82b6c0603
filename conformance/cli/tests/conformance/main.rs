//! `atm conformance`, `atm adapter` and the files that they write, used as by a person.

mod adapters;
mod atm;
mod check;
mod deny;
mod expectations;
mod explain;
mod interop;
mod lint;
mod logs;
mod mixes;
mod recorded;
mod recordings;
mod repeating;
mod selection;
mod skeletons;
mod starting;
mod vectors;
