//! Mistakes with undiscovered keys and their discovery.

use atm_naive_model::{Memory, Quirk};

use super::{BrokenVariant, broken_by};
use crate::twist::Lapse;
use crate::variant::{decides, lapses};

const DISCOVER: &str = "conformance/ADAPTERS.md#discover-a-device-sees-keys-for-the-first-time";

pub(super) const BROKEN: &[BrokenVariant] = &[
broken_by("forgets-unknown-keys-on-release","what is released about keys that were not fetched yet is dropped",decides(&[Quirk::ForgetsUnknownKeysOnRelease]),&["xep-0450/storing/unknown-key"]),
broken_by("first-word-on-unknown-keys","of contrary decisions about a key that was not fetched yet the first counts",decides(&[Quirk::FirstWordOnUnknownKeys]),&["xep-0450/storing/unknown-key"]),
broken_by("discovers-by-identifier","a decision about a key that was not fetched yet is used for the first key with its identifier, whoever owns that",decides(&[Quirk::DiscoversByIdentifier]),&["xep-0434/structure/key-owner"]).shows_with("the same identifier under two owners, one of which is not fetched yet"),
broken_by("decides-on-known-keys-only","what a person decides on a key that was not fetched yet is dropped",decides(&[Quirk::DecidesOnKnownKeysOnly]),&["xep-0450/glossary/manual-decisions"]).at(DISCOVER),
broken_by("loses-manual-unknown-keys","what a person decided on a key that was not fetched yet does not survive a restart",decides(&[Quirk::Loses(Memory::ManualOnUnknownKeys)]),&["xep-0450/storing/restart"]).at(DISCOVER),
broken_by("discovery-begins-anew","a key that is discovered again is undecided again",decides(&[Quirk::DiscoveryBeginsAnew]),&["xep-0450/storing/unknown-key"]).at(DISCOVER).shows_with("a key that is discovered twice"),
broken_by("discovery-empties","what the holder of a key left is thrown away when that key is discovered again",decides(&[Quirk::DiscoveryEmpties]),&["xep-0450/storing/unauthenticated-sender"]).at(DISCOVER).shows_with("a key that is discovered again"),
broken_by("discovers-no-own-keys","keys of the own account are not discovered",lapses(&[Lapse::DiscoversNoOwnKeys]),&["xep-0450/glossary/manual-decisions"]).at(DISCOVER),
];
