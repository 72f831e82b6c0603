use std::sync::Arc;

use atm_engine::{
    Decision, Device, Envelope, Input, Outcome, Payload, Protection, Received, Rules, TrustMessage, Usage,
    Verdict,
};

use crate::participants::{Participants, START};

/// The device that something happens to.
const PHONE: usize = 0;
/// Another one of its account.
const TABLET: usize = 1;
/// The first device of a contact.
const CONTACTS: usize = 2;

/// How many keys a device with a full store has authenticated.
const FULL: usize = 30_000;

/// One device, and one thing that happens to it.
#[derive(Clone, Debug)]
pub struct Single {
    participants: Participants,
    device: Device,
    input: Input,
    authentications: u64,
}

/// What a device has authenticated before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// Nothing but the sender's key.
    Empty,
    /// 30,000 keys besides, which became known in the order of their ids, as is usual.
    Full,
    /// The same, but the device knows only every other key that there is.
    Gaps,
    /// The same as when full, but the keys became known in another order.
    Shuffled,
}

impl Single {
    /// A person scans the code of the account's other device. All `contacts` are told.
    #[must_use]
    pub fn deciding_on_own_key(contacts: usize) -> Self {
        let mut single = Self::new(contacts);
        single.authenticate(CONTACTS..CONTACTS + contacts);
        single.then_scan(TABLET, 1)
    }

    /// A person scans the code of a contact, where so many other `contacts` are authenticated. The account's other
    /// device is told.
    #[must_use]
    pub fn deciding_on_contact(contacts: usize) -> Self {
        let mut single = Self::new(contacts + 1);
        single.authenticate([TABLET]);
        single.happen(&single.message(CONTACTS..CONTACTS + contacts));
        single.then_scan(CONTACTS + contacts, 1)
    }

    /// The account's other device, which is authenticated, tells of `keys` keys of contacts.
    #[must_use]
    pub fn receiving(keys: usize, store: Store) -> Self {
        let before = if store == Store::Empty { 0 } else { FULL };
        let contacts = before + keys;
        let devices = (0..contacts).map(|nth| match store {
            Store::Empty | Store::Full => CONTACTS + nth,
            Store::Gaps => CONTACTS + 2 * nth,
            // A prime that does not divide how many there are leads to each of them.
            Store::Shuffled => CONTACTS + nth * 7_919 % contacts,
        });
        let devices: Vec<usize> = devices.collect();
        let mut single = Self::knowing(2 * contacts, &devices);
        single.authenticate([TABLET]);
        single.happen(&single.message(devices[..before].iter().copied()));
        let input = single.message(devices[before..].iter().copied());
        single.then(input, keys as u64)
    }

    /// A person scans the code of the account's other device, which told of `keys` keys of contacts before.
    #[must_use]
    pub fn releasing(keys: usize) -> Self {
        let mut single = Self::new(keys);
        let input = single.message(CONTACTS..CONTACTS + keys);
        single.happen(&input);
        single.then_scan(TABLET, keys as u64 + 1)
    }

    /// The device before it happens.
    #[must_use]
    pub fn device(&self) -> Device {
        self.device.clone()
    }

    /// Lets it happen.
    pub fn play(&self, device: &mut Device, out: &mut Outcome) {
        device.apply(&self.input, START.next(), self.participants.names(), out);
    }

    /// How many authentications come of it.
    #[must_use]
    pub fn authentications(&self) -> u64 {
        self.authentications
    }

    /// A phone and a tablet of one account, and `contacts` with one device each. The phone knows all keys.
    fn new(contacts: usize) -> Self {
        Self::knowing(contacts, &Vec::from_iter(CONTACTS..CONTACTS + contacts))
    }

    /// The same, but the phone knows only the keys of some devices beside the tablet's, in this order.
    fn knowing(contacts: usize, known: &[usize]) -> Self {
        let participants = Participants::new(std::iter::once(2).chain(std::iter::repeat_n(1, contacts)));
        let mut device = participants.new_device(PHONE, Rules::default());
        for other in [TABLET].into_iter().chain(known.iter().copied()) {
            device.discover(participants.key(other), START, participants.names());
        }
        let input = Input::Resume;
        Self { participants, device, input, authentications: 0 }
    }

    fn authenticate(&mut self, devices: impl IntoIterator<Item = usize>) {
        for device in devices {
            self.happen(&Input::Decide(self.participants.scan(device)));
        }
    }

    fn happen(&mut self, input: &Input) {
        let mut out = Outcome::default();
        self.device.apply(input, START, self.participants.names(), &mut out);
        for outgoing in &out.outgoing {
            self.device.sent(outgoing.id);
        }
    }

    fn then_scan(self, device: usize, authentications: u64) -> Self {
        let input = Input::Decide(self.participants.scan(device));
        self.then(input, authentications)
    }

    fn then(self, input: Input, authentications: u64) -> Self {
        let single = Self { input, authentications, ..self };
        let mut out = Outcome::default();
        single.play(&mut single.device(), &mut out);
        let decided =
            out.changes.iter().filter(|change| matches!(change, atm_engine::Change::Decided { .. }));
        assert_eq!(decided.count() as u64, authentications, "what comes of it is what is counted");
        single
    }

    /// A message of the tablet that trusts the keys of some devices.
    fn message(&self, about: impl Iterator<Item = usize>) -> Input {
        let (participants, account) = (&self.participants, self.device.account());
        let encryption = participants.encryption();
        let decisions: Arc<[Decision]> =
            about.map(|device| Decision { key: participants.key(device), verdict: Verdict::Trust }).collect();
        Input::Receive(Received {
            from: participants.endpoint(TABLET),
            to: account,
            id: None,
            carbon_from: None,
            protection: Protection::Encrypted { with: encryption, by: Some(participants.key(TABLET)) },
            delayed_since: None,
            payload: Payload::Parsed(Envelope {
                padded: true,
                time: Some(START),
                from: Some(account),
                to: Some(account),
                message: Arc::new(TrustMessage { usage: Usage::Atm, encryption, decisions }),
            }),
        })
    }
}
