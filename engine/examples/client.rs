//! A small client: it fetches device lists, scans a code, sends, receives, stores after every input, and starts again.
//!
//! Server and encryption are stand-ins of a few lines. `cargo run --example client` prints what happens.

use std::collections::{BTreeMap, VecDeque};

use atm_engine::codec::{MessageStanza, NamedEnvelope, TrustMessageUri};
use atm_engine::jid::{BareJid, FullJid};
use atm_engine::{
    Atm, Encryption, KeyIdentifier, KeySharing, NamedOutcome, NamedProtection, NamedReceived, Rules, Stamp,
    StoredDevice,
};

/// A stanza on its way. A real one carries the encrypted content inside.
struct Stanza {
    xml: String,
    readers: Vec<KeyIdentifier>,
    sender_key: KeyIdentifier,
    content: String,
}

/// A server that knows the device lists and keeps stanzas until they are fetched.
#[derive(Default)]
struct Server {
    device_lists: BTreeMap<BareJid, Vec<KeyIdentifier>>,
    mailboxes: BTreeMap<FullJid, VecDeque<Stanza>>,
}

struct Client {
    atm: Atm,
    own_key: KeyIdentifier,
    /// The file in which the device is stored.
    disk: Vec<u8>,
}

impl Client {
    /// A new endpoint publishes its key.
    fn new(jid: &str, key: u8, server: &mut Server) -> Self {
        let jid: FullJid = jid.parse().expect("a full JID");
        let encryption = Encryption::new(Encryption::OMEMO).expect("a namespace");
        let own_key = KeyIdentifier::new(&encryption, &[key; 32]).expect("32 bytes");
        server.device_lists.entry(jid.to_bare()).or_default().push(own_key.clone());
        server.mailboxes.insert(jid.clone(), VecDeque::new());
        let atm = Atm::new(jid, encryption, &own_key, KeySharing::OnePerEndpoint, Rules::default());
        let mut client = Self { atm: atm.expect("a key of OMEMO"), own_key, disk: Vec::new() };
        client.store();
        client
    }

    /// Fetches the device list of an account.
    fn fetch_keys(&mut self, account: &str, now: Stamp, server: &mut Server) {
        let account: BareJid = account.parse().expect("a bare JID");
        let keys = server.device_lists.get(&account).cloned().unwrap_or_default();
        let outcome = self.atm.discover(&account, &keys, now).expect("keys of OMEMO");
        println!("{} fetched {} key(s) of {account}", self.atm.jid(), keys.len());
        self.finish(&outcome, server);
    }

    /// Scans the code that somebody shows.
    fn scan(&mut self, code: &str, now: Stamp, server: &mut Server) {
        let uri = TrustMessageUri::parse(code).expect("a Trust Message URI");
        println!("{} scans the code of {}", self.atm.jid(), uri.owner());
        let outcome = self.atm.scan(&uri, now);
        self.finish(&outcome, server);
    }

    /// Receives all that waits at the server.
    fn receive_all(&mut self, now: Stamp, server: &mut Server) {
        while let Some(stanza) = server.mailboxes.get_mut(self.atm.jid()).and_then(VecDeque::pop_front) {
            if stanza.readers.contains(&self.own_key) {
                let Some(received) = decrypt(&stanza, self.atm.encryption()) else { continue };
                let outcome = self.atm.receive(received, now);
                println!("{} received a trust message", self.atm.jid());
                self.finish(&outcome, server);
            }
        }
    }

    /// Starts again from what was stored, and sends what was not sent yet.
    fn start_again(&mut self, now: Stamp, server: &mut Server) {
        let stored: StoredDevice = serde_json::from_slice(&self.disk).expect("what was written");
        self.atm = Atm::restore(&stored).expect("a device that does not contradict itself");
        println!("{} started again from {} bytes", self.atm.jid(), self.disk.len());
        let outcome = self.atm.resume(now);
        self.finish(&outcome, server);
    }

