//! Variants that differ only where the specifications leave something open.

mod reading;
mod trusting;
mod writing;

use std::time::Duration;

use atm_engine::{AnnouncementRule, ConflictRule, Limits, Policy, Rules};
use atm_naive_model::{Memory, Quirk};

use crate::hearing::Mishearing;
use crate::reading::Misreading;
use crate::twist::Lapse;
use crate::variant::{MODEL, Variant, chooses, decides, hears, lapses, reads, writes};
use crate::writing::Slip;

/// A variant with a permitted difference.
#[derive(Clone, Copy, Debug)]
pub struct LawfulVariant {
    /// The name.
    pub name: &'static str,
    /// The permitted difference.
    pub other: &'static str,
    /// The deviations from the model.
    pub variant: Variant,
    /// The ids of the requirements that report the difference without a failure.
    pub shows: &'static [&'static str],
    /// The rule that leaves it open, if that is not obvious from the difference.
    pub open: Option<&'static str>,
}

impl LawfulVariant {
    pub(super) const fn open(self, open: &'static str) -> Self {
        Self { open: Some(open), ..self }
    }
}

pub(super) const fn lawful(
    name: &'static str,
    other: &'static str,
    variant: Variant,
    shows: &'static [&'static str],
) -> LawfulVariant {
    LawfulVariant { name, other, variant, shows, open: None }
}

const GENEROUS: Limits = Limits {
    own_sender: usize::MAX,
    own_account: usize::MAX,
    contact_sender: usize::MAX,
    contact_account: usize::MAX,
    contacts_total: usize::MAX,
    undiscovered_per_contact: usize::MAX,
};

/// Limits that no scenario reaches, even one that sets small limits for the engine.
fn without_bounds(rules: Rules) -> Rules {
    Rules { limits: GENEROUS, ..rules }
}

/// All lawful variants.
pub fn lawful_variants() -> impl Iterator<Item = LawfulVariant> {
    [LAWFUL, reading::LAWFUL, writing::LAWFUL, trusting::LAWFUL].into_iter().flatten().copied()
}

