use atm_adapter_protocol::Answer;
use atm_adapter_protocol::protocol::{
    Command, Hello, Key, Nothing, OwnCode, ReadLevels, SentStanza, SentStanzas,
};
use atm_engine::codec::{MessageStanza, MessageType, NamedEnvelope, TrustMessageUri};
use atm_engine::{DecisionKind, Rules};
use atm_suite::adapter::serve;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The engine behind the adapter protocol answers each line with one line, which parses as an answer to it. The stanzas
/// of its devices are valid.
pub fn adapter_commands(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut output = Vec::new();
    serve(text.as_bytes(), &mut output, Rules::default()).expect("memory can be read and written");
    let output = String::from_utf8(output).expect("answers are UTF-8");
    let (commands, answers): (Vec<&str>, Vec<&str>) = (text.lines().collect(), output.lines().collect());
    for (command, answer) in commands.iter().zip(&answers) {
        is_the_answer(command, answer);
    }
    let stopped = answers.len().checked_sub(1).and_then(|last| read(commands[last])) == Some(Command::Stop);
    assert!(answers.len() == commands.len() || answers.len() < commands.len() && stopped);
}

fn is_the_answer(line: &str, answer: &str) {
    let said: Value = serde_json::from_str(line).unwrap_or_default();
    let id = said.get("id").cloned().unwrap_or_default();
    let Some(number) = id.as_u64() else {
        let answer: Value = serde_json::from_str(answer).expect("an answer is JSON");
        assert_eq!(answer["id"], id);
        return;
    };
    let answer = Answer::read(answer, number).unwrap_or_else(|violation| panic!("{violation}: {answer}"));
    let Some(command) = read(line) else {
        assert!(!matches!(answer, Answer::Ok(_)), "what is no command is not done");
        return;
    };
    assert_eq!(read(&command.to_line(number)).as_ref(), Some(&command), "a command reads as it was written");
    match (command, answer) {
        (_, Answer::Unsupported(unsupported)) => panic!("{unsupported:?}, but the engine can do everything"),
        (_, Answer::Error(error)) => assert!(!error.message.is_empty()),
        (Command::Hello(_), Answer::Ok(body)) => assert!(!ok::<Hello>(body).levels.is_empty()),
        (Command::Create(_) | Command::Reset | Command::Stop, Answer::Ok(body)) => {
            ok::<Nothing>(body);
        }
        (Command::Read(keys), Answer::Ok(body)) => {
            assert_eq!(ok::<ReadLevels>(body).levels.len(), keys.keys.len());
        }
        (Command::OwnCode(_), Answer::Ok(body)) => {
            let code = ok::<OwnCode>(body).uri;
            TrustMessageUri::parse(&code).unwrap_or_else(|malformed| panic!("{malformed}: {code}"));
        }
        (
            Command::Discover(_)
            | Command::Forget(_)
            | Command::Decide(_)
            | Command::TrustManually(_)
            | Command::Scan(_)
            | Command::Deliver(_)
            | Command::Restart(_)
            | Command::BackUp(_)
            | Command::Restore(_),
            Answer::Ok(body),
        ) => ok::<SentStanzas>(body).sent.iter().for_each(is_as_it_must_be),
    }
}

/// Parses a line as a command, regardless of its `id`.
fn read(line: &str) -> Option<Command> {
    serde_json::from_str::<Value>(line).ok().and_then(|line| serde_json::from_value(line).ok())
}

fn ok<T: DeserializeOwned>(body: Value) -> T {
    Answer::read_ok(body).unwrap_or_else(|violation| panic!("{violation}"))
}

/// Checks the requirements of XEP-0434 and XEP-0450 on a sent trust message.
fn is_as_it_must_be(sent: &SentStanza) {
    let stanza =
        MessageStanza::parse(&sent.stanza).unwrap_or_else(|malformed| panic!("{malformed}: {sent:?}"));
    let message = stanza.message;
    assert!(message.message_type == MessageType::Chat && message.has_store_hint, "{sent:?}");
    assert!(message.clear.is_empty() && stanza.carbon.is_none(), "{sent:?}");
    let encrypted = sent.encrypted.as_ref().expect("all that is sent is encrypted");
    assert_eq!(message.encrypted, std::slice::from_ref(&encrypted.encryption));
    let envelope =
        NamedEnvelope::parse(&encrypted.content).unwrap_or_else(|malformed| panic!("{malformed}: {sent:?}"));
    let (Some(from), Some(to)) = (&envelope.from, &envelope.to) else {
        panic!("an affix is missing: {sent:?}")
    };
    assert!(envelope.padding.is_some() && envelope.time.is_some(), "{sent:?}");
    assert_eq!(message.from.map(|jid| jid.to_bare()), Some(from.to_bare()));
    assert_eq!(message.to.as_ref(), Some(to));
    assert!(!encrypted.keys.is_empty(), "nobody can read it: {sent:?}");
    for owner in envelope.message.key_owners() {
        assert!(from == to || owner.jid == from.to_bare(), "a contact hears of another's keys: {sent:?}");
        for (verdict, key) in &owner.decisions {
            let key = Key { owner: owner.jid.to_string(), id: key.to_base64() };
            assert!(
                *verdict == DecisionKind::Trust || !encrypted.keys.contains(&key),
                "{key:?} hears of its end"
            );
        }
    }
}