    /// Stores the device, and only then sends.
    fn finish(&mut self, outcome: &NamedOutcome, server: &mut Server) {
        self.store();
        for change in &outcome.changes {
            println!("    {change:?}");
        }
        for refusal in &outcome.refused {
            println!("    refused: {}", refusal.reason.text());
        }
        for message in &outcome.outgoing {
            let from = self.atm.jid().clone().into();
            let stanza = MessageStanza::chat(from, message.to.clone().into(), &message.id.to_string());
            // A key that no device publishes any longer is left out.
            let published = server.device_lists.get(&message.to).cloned().unwrap_or_default();
            let readers: Vec<_> =
                message.keys.iter().filter(|key| published.contains(key)).cloned().collect();
            server.deliver(&message.to, self.atm.jid(), || Stanza {
                xml: stanza.to_xml(),
                readers: readers.clone(),
                sender_key: self.own_key.clone(),
                content: message.to_xml("random text"), // of random length, new for every message
            });
            println!("    sent {} to {}, for {} key(s)", message.id, message.to, readers.len());
            self.atm.sent(&message.id);
        }
        self.store();
    }

    fn store(&mut self) {
        self.disk = serde_json::to_vec(&self.atm.to_stored()).expect("it can be written");
    }
}

impl Server {
    /// Puts a stanza into the mailboxes of an account, other than the sender's.
    fn deliver(&mut self, to: &BareJid, sender: &FullJid, stanza: impl Fn() -> Stanza) {
        for (jid, mailbox) in &mut self.mailboxes {
            if jid.to_bare() == *to && jid != sender {
                mailbox.push_back(stanza());
            }
        }
    }
}

/// What the encryption layer makes of a stanza: its content, and the key that encrypted it, which the layer has bound to
/// the sender's account. Strangers write stanzas, so anything may be missing.
///
/// This server sends no carbons and keeps no stamps. With carbons, `carbon_from` is the `from` of the wrapper; with stamps,
/// `delayed_since` is the own server's.
fn decrypt(stanza: &Stanza, encryption: &Encryption) -> Option<NamedReceived> {
    let message = MessageStanza::parse(&stanza.xml).ok()?.message;
    let from = message.from?.try_into_full().ok()?;
    let sender = (from.to_bare(), stanza.sender_key.clone());
    Some(NamedReceived {
        from,
        to: message.to?.to_bare(),
        id: message.id,
        carbon_from: None,
        protection: NamedProtection::Encrypted { with: encryption.clone(), by: Some(sender) },
        delayed_since: None,
        content: NamedEnvelope::parse(&stanza.content),
    })
}

fn main() {
    let (mut now, mut server) = (Stamp::from_millis(1_577_880_000_000), Server::default());
    let mut phone = Client::new("alice@example.org/phone", 1, &mut server);
    let mut tablet = Client::new("alice@example.org/tablet", 2, &mut server);
    let mut bob = Client::new("bob@example.com/laptop", 3, &mut server);
    for client in [&mut phone, &mut tablet, &mut bob] {
        client.fetch_keys("alice@example.org", now, &mut server);
        client.fetch_keys("bob@example.com", now, &mut server);
    }
    // Alice's endpoints scan each other's codes, then Alice and Bob do so with one endpoint each.
    let codes = [&phone, &tablet, &bob].map(|client| client.atm.own_uri().to_string());
    now = now.offset(60_000);
    phone.scan(&codes[1], now, &mut server);
    tablet.scan(&codes[0], now, &mut server);
    now = now.offset(60_000);
    phone.start_again(now, &mut server);
    phone.scan(&codes[2], now, &mut server);
    bob.scan(&codes[0], now, &mut server);
    for client in [&mut phone, &mut tablet, &mut bob] {
        client.receive_all(now, &mut server);
        client.start_again(now, &mut server);
    }
    for (client, account) in [(&tablet, "bob@example.com"), (&bob, "alice@example.org")] {
        for (key, level) in client.atm.keys_of(&account.parse().expect("a bare JID")) {
            println!("{} holds {key:?} of {account}: {}", client.atm.jid(), level.name());
            assert_eq!(level.name(), "authenticated");
        }
    }
}

#[test]
fn tablet_and_bob_authenticate_each_other_though_they_scanned_nothing_of_each_other() {
    main();
}
