use crate::scenario::StanzaType;

/// What is odd about a stanza that is made by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Oddity {
    /// Nothing: it is what the holder of the key might send.
    None,
    /// The trust message stands in the clear.
    InTheClear,
    /// The same, without an envelope.
    BareInTheClear,
    /// It stands in the clear beside an encrypted one that says something harmless.
    BesideEncrypted,
    /// The same, without an envelope.
    BareBesideEncrypted,
    WrongUsage,
    /// It speaks of keys of another encryption than the one that carries it.
    WrongEncryption,
    /// Another encryption carries it.
    OtherCarrier,
    Malformed,
    EmptyKey,
    /// The key in it has a length that no key has.
    OddKey,
    /// It trusts and distrusts the same key.
    Contradiction,
    /// It stands in another element of the content.
    Quoted,
    /// The stanza comes from somebody else than the holder of the key.
    SpoofedSender,
    /// The stanza names nobody as its sender.
    NoFrom,
    /// The stanza is of another type than `chat`.
    OfType(StanzaType),
    /// The encryption names no key.
    UnnamedKey,
    ForgedCarbon,
    /// It is a carbon copy from the account of the sender.
    SendersCarbon,
    /// It is a carbon copy of what the own account received or sent.
    OwnCarbon,
    NoTime,
    LongAgo,
    InTheFuture,
    /// The receiver's own message comes back, as its JID says.
    OwnMessage,
    /// The same, as its id says.
    OwnId,
    /// It is about the receiver's own key.
    AboutReceiver,
    /// It is about the receiver's own key and about others.
    AboutReceiverToo,
    /// It is about the key of its sender and about others.
    AboutSpeakerToo,
    ForSomebodyElse,
    FromSomebodyElse,
    /// The server says that it is old.
    Delayed,
    /// It was written a day ago, and the server says so.
    Late,
    /// The end of the XML is missing.
    CutShort,
    /// There is much padding.
    LongPadding,
    NoPadding,
    /// The trust message is in another namespace.
    OtherNamespace,
    /// The key in it is said to be somebody else's.
    OtherOwner,
}

impl Oddity {
    /// What adversaries do.
    pub(super) const OF_ADVERSARIES: [Self; 35] = [
        Self::None,
        Self::InTheClear,
        Self::BareInTheClear,
        Self::BesideEncrypted,
        Self::BareBesideEncrypted,
        Self::WrongUsage,
        Self::WrongEncryption,
        Self::OtherCarrier,
        Self::Malformed,
        Self::EmptyKey,
        Self::OddKey,
        Self::Contradiction,
        Self::Quoted,
        Self::SpoofedSender,
        Self::NoFrom,
        Self::OfType(StanzaType::Error),
        Self::OfType(StanzaType::Groupchat),
        Self::OfType(StanzaType::Headline),
        Self::OfType(StanzaType::Normal),
        Self::UnnamedKey,
        Self::ForgedCarbon,
        Self::SendersCarbon,
        Self::OwnCarbon,
        Self::NoTime,
        Self::LongAgo,
        Self::InTheFuture,
        Self::OwnMessage,
        Self::OwnId,
        Self::AboutReceiver,
        Self::AboutReceiverToo,
        Self::AboutSpeakerToo,
        Self::ForSomebodyElse,
        Self::FromSomebodyElse,
        Self::Delayed,
        Self::NoPadding,
    ];

    /// What is odd in other ways.
    pub(super) const OTHER: [Self; 5] =
        [Self::Late, Self::CutShort, Self::LongPadding, Self::OtherNamespace, Self::OtherOwner];

    /// Whether only somebody who has the key can make such a stanza: what it says may count.
    pub(super) fn needs_key(self) -> bool {
        matches!(
            self,
            Self::None
                | Self::NoFrom
                | Self::OfType(_)
                | Self::AboutReceiver
                | Self::AboutReceiverToo
                | Self::AboutSpeakerToo
                | Self::Delayed
                | Self::NoTime
                | Self::NoPadding
                | Self::BesideEncrypted
                | Self::SendersCarbon
                | Self::OwnCarbon
        )
    }
}
