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
    /// A person's decision counts only if it is later than the last one on the key, whatever clock dated that.
    DecidesByTheClock,
    /// What a person decides on a key that was never seen is dropped.
    DecidesOnKnownKeysOnly,
    /// No message distrusts a key that a person authenticated.
    ManualTrustStands,
    /// No message authenticates a key that a person distrusted.
    ManualDistrustStands,
    /// A key that is discovered again begins anew.
    DiscoveryBeginsAnew,
    /// When a key is discovered, what its holder left is thrown away.
    DiscoveryEmpties,

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
    /// With one key for all own endpoints, their messages count only once somebody authenticated that key.
    DoubtsTheSharedKey,
    /// What comes as a carbon is said by the account in the wrapper.
    WrapperSpeaks,
    /// A message is said by the account in the envelope.
    EnvelopeSpeaks,
    /// A message whose envelope names no sender is said by the own account.
    NobodyIsTheOwnAccount,
    /// What is dated too far on one side of the sending time is not refused.
    TakesAnyTime(TimeSide),
    /// Of the time of a message only that of the day is compared.
    TakesAnyDay,
    /// The decisions of a message are read until one of this kind comes.
    StopsAt(StoppingPoint),
    /// A message that comes again does this.
    Repetition(Repetition),
    /// Of messages of one sender with the same time only the first counts.
    OneMessageForEachTime,
    /// A message counts only if it is not older than the last one of its sender, whatever it is about.
    NothingOlder,
    /// A message that speaks of the receiver's own key is discarded.
    DiscardsWhatIsAboutItself,
    /// Nothing is announced any more once a message distrusts the own key.
    DistrustSilences,
    /// A sender is believed if its identifier is that of an authenticated key, whoever owns that.
    BelievesByIdentifier,
    /// What a sender says is dropped if its key was never seen.
    DropsWhatUndiscoveredSay,
    /// A sender is believed though its key was never seen, if somebody vouched for it.
    HearsUndiscovered,

    // What is kept until the sender is authenticated.
    /// Nothing is kept.
    KeepsNothing,
    /// Only the first decision of a message is kept.
    KeepsTheFirstDecision,
    /// Distrusts are not kept.
    KeepsNoDistrusts,
    /// Of all decisions about one key only the last is kept, whoever sent it.
    KeepsOneDecisionPerKey,
    /// Of each account only what the last sender says is kept.
    KeepsOneSenderPerAccount,
    /// A decision and the opposite of another sender cancel each other.
    KeepsNoContradictions,
    /// Of each sender only the first message is kept.
    KeepsTheFirstMessage,
    /// Of each sender only the last message is kept.
    KeepsTheLastMessage,
    /// What the endpoints of one side say is not kept.
    KeepsNothingOf(AccountSide),
    /// What is about keys that were never seen is not kept.
    KeepsWhatIsAboutKnownKeys,
    /// What would be refused for this reason is kept, by the sender or by whom the stanza names.
    KeepsRefused(&'static str),
    /// What a sender has no authority for is kept, and used then.
    KeepsWithoutAuthority,
    /// With more decisions than so many the oldest is thrown out, whoever left it.
    ThrowsOutTheOldest(usize),
    /// All that one sender says about a key is kept, not only what it said last.
    KeepsAllWords,
    /// What an account's endpoints left is used as soon as one of their keys is authenticated.
    ReleasesByAccount,
    /// What a sender left is used as soon as a key with its identifier is authenticated, whoever owns that.
    ReleasesByIdentifier,
    /// What a sender left is used when its key is distrusted, too.
    ReleasesOnDistrust,
    /// What a sender left is used when a person trusts its key without comparing.
    ReleasesOnManualTrust,
    /// What a sender left is used when its key is discovered.
    ReleasesOnDiscovery,
    /// What was released is used, whatever became of its sender in the meantime.
    ReleasesBlindly,
    /// When something is released, all else that is kept is thrown away.
    ReleaseEmpties,
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
    /// Decisions about them that are released are dropped.
    ForgetsUnknownKeysOnRelease,
    /// Of contrary decisions about them the first counts.
    FirstWordOnUnknownKeys,
    /// Decisions about them count for the first key with the identifier, whoever owns it.
    DiscoversByIdentifier,

    // Time.
    /// What arrives last counts.
    LastArrivalCounts,
    /// Decisions count as of the time in their message, also if that is ahead.
    TakesTimesAsTold,
    /// Times are compared as they are written, whatever their zone.
    ComparesTimesAsWritten,
    /// Times are rounded down to whole seconds.
    RoundsTimes,

    // Policy.
    /// All keys that nobody decided on are used for ever.
    TrustsBlindly,
    /// The first authentication of any owner's key counts for all owners.
    OneLatchForAll,
    /// The first authentication counts as long as any key of the owner is authenticated.
    LatchFallsBack,
    /// Only a person makes the first authentication.
    LatchByPersonOnly,
    /// Keys that were used before the first authentication are used after it.
    UsesOldKeysAfterTheLatch,
    /// Keys that are discovered after the first authentication are used.
    UsesNewKeysAfterTheLatch,

    // What survives a restart.
    /// This is lost.
    Loses(Memory),
    /// Nothing is announced any more.
    RestartSilences,
    /// Nothing is heard any more.
    RestartDeafens,
    /// All that waits for its sender is used.
    RestartReleases,
    /// Distrusted keys are authenticated.
    RestartTrustsAll,
    /// All authenticated endpoints get a summary again.
    RestartRestates,

    // What is said to whom.
    /// Decisions of a kind are not announced.
    Mute(AccountSide, AccountSide, DecisionKind),
    /// No summary is sent to an endpoint that was authenticated.
    NoSummary(AccountSide),
    /// No summary is sent to an endpoint that was discovered after it was authenticated.
    NoSummaryOnDiscovery,
    /// No summary is sent to endpoints that a release authenticated.
    NoSummaryOnRelease,
    /// Only the first authenticated endpoint of an account gets a summary.
    SummaryForTheFirst,
    /// Summaries do not hold the keys that were authenticated together with the endpoint they are for.
    SummaryWithoutTheOthers,
    /// Summaries trust other keys, too.
    SummaryTrusts(Untold),
    /// Summaries for contacts hold the keys of all owners.
    SummaryWithThirdParties,
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
    /// Distrusts are not announced beside authentications.
    AnnouncesTrustOnlyIfBoth,
    /// Distrusts are announced of keys only that were authenticated before.
    AnnouncesRevocationsOnly,
    /// Decisions on keys that were never seen are not announced.
    AnnouncesKnownKeysOnly,
    /// Decisions on keys that were never seen are announced when they are discovered.
    AnnouncesOnDiscovery,
    /// All that is known is announced with each decision.
    AnnouncesEverything,
    /// Only the first contact is told.
    TellsOneContact,
    /// Of each account on one side only one endpoint is told.
    TellsOneEndpoint(AccountSide),
    /// Messages are dated when the oldest decision in them was made.
    DatesByTheDecision,
    /// Messages are encrypted for the own key, too.
    EncryptsForItself,
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

/// A decision at which somebody stops to read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StoppingPoint {
    /// One on a key that was never seen.
    UnknownKey,
    /// One on the own key.
    OwnKey,
    /// One that stands already.
    KnownDecision,
}

