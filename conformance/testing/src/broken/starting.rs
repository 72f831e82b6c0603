//! Mistakes after a restart and before an answer.

use atm_naive_model::{Memory, Quirk};

use super::{BrokenVariant, broken_by};
use crate::twist::Lapse;
use crate::variant::{decides, lapses};

const RESTART: &str = "conformance/ADAPTERS.md#restart-a-device-stops-and-starts-again";

pub(super) const BROKEN: &[BrokenVariant] = &[
    broken_by(
        "loses-what-messages-decided",
        "what messages decided does not survive a restart",
        decides(&[Quirk::Loses(Memory::Received)]),
        &["xep-0450/storing/restart"],
    )
    .at(RESTART),
    broken_by(
        "loses-distrusts",
        "distrusts do not survive a restart",
        decides(&[Quirk::Loses(Memory::Distrusts)]),
        &["xep-0450/glossary/manual-decisions"],
    )
    .security()
    .at(RESTART),
    broken_by(
        "loses-times",
        "after a restart nobody knows when something was decided, so that a replay counts",
        decides(&[Quirk::Loses(Memory::Times)]),
        &["xep-0434/sce-profile/time"],
    )
    .at(RESTART),
    broken_by(
        "loses-the-latch",
        "after a restart new keys are used, though others were authenticated",
        decides(&[Quirk::Loses(Memory::Latch)]),
        &["xep-0450/toakafa/new-keys"],
    )
    .at(RESTART),
    broken_by(
        "loses-the-latch-of-distrusted-keys",
        "after a restart keys are used as if no key had been authenticated, once all that were are distrusted",
        decides(&[Quirk::Loses(Memory::PastLatch)]),
        &["xep-0450/toakafa/latch"],
    )
    .at(RESTART),
    broken_by(
        "latch-by-person-only",
        "after an authentication by a message keys are used that nobody authenticated",
        decides(&[Quirk::LatchByPersonOnly]),
        &["xep-0450/toakafa/latch"],
    ),
    broken_by(
        "restart-silences",
        "nothing is announced after a restart",
        decides(&[Quirk::RestartSilences]),
        &["xep-0450/ac-s/own-endpoints"],
    )
    .at(RESTART),
    broken_by(
        "restart-deafens",
        "nothing is heard after a restart",
        decides(&[Quirk::RestartDeafens]),
        &["xep-0450/ac-r/contact-endpoint"],
    )
    .at(RESTART),
    broken_by(
        "backup-without-distrusts",
        "distrusts are not in backups",
        lapses(&[Lapse::BackupLacks(Memory::Distrusts)]),
        &["atm/rules/backup"],
    ),
    broken_by(
        "backup-without-waiting-words",
        "what waits for its sender is not in backups",
        lapses(&[Lapse::BackupLacks(Memory::Kept)]),
        &["atm/rules/backup"],
    ),
    broken_by(
        "backup-without-times",
        "backups do not hold when something was decided, so that a replay counts",
        lapses(&[Lapse::BackupLacks(Memory::Times)]),
        &["xep-0434/sce-profile/time"],
    ),
    broken_by(
        "answers-too-early",
        "an answer comes before its stanzas are sent, and they come with the next one",
        lapses(&[Lapse::AnswersTooEarly]),
        &["xep-0450/ac-s/own-endpoints"],
    )
    .at("conformance/ADAPTERS.md#what-was-sent"),
];
