use super::network::Packet;

/// A device of a world: what holds its trust, and its connection.
#[derive(Debug)]
pub(super) struct Host<E> {
    pub(super) endpoint: E,
    /// Whether the device belongs to its account now.
    pub(super) joined: bool,
    /// Whether it is connected.
    pub(super) online: bool,
    /// What the server keeps for it while it is not.
    pub(super) archive: Vec<Packet>,
}
