use std::io::{self, Read};

use atm_engine::codec::{
    ClearElement, MAX_STANZA_BYTES, Malformed, Message, MessageStanza, MessageType, NamedEnvelope,
    NamedTrustMessage, Remark, TrustMessageUri, stamp_to_date_time,
};
use atm_engine::jid::BareJid;
use atm_engine::{DecisionKind, KeyIdentifier};
use atm_reports::escape::OneLine;
use atm_reports::mistakes;
use atm_suite::messages::{MessageFinding, findings};

use crate::arguments::{self, Kind};
use crate::exit::Exit;
use crate::output::Output;

/// Checks a trust message, an envelope, a stanza or a URI, and describes its content.
pub(crate) fn lint(cli: &arguments::LintArgs) -> Exit {
    let text = match read(cli) {
        Ok(text) => text,
        Err(error) => {
            mistakes::complain(format_args!("atm: {}: {error}", cli.file.display()));
            return Exit::SetUp;
        }
    };
    // A byte order mark is not part of a text in UTF-8.
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    let Some(kind) = cli.kind.or_else(|| kind(text)) else {
        mistakes::complain(
            "atm: this begins neither like XML with a trust message nor like a Trust Message URI: say what it is \
             with --kind",
        );
        return Exit::Usage;
    };
    let checked = check(kind, text);
    let mut output = Output::default();
    output.print(|out| match &checked {
        Ok(lines) => {
            writeln!(out, "{} is well-formed.", name(kind))?;
            lines.iter().try_for_each(|line| writeln!(out, "  {}", OneLine(line)))
        }
        Err(malformed) => {
            let (name, code) = (name(kind), malformed.code());
            writeln!(out, "{name} is malformed ({code}): {}.", OneLine(malformed))
        }
    });
    output.exit(if checked.is_ok() { Exit::AsExpected } else { Exit::NotAsExpected })
}

/// Describes the content of a text, with remarks.
fn check(kind: Kind, text: &str) -> Result<Vec<String>, Malformed> {
    let mut lines = match kind {
        Kind::TrustMessage => of_message(&NamedTrustMessage::parse(text)?),
        Kind::Envelope => of_envelope(&NamedEnvelope::parse(text)?),
        Kind::Stanza => of_stanza(&MessageStanza::parse(text)?)?,
        Kind::Uri => return TrustMessageUri::parse(text.trim()).map(|uri| of_uri(&uri)),
    };
    lines.extend(Remark::about(text)?.iter().map(note));
    Ok(lines)
}

/// The most bytes of a character in UTF-8.
const LONGEST_CHARACTER: usize = 4;

/// Reads the input up to the first character beyond the limit. That is enough to know that it is too large.
fn read(cli: &arguments::LintArgs) -> io::Result<String> {
    let limit = (MAX_STANZA_BYTES + LONGEST_CHARACTER) as u64;
    let mut bytes = Vec::new();
    if cli.file.as_os_str() == "-" {
        io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
    } else {
        std::fs::File::open(&cli.file)?.take(limit).read_to_end(&mut bytes)?;
    }
    let is_cut = bytes.len() as u64 == limit;
    String::from_utf8(bytes).or_else(|broken| {
        let error = broken.utf8_error();
        let mut bytes = broken.into_bytes();
        if is_cut && error.error_len().is_none() {
            bytes.truncate(error.valid_up_to());
        }
        String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    })
}

fn kind(text: &str) -> Option<Kind> {
    if text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("xmpp:")) {
        return Some(Kind::Uri);
    }
    let root = after_declaration(text).trim_start().strip_prefix('<')?;
    let root = root.split(|c: char| !c.is_alphanumeric() && c != '-' && c != ':').next()?;
    match root.rsplit(':').next()? {
        "trust-message" => Some(Kind::TrustMessage),
        "envelope" => Some(Kind::Envelope),
        "message" => Some(Kind::Stanza),
        _ => None,
    }
}

/// The text after the XML declaration, if there is one.
fn after_declaration(text: &str) -> &str {
    let text = text.trim_start();
    let declaration = text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>"));
    declaration.map_or(text, |(_, rest)| rest)
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::TrustMessage => "The trust message",
        Kind::Envelope => "The envelope",
        Kind::Stanza => "The stanza",
        Kind::Uri => "The URI",
    }
}

fn of_message(message: &NamedTrustMessage) -> Vec<String> {
    let mut lines = vec![format!("usage {}, encryption {}", message.usage(), message.encryption())];
    for owner in message.key_owners() {
        lines.extend(decisions(&owner.jid, &owner.decisions));
    }
    lines
}

fn of_envelope(envelope: &NamedEnvelope) -> Vec<String> {
    let affix = |name: &str, value: Option<String>| match value {
        Some(value) => format!("<{name}/>: {value}"),
        None => format!("<{name}/> is missing: XEP-0434 asks for it"),
    };
    let padding = envelope.padding.as_ref().map(|padding| match padding.chars().count() {
        1 => "1 character".to_owned(),
        count => format!("{count} characters"),
    });
    let mut lines = vec![
        affix("rpad", padding),
        affix("time", envelope.time.map(stamp_to_date_time)),
        affix("from", envelope.from.as_ref().map(ToString::to_string)),
        affix("to", envelope.to.as_ref().map(ToString::to_string)),
    ];
    lines.extend(of_message(&envelope.message));
    lines
}

