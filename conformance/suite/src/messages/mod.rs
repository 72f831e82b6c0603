//! The messages of a case: conversion for adapters, and violations of requirements.

mod code;
mod finding;
pub(crate) mod names;
mod outgoing;
mod wire;

pub(crate) use code::wrong_code;
pub use finding::{Content, MessageFinding, findings};
pub(crate) use outgoing::clear_content;
pub use outgoing::{ReadStanza, read_sent};
pub use wire::Wire;
pub(crate) use wire::hand_made;
