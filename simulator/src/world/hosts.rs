use super::network::Packet;
use crate::script::CrashMoment;

/// A device of a world: what holds its trust, and what surrounds that.
#[derive(Debug)]
pub(super) struct Host<E> {
    pub(super) endpoint: E,
    pub(super) control: Control,
    /// Whether the device belongs to its account now.
    pub(super) joined: bool,
    pub(super) connection: Connection,
    /// Whether it gets copies of what other devices of its account send.
    pub(super) carbons: bool,
    /// How far its clock is ahead, in milliseconds; negative if it is behind.
    pub(super) skew: i64,
    /// When it is going to crash, if it is.
    pub(super) crash: Option<CrashMoment>,
    /// What the server keeps for it while it is not connected.
    pub(super) archive: Vec<Packet>,
}

/// Who controls a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Control {
    /// Its owner.
    Honest,
    /// An adversary, who published its key under the account of a victim.
    Injected,
    /// Its owner and an adversary.
    Compromised,
}

/// How a device is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Connection {
    Online,
    Offline,
    /// It crashed and was not started again.
    Down,
}
