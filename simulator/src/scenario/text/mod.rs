//! The short notations inside strings: names, arrows, times, JIDs, keys.

mod address;
mod arrow;
mod date_time;
mod form;
mod key_text;
mod name;
mod requirement;
mod time_span;

pub use address::{Address, BareAddress, FullAddress};
pub use arrow::{AccountPair, DeviceToKeys, Link};
pub use date_time::DateTime;
pub use form::BadText;
pub use key_text::{EncryptionNamespace, KeyText};
pub use name::{DeviceName, KeyName, Name};
pub use requirement::RequirementId;
pub use time_span::TimeSpan;
