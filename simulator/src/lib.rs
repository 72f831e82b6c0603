//! A deterministic world of XMPP accounts, devices and servers in which ATM scenarios run.
pub mod scenario;
