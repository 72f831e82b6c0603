//! Logs of devices: whether the specifications explain them.
//!
//! A log is a conversation of the adapter protocol, with each command and its answer. `atm conformance --record` writes
//! it, or a client does. [`read_log`] reads it, a [`LoggedDevice`] is the part of one device, and [`check`] lets the
//! monitor judge it. The log of a device is a scenario in which every step is an input of the device.

mod check;
mod device;
mod error;
mod names;
mod reading;
mod recorder;
mod stanza;

pub(crate) use check::tell;
pub use check::{CheckedDevice, End, LogFinding, check};
pub use device::{HeldKey, LoggedDevice, LoggedStep, device_of_inputs, devices};
pub use error::{BadLog, Place};
pub use reading::{Conversation, Logged, read_log};
pub use recorder::{Recorded, WrittenStanzas, hello};
