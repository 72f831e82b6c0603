//! Quirks: ways in which a model can differ from the engine. The comparison with the engine uses none. The tests of the
//! suite turn each quirk into a variant. They check that the suite detects the mistakes and accepts the freedoms.

use atm_engine::DecisionKind;

/// One difference from the engine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Quirk {
    // Deciding.
    /// A distrust removes the trust but is not stored.
    DistrustLeavesNothing,
    /// A key that was distrusted once can never be authenticated again.
    DistrustIsForEver,
    /// A person's confirmation of a received decision is not announced.
    ConfirmsSilently,
    /// A repeated manual decision is announced again.
    RepeatsDecisions,
    /// A manual decision counts only if it is later than the last one on the key, even if that one was dated by another
    /// clock.
    DecidesByTheClock,
    /// Manual decisions on undiscovered keys are dropped.
    DecidesOnKnownKeysOnly,
    /// No message can distrust a key that a person authenticated.
    ManualTrustStands,
    /// No message can authenticate a key that a person distrusted.
    ManualDistrustStands,
    /// A repeated discovery resets the key.
    DiscoveryBeginsAnew,
    /// A discovery discards the postponed decisions of the key's holder.
    DiscoveryEmpties,

    // Accepted senders.
    /// Received decisions of one kind are not applied.
    Deaf(AccountSide, AccountSide, DecisionKind),
    /// Decisions of a contact's endpoint count for keys of third parties.
    HearsContactsAboutThirdParties,
    /// Decisions of a contact's endpoint count for keys of the receiver's account.
    HearsContactsAboutOwnKeys,
    /// A sender's trust in its own key counts.
    HearsSelfPraise,
    /// A sender's decisions count if any key of its account is authenticated.
    OneKeyOfTheAccountIsEnough,
    /// A sender's decisions count if its key is used for encryption.
    UsedIsEnough,
    /// A sender's decisions count unless it is distrusted.
    HearsEverybody,
    /// A sender's decisions count although its key is distrusted.
    HearsDistrusted,
    /// A message is discarded as a whole if the sender lacks authority for one decision.
    DiscardsMixedMessages,
    /// An own message that comes back is treated as one of another own endpoint.
    HearsItself,
    /// With one key for all own endpoints, their messages are treated as the device's own.
    TakesOwnEndpointsForItself,
    /// With one key for all own endpoints, their messages count only after somebody has authenticated that key.
    DoubtsTheSharedKey,
    /// A carbon's decisions count as those of the wrapper's account.
    WrapperSpeaks,
    /// A message's decisions count as those of the account in the envelope.
    EnvelopeSpeaks,
    /// A message whose envelope names no sender counts as one of the own account.
    NobodyIsTheOwnAccount,
    /// A message dated too far on one side of the sending time is accepted.
    TakesAnyTime(TimeSide),
    /// Only the time of day of a message is compared.
    TakesAnyDay,
    /// Reading of a message stops at the first decision of this kind.
    StopsAt(StoppingPoint),
    /// The effect of a repeated message.
    Repetition(Repetition),
    /// Of several messages with the same sender and time, only the first counts.
    OneMessageForEachTime,
    /// A message that is older than the last one of its sender does not count, whatever it is about.
    NothingOlder,
    /// A message about the receiver's own key is discarded.
    DiscardsWhatIsAboutItself,
    /// After a message that distrusts the own key, nothing is announced.
    DistrustSilences,
    /// A sender's decisions count if its identifier is that of an authenticated key of any owner.
    BelievesByIdentifier,
    /// Decisions of a sender whose key is not discovered are dropped.
    DropsWhatUndiscoveredSay,
    /// Decisions of a sender whose key is not discovered count if a decision trusts that key.
    HearsUndiscovered,

    // Postponed decisions.
    /// No decision is postponed.
    KeepsNothing,
    /// Only the first decision of a message is postponed.
    KeepsTheFirstDecision,
    /// Distrusts are not postponed.
    KeepsNoDistrusts,
    /// Only the last decision about each key is postponed, across all senders.
    KeepsOneDecisionPerKey,
    /// Only the decisions of the last sender of each account are postponed.
    KeepsOneSenderPerAccount,
    /// A decision and the opposite decision of another sender cancel each other.
    KeepsNoContradictions,
    /// Only the first message of each sender is postponed.
    KeepsTheFirstMessage,
    /// Only the last message of each sender is postponed.
    KeepsTheLastMessage,
    /// Decisions of endpoints on one side are not postponed.
    KeepsNothingOf(AccountSide),
    /// Decisions about undiscovered keys are not postponed.
    KeepsWhatIsAboutKnownKeys,
    /// A message that would be refused for this reason is postponed instead, under its sender or the endpoint in the
    /// stanza's `from`.
    KeepsRefused(&'static str),
    /// Decisions without authority are postponed and applied on release.
    KeepsWithoutAuthority,
    /// Beyond this number of decisions the oldest is dropped, regardless of its sender.
    ThrowsOutTheOldest(usize),
    /// All decisions of a sender on a key are kept, not only the last one.
    KeepsAllWords,
    /// Postponed decisions of an account are released as soon as one of its keys is authenticated.
    ReleasesByAccount,
    /// Postponed decisions are released as soon as a key with the sender's identifier is authenticated, for any owner.
    ReleasesByIdentifier,
    /// Postponed decisions are also released when the sender is distrusted.
    ReleasesOnDistrust,
    /// Postponed decisions are released when a person trusts the sender's key without comparing its fingerprint.
    ReleasesOnManualTrust,
    /// Postponed decisions are released when the sender's key is discovered.
    ReleasesOnDiscovery,
    /// A released decision is applied even if its sender lost its authentication in the meantime.
    ReleasesBlindly,
    /// A release discards all other postponed decisions.
    ReleaseEmpties,
    /// A released decision gets the time of its release.
    ReleasesAsNew,
    /// A released decision releases no further ones.
    ReleasesOneStep,
    /// A person's authentication of a key releases nothing.
    ReleasesByMessageOnly,
    /// A message's authentication of a key releases nothing.
    ReleasesByPersonOnly,
    /// The discovery of an authenticated key releases nothing.
    ReleasesNothingOnDiscovery,
    /// The postponed decisions of a distrusted sender are kept and applied if the sender is authenticated again.
    KeepsWhatTheDistrustedLeft,
    /// Released authentications are applied before released distrusts.
    ReleasesTrustFirst,

    // Undiscovered keys.
    /// Decisions about undiscovered keys are dropped.
    ForgetsUnknownKeys,
    /// Distrusts of undiscovered keys are dropped.
    ForgetsDistrustOfUnknownKeys,
    /// Released decisions about undiscovered keys are dropped.
    ForgetsUnknownKeysOnRelease,
    /// Of contradictory decisions about an undiscovered key, the first counts.
    FirstWordOnUnknownKeys,
    /// A decision about an undiscovered key counts for the first discovered key with that identifier, for any owner.
    DiscoversByIdentifier,

    // Time.
    /// The decision that arrives last counts.
    LastArrivalCounts,
    /// Decisions have the time of their message, even if it is in the future.
    TakesTimesAsTold,
    /// Times are compared as written, without their zones.
    ComparesTimesAsWritten,
    /// Times are rounded down to whole seconds.
    RoundsTimes,

    // Policy.
    /// Keys without a decision are used forever.
    TrustsBlindly,
    /// The first authentication of any owner's key counts for all owners.
    OneLatchForAll,
    /// The first authentication counts only while a key of the owner is authenticated.
    LatchFallsBack,
    /// Only a person's decision counts as the first authentication.
    LatchByPersonOnly,
    /// Keys that were used before the first authentication stay in use after it.
    UsesOldKeysAfterTheLatch,
    /// Keys that are discovered after the first authentication are used.
    UsesNewKeysAfterTheLatch,

    // Restarts.
    /// A restart loses this.
    Loses(Memory),
    /// After a restart nothing is announced.
    RestartSilences,
    /// After a restart all messages are ignored.
    RestartDeafens,
    /// A restart applies all postponed decisions.
    RestartReleases,
    /// A restart authenticates all distrusted keys.
    RestartTrustsAll,
    /// A restart sends a summary to all authenticated endpoints again.
    RestartRestates,

    // Announcements.
    /// Decisions of one kind are not announced.
    Mute(AccountSide, AccountSide, DecisionKind),
    /// Newly authenticated endpoints get no summary.
    NoSummary(AccountSide),
    /// Endpoints that are discovered after their authentication get no summary.
    NoSummaryOnDiscovery,
    /// Endpoints that a release authenticated get no summary.
    NoSummaryOnRelease,
    /// Only the first authenticated endpoint of an account gets a summary.
    SummaryForTheFirst,
    /// Summaries lack the keys that were authenticated together with the addressee.
    SummaryWithoutTheOthers,
    /// Summaries also trust keys that nobody authenticated.
    SummaryTrusts(Untold),
    /// Summaries for contacts contain the keys of all owners.
    SummaryWithThirdParties,
    /// Summaries for own endpoints lack the keys of one side.
    SummaryLacks(AccountSide),
    /// Summaries contain authenticated keys only.
    SummaryWithoutDistrusts,
    /// Summaries contain the own key.
    SummaryWithOwnKey,
    /// Summaries go to all authenticated endpoints of the account.
    SummaryForTheWholeAccount,
    /// Of several decisions, only the first is announced.
    AnnouncesTheFirstDecision,
    /// Distrusts are not announced together with authentications.
    AnnouncesTrustOnlyIfBoth,
    /// A distrust is announced only if the key was authenticated before.
    AnnouncesRevocationsOnly,
    /// Decisions on undiscovered keys are not announced.
    AnnouncesKnownKeysOnly,
    /// A decision on an undiscovered key is announced only on its discovery.
    AnnouncesOnDiscovery,
    /// Each announcement contains everything that is known.
    AnnouncesEverything,
    /// Only the first contact is told.
    TellsOneContact,
    /// Only one endpoint of each account on one side is told.
    TellsOneEndpoint(AccountSide),
    /// A message has the time of its oldest decision.
    DatesByTheDecision,
    /// Messages are encrypted for the own key, too.
    EncryptsForItself,
    /// Distrusts are announced as trust.
    AnnouncesDistrustAsTrust,
    /// Contacts are told everything.
    TellsContactsEverything,
    /// Contacts are told about their own keys instead of the sender's.
    TellsContactsTheirOwnKeys,
    /// Messages are encrypted for all discovered keys of the account.
    EncryptsForKnownKeys,
    /// Messages are encrypted for all keys in use.
    EncryptsForUsedKeys,
    /// A distrust is also encrypted for the distrusted key.
    EncryptsForTheDistrusted,
    /// A message for contacts also serves own endpoints, by carbons.
    ReliesOnCarbons,
    /// The announcement is composed before anything is released.
    AnnouncesBeforeReleasing,
    /// With one key for all own endpoints, they are told nothing.
    TellsNothingWithOneKey,
}

