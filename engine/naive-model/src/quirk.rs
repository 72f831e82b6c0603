//! Ways in which a model can differ from the engine. The engine's own test has none of them; the suite's test has each
//! in a variant of its own, to see whether the suite notices those that are mistakes and leaves the others alone.

use atm_engine::DecisionKind;

/// One way in which a model differs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Quirk {
    // Deciding.
    /// A distrust takes the trust away and leaves nothing behind.
    DistrustLeavesNothing,
    /// A key that was distrusted once is never authenticated again.
    DistrustIsForEver,
    /// The level that a key has by a message is not announced when a person confirms it.
    ConfirmsSilently,
    /// A decision is announced each time a person makes it.
    RepeatsDecisions,

    // Who is heard.
    /// Decisions of a kind are not applied when they are received.
    Deaf(AccountSide, AccountSide, DecisionKind),
    /// A contact's endpoint is believed about keys of other accounts than the receiver's.
    HearsContactsAboutThirdParties,
    /// A contact's endpoint is believed about keys of the receiver's account.
    HearsContactsAboutOwnKeys,
    /// Whoever says that its key is to be trusted is believed.
    HearsSelfPraise,
    /// A sender is believed if any key of its account is authenticated.
    OneKeyOfTheAccountIsEnough,
    /// A sender is believed if its key is used for encryption.
    UsedIsEnough,
    /// Everybody is believed who is not distrusted.
    HearsEverybody,
    /// A sender is believed though its key is distrusted.
    HearsDistrusted,
    /// A message in which the sender has no say in one part is discarded whole.
    DiscardsMixedMessages,
    /// The own message that comes back is taken for one of another own endpoint.
    HearsItself,
    /// With one key for all own endpoints, their messages are taken for own ones.
    TakesOwnEndpointsForItself,

    // What is kept until the sender is authenticated.
    /// Nothing is kept.
    KeepsNothing,
    /// Only the first decision of a message is kept.
    KeepsTheFirstDecision,
    /// Distrusts are not kept.
    KeepsNoDistrusts,
    /// Of all decisions about one key only the last is kept, whoever sent it.
    KeepsOneDecisionPerKey,
    /// All that one sender says about a key is kept, not only what it said last.
    KeepsAllWords,
    /// What an account's endpoints left is used as soon as one of their keys is authenticated.
    ReleasesByAccount,
    /// What is released releases nothing else.
    ReleasesOneStep,
    /// Nothing is released when a person authenticates a key.
    ReleasesByMessageOnly,
    /// Nothing is released when a message authenticates a key.
    ReleasesByPersonOnly,
    /// Nothing is released when an authenticated key is discovered.
    ReleasesNothingOnDiscovery,
    /// What a sender left stays when its key is distrusted, and is used if that is authenticated again.
    KeepsWhatTheDistrustedLeft,
    /// What is released is authenticated first, then distrusted.
    ReleasesTrustFirst,

    // Keys that were never seen.
    /// Decisions about them are dropped.
    ForgetsUnknownKeys,
    /// Distrusts of them are dropped.
    ForgetsDistrustOfUnknownKeys,

    // Time.
    /// What arrives last counts.
    LastArrivalCounts,

    // Policy.
    /// All keys that nobody decided on are used for ever.
    TrustsBlindly,

    // What survives a restart.
    /// What is to be sent is lost.
    LosesTheOutbox,
    /// What waits for senders to be authenticated is lost.
    LosesWhatIsKept,
    /// What is decided about keys that were never seen is lost.
    LosesUnknownKeys,

    // What is said to whom.
    /// Decisions of a kind are not announced.
    Mute(AccountSide, AccountSide, DecisionKind),
    /// No summary is sent to an endpoint that was authenticated.
    NoSummary(AccountSide),
    /// Summaries for own endpoints leave keys out.
    SummaryLacks(AccountSide),
    /// Summaries hold authenticated keys only.
    SummaryWithoutDistrusts,
    /// Summaries hold the own key.
    SummaryWithOwnKey,
    /// Summaries go to all authenticated endpoints of the account.
    SummaryForTheWholeAccount,
    /// Of several decisions the first is announced.
    AnnouncesTheFirstDecision,
    /// Distrusts are announced as trust.
    AnnouncesDistrustAsTrust,
    /// Contacts are told everything.
    TellsContactsEverything,
    /// Contacts are told about their own keys instead of the sender's.
    TellsContactsTheirOwnKeys,
    /// Messages are encrypted for all known keys of the account.
    EncryptsForKnownKeys,
    /// Messages are encrypted for all keys that are used.
    EncryptsForUsedKeys,
    /// A distrust is encrypted for the key that it is about, too.
    EncryptsForTheDistrusted,
    /// One message for contacts serves own endpoints, too, by carbons.
    ReliesOnCarbons,
    /// What is announced is put together before anything is released.
    AnnouncesBeforeReleasing,
    /// With one key for all own endpoints, they are told nothing.
    TellsNothingWithOneKey,
}

/// On which side of the device an account is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AccountSide {
    /// Its own.
    Own,
    /// A contact's.
    Contact,
}
