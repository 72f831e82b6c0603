//! A small client: it fetches device lists, scans a code, sends, receives, stores after every input, and restarts.
//!
//! Server and encryption are stand-ins of a few lines. `cargo run --example client` prints what happens.

use std::collections::{BTreeMap, VecDeque};

use atm_engine::codec::{MessageStanza, NamedEnvelope, TrustMessageUri};
use atm_engine::jid::{BareJid, FullJid};
use atm_engine::{
    Atm, Encryption, KeyIdentifier, KeySharing, NamedOutcome, NamedProtection, NamedReceived, Rules, Stamp,
    StoredDevice,
};

/// A stanza in transit. A real one contains the encrypted content.
struct Stanza {
    xml: String,
    readers: Vec<KeyIdentifier>,
    sender_key: KeyIdentifier,
    content: String,
}

/// A server that knows the device lists and keeps stanzas until clients fetch them.
#[derive(Default)]
struct Server {
    device_lists: BTreeMap<BareJid, Vec<KeyIdentifier>>,
    mailboxes: BTreeMap<FullJid, VecDeque<Stanza>>,
}

struct Client {
    atm: Atm,
    own_key: KeyIdentifier,
    /// The contents of the file that stores the device.
    disk: Vec<u8>,
}

impl Client {
    /// Creates an endpoint and publishes its key.
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

    /// Scans a displayed code.
    fn scan(&mut self, code: &str, now: Stamp, server: &mut Server) {
        let uri = TrustMessageUri::parse(code).expect("a Trust Message URI");
        println!("{} scans the code of {}", self.atm.jid(), uri.owner());
        let outcome = self.atm.scan(&uri, now);
        self.finish(&outcome, server);
    }

    /// Receives all stanzas that wait at the server.
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

    /// Restarts from the stored device and sends the messages that were not sent yet.
    fn start_again(&mut self, now: Stamp, server: &mut Server) {
        let stored: StoredDevice = serde_json::from_slice(&self.disk).expect("what was written");
        self.atm = Atm::restore(&stored).expect("a device that does not contradict itself");
        println!("{} started again from {} bytes", self.atm.jid(), self.disk.len());
        let outcome = self.atm.resume(now);
        self.finish(&outcome, server);
    }

    /// Stores the device before sending.
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
            // Leaves out keys that no device publishes any longer.
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
    /// Puts a stanza into all mailboxes of an account except the sender's.
    fn deliver(&mut self, to: &BareJid, sender: &FullJid, stanza: impl Fn() -> Stanza) {
        for (jid, mailbox) in &mut self.mailboxes {
            if jid.to_bare() == *to && jid != sender {
                mailbox.push_back(stanza());
            }
        }
    }
}

/// Stands for the encryption layer: returns the content of a stanza and the key that encrypted it, bound to the
/// sender's account. Strangers write stanzas, so anything may be missing.
///
/// This server sends no carbons and adds no stamps. With carbons, `carbon_from` is the `from` of the wrapper; with
/// stamps, `delayed_since` is that of the own server.
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
    // Alice's endpoints scan each other's codes. Then Bob and one of Alice's endpoints do the same.
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
