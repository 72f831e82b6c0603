//! Permitted differences in trusting, announcing and reporting.

use atm_naive_model::Quirk;

use super::{LawfulVariant, lawful};
use crate::twist::Lapse;
use crate::variant::{decides, lapses};

pub(super) const LAWFUL: &[LawfulVariant] = &[
    lawful(
        "one-latch-for-all",
        "trusts no new keys of anybody once any key is authenticated",
        decides(&[Quirk::OneLatchForAll]),
        &[],
    )
    .open("XEP-0450 speaks of the first authentication, not of whose key"),
    lawful(
        "latch-falls-back",
        "trusts new keys again when no key of the owner is authenticated any more",
        decides(&[Quirk::LatchFallsBack]),
        &[],
    )
    .open("XEP-0450 only recommends the policy"),
    lawful(
        "uses-old-keys-after-the-latch",
        "goes on to use the keys that were used before the first authentication",
        decides(&[Quirk::UsesOldKeysAfterTheLatch]),
        &["xep-0450/toakafa/latch"],
    )
    .open("XEP-0450 only recommends the policy"),
    lawful(
        "uses-new-keys-after-the-latch",
        "uses keys that appear after the first authentication",
        decides(&[Quirk::UsesNewKeysAfterTheLatch]),
        &["xep-0450/toakafa/new-keys"],
    )
    .open("XEP-0450 only recommends the policy"),
    lawful(
        "manual-distrust-stands",
        "lets no message authenticate a key that a person distrusted",
        decides(&[Quirk::ManualDistrustStands]),
        &[],
    )
    .open("which of two contrary decisions counts is left open between persons and messages"),
    lawful("rounds-times", "compares times in whole seconds", decides(&[Quirk::RoundsTimes]), &[])
        .open("XEP-0082 leaves the fraction out"),
    lawful(
        "hears-undiscovered",
        "believes a sender that somebody vouched for before its key is fetched",
        decides(&[Quirk::HearsUndiscovered]),
        &[],
    )
    .open("XEP-0450 speaks of authentication only"),
    lawful(
        "no-summary-on-release",
        "sends no summary to endpoints that a decision released",
        decides(&[Quirk::NoSummaryOnRelease]),
        &["atm/facts/summary-to-released"],
    )
    .open("XEP-0450 speaks of the key that was authenticated by the person"),
    lawful(
        "summary-without-the-others",
        "leaves out of a summary what was authenticated in the same go",
        decides(&[Quirk::SummaryWithoutTheOthers]),
        &[],
    )
    .open("XEP-0450 speaks of keys that are authenticated already"),
    lawful(
        "announces-on-discovery",
        "announces a decision on an unknown key when the key is fetched",
        decides(&[Quirk::AnnouncesOnDiscovery]),
        &[],
    )
    .open("XEP-0450 does not say when"),
    lawful(
        "announces-everything",
        "announces all that it knows with each decision",
        decides(&[Quirk::AnnouncesEverything]),
        &[],
    )
    .open("to say more that is true is not forbidden"),
    lawful(
        "encrypts-for-itself",
        "encrypts messages for its own key, too",
        decides(&[Quirk::EncryptsForItself]),
        &[],
    )
    .open("conformance/ADAPTERS.md allows it"),
    lawful(
        "restart-restates",
        "sends a summary to everybody after a restart",
        decides(&[Quirk::RestartRestates]),
        &[],
    )
    .open("to say more that is true is not forbidden"),
    lawful(
        "shows-undiscovered",
        "shows decisions on keys that were not fetched yet",
        lapses(&[Lapse::ShowsUndiscovered]),
        &[],
    )
    .open("conformance/ADAPTERS.md leaves it open"),
    lawful("shows-own-key", "shows its own key as authenticated", lapses(&[Lapse::ShowsOwnKey]), &[])
        .open("conformance/ADAPTERS.md leaves it open"),
    lawful(
        "hides-postponed",
        "does not tell what waits for its sender",
        lapses(&[Lapse::HidesPostponed]),
        &[],
    )
    .open("conformance/ADAPTERS.md leaves it open"),
];
