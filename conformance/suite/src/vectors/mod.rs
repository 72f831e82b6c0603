//! Test vectors: the inputs of one device in a case, and the outputs that the specifications allow after each of them.
//!
//! A [`TestVector`] is for unit tests of an implementation, without an adapter and without `atm`. The case is played with
//! the engine as every device. The inputs of the device are recorded as commands of the adapter protocol. Then a device of
//! the engine gets them again, alone. After each input, the [monitor](crate::monitor) says what it allows, and the scenario
//! which levels it expects under a requirement. The monitor judges a device by its inputs only, so the vector holds for
//! every implementation. Where the specifications leave a level open, the vector names that of the engine, and the
//! following steps hold for a device that has the same.
//!
//! [`VectorPlayer`] gives the inputs of a vector to an implementation in process.

mod drafting;
mod expected;
mod form;
mod format;
mod inputs;
mod player;

pub use drafting::{play_rows, vector};
pub use form::{FormDemand, FormRule, MessagePart};
#[cfg(feature = "schema")]
pub use format::schema;
pub use format::{
    AllowedLevels, Facts, MessageRules, NamedKey, OwnCodeContent, Play, PolicyLevels, RulesOfPeers, SCHEMA,
    ShownBody, TestVector, Told, VECTOR_FORMAT, VectorStep, Verdict, file_names,
};
pub use player::{Answered, VectorPlayer};
