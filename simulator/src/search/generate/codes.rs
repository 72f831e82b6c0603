use super::drawing::Drawing;
use crate::cast::Cast;
use crate::scenario::{Code, KeyName, ScanStep, Step};

/// The oddity of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Oddity {
    /// It is no Trust Message URI.
    None,
    /// It names several keys.
    SeveralKeys,
    /// It distrusts a key.
    Distrust,
    /// It trusts one key and distrusts another.
    TrustAndDistrust,
    /// It has another query type.
    OtherQuery,
    /// It names no encryption.
    NoEncryption,
    /// It names a key that no device has.
    UnseenKey,
    /// It names another encryption.
    OtherEncryption,
    /// It names another owner.
    OtherOwner,
}

/// Steps with codes that people scan.
impl Drawing<'_> {
    /// A code that is not a Trust Message URI.
    pub(super) fn no_code(&mut self) -> Code {
        let broken =
            ["xmpp:alice@example.org", "xmpp:alice@example.org?trust-message", "https://example.org/", ""];
        Code::Uri(broken[self.dice.below(broken.len())].to_owned())
    }

    /// Scans a code that no device would show.
    pub(super) fn odd_scan(&mut self) -> Option<Step> {
        let oddities = [
            Oddity::None,
            Oddity::SeveralKeys,
            Oddity::Distrust,
            Oddity::TrustAndDistrust,
            Oddity::OtherQuery,
            Oddity::NoEncryption,
            Oddity::UnseenKey,
            Oddity::OtherEncryption,
            Oddity::OtherOwner,
        ];
        let oddity = *self.dice.one_of(&oddities)?;
        let by = self.actors.busy_device(self.dice)?;
        let code = match oddity {
            Oddity::None => self.no_code(),
            oddity => Code::Uri(self.odd_code(oddity)?),
        };
        Some(Step::Scan(ScanStep { by, code }))
    }

    fn odd_code(&mut self, oddity: Oddity) -> Option<String> {
        let cast = Cast::new(&self.scenario).ok()?;
        let names = cast.directory();
        let (first, second) = (self.actors.device(self.dice)?, self.actors.device(self.dice)?);
        let base16 = |key: &KeyName| Some(names.identifier(cast.key(key).ok()?).to_base16());
        let (one, other) = (base16(&self.actors.key_of(&first))?, base16(&self.actors.key_of(&second))?);
        let owner = if oddity == Oddity::OtherOwner { &second } else { &first };
        let owner = names.jid(cast.member(cast.device(owner).ok()?).account);
        let encryption = match oddity {
            Oddity::OtherEncryption => "urn:example:encryption:0",
            _ => names.encryption_name(cast.encryption()).as_str(),
        };
        let are_of_one = one != other && first.account == second.account;
        let decisions = match oddity {
            Oddity::SeveralKeys if are_of_one => format!("trust={one};trust={other}"),
            Oddity::TrustAndDistrust if are_of_one => format!("trust={one};distrust={other}"),
            Oddity::Distrust => format!("distrust={one}"),
            Oddity::UnseenKey => format!("trust={}", "5e".repeat(one.len() / 2)),
            _ => format!("trust={one}"),
        };
        let query = if oddity == Oddity::OtherQuery { "roster" } else { "trust-message" };
        let encryption = match oddity {
            Oddity::NoEncryption => String::new(),
            _ => format!("encryption={encryption};"),
        };
        Some(format!("xmpp:{owner}?{query};{encryption}{decisions}"))
    }
}
