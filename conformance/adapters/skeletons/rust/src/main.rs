//! An adapter for `atm` without an implementation: fill in `Device`, the rest speaks the protocol.
//!
//! conformance/ADAPTERS.md says what each command means, and `atm adapter check target/debug/my-adapter` what is missing.

use std::collections::HashMap;
use std::io::{self, BufRead, Write};

use serde_json::{Value, json};

fn hello() -> Value {
    json!({
        "protocol": 1,
        "implementation": {"name": "My implementation", "version": "0.1.0"},
        // "system" if your implementation cannot be told the time.
        "clock": "injected",
        "encryptions": ["urn:xmpp:omemo:2"],
        // "toakafa", "none", both, or neither.
        "policies": [],
        // Of "scan", "own-code", "trust-manually", "restart", "shared-key", "postponed", "shown", "stored", "forget" and
        // "backup", those that work.
        "features": [],
        // Your names of levels, and their meaning to atm.
        "levels": {"undecided": "undecided", "authenticated": "authenticated", "distrusted": "distrusted"}
    })
}

/// The reason why a command is not done.
enum Failure {
    /// Your implementation cannot do this.
    Unsupported(String),
    /// The command is wrong, and nothing has changed.
    Refused(String),
    /// Something else went wrong, and the state is unknown.
    Broken(String),
}

/// The owner's bare JID and the identifier in Base64. The same identifier under two owners is two keys.
type Key = (String, String);

/// A stanza that was sent, as the protocol writes it.
type Sent = Value;

/// One endpoint of an account. Each command that changes it returns the stanzas that it sent.
#[expect(dead_code, reason = "the calls of your library read them")]
struct Device {
    jid: String,
    encryption: String,
    key: String,
    levels: HashMap<Key, &'static str>,
    /// The bodies that the person gets to see of what arrives.
    shown: Vec<String>,
}

#[expect(unused_variables, reason = "the calls of your library use them")]
impl Device {
    fn new(now: &str, jid: String, encryption: String, key: String) -> Self {
        Self { jid, encryption, key, levels: HashMap::new(), shown: Vec::new() }
    }

    /// The device sees keys for the first time.
    fn discover(&mut self, now: &str, keys: Vec<Key>) -> Result<Vec<Sent>, Failure> {
        Ok(Vec::new())
    }

    /// A person authenticates some keys of one owner and distrusts others.
    fn decide(&mut self, now: &str, trust: Vec<Key>, distrust: Vec<Key>) -> Result<Vec<Sent>, Failure> {
        self.levels.extend(trust.into_iter().map(|key| (key, "authenticated")));
        self.levels.extend(distrust.into_iter().map(|key| (key, "distrusted")));
        // Your implementation now tells its other endpoints and the contacts' ones. For each stanza:
        //     self.sent("<message …><encrypted …/></message>", &[key, …], "<envelope …>")
        Ok(Vec::new())
    }

    /// A stanza arrives. `encrypted` is null, or has `encryption`, `sender` (a key or null) and `content`.
    fn deliver(&mut self, now: &str, stanza: &str, encrypted: &Value) -> Result<Vec<Sent>, Failure> {
        Ok(Vec::new())
    }

    /// One of the names in `levels` of `hello`.
    fn level(&self, now: &str, key: &Key) -> &'static str {
        self.levels.get(key).copied().unwrap_or("undecided")
    }

    /// A person trusts keys without comparing them.
    fn trust_manually(&mut self, now: &str, keys: Vec<Key>) -> Result<Vec<Sent>, Failure> {
        Err(Failure::Unsupported("trust-manually".to_owned()))
    }

    /// A person scans a Trust Message URI.
    fn scan(&mut self, now: &str, uri: &str) -> Result<Vec<Sent>, Failure> {
        Err(Failure::Unsupported("scan".to_owned()))
    }

    /// The Trust Message URI that others scan.
    fn own_code(&self, now: &str) -> Result<String, Failure> {
        Err(Failure::Unsupported("own-code".to_owned()))
    }

    /// Keys leave their list.
    fn forget(&mut self, now: &str, keys: Vec<Key>) -> Result<Vec<Sent>, Failure> {
        Err(Failure::Unsupported("forget".to_owned()))
    }

    /// The device stops and starts from what it has stored.
    fn restart(&mut self, now: &str) -> Result<Vec<Sent>, Failure> {
        Err(Failure::Unsupported("restart".to_owned()))
    }

    /// The device keeps a copy of what it has stored.
    fn back_up(&mut self, now: &str) -> Result<Vec<Sent>, Failure> {
        Err(Failure::Unsupported("back-up".to_owned()))
    }

    /// The device starts from that copy.
    fn restore(&mut self, now: &str) -> Result<Vec<Sent>, Failure> {
        Err(Failure::Unsupported("restore".to_owned()))
    }

    #[expect(dead_code, reason = "your library sends with it")]
    fn sent(&self, stanza: &str, keys: &[Key], content: &str) -> Sent {
        let keys: Vec<Value> = keys.iter().map(|(owner, id)| json!({"owner": owner, "id": id})).collect();
        json!({
            "stanza": stanza,
            "encrypted": {"encryption": self.encryption, "keys": keys, "content": content}
        })
    }
}

