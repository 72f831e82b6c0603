//! Names: small `Copy` ids inside, and one [`Directory`] that maps them to names.

mod directory;
mod encryption;
mod identifier;
mod ids;
mod stamp;

pub(crate) use directory::DirectoryExtent;
pub use directory::{Directory, UnknownId};
pub use encryption::Encryption;
pub use identifier::{BadIdentifier, KeyIdentifier};
pub(crate) use ids::Id;
pub use ids::{AccountId, EncryptionId, EndpointId, KeyId};
pub use stamp::Stamp;
