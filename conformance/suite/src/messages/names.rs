//! Converts between the names of the adapter protocol and the ids of a world.

use atm_adapter_protocol::protocol::{Key, LevelName};
use atm_engine::codec::stamp_to_date_time;
use atm_engine::jid::BareJid;
use atm_engine::{Directory, EncryptionId, KeyId, KeyIdentifier, Level, Stamp};

/// A key in the form of the protocol.
pub(crate) fn key(key: KeyId, names: &Directory) -> Key {
    Key { owner: names.jid(names.owner(key)).to_string(), id: names.identifier(key).to_base64() }
}

/// The id of a key, `None` if nobody in the world has it, or an error if it is none.
pub(crate) fn find(key: &Key, encryption: EncryptionId, names: &Directory) -> Result<Option<KeyId>, String> {
    let owner: BareJid =
        key.owner.parse().map_err(|_| format!("the owner {:?} is no bare JID", key.owner))?;
    let bytes = data_encoding::BASE64
        .decode(key.id.as_bytes())
        .map_err(|error| format!("the key identifier {:?} is not Base64: {error}", key.id))?;
    let identifier = KeyIdentifier::new(names.encryption_name(encryption), &bytes)
        .map_err(|error| format!("the key identifier {:?}: {error}", key.id))?;
    let owner = names.find_account(&owner);
    Ok(owner.and_then(|owner| names.find_key(encryption, owner, &identifier)))
}

/// The id of a key, or an error if nobody in the world has it.
pub(crate) fn find_held(key: &Key, encryption: EncryptionId, names: &Directory) -> Result<KeyId, String> {
    let found = find(key, encryption, names)?;
    found.ok_or_else(|| format!("nobody in the scenario has the key {}", key.describe()))
}

/// A time in the form of the protocol, always with milliseconds.
pub(crate) fn time(stamp: Stamp) -> String {
    let written = stamp_to_date_time(stamp);
    if written.contains('.') { written } else { written.replace('Z', ".000Z") }
}

/// The name of a level in the protocol.
pub(crate) fn level_name(level: Level) -> LevelName {
    match level {
        Level::Undecided => LevelName::Undecided,
        Level::AutomaticallyTrusted => LevelName::AutomaticallyTrusted,
        Level::AutomaticallyDistrusted => LevelName::AutomaticallyDistrusted,
        Level::ManuallyTrusted => LevelName::ManuallyTrusted,
        Level::Authenticated => LevelName::Authenticated,
        Level::Distrusted => LevelName::Distrusted,
    }
}

/// The level with this name in the protocol.
pub(crate) fn level(name: LevelName) -> Level {
    match name {
        LevelName::Undecided => Level::Undecided,
        LevelName::AutomaticallyTrusted => Level::AutomaticallyTrusted,
        LevelName::AutomaticallyDistrusted => Level::AutomaticallyDistrusted,
        LevelName::ManuallyTrusted => Level::ManuallyTrusted,
        LevelName::Authenticated => Level::Authenticated,
        LevelName::Distrusted => Level::Distrusted,
    }
}