fn of_stanza(stanza: &MessageStanza) -> Result<Vec<String>, Malformed> {
    let (wrapper, message) = match stanza {
        MessageStanza { carbon: Some(carbon), .. } => (Some("a carbon"), &carbon.message),
        MessageStanza { archived: Some(archived), .. } => (Some("a result of an archive"), &archived.message),
        MessageStanza { message, .. } => (None, message),
    };
    one_trust_message(message)?;
    let mut lines = vec![format!("type {}", message.message_type.as_str())];
    lines.extend(wrapper.map(|wrapper| format!("{wrapper}: what follows is about the forwarded message")));
    if message.message_type != MessageType::Chat {
        lines.push(of_finding(&findings::not_chat(message.message_type.as_str())));
    }
    if !message.has_store_hint {
        lines.push("<store/> is missing: XEP-0434 asks for it".to_owned());
    }
    if message.encrypted.is_empty() {
        lines.push("nothing is encrypted: XEP-0434 recommends it, ATM demands it".to_owned());
    } else {
        lines.push(format!("something is encrypted with {}", message.encrypted.join(" and with ")));
    }
    for clear in &message.clear {
        lines.push("in the clear, where nobody should believe it:".to_owned());
        lines.extend(match clear {
            ClearElement::TrustMessage(message) => of_message(message.as_ref().map_err(Clone::clone)?),
            ClearElement::Envelope(envelope) => of_envelope(envelope.as_ref().map_err(Clone::clone)?),
        });
    }
    Ok(lines)
}

/// Refuses a second trust message in a stanza. XEP-0434 §4 allows exactly one.
fn one_trust_message(message: &Message) -> Result<(), Malformed> {
    let is_one = |element: &&ClearElement| matches!(element, ClearElement::TrustMessage(_));
    if message.clear.iter().filter(is_one).count() > 1 {
        return Err(Malformed::RepeatedElement { parent: "message".to_owned(), element: "trust-message" });
    }
    Ok(())
}

/// A finding that the suite would make in an implementation that writes this text.
fn of_finding(finding: &MessageFinding) -> String {
    format!("note: {}, but: {} ({})", finding.expected, finding.observed, finding.requirement)
}

fn note(remark: &Remark) -> String {
    match remark {
        Remark::NoZone { stamp } => {
            format!("note: the time {stamp} has no zone, which XEP-0082 demands; it is taken as UTC")
        }
        Remark::OtherUsage { usage } => {
            format!("note: the usage is {usage}, not urn:xmpp:atm:1: ATM ignores the trust message")
        }
        Remark::UnpaddedIdentifier { identifier } => of_finding(&findings::unpadded(identifier)),
        Remark::SpacedIdentifier { identifier } => {
            format!("note: white space stands in the identifier {identifier}; not all readers take that")
        }
        Remark::LongFraction { stamp } => {
            format!(
                "note: the time {stamp} has more than three digits of a fraction; not all readers take it"
            )
        }
        Remark::UnknownElement { parent, element } => {
            format!("note: <{parent}/> has a <{element}/> in it, which readers ignore")
        }
        Remark::UnknownAttribute { element, attribute } => {
            format!("note: <{element}/> has an attribute {attribute}, which readers ignore")
        }
        Remark::DistrustFirst { owner } => {
            format!(
                "note: a distrusted key of {owner} stands before a trusted one; the schema of XEP-0434 has the other order, by which some readers go"
            )
        }
        Remark::UnpreparedJid { written, prepared } => {
            format!(
                "note: {written} is not written as RFC 7622 prepares it, {prepared}: not all readers know it again"
            )
        }
        Remark::Body => of_finding(&findings::body()),
        Remark::NoStore { hint } => {
            format!(
                "note: <{hint}/> asks servers not to keep the message: endpoints that are offline miss it"
            )
        }
        Remark::ServerElementInside { element } => of_finding(&findings::server_element_inside(element)),
        _ => format!("note: {remark:?}"),
    }
}

fn of_uri(uri: &TrustMessageUri) -> Vec<String> {
    let mut lines = vec![format!("encryption {}", uri.encryption())];
    lines.extend(uri.account().map(|account| {
        format!("note: the authority names {account}, the own account that is to use the URI (RFC 5122 §2.3)")
    }));
    lines.extend(decisions(uri.owner(), uri.decisions()));
    lines
}

fn decisions<'a>(
    owner: &'a BareJid,
    decisions: &'a [(DecisionKind, KeyIdentifier)],
) -> impl Iterator<Item = String> + 'a {
    decisions.iter().map(move |(verdict, identifier)| {
        let verb = match verdict {
            DecisionKind::Trust => "trust",
            DecisionKind::Distrust => "distrust",
        };
        format!("{verb} {} of {owner}", identifier.to_base16())
    })
}
