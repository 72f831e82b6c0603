//! The serde representation of the stored form.

use data_encoding::BASE64;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{StateV1, StoredDevice};
use crate::names::KeyIdentifier;

/// The only format version so far.
const FORMAT: u64 = 1;

/// The members are written in this order, which is also alphabetical, so a reader knows the format before it reads the
/// state.
#[derive(Serialize)]
struct Written<'a> {
    format: u64,
    state: &'a StateV1,
}

#[derive(Deserialize)]
struct Read {
    format: Option<Format>,
    state: Option<StateV1>,
}

/// The format version, if it is supported.
#[derive(Deserialize)]
#[serde(try_from = "u64")]
struct Format;

impl TryFrom<u64> for Format {
    type Error = String;

    fn try_from(found: u64) -> Result<Self, String> {
        let unknown =
            || format!("the stored device has the format {found}, and only format {FORMAT} is read");
        (found == FORMAT).then_some(Self).ok_or_else(unknown)
    }
}

impl Serialize for StoredDevice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written { format: FORMAT, state: &self.0 }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for StoredDevice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Read { format, state } = Read::deserialize(deserializer)?;
        if format.is_none() {
            return Err(D::Error::custom(
                "the stored device names no format: it is cut off, or of a version before formats",
            ));
        }
        state.map(Self).ok_or_else(|| D::Error::missing_field("state"))
    }
}

/// An option that is always written, even if it is `None`. If it is missing, the input was cut off.
pub(super) fn required<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

/// Whether an optional member can be omitted. Only some devices have it.
pub(super) fn is_default<T: Default + PartialEq>(member: &T) -> bool {
    *member == T::default()
}

/// A secret in Base64.
pub(super) mod secret {
    use super::{BASE64, Deserialize, Deserializer, Error, Serialize, Serializer};

    pub(in crate::state) fn serialize<S: Serializer>(
        secret: &Option<[u8; 32]>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        secret.map(|secret| BASE64.encode(&secret)).serialize(serializer)
    }

    pub(in crate::state) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<[u8; 32]>, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = BASE64.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        // The error does not repeat the secret.
        bytes.map(Some).ok_or_else(|| D::Error::custom("the distrust secret is not 32 bytes in Base64"))
    }
}

/// The namespace of an encryption protocol.
pub(super) mod encryption {
    use super::{Deserialize, Deserializer, Error, Serializer};
    use crate::names::Encryption;

    pub(in crate::state) fn serialize<S: Serializer>(
        encryption: &Encryption,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(encryption.as_str())
    }

    pub(in crate::state) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Encryption, D::Error> {
        let namespace = String::deserialize(deserializer)?;
        Encryption::new(&namespace).ok_or_else(|| {
            D::Error::custom(format!("{namespace:?} is no namespace of an encryption protocol"))
        })
    }
}

/// A key identifier in Base64, as in trust messages. The caller checks later that its length fits the encryption
/// protocol.
pub(super) mod identifier {
    use super::{Deserializer, Identifier, KeyIdentifier, Serialize, Serializer};

    pub(in crate::state) fn serialize<S: Serializer>(
        identifier: &KeyIdentifier,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        identifier.to_base64().serialize(serializer)
    }

    pub(in crate::state) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<KeyIdentifier, D::Error> {
        <Identifier as super::Deserialize>::deserialize(deserializer).map(|Identifier(identifier)| identifier)
    }
}

/// A list of key identifiers in Base64.
pub(super) mod identifiers {
    use super::{Deserialize, Deserializer, Identifier, KeyIdentifier, Serializer};

    pub(in crate::state) fn serialize<S: Serializer>(
        identifiers: &[KeyIdentifier],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(identifiers.iter().map(KeyIdentifier::to_base64))
    }

    pub(in crate::state) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<KeyIdentifier>, D::Error> {
        let identifiers = Vec::<Identifier>::deserialize(deserializer)?;
        Ok(identifiers.into_iter().map(|Identifier(identifier)| identifier).collect())
    }
}

struct Identifier(KeyIdentifier);

impl<'de> Deserialize<'de> for Identifier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = BASE64.decode(text.as_bytes()).map_err(|error| {
            D::Error::custom(format!("the key identifier {text:?} is not in Base64: {error}"))
        })?;
        Ok(Self(KeyIdentifier::unchecked(&bytes)))
    }
}
