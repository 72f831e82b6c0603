//! Misreadings and miswritings of codes.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Accepts only lower case in Base16 identifiers.
pub(crate) fn small_letters_only(uri: &str) -> String {
    let values = uri.split(';').skip(1).filter_map(|pair| pair.split_once('='));
    let is_odd = |value: &str| value.contains(|c: char| c.is_ascii_uppercase());
    super::unless(values.map(|(_, value)| value).any(is_odd), uri)
}

/// Accepts no percent-encoding.
pub(crate) fn nothing_encoded(uri: &str) -> String {
    super::unless(uri.contains('%'), uri)
}

/// Takes the path of a code as the JID, without decoding it.
pub(crate) fn path_not_decoded(uri: &str) -> String {
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    format!("{}?{query}", path.replace('%', "%25"))
}

/// Writes the JID as the path of a code, without encoding it.
pub(crate) fn path_not_encoded(uri: &str) -> String {
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let path = decoded(path);
    format!("{path}?{query}")
}

/// A text without percent-encoding.
pub(crate) fn decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

/// Ignores trusts in a code that also distrusts keys.
pub(crate) fn no_trust_beside_distrust(uri: &str) -> String {
    match uri.contains(";distrust=") {
        true => pairs(uri, |pair| !pair.starts_with("trust=")),
        false => uri.to_owned(),
    }
}

/// Reads only the last key of a code.
pub(crate) fn last_key(uri: &str) -> String {
    let last = uri.rsplit(';').next().unwrap_or_default().to_owned();
    pairs(uri, |pair| pair.starts_with("encryption=") || pair == last)
}

fn pairs(uri: &str, is_read: impl Fn(&str) -> bool) -> String {
    let mut parts = uri.split(';');
    let head = parts.next().unwrap_or_default();
    parts.filter(|pair| is_read(pair)).fold(head.to_owned(), |uri, pair| uri + ";" + pair)
}

/// Reads the keys of a code with any query type.
pub(crate) fn any_query(uri: &str) -> String {
    let Some((path, query)) = uri.split_once('?') else { return uri.to_owned() };
    let pairs = query.split_once(';').map_or("", |(_, pairs)| pairs);
    format!("{path}?trust-message;{pairs}")
}

/// Assumes OMEMO in a code without encryption.
pub(crate) fn encryption_not_needed(uri: &str) -> String {
    match uri.contains("encryption=") {
        true => uri.to_owned(),
        false => uri.replacen(';', ";encryption=urn:xmpp:omemo:2;", 1),
    }
}

/// Accepts the encryption at any position.
pub(crate) fn encryption_anywhere(uri: &str) -> String {
    let Some((head, query)) = uri.split_once(';') else { return uri.to_owned() };
    let mut pairs: Vec<&str> = query.split(';').collect();
    pairs.sort_by_key(|pair| !pair.starts_with("encryption="));
    format!("{head};{}", pairs.join(";"))
}

/// Writes identifiers in Base64.
pub(crate) fn in_base64(uri: &str) -> String {
    let Some((head, key)) = uri.rsplit_once('=') else { return uri.to_owned() };
    let bytes = data_encoding::HEXLOWER.decode(key.as_bytes()).unwrap_or_default();
    format!("{head}={}", data_encoding::BASE64URL_NOPAD.encode(&bytes))
}

/// Writes the encryption last.
pub(crate) fn encryption_last(uri: &str) -> String {
    let mut pairs: Vec<&str> = uri.split(';').collect();
    pairs.sort_by_key(|pair| pair.starts_with("encryption="));
    pairs.join(";")
}

/// Writes `authenticate` instead of `trust`.
pub(crate) fn other_names(uri: &str) -> String {
    uri.replace(";trust=", ";authenticate=")
}

/// Writes the full JID of the device.
pub(crate) fn full_jid(uri: &str) -> String {
    uri.replace('?', "/phone?")
}

/// Distrusts the own key instead of trusting it.
pub(crate) fn distrusts_itself(uri: &str) -> String {
    uri.replace(";trust=", ";distrust=")
}