/// The member `ok` of the answer to a command.
fn answer(devices: &mut HashMap<String, Device>, command: &Value) -> Result<Value, Failure> {
    let name = text(command, "command")?;
    match &*name {
        "hello" => return Ok(hello()),
        "stop" => return Ok(json!({})),
        "reset" => {
            devices.clear();
            return Ok(json!({}));
        }
        "create" => {
            let [jid, encryption, key] = ["jid", "encryption", "key"].map(|member| text(command, member));
            let device = Device::new(&text(command, "now")?, jid?, encryption?, key?);
            devices.insert(text(command, "device")?, device);
            return Ok(json!({}));
        }
        "discover" | "forget" | "decide" | "trust-manually" | "scan" | "own-code" | "deliver" | "read" | "restart"
        | "back-up" | "restore" => {}
        _ => return Err(Failure::Unsupported(name)),
    }
    let (named, now) = (text(command, "device")?, text(command, "now")?);
    let Some(device) = devices.get_mut(&named) else {
        return Err(Failure::Refused(format!("there is no device {named}")));
    };
    if name == "read" {
        let levels: Vec<&str> = keys(command)?.iter().map(|key| device.level(&now, key)).collect();
        return Ok(json!({"levels": levels}));
    }
    if name == "own-code" {
        return Ok(json!({"uri": device.own_code(&now)?}));
    }
    device.shown.clear();
    let sent = match &*name {
        "discover" => device.discover(&now, keys(command)?),
        "forget" => device.forget(&now, keys(command)?),
        "decide" => device.decide(&now, keys_of(command, "trust")?, keys_of(command, "distrust")?),
        "trust-manually" => device.trust_manually(&now, keys(command)?),
        "scan" => device.scan(&now, &text(command, "uri")?),
        "deliver" => device.deliver(&now, &text(command, "stanza")?, &command["encrypted"]),
        "restart" => device.restart(&now),
        "back-up" => device.back_up(&now),
        _ => device.restore(&now),
    }?;
    Ok(json!({"sent": sent, "shown": device.shown}))
}

fn text(object: &Value, member: &str) -> Result<String, Failure> {
    let text = object[member].as_str().map(str::to_owned);
    text.ok_or_else(|| Failure::Broken(format!("`{member}` is no text")))
}

fn list<'a>(object: &'a Value, member: &str) -> Result<&'a Vec<Value>, Failure> {
    object[member].as_array().ok_or_else(|| Failure::Broken(format!("`{member}` is no list")))
}

fn keys(command: &Value) -> Result<Vec<Key>, Failure> {
    list(command, "keys")?.iter().map(|key| Ok((text(key, "owner")?, text(key, "id")?))).collect()
}

/// The keys of `decide`, all of which have one owner.
fn keys_of(command: &Value, member: &str) -> Result<Vec<Key>, Failure> {
    let owner = text(command, "owner")?;
    let ids = list(command, member)?.iter();
    Ok(ids.filter_map(|id| Some((owner.clone(), id.as_str()?.to_owned()))).collect())
}

fn main() -> io::Result<()> {
    let (mut devices, mut out) = (HashMap::new(), io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let command: Value = serde_json::from_str(&line?)?;
        let id = &command["id"];
        let reply = match answer(&mut devices, &command) {
            Ok(ok) => json!({"id": id, "ok": ok}),
            Err(Failure::Unsupported(feature)) => json!({"id": id, "unsupported": {"feature": feature}}),
            Err(Failure::Refused(message)) => json!({"id": id, "error": {"kind": "definite", "message": message}}),
            Err(Failure::Broken(message)) => json!({"id": id, "error": {"kind": "indefinite", "message": message}}),
        };
        writeln!(out, "{reply}")?;
        out.flush()?;
        if command["command"] == "stop" {
            break;
        }
    }
    Ok(())
}
