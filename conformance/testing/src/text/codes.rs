//! How a code is read, or written, by somebody who has seen one.

/// Identifiers in Base16 have small letters.
pub(crate) fn small_letters_only(uri: &str) -> String {
    let values = uri.split(';').skip(1).filter_map(|pair| pair.split_once('='));
    let is_odd = |value: &str| value.contains(|c: char| c.is_ascii_uppercase());
    super::unless(values.map(|(_, value)| value).any(is_odd), uri)
}

/// Nothing is encoded but what is always encoded.
pub(crate) fn nothing_encoded(uri: &str) -> String {
    super::unless(uri.contains('%'), uri)
}

/// A code that distrusts keys trusts none.
pub(crate) fn no_trust_beside_distrust(uri: &str) -> String {
    match uri.contains(";distrust=") {
        true => pairs(uri, |pair| !pair.starts_with("trust=")),
        false => uri.to_owned(),
    }
}

/// Only the last key of a code is read.
pub(crate) fn last_key(uri: &str) -> String {
    let last = uri.rsplit(';').next().unwrap_or_default().to_owned();
    pairs(uri, |pair| pair.starts_with("encryption=") || pair == last)
}

fn pairs(uri: &str, is_read: impl Fn(&str) -> bool) -> String {
    let mut parts = uri.split(';');
    let head = parts.next().unwrap_or_default();
    parts.filter(|pair| is_read(pair)).fold(head.to_owned(), |uri, pair| uri + ";" + pair)
}

/// Whatever a code is for, its keys are read.
pub(crate) fn any_query(uri: &str) -> String {
    let Some((path, query)) = uri.split_once('?') else { return uri.to_owned() };
    let pairs = query.split_once(';').map_or("", |(_, pairs)| pairs);
    format!("{path}?trust-message;{pairs}")
}

/// A code without encryption is about keys of OMEMO.
pub(crate) fn encryption_not_needed(uri: &str) -> String {
    match uri.contains("encryption=") {
        true => uri.to_owned(),
        false => uri.replacen(';', ";encryption=urn:xmpp:omemo:2;", 1),
    }
}

/// The pair for the encryption may stand anywhere.
pub(crate) fn encryption_anywhere(uri: &str) -> String {
    let Some((head, query)) = uri.split_once(';') else { return uri.to_owned() };
    let mut pairs: Vec<&str> = query.split(';').collect();
    pairs.sort_by_key(|pair| !pair.starts_with("encryption="));
    format!("{head};{}", pairs.join(";"))
}

/// Identifiers are written in Base64.
pub(crate) fn in_base64(uri: &str) -> String {
    let Some((head, key)) = uri.rsplit_once('=') else { return uri.to_owned() };
    let bytes = data_encoding::HEXLOWER.decode(key.as_bytes()).unwrap_or_default();
    format!("{head}={}", data_encoding::BASE64URL_NOPAD.encode(&bytes))
}

/// The pair for the encryption is written last.
pub(crate) fn encryption_last(uri: &str) -> String {
    let mut pairs: Vec<&str> = uri.split(';').collect();
    pairs.sort_by_key(|pair| pair.starts_with("encryption="));
    pairs.join(";")
}

/// Keys to be trusted are written as those to be authenticated.
pub(crate) fn other_names(uri: &str) -> String {
    uri.replace(";trust=", ";authenticate=")
}

/// The full JID of the device is written.
pub(crate) fn full_jid(uri: &str) -> String {
    uri.replace('?', "/phone?")
}

/// A code that says that the key is distrusted.
pub(crate) fn distrusts_itself(uri: &str) -> String {
    uri.replace(";trust=", ";distrust=")
}
