use std::hash::Hash;

/// A small number that stands for a name.
pub(crate) trait Id: Copy + Eq + Hash {
    /// The position among the issued ids.
    fn number(self) -> u32;
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(crate) u32);

        impl $name {
            /// The position in the [`Directory`](super::Directory) that issued the id.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl Id for $name {
            fn number(self) -> u32 {
                self.0
            }
        }
    };
}

id! {
    /// An account: one bare JID.
    AccountId
}
id! {
    /// A full JID: an account and the resource of one of its endpoints.
    EndpointId
}
id! {
    /// The namespace of an encryption protocol.
    EncryptionId
}
id! {
    /// A public long-term key: the triple of encryption, owner and key identifier. The same identifier under two owners
    /// denotes two keys.
    KeyId
}

impl AccountId {
    /// The placeholder for unknown accounts.
    pub(crate) const NOBODY: Self = Self(u32::MAX);
}

impl EncryptionId {
    /// The placeholder for unknown encryption protocols.
    pub(crate) const NOBODY: Self = Self(u32::MAX);
}
