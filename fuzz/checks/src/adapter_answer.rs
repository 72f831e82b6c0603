use std::fmt::Debug;
use std::sync::LazyLock;

use atm_adapter_protocol::protocol::{
    ErrorAnswer, Hello, Nothing, ReadLevels, SentStanza, SentStanzas, Unsupported,
};
use atm_adapter_protocol::{Answer, ProtocolViolation};
use atm_engine::OutboxId;
use atm_engine::codec::NamedEnvelope;
use atm_simulator::cast::Cast;
use atm_suite::library;
use atm_suite::messages::read_sent;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The id of the answered command.
const ID: u64 = 7;

/// An adapter's line is refused with its violation and a likely mistake, or its content survives a round trip through
/// JSON. The world of the readme's example accepts the sent stanzas or refuses them with a reason.
pub fn adapter_answer(bytes: &[u8]) {
    let Ok(line) = std::str::from_utf8(bytes) else { return };
    match Answer::read(line, ID) {
        Ok(Answer::Ok(body)) => {
            as_type::<Hello>(&body);
            as_type::<ReadLevels>(&body);
            as_type::<Nothing>(&body);
            if let Some(SentStanzas { sent, .. }) = as_type(&body) {
                sent.iter().for_each(is_taken_on_or_refused);
            }
        }
        Ok(Answer::Unsupported(unsupported)) => reads_back::<Unsupported>(&unsupported),
        Ok(Answer::Error(error)) => reads_back::<ErrorAnswer>(&error),
        Err(violation) => is_told(&violation),
    }
}

fn as_type<T: DeserializeOwned + Serialize + PartialEq + Debug>(body: &Value) -> Option<T> {
    match Answer::read_ok::<T>(body.clone()) {
        Ok(read) => {
            reads_back(&read);
            Some(read)
        }
        Err(violation) => {
            is_told(&violation);
            None
        }
    }
}

fn reads_back<T: DeserializeOwned + Serialize + PartialEq + Debug>(read: &T) {
    let written = serde_json::to_value(read).expect("it can be written");
    assert_eq!(Answer::read_ok::<T>(written).as_ref(), Ok(read));
}

fn is_told(violation: &ProtocolViolation) {
    assert!(!violation.to_string().is_empty() && !violation.likely_mistake().is_empty(), "{violation:?}");
}

/// The world that receives the sent stanzas.
static CAST: LazyLock<Cast> = LazyLock::new(|| {
    let files = library::files();
    let example = files.iter().find(|file| file.id() == "readme/20-to-8").expect("the readme's example");
    Cast::new(&example.load().expect("it has no mistake")).expect("its names are somebody's")
});

fn is_taken_on_or_refused(sent: &SentStanza) {
    let cast = &*CAST;
    let names = cast.directory();
    let phone = cast.device(&"alice/phone".parse().expect("a name")).expect("it takes part");
    match read_sent(sent, cast.member(phone), OutboxId(0), cast) {
        Ok(letter) => {
            let Some(outgoing) = letter.outgoing else { return };
            let content = &sent.encrypted.as_ref().expect("nothing else goes on its way").content;
            let said = NamedEnvelope::parse(content).expect("it was read");
            assert_eq!(said.resolve(names).as_ref(), Ok(&outgoing.envelope));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
