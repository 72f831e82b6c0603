use std::fmt;
use std::str::FromStr;

use atm_engine::Encryption;
use data_encoding::BASE64;

use super::form::{BadText, text_form};

const KEY: &str = "the identifier of a key in Base64";
const NAMESPACE: &str = "the namespace of an encryption protocol, such as `urn:xmpp:omemo:2`";

/// The identifier of a key, written in Base64 as trust messages do (XEP-0434 §3).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyText(Box<[u8]>);

impl KeyText {
    /// The bytes of the identifier.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl FromStr for KeyText {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        match BASE64.decode(text.as_bytes()) {
            Ok(bytes) if !bytes.is_empty() => Ok(Self(bytes.into())),
            _ => Err(BadText::new(text, KEY)),
        }
    }
}

impl fmt::Display for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64.encode(&self.0))
    }
}

/// The namespace of an encryption protocol, such as `urn:xmpp:omemo:2`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EncryptionNamespace(pub Encryption);

impl Default for EncryptionNamespace {
    fn default() -> Self {
        Self(Encryption::new(Encryption::OMEMO).expect("the namespace of OMEMO is one"))
    }
}

impl FromStr for EncryptionNamespace {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        Encryption::new(text).map(Self).ok_or_else(|| BadText::new(text, NAMESPACE))
    }
}

impl fmt::Display for EncryptionNamespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

text_form!(KeyText, expects: KEY, schema: {
    "Key identifier",
    pattern: "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
    "The identifier of a key in Base64, as a trust message writes it."
});

text_form!(EncryptionNamespace, expects: NAMESPACE, schema: {
    "Encryption",
    pattern: r"^\S+$",
    "The namespace of an end-to-end encryption protocol: `urn:xmpp:omemo:2`, `urn:xmpp:openpgp:0`, ..."
});
