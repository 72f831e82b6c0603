use std::hash::Hash;

use indexmap::IndexSet;
use jid::{BareJid, FullJid};
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use super::{AccountId, Encryption, EncryptionId, EndpointId, KeyId, KeyIdentifier};

/// The names behind the ids: one for all devices of a program or a world.
///
/// Ids are given out in the order in which names are first seen, so the same calls give the same ids. A
/// directory only grows. What it stores for whom is bounded by who may call it: see
/// [`Device::receive`](crate::Device::receive) for messages of strangers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    accounts: Names<BareJid>,
    endpoints: Names<FullJid>,
    endpoint_accounts: Vec<AccountId>,
    encryptions: Names<Encryption>,
    keys: Names<(EncryptionId, AccountId, KeyIdentifier)>,
    key_owners: Vec<AccountId>,
}
