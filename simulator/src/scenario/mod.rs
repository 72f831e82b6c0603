//! Scenario files: accounts and devices, the actions of people, and the expected results.
//!
//! A scenario is a YAML file. [`Scenario`] is a whole one, and the types of its parts are documented in the words that
//! its author uses. A [`Population`] is also such a file: many scenarios are drawn from it.

mod breaks;
mod check;
mod describe;
mod expectation;
mod fault;
mod invariant;
mod lines;
mod load;
mod model;
mod named;
mod population;
mod reading;
#[cfg(feature = "schema")]
mod reason;
mod schema;
mod stanza;
mod step;
mod text;

pub use breaks::{Breaks, Rule};
pub use describe::describe;
pub use expectation::{
    AuthenticatedBy, Counts, ExpectedBody, ExpectedLevels, ExpectedMessage, ExpectedPostponed, ExpectedSize,
    MayEncrypt, NotTold, Origins, Reference, Refused, Required, ScenarioExpectations, Told,
};
pub use fault::{Forge, InjectDevice, Skew, SkewClock, SlowDown};
pub use invariant::Invariant;
pub use load::{Catalog, MAX_SIZE, Mistake, Mistakes, check_depth, did_you_mean, nearest};
pub(crate) use model::default_start;
pub use model::{
    Account, Delivery, DeviceSpec, Discovery, FormatVersion, Latency, LimitsSpec, NetworkSpec, OtherKey,
    PolicySpec, Resources, Scenario,
};
pub use named::Named;
pub use population::{
    ContactsPowerLaw, ContactsSpec, DecisionsSpec, DeviceRange, DevicesSpec, Population, PopulationSpec,
};
pub use reading::{LoadError, ScenarioFile};
pub use schema::SCHEMA;
#[cfg(feature = "schema")]
pub use schema::schema;
pub use stanza::{ChainStep, DeliverStep, EncryptedPart, FloodStep, StanzaType};
pub use step::{AddDevice, Code, DecideStep, ScanStep, Step};
pub use text::{
    AccountPair, Address, BadText, BareAddress, DateTime, DeviceName, DeviceToKeys, EncryptionNamespace,
    FullAddress, KeyName, KeyText, Link, Name, RequirementId, TimeSpan,
};
