//! Mistakes in the authority of senders over keys.

use atm_naive_model::Quirk;

use super::{BrokenVariant, broken_by};
use crate::twist::Lapse;
use crate::variant::{decides, lapses};

pub(super) const BROKEN: &[BrokenVariant] = &[
broken_by("speaks-by-received-carbon","the account in the wrapper of a received carbon is taken for the sender, so that a contact decides about anybody",decides(&[Quirk::WrapperSpeaks]),&["xep-0450/introduction/own-account-only"]).at("https://xmpp.org/extensions/xep-0280.html#inbound").shows_with("a message that comes as a received carbon"),
broken_by("speaks-by-the-envelope","the account in the envelope is taken for the sender, so that a contact decides about anybody",decides(&[Quirk::EnvelopeSpeaks]),&["xep-0420/affixes/from"]).security(),
broken_by("believes-by-identifier","a sender is believed if its identifier is that of an authenticated key, whoever owns that",decides(&[Quirk::BelievesByIdentifier]),&["xep-0450/introduction/security-level"]).at("https://xmpp.org/extensions/xep-0434.html#trust-message-structure"),
broken_by("doubts-the-shared-key","own endpoints that share their key are believed only once somebody authenticated it",decides(&[Quirk::DoubtsTheSharedKey]),&["xep-0450/ook"]),
broken_by("keeps-without-authority","who may decide about which keys is looked at only if the sender is authenticated already",decides(&[Quirk::KeepsWithoutAuthority]),&["xep-0450/introduction/own-account-only"]),
broken_by("manual-trust-authenticates","trust without comparing is taken for an authentication",lapses(&[Lapse::ManualTrustAuthenticates]),&["xep-0450/introduction/security-level"]).at("conformance/ADAPTERS.md#trust-manually-a-person-trusts-keys-without-comparing"),
broken_by("releases-on-manual-trust","what a sender left is used when a person trusts its key without comparing",decides(&[Quirk::ReleasesOnManualTrust]),&["xep-0450/introduction/security-level"]),
broken_by("releases-on-distrust","what a sender left is used when anything is decided on its key, a distrust as well",decides(&[Quirk::ReleasesOnDistrust]),&["xep-0450/introduction/security-level"]),
broken_by("releases-on-discovery","what a sender left is used when its key is fetched",decides(&[Quirk::ReleasesOnDiscovery]),&["xep-0450/introduction/security-level"]),
broken_by("releases-by-identifier","what a sender left is used when a key with its identifier is authenticated, whoever owns that",decides(&[Quirk::ReleasesByIdentifier]),&["xep-0450/introduction/security-level"]).at("https://xmpp.org/extensions/xep-0434.html#trust-message-structure"),
broken_by("releases-as-new","a released decision gets the time of its release, so that a distrust that arrives late is too old",decides(&[Quirk::ReleasesAsNew]),&["xep-0450/dc-r/contact-endpoint"]),
broken_by("releases-blindly","what several senders left is used, though the first of it distrusts the second of them",decides(&[Quirk::ReleasesBlindly]),&["xep-0450/introduction/security-level"]),
broken_by("manual-trust-stands","no message distrusts a key that a person authenticated",decides(&[Quirk::ManualTrustStands]),&["xep-0450/do-r", "xep-0450/dc-r/own-endpoint", "xep-0450/dc-r/contact-endpoint"]),
];
