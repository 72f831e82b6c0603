//! What the specifications demand of implementations of Automatic Trust Management (XEP-0450), for the
//! command `atm` and its tests.

pub mod library;
pub mod requirements;
pub mod selection;
