use std::io::{self, Read};

use atm_engine::codec::{
    ClearElement, MAX_STANZA_BYTES, Malformed, MessageStanza, NamedEnvelope, NamedTrustMessage,
    TrustMessageUri, stamp_to_date_time,
};
use atm_engine::jid::BareJid;
use atm_engine::{DecisionKind, KeyIdentifier};
use atm_reports::mistakes;

use crate::arguments::{self, Kind};
use crate::exit::Exit;
use crate::output::Output;

/// Says whether a trust message, envelope, stanza or URI is as it should be, and what it says.
pub(crate) fn lint(cli: &arguments::LintArgs) -> Exit {
    let text = match read(cli) {
        Ok(text) => text,
        Err(error) => {
            mistakes::complain(format_args!("atm: {}: {error}", cli.file.display()));
            return Exit::SetUp;
        }
    };
    let text = text.trim();
    let Some(kind) = cli.kind.or_else(|| kind(text)) else {
        mistakes::complain(
            "atm: this begins neither like XML with a trust message nor like a Trust Message URI: say what it is \
             with --kind",
        );
        return Exit::Usage;
    };
    let checked = match kind {
        Kind::TrustMessage => NamedTrustMessage::parse(text).map(|message| of_message(&message)),
        Kind::Envelope => NamedEnvelope::parse(text).map(|envelope| of_envelope(&envelope)),
        Kind::Stanza => MessageStanza::parse(text).and_then(|stanza| of_stanza(&stanza)),
        Kind::Uri => TrustMessageUri::parse(text).map(|uri| of_uri(&uri)),
    };
    let mut output = Output::default();
    output.print(|out| match &checked {
        Ok(lines) => {
            writeln!(out, "{} is well-formed.", name(kind))?;
            lines.iter().try_for_each(|line| writeln!(out, "  {line}"))
        }
        Err(malformed) => writeln!(out, "{} is malformed ({}): {malformed}.", name(kind), malformed.code()),
    });
    output.exit(if checked.is_ok() { Exit::AsExpected } else { Exit::NotAsExpected })
}

/// The most bytes of a character in UTF-8.
const LONGEST_CHARACTER: usize = 4;

/// Reads no more than is needed to know that it is too much.
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
    let root = text.strip_prefix('<')?;
    let root = root.split(|c: char| !c.is_alphanumeric() && c != '-' && c != ':').next()?;
    match root.rsplit(':').next()? {
        "trust-message" => Some(Kind::TrustMessage),
        "envelope" => Some(Kind::Envelope),
        "message" => Some(Kind::Stanza),
        _ => None,
    }
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
    let padding = envelope.padding.as_ref().map(|padding| format!("{} characters", padding.chars().count()));
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
    let message = stanza.carbon.as_ref().map_or(&stanza.message, |carbon| &carbon.message);
    let mut lines = vec![format!("type {}", message.message_type.as_str())];
    if stanza.carbon.is_some() {
        lines.push("a carbon: what follows is about the forwarded message".to_owned());
    }
    if !message.has_store_hint {
        lines.push("<store/> is missing: XEP-0434 asks for it".to_owned());
    }
    match &message.encrypted {
        Some(namespace) => lines.push(format!("something is encrypted with {namespace}")),
        None => lines.push("nothing is encrypted: XEP-0434 recommends it, ATM demands it".to_owned()),
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

fn of_uri(uri: &TrustMessageUri) -> Vec<String> {
    let mut lines = vec![format!("encryption {}", uri.encryption())];
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
