//! Trust Message URIs are parsed in the forms of RFC 5122.

use atm_engine::codec::TrustMessageUri;

const HEX: &str = "623548d3835c6d33ef5cb680f7944ef381cf712bf23a0119dabe5c4f252cd02f";

/// RFC 5122 §2.2: nodeallow.
#[test]
fn what_stands_in_the_path_as_it_is() {
    let at = |path: &str| {
        let uri = format!("xmpp:{path}?trust-message;encryption=urn:xmpp:omemo:2;trust={HEX}");
        TrustMessageUri::parse(&uri).unwrap()
    };
    for literal in "!$()*+,;=-._~".chars() {
        let uri = at(&format!("a{literal}b@gw.example.com"));
        assert_eq!(uri.owner().as_str(), format!("a{literal}b@gw.example.com"));
        let encoded = format!("a%{:02X}b@gw.example.com", u32::from(literal));
        assert_eq!(uri, at(&encoded));
        let is_unreserved = "-._~".contains(literal);
        assert!(
            uri.to_string().starts_with(&format!(
                "xmpp:{}?",
                if is_unreserved { uri.owner().as_str() } else { &encoded }
            ))
        );
    }
}

/// RFC 5122 §2.3: the authority names the account that should use the URI.
#[test]
fn an_authority_names_the_own_account() {
    let query = format!("trust-message;encryption=urn:xmpp:omemo:2;trust={HEX}");
    let uri = TrustMessageUri::parse(&format!("xmpp://Alice@example.org/bob@example.com?{query}")).unwrap();
    assert_eq!(uri.account().map(|account| account.as_str()), Some("alice@example.org"));
    assert_eq!(uri.owner().as_str(), "bob@example.com");
    assert_eq!(uri.to_string(), format!("xmpp://alice@example.org/bob@example.com?{query}"));
    assert_eq!(TrustMessageUri::parse(&format!("xmpp:bob@example.com?{query}")).unwrap().account(), None);
}

#[test]
fn brackets_and_colons_stand_in_domains_only() {
    // RFC 5122 §2.2: `nodeid` allows none of these characters. An IPv6 address has them (RFC 3986 §3.2.2).
    for localpart in ["a[b", "a]b", "a:b"] {
        let uri = format!("xmpp:{localpart}@example.com?trust-message;encryption=urn:x;trust=ab");
        assert_eq!(TrustMessageUri::parse(&uri).unwrap_err().code(), "uri-encoding", "{uri}");
    }
    for (path, owner) in [("a%5Bb@example.com", "a[b@example.com"), ("a@[::1]", "a@[::1]")] {
        let uri = format!("xmpp:{path}?trust-message;encryption=urn:x;trust=ab");
        assert_eq!(TrustMessageUri::parse(&uri).unwrap().owner().as_str(), owner);
    }
}