const LAWFUL: &[LawfulVariant] = &[
    lawful("model", "nothing: another implementation of the same rules", MODEL, &[]),
    lawful(
        "direct",
        "announces only what the person decided on",
        chooses(|rules| Rules { announcement: AnnouncementRule::Direct, ..rules }),
        &["atm/facts/released-announced"],
    ),
    lawful(
        "relay",
        "announces what it received, too",
        chooses(|rules| Rules { announcement: AnnouncementRule::Relay, ..rules }),
        &[],
    ),
    lawful(
        "announces-before-releasing",
        "announces a decision before it uses what was kept for that",
        decides(&[Quirk::AnnouncesBeforeReleasing]),
        &["atm/facts/released-announced"],
    ),
    lawful(
        "confirms-silently",
        "announces nothing when a person confirms what a message decided",
        decides(&[Quirk::ConfirmsSilently]),
        &[],
    ),
    lawful(
        "repeats-decisions",
        "announces a decision each time it is made",
        decides(&[Quirk::RepeatsDecisions]),
        &[],
    ),
    lawful(
        "summaries-without-distrusts",
        "tells new endpoints the authenticated keys only",
        decides(&[Quirk::SummaryWithoutDistrusts]),
        &["atm/facts/distrusts-in-summaries"],
    ),
    lawful(
        "summaries-with-own-key",
        "tells new endpoints its own key, too",
        decides(&[Quirk::SummaryWithOwnKey]),
        &[],
    ),
    lawful(
        "summaries-for-all",
        "sends summaries to all authenticated endpoints of the account",
        decides(&[Quirk::SummaryForTheWholeAccount]),
        &[],
    ),
    lawful(
        "forgets-trust-in-keys-that-leave",
        "forgets trust in a key that leaves its list, but no distrust",
        lapses(&[Lapse::ForgetsTrust]),
        &["atm/facts/returning-key"],
    ),
    lawful("stores-all", "stores whatever strangers say", lapses(&[Lapse::StoresAll]), &["atm/rules/quota"]),
    lawful(
        "relies-on-carbons",
        "encrypts one message for a contact's endpoints and the own ones, which get a carbon",
        decides(&[Quirk::ReliesOnCarbons]),
        &[],
    ),
    lawful(
        "separate-messages",
        "sends one message for each decision and endpoint",
        writes(&[Slip::Separate]),
        &[],
    ),
    lawful("full-addresses", "sends one message to each full JID", writes(&[Slip::FullAddress]), &[]),
    lawful("other-order", "writes owners and keys in another order", writes(&[Slip::OtherOrder]), &[]),
    lawful("whole-seconds", "writes times in whole seconds", writes(&[Slip::WholeSeconds]), &[]),
    lawful("no-zone", "writes times as the examples do, without zone", writes(&[Slip::NoZone]), &[]),
    lawful(
        "full-from",
        "writes the full JID in <from/>, as the examples do",
        writes(&[Slip::FullFrom]),
        &["xep-0420/affixes/from-written"],
    ),
    lawful(
        "last-arrival-counts",
        "goes by the order of arrival, not by the times in messages",
        decides(&[Quirk::LastArrivalCounts]),
        &["xep-0434/sce-profile/time", "atm/facts/time-between-senders"],
    ),
    lawful(
        "cautious",
        "lets a distrust stand until the one who spoke it takes it back",
        chooses(|rules| Rules { conflict: ConflictRule::Cautious, ..rules }),
        &["atm/facts/trust-after-distrust"],
    ),
    lawful(
        "short-margin",
        "rejects what is dated more than two minutes off",
        chooses(|rules| Rules { clock_margin: Duration::from_secs(120), ..rules }),
        &["atm/facts/clock-margin"],
    ),
    lawful(
        "no-policy",
        "leaves keys undecided that nobody decided on",
        chooses(|rules| Rules { policy: Policy::None, ..rules }),
        &["xep-0450/toakafa/before", "xep-0450/toakafa/latch"],
    ),
    lawful(
        "trusts-blindly",
        "uses all keys that nobody decided on, for ever",
        decides(&[Quirk::TrustsBlindly]),
        &["xep-0450/toakafa/latch", "xep-0450/toakafa/new-keys"],
    ),
    lawful("generous", "keeps whatever anybody says, without bounds", chooses(without_bounds), &[]),
    lawful(
        "keeps-what-the-distrusted-left",
        "keeps what a sender left when its key is distrusted",
        Variant { rules: without_bounds, ..decides(&[Quirk::KeepsWhatTheDistrustedLeft]) },
        &["atm/facts/distrust-drops"],
    ),
    lawful(
        "releases-trust-first",
        "uses what was kept in another order",
        decides(&[Quirk::ReleasesTrustFirst]),
        &["atm/rules/release-order"],
    ),
    lawful(
        "keeps-all-words",
        "keeps all that a sender says about a key, and lets a distrust of those stand",
        decides(&[Quirk::KeepsAllWords, Quirk::ReleasesTrustFirst, Quirk::LastArrivalCounts]),
        &["xep-0434/sce-profile/time", "atm/facts/time-between-senders", "atm/rules/release-order"],
    ),
    lawful(
        "discards-mixed-messages",
        "discards a message whole if its sender has no say in a part of it",
        decides(&[Quirk::DiscardsMixedMessages]),
        &["atm/facts/mixed-message"],
    ),
    lawful(
        "hears-itself",
        "takes its own message that comes back for one of an own endpoint",
        decides(&[Quirk::HearsItself]),
        &[],
    ),
    lawful(
        "hears-no-carbons",
        "does not look into carbons",
        hears(&[Mishearing::NoCarbon]),
        &["xep-0434/implementation-notes/carbons"],
    ),
    lawful(
        "loses-the-outbox",
        "forgets in a crash what it was about to send",
        decides(&[Quirk::Loses(Memory::Outbox)]),
        &["atm/rules/outbox"],
    ),
    lawful(
        "skips-odd-parts",
        "uses what it understands of a message that is partly broken",
        reads(&[Misreading::SkipsOddParts]),
        &["atm/rules/malformed"],
    ),
    lawful(
        "uri-without-distrusts",
        "ignores the distrusts of a Trust Message URI",
        reads(&[Misreading::UriWithoutDistrusts]),
        &["atm/facts/uri-distrust"],
    ),
];
