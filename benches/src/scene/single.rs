use std::sync::Arc;

use atm_engine::{
    Change, ConflictRule, Decision, DecisionKind, Device, DistrustsByKey, Envelope, Input, Level,
    ManualDecision, Outcome, Payload, Protection, Reason, Received, Rules, TrustMessage, Usage,
};

use crate::people::{People, START};

/// The device that gets the input.
const PHONE: usize = 0;
/// Another device of its account.
const TABLET: usize = 1;
/// The first device of a contact.
const CONTACTS: usize = 2;

/// The number of keys that a device with a full store has authenticated.
const FULL: usize = 30_000;

/// One device with one input.
#[derive(Clone, Debug)]
pub struct Single {
    people: People,
    device: Device,
    input: Input,
    authentications: u64,
}

/// The keys that a device has authenticated before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// Only the sender's key.
    Empty,
    /// Also 30,000 other keys, discovered in the order of their ids, as is usual.
    Full,
    /// Like `Full`, but the device knows only every other existing key.
    Gaps,
    /// Like `Full`, but the keys were discovered in another order.
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

    /// A person decides on `keys` own keys at once. All `contacts` are told.
    #[must_use]
    pub fn deciding_on_own_keys(keys: usize, contacts: usize) -> Self {
        let (own, others) = (TABLET..TABLET + keys, TABLET + keys..TABLET + keys + contacts);
        let mut single = Self::with(1 + keys, contacts, Rules::default(), own.clone().chain(others.clone()));
        single.authenticate(others);
        let input = single.authentication_of(own);
        single.then(input, keys as u64)
    }

    /// A person scans the code of a contact, while `contacts` others are authenticated. The account's other device is
    /// told.
    #[must_use]
    pub fn deciding_on_contact(contacts: usize) -> Self {
        let mut single = Self::new(contacts + 1);
        single.authenticate([TABLET]);
        single.happen(&single.message(CONTACTS..CONTACTS + contacts));
        single.then_scan(CONTACTS + contacts, 1)
    }

    /// The account's other device, which is authenticated, sends trust in `keys` keys of contacts.
    #[must_use]
    pub fn receiving(keys: usize, store: Store) -> Self {
        let before = if store == Store::Empty { 0 } else { FULL };
        let contacts = before + keys;
        let devices = (0..contacts).map(|nth| match store {
            Store::Empty | Store::Full => CONTACTS + nth,
            Store::Gaps => CONTACTS + 2 * nth,
            // A step by a prime that does not divide the number of contacts reaches each of them.
            Store::Shuffled => CONTACTS + nth * 7_919 % contacts,
        });
        let devices: Vec<usize> = devices.collect();
        let mut single = Self::knowing(2 * contacts, &devices);
        single.authenticate([TABLET]);
        single.happen(&single.message(devices[..before].iter().copied()));
        let input = single.message(devices[before..].iter().copied());
        single.then(input, keys as u64)
    }

    /// The account's other device, which is authenticated, distrusts `keys` keys of contacts in a full store.
    #[must_use]
    pub fn receiving_distrust(keys: usize) -> Self {
        let mut single = Self::full(FULL);
        single.input = single.message_of(TABLET, CONTACTS..CONTACTS + keys, DecisionKind::Distrust);
        single.checked(keys, |change| is_decided(change, DecisionKind::Distrust))
    }

    /// The account's other device, which is authenticated, repeats its trust in a key of the account. Under the rule
    /// `cautious`, as many `speakers` have sent the same before, this device last.
    #[must_use]
    pub fn receiving_after_trusts(speakers: usize) -> Self {
        let single = Self::after_words(speakers, DecisionKind::Trust);
        single.checked(1, |change| matches!(change, Change::Confirmed { .. }))
    }

    /// Like [`receiving_after_trusts`](Self::receiving_after_trusts), but the `speakers` distrusted the key before. One
    /// of them reverses its distrust, and the others' stand.
    ///
    /// # Panics
    ///
    /// If there is only one speaker, because its own trust ends its distrust.
    #[must_use]
    pub fn receiving_after_distrusts(speakers: usize) -> Self {
        let single = Self::after_words(speakers, DecisionKind::Distrust).checked(0, |_| true);
        let refused: Vec<Reason> =
            single.outcome().refused.into_iter().map(|refusal| refusal.reason).collect();
        assert_eq!(refused, [Reason::StandingDistrust], "the others' distrusts outweigh it");
        single
    }

    /// A person scans the code of the account's other device, which sent trust in `keys` keys of contacts before.
    #[must_use]
    pub fn releasing(keys: usize) -> Self {
        let mut single = Self::new(keys);
        let input = single.message(CONTACTS..CONTACTS + keys);
        single.happen(&input);
        single.then_scan(TABLET, keys as u64 + 1)
    }

    /// A person scans the code of the account's other device. That device had trusted the key of a third one, which had
    /// trusted the key of a fourth one, and so on: `links` times, an authentication releases the next one.
    #[must_use]
    pub fn releasing_chain(links: usize) -> Self {
        let own = TABLET..TABLET + links + 1;
        let mut single = Self::with(1 + own.len(), 0, Rules::default(), own);
        for sender in TABLET..TABLET + links {
            single.happen(&single.message_of(sender, [sender + 1], DecisionKind::Trust));
        }
        single.then_scan(TABLET, links as u64 + 1)
    }

    /// The device discovers the key of a contact, with a full store.
    #[must_use]
    pub fn discovering() -> Self {
        let mut single = Self::full(FULL + 1);
        single.input = Input::Discover(single.people.key(CONTACTS + FULL));
        single.checked(1, |change| matches!(change, Change::Level { was: Level::Undecided, .. }))
    }

    /// Like [`discovering`](Self::discovering), but the account's other device, which is authenticated, trusted the key
    /// before.
    #[must_use]
    pub fn discovering_authenticated() -> Self {
        let mut single = Self::full(FULL + 1);
        single.happen(&single.message([CONTACTS + FULL]));
        single.input = Input::Discover(single.people.key(CONTACTS + FULL));
        single.checked(1, |change| matches!(change, Change::TookEffect { level: Level::Authenticated, .. }))
    }

    /// The device before the input.
    #[must_use]
    pub fn device(&self) -> Device {
        self.device.clone()
    }

    /// The device before the input, with its allocated capacity. A copy has no capacity for another key.
    #[must_use]
    pub fn into_grown(self) -> (Self, Device) {
        let copy = self.device();
        (Self { device: copy, ..self }, self.device)
    }

    /// Applies the input.
    pub fn play(&self, device: &mut Device, out: &mut Outcome) {
        device.apply(&self.input, START.next(), self.people.names(), out).expect("its own ids");
    }

    /// The number of resulting authentications.
    #[must_use]
    pub fn authentications(&self) -> u64 {
        self.authentications
    }

    /// A phone and a tablet of one account, and `contacts` with one device each. The phone has discovered all keys.
    fn new(contacts: usize) -> Self {
        Self::knowing(contacts, &Vec::from_iter(CONTACTS..CONTACTS + contacts))
    }

    /// Like [`new`](Self::new), but the phone has only discovered the tablet's key and those of some devices, in this
    /// order.
    fn knowing(contacts: usize, known: &[usize]) -> Self {
        Self::with(2, contacts, Rules::default(), [TABLET].into_iter().chain(known.iter().copied()))
    }

    /// A phone and a tablet of one account, and a number of contacts. The tablet has sent trust in the keys of a full
    /// store.
    fn full(contacts: usize) -> Self {
        let mut single = Self::knowing(contacts, &Vec::from_iter(CONTACTS..CONTACTS + FULL));
        single.authenticate([TABLET]);
        single.happen(&single.message(CONTACTS..CONTACTS + FULL));
        single
    }

    /// Under the rule `cautious`, a number of own authenticated devices, the `speakers`, have all sent a decision of
    /// the kind `before` on the key of another own device. Then the last of them trusts that key.
    fn after_words(speakers: usize, before: DecisionKind) -> Self {
        let rules = Rules { conflict: ConflictRule::Cautious, ..Rules::default() };
        let senders = TABLET..TABLET + speakers;
        let about = senders.end;
        let mut single = Self::with(1 + speakers + 1, 0, rules, senders.start..=about);
        single.happen(&single.authentication_of(senders.clone()));
        for sender in senders.clone() {
            single.happen(&single.message_of(sender, [about], before));
        }
        let mut input = single.message_of(senders.end - 1, [about], DecisionKind::Trust);
        if let Input::Receive(Received { payload: Payload::Parsed(envelope), .. }) = &mut input {
            envelope.time = Some(START.next());
        }
        Self { input, ..single }
    }

    /// An account with `own` devices, the first of which is the phone, and `contacts` with one device each. The phone
    /// has discovered the keys of some devices, in this order.
    fn with(own: usize, contacts: usize, rules: Rules, known: impl IntoIterator<Item = usize>) -> Self {
        let people = People::new(std::iter::once(own).chain(std::iter::repeat_n(1, contacts)));
        let mut device = people.new_device(PHONE, rules);
        for other in known {
            let key = people.key(other);
            let out = &mut Outcome::default();
            device.apply(&Input::Discover(key), START, people.names(), out).expect("its own ids");
        }
        let input = Input::Resume;
        Self { people, device, input, authentications: 0 }
    }

    fn authenticate(&mut self, devices: impl IntoIterator<Item = usize>) {
        for device in devices {
            self.happen(&Input::Decide(self.people.authentication_of(device)));
        }
    }

    fn happen(&mut self, input: &Input) {
        let mut out = Outcome::default();
        self.device.apply(input, START, self.people.names(), &mut out).expect("its own ids");
        for outgoing in &out.outgoing {
            self.device.sent(outgoing.id);
        }
    }

    fn then_scan(self, device: usize, authentications: u64) -> Self {
        let input = Input::Decide(self.people.authentication_of(device));
        self.then(input, authentications)
    }

    fn then(self, input: Input, authentications: u64) -> Self {
        let single = Self { input, authentications, ..self };
        single.checked(authentications as usize, |change| is_decided(change, DecisionKind::Trust))
    }

    /// Checks that the result is what the benchmark counts: as many `changes` for which `meant` holds.
    fn checked(self, changes: usize, meant: impl Fn(&Change) -> bool) -> Self {
        let made = self.outcome().changes.iter().filter(|change| meant(change)).count();
        assert_eq!(made, changes, "what comes of it is what is counted");
        self
    }

    fn outcome(&self) -> Outcome {
        let mut out = Outcome::default();
        self.play(&mut self.device(), &mut out);
        out
    }

    /// One decision of a person to authenticate the keys of several devices of one account.
    fn authentication_of(&self, devices: impl IntoIterator<Item = usize>) -> Input {
        let keys: Vec<_> = devices.into_iter().map(|device| self.people.key(device)).collect();
        let decision = ManualDecision::new(&keys, &[], self.people.names());
        Input::Decide(decision.expect("keys of one owner"))
    }

    /// A message of the tablet that trusts the keys of some devices.
    fn message(&self, about: impl IntoIterator<Item = usize>) -> Input {
        self.message_of(TABLET, about, DecisionKind::Trust)
    }

    /// A message of an own device with decisions on the keys of some devices.
    fn message_of(&self, sender: usize, about: impl IntoIterator<Item = usize>, kind: DecisionKind) -> Input {
        let (people, account) = (&self.people, self.device.account());
        let encryption = people.encryption();
        let decision = |device| Decision { key: people.key(device), kind };
        let decisions: Arc<[Decision]> = about.into_iter().map(decision).collect();
        Input::Receive(Received {
            from: people.member(sender).endpoint,
            to: account,
            id: None,
            carbon_from: None,
            protection: Protection::Encrypted { with: encryption, by: Some(people.key(sender)) },
            delayed_since: None,
            payload: Payload::Parsed(Envelope {
                padded: true,
                time: Some(START),
                from: Some(account),
                to: Some(account),
                message: Arc::new(TrustMessage {
                    usage: Usage::Atm,
                    encryption,
                    decisions,
                    distrusts: DistrustsByKey::default(),
                }),
            }),
        })
    }
}

fn is_decided(change: &Change, kind: DecisionKind) -> bool {
    matches!(change, Change::Decided { decision, .. } if decision.kind == kind)
}