/// What a message does that comes again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Repetition {
    /// What it decided is forgotten.
    Forgets,
    /// What its sender left is dropped.
    DropsWhatIsLeft,
    /// Its sender is distrusted.
    DistrustsItsSender,
}

/// On which side of the sending time a message is dated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TimeSide {
    /// Before it.
    Past,
    /// After it.
    Future,
}

/// What an implementation may forget to store.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Memory {
    /// What is to be sent.
    Outbox,
    /// What waits for senders to be authenticated.
    Kept,
    /// What is decided about keys that were never seen.
    UnknownKeys,
    /// What a person decided on keys that were never seen.
    ManualOnUnknownKeys,
    /// What messages decided.
    Received,
    /// What persons decided.
    Manual,
    /// All authentications.
    Trusts,
    /// All distrusts.
    Distrusts,
    /// Which keys were discovered.
    KnownKeys,
    /// What waits for senders to be authenticated, but for the first decision.
    AllButOneKept,
    /// When something was decided.
    Times,
    /// Of which owners a key was authenticated once.
    Latch,
}

/// Keys that nobody authenticated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Untold {
    /// Those that were discovered.
    Known,
    /// Those that are used for encryption.
    Used,
    /// Those that somebody trusts whose key is not authenticated.
    Waiting,
}
