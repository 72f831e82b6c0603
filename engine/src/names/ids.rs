use std::hash::Hash;

/// A small number for a name.
pub(crate) trait Id: Copy + Eq + Hash {
    /// Its position among those that were given out.
    fn number(self) -> u32;
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(crate) u32);

        impl $name {
            /// The position in the [`Directory`](super::Directory) that gave the id out.
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
    /// A public long-term key: the triple of encryption, owner and key identifier. The same identifier
    /// under two owners is two keys.
    KeyId
}

impl AccountId {
    /// The account of what no directory knows.
    pub(crate) const NOBODY: Self = Self(u32::MAX);
}

impl EncryptionId {
    /// The encryption of what no directory knows.
    pub(crate) const NOBODY: Self = Self(u32::MAX);
}
