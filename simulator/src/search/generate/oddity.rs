use crate::scenario::StanzaType;

/// The oddity of a handwritten stanza.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Oddity {
    /// None: the holder of the key might send the stanza.
    None,
    /// The trust message is in the clear.
    InTheClear,
    /// The trust message is in the clear, without an envelope.
    BareInTheClear,
    /// The trust message is in the clear, next to an encrypted harmless message.
    BesideEncrypted,
    /// The trust message is in the clear without an envelope, next to an encrypted harmless message.
    BareBesideEncrypted,
    WrongUsage,
    /// It names keys of another encryption than the one that encrypts it.
    WrongEncryption,
    /// It is encrypted with another encryption.
    OtherCarrier,
    Malformed,
    EmptyKey,
    /// The key in it has an impossible length.
    OddKey,
    /// It trusts and distrusts the same key.
    Contradiction,
    /// It is inside another element of the content.
    Quoted,
    /// The claimed sender is not the holder of the key.
    SpoofedSender,
    /// The stanza has no `from`.
    NoFrom,
    /// The stanza has another type than `chat`.
    OfType(StanzaType),
    /// The encryption does not name the sender's key.
    UnnamedKey,
    ForgedCarbon,
    /// It is a carbon from the sender's account.
    SendersCarbon,
    /// It is a carbon of a message that the own account received or sent.
    OwnCarbon,
    NoTime,
    LongAgo,
    InTheFuture,
    /// The receiver's own message returns, according to its JID.
    OwnMessage,
    /// The receiver's own message returns, according to its id.
    OwnId,
    /// It names the receiver's own key.
    AboutReceiver,
    /// It names the receiver's own key and other keys.
    AboutReceiverToo,
    /// It names the sender's key and other keys.
    AboutSpeakerToo,
    ForSomebodyElse,
    FromSomebodyElse,
    /// The server marks it as delayed.
    Delayed,
    /// It is a day old, and the server says so.
    Late,
    /// The end of the XML is missing.
    CutShort,
    /// The padding is long.
    LongPadding,
    NoPadding,
    /// The trust message is in another namespace.
    OtherNamespace,
    /// The key in it is attributed to another owner.
    OtherOwner,
}

impl Oddity {
    /// The oddities that adversaries can produce.
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

    /// All other oddities.
    pub(super) const OTHER: [Self; 5] =
        [Self::Late, Self::CutShort, Self::LongPadding, Self::OtherNamespace, Self::OtherOwner];

    /// Whether the stanza requires the key of its sender, so that its decisions may count.
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
