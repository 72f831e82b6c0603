use atm_engine::Directory;
use atm_engine::jid::{BareJid, FullJid, Jid};

/// The greatest length of a refusal's reason, which quotes one label at most.
const LONGEST_REASON: usize = 1000;

/// A JID is refused with a reason. Otherwise a second preparation changes nothing, its parts compose it, and it has no
/// invisible character and no line break.
pub fn jid(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let jid = match Jid::new(text) {
        Ok(jid) => jid,
        Err(bad) => {
            let reason = bad.to_string();
            return assert!(!reason.is_empty() && reason.len() <= LONGEST_REASON, "{} bytes", reason.len());
        }
    };
    assert_eq!(Jid::new(jid.as_str()).as_ref(), Ok(&jid));
    assert!(
        !jid.as_str().contains(|c: char| c.is_control() || matches!(c, '\u{200B}' | '\u{202E}' | '\u{FEFF}'))
    );
    let localpart = jid.localpart().map_or_else(String::new, |part| format!("{part}@"));
    let resource = jid.resource().map_or_else(String::new, |part| format!("/{part}"));
    assert_eq!(format!("{localpart}{}{resource}", jid.domain()), jid.as_str());
    for part in [jid.localpart(), Some(jid.domain()), jid.resource()].into_iter().flatten() {
        assert!((1..=1023).contains(&part.len()), "{part}");
    }
    same_account(&jid);
}

/// Checks that a JID names the same account and endpoint however it is obtained.
fn same_account(jid: &Jid) {
    let bare = jid.to_bare();
    assert_eq!(jid.clone().into_bare(), bare);
    assert_eq!(BareJid::new(bare.as_str()).as_ref(), Ok(&bare));
    let spellings = if bare.domain().ends_with(']') { vec![] } else { vec![format!("{bare}.")] };
    let again = spellings.iter().map(|spelling| BareJid::new(spelling).expect("a final dot is dropped"));
    let mut names = Directory::new();
    let account = names.account(&bare);
    for again in again {
        assert_eq!(names.find_account(&again), Some(account));
    }
    if let Ok(full) = jid.clone().try_into_full() {
        assert_eq!(bare.with_resource(full.resource()).as_ref(), Ok(&full));
        assert_eq!(FullJid::new(full.as_str()).as_ref(), Ok(&full));
        let endpoint = names.endpoint(&full);
        assert_eq!(names.account_of(endpoint), account);
    }
}
