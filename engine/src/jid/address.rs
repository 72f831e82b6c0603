use std::fmt;
use std::hash::{Hash, Hasher};
use std::num::NonZeroU16;
use std::ops::Deref;
use std::str::FromStr;

use super::domain::prepare_domain;
use super::error::BadJid;
use super::profile::{prepare_localpart, prepare_resource};

/// A JID, bare or full: `localpart@domain/resource`. The localpart and the resource are optional.
///
/// The JID is prepared: two values are equal exactly if RFC 7622 treats the JIDs as the same.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Jid {
    text: Box<str>,
    // The positions follow from the text.
    at: Option<NonZeroU16>,
    slash: Option<NonZeroU16>,
}

/// The JID of an account or a server, without a resource.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BareJid(Jid);

/// The JID of an endpoint, with a resource.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FullJid(Jid);

impl Jid {
    /// Parses and prepares a JID.
    ///
    /// # Errors
    ///
    /// If RFC 7622 does not allow the JID.
    pub fn new(text: &str) -> Result<Self, BadJid> {
        // The resource is split off before the localpart (RFC 7622 §3.1), because it may contain both separators.
        let (rest, resource) = match text.split_once('/') {
            Some((rest, resource)) => (rest, Some(resource)),
            None => (text, None),
        };
        let (localpart, domain) = match rest.split_once('@') {
            Some((localpart, domain)) => (Some(localpart), domain),
            None => (None, rest),
        };
        let localpart = localpart.map(prepare_localpart).transpose()?;
        let domain = prepare_domain(domain)?;
        let resource = resource.map(prepare_resource).transpose()?;
        Ok(Self::of_prepared(localpart.as_deref(), &domain, resource.as_deref()))
    }

    /// The bare JID, without the resource if there is one.
    #[must_use]
    pub fn to_bare(&self) -> BareJid {
        BareJid(Self { text: self.bare().into(), at: self.at, slash: None })
    }

    /// The bare JID, without the resource if there is one.
    #[must_use]
    pub fn into_bare(self) -> BareJid {
        if self.is_full() { self.to_bare() } else { BareJid(self) }
    }

    /// Converts the JID to a full JID.
    ///
    /// # Errors
    ///
    /// Returns the bare JID if there is no resource.
    pub fn try_into_full(self) -> Result<FullJid, BareJid> {
        if self.is_full() { Ok(FullJid(self)) } else { Err(BareJid(self)) }
    }

    /// Whether there is a resource.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.slash.is_some()
    }

    /// The whole JID.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The part before the `@`.
    #[must_use]
    pub fn localpart(&self) -> Option<&str> {
        self.at.map(|at| &self.text[..position(at)])
    }

    /// The domain.
    #[must_use]
    pub fn domain(&self) -> &str {
        let bare = self.bare();
        self.at.map_or(bare, |at| &bare[position(at) + 1..])
    }

    /// The resource, if there is one.
    #[must_use]
    pub fn resource(&self) -> Option<&str> {
        self.slash.map(|slash| &self.text[position(slash) + 1..])
    }

    fn bare(&self) -> &str {
        self.slash.map_or(&*self.text, |slash| &self.text[..position(slash)])
    }

    fn of_prepared(localpart: Option<&str>, domain: &str, resource: Option<&str>) -> Self {
        let mut text = String::with_capacity(
            localpart.map_or(0, |part| part.len() + 1)
                + domain.len()
                + resource.map_or(0, |part| part.len() + 1),
        );
        if let Some(localpart) = localpart {
            text.push_str(localpart);
            text.push('@');
        }
        text.push_str(domain);
        let slash = resource.and(offset(text.len()));
        if let Some(resource) = resource {
            text.push('/');
            text.push_str(resource);
        }
        Self { text: text.into(), at: localpart.and_then(|part| offset(part.len())), slash }
    }
}

impl BareJid {
    /// Parses and prepares the JID of an account.
    ///
    /// # Errors
    ///
    /// If RFC 7622 does not allow the JID, or if it has a resource.
    pub fn new(text: &str) -> Result<Self, BadJid> {
        let jid = Jid::new(text)?;
        if jid.is_full() { Err(BadJid::NotBare) } else { Ok(Self(jid)) }
    }

    /// The JID of the account's endpoint with this resource.
    ///
    /// # Errors
    ///
    /// If RFC 7622 does not allow the resource.
    pub fn with_resource(&self, resource: &str) -> Result<FullJid, BadJid> {
        Ok(self.with_prepared_resource(&prepare_resource(resource)?))
    }

    /// The JID of the account's endpoint with this resource, which must be prepared.
    pub(crate) fn with_prepared_resource(&self, resource: &str) -> FullJid {
        FullJid(Jid::of_prepared(self.localpart(), self.domain(), Some(resource)))
    }
}

impl FullJid {
    /// Parses and prepares the JID of an endpoint.
    ///
    /// # Errors
    ///
    /// If RFC 7622 does not allow the JID, or if it has no resource.
    pub fn new(text: &str) -> Result<Self, BadJid> {
        Jid::new(text)?.try_into_full().map_err(|_| BadJid::NotFull)
    }

    /// The resource.
    #[must_use]
    pub fn resource(&self) -> &str {
        self.0.resource().unwrap_or_default()
    }
}

/// The offset of a separator. The parts before it have at most 2,047 bytes.
fn offset(length: usize) -> Option<NonZeroU16> {
    u16::try_from(length).ok().and_then(NonZeroU16::new)
}

fn position(offset: NonZeroU16) -> usize {
    usize::from(offset.get())
}

/// Hashes the text only, because the positions follow from it.
impl Hash for Jid {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl Deref for BareJid {
    type Target = Jid;

    fn deref(&self) -> &Jid {
        &self.0
    }
}

impl Deref for FullJid {
    type Target = Jid;

    fn deref(&self) -> &Jid {
        &self.0
    }
}

impl From<BareJid> for Jid {
    fn from(jid: BareJid) -> Self {
        jid.0
    }
}

impl From<FullJid> for Jid {
    fn from(jid: FullJid) -> Self {
        jid.0
    }
}

/// Implements parsing and formatting for all three types.
macro_rules! as_text {
    ($($jid:ident),*) => {$(
        impl FromStr for $jid {
            type Err = BadJid;

            fn from_str(text: &str) -> Result<Self, BadJid> {
                Self::new(text)
            }
        }

        impl fmt::Display for $jid {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $jid {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($jid), "({:?})"), self.as_str())
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $jid {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $jid {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::new(&text).map_err(serde::de::Error::custom)
            }
        }
    )*};
}

as_text!(Jid, BareJid, FullJid);