/// The side of the device on which an account is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AccountSide {
    /// The own account.
    Own,
    /// A contact's account.
    Contact,
}

/// A decision at which reading stops.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StoppingPoint {
    /// A decision on an undiscovered key.
    UnknownKey,
    /// A decision on the own key.
    OwnKey,
    /// A decision that already holds.
    KnownDecision,
}

/// The effect of a repeated message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Repetition {
    /// The decisions on its keys are removed.
    Forgets,
    /// The postponed decisions of its sender are dropped.
    DropsWhatIsLeft,
    /// Its sender is distrusted.
    DistrustsItsSender,
}

/// The side of the sending time on which a message is dated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TimeSide {
    /// Before the sending time.
    Past,
    /// After the sending time.
    Future,
}

/// A part of the state that an implementation may fail to store.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Memory {
    /// The outbox.
    Outbox,
    /// The postponed decisions.
    Kept,
    /// The decisions on undiscovered keys.
    UnknownKeys,
    /// The manual decisions on undiscovered keys.
    ManualOnUnknownKeys,
    /// The decisions of messages.
    Received,
    /// The decisions of persons.
    Manual,
    /// All authentications.
    Trusts,
    /// All distrusts.
    Distrusts,
    /// Which keys were discovered.
    KnownKeys,
    /// All postponed decisions except the first.
    AllButOneKept,
    /// The times of decisions.
    Times,
    /// The owners with a key that was ever authenticated.
    Latch,
    /// The owners with a key that was ever authenticated, except those that have such a key now.
    PastLatch,
}

/// Keys that nobody authenticated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Untold {
    /// Discovered keys.
    Known,
    /// Keys that are used for encryption.
    Used,
    /// Keys that a postponed decision trusts.
    Waiting,
}
