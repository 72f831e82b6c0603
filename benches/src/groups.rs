//! The names of criterion's groups.

/// One device on which a person decides.
pub const MANUAL_DECISION: &str = "manual decision";
/// One device that receives a message.
pub const RECEIVED_MESSAGE: &str = "received message";
/// One device that applies its postponed decisions.
pub const RELEASE: &str = "release of postponed decisions";
/// Trust messages and Trust Message URIs, read and written.
pub const CODECS: &str = "codecs";
/// The example of the ATM readme.
pub const README_RUN: &str = "readme run";
/// Devices of one account.
pub const CLIQUE: &str = "clique of own devices";
/// A person with many contacts links a new device.
pub const NEW_DEVICE: &str = "new device of an account";
/// Populations, part by part.
pub const POPULATION: &str = "population";

/// All groups.
pub const ALL: [&str; 8] =
    [MANUAL_DECISION, RECEIVED_MESSAGE, RELEASE, CODECS, README_RUN, CLIQUE, NEW_DEVICE, POPULATION];
