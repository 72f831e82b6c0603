//! An adapter as an implementation that the suite can test.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use atm_adapter_protocol::protocol::{Clock, Feature, Hello, KeyPolicy, PostponedDecisions, Unsupported};
use atm_adapter_protocol::{AdapterError, AdapterSpec, Ending, ProtocolViolation, Session, running};
use atm_engine::{Decision, DecisionKind, Directory, EncryptionId, KeyId, Level, Stamp};
use atm_simulator::endpoint::Endpoint;
use atm_simulator::scenario::{DeviceName, PolicySpec as ScenarioPolicy, Required, Scenario, Step};

use super::endpoint::AdapterEndpoint;
use crate::cases::{CaseLog, Implementation, Scene};
use crate::messages::MessageFinding;
use crate::messages::Wire;
use crate::messages::names;

/// The longest wait in a scenario for an adapter with a real clock.
const LONGEST_REAL_WAIT: Duration = Duration::from_secs(10);

/// The postponed decisions of each sender.
pub(super) type StoredDecisions = Vec<(KeyId, Vec<Decision>)>;

/// The state that all devices of an adapter share in a case.
#[derive(Debug)]
pub(super) struct CaseState {
    pub(super) session: Session,
    pub(super) error: Option<AdapterError>,
    pub(super) findings: Vec<MessageFinding>,
    hello: Option<Hello>,
}

impl CaseState {
    /// Waits until the clock of an adapter with a real clock has reached the time of the world.
    pub(super) fn wait_until(&self, now: Stamp) {
        if self.hello.as_ref().is_some_and(|hello| hello.clock == Clock::System) {
            let ahead = now.as_millis() - wall_clock().as_millis();
            running::sleep(Duration::from_millis(u64::try_from(ahead).unwrap_or(0)));
        }
    }

    /// Whether the adapter announces a feature.
    pub(super) fn can(&self, feature: Feature) -> bool {
        self.hello.as_ref().is_some_and(|hello| hello.features.contains(&feature))
    }

    /// Translates the adapter's names of levels.
    pub(super) fn levels(&self, names: &[String], asked: usize) -> Result<Vec<Level>, AdapterError> {
        let wrong = |violation: ProtocolViolation| AdapterError::NoAnswer {
            command: "read".to_owned(),
            line: format!("{names:?}"),
            violation,
        };
        if names.len() != asked {
            let what = format!("{} levels for {asked} keys", names.len());
            return Err(wrong(ProtocolViolation::Member { place: "ok.levels".to_owned(), what }));
        }
        let known = &self.hello.as_ref().expect("a case begins with hello").levels;
        let meaning = names.iter().enumerate().map(|(position, name)| {
            known.get(name).map(|level| names::level(*level)).ok_or_else(|| {
                wrong(ProtocolViolation::UnknownLevel {
                    place: format!("ok.levels[{position}]"),
                    name: name.clone(),
                })
            })
        });
        meaning.collect()
    }

    /// Translates postponed decisions, if the adapter reports them. Senders and keys that nobody has are left out: no
    /// expectation names them, and a message may have claimed them.
    pub(super) fn postponed(
        &self,
        told: Option<Vec<PostponedDecisions>>,
        encryption: EncryptionId,
        names: &Directory,
    ) -> Result<Option<StoredDecisions>, AdapterError> {
        let Some(told) = told else { return Ok(None) };
        let find = |key| {
            names::find(key, encryption, names).map_err(|what| AdapterError::NoAnswer {
                command: "read".to_owned(),
                line: serde_json::to_string(key).unwrap_or_default(),
                violation: ProtocolViolation::Member { place: "ok.postponed".to_owned(), what },
            })
        };
        let mut stored = Vec::new();
        for PostponedDecisions { sender, trust, distrust } in &told {
            let mut decisions = Vec::new();
            for (keys, verdict) in [(trust, DecisionKind::Trust), (distrust, DecisionKind::Distrust)] {
                for key in keys {
                    decisions.extend(find(key)?.map(|key| Decision { key, kind: verdict }));
                }
            }
            stored.extend(find(sender)?.map(|sender| (sender, decisions)));
        }
        Ok(Some(stored))
    }
}

/// An implementation behind an adapter.
#[derive(Debug)]
pub struct Adapter {
    state: Rc<RefCell<CaseState>>,
}

impl Adapter {
    /// Creates an adapter without starting it.
    #[must_use]
    pub fn new(spec: AdapterSpec) -> Self {
        let session = Session::new(spec);
        let state = CaseState { session, error: None, findings: Vec::new(), hello: None };
        Self { state: Rc::new(RefCell::new(state)) }
    }

    /// The adapter's description of itself.
    ///
    /// # Errors
    ///
    /// Returns an error if the adapter cannot be started or gives no valid answer.
    pub fn hello(&self) -> Result<Hello, AdapterError> {
        self.state.borrow_mut().session.hello().cloned()
    }

    /// Asks the process to stop and returns how it ended. `None` if no process was running.
    ///
    /// # Errors
    ///
    /// Returns an error if the adapter does not answer.
    pub fn stop(&self) -> Result<Option<Ending>, AdapterError> {
        self.state.borrow_mut().session.stop()
    }
}

impl Implementation for Adapter {
    fn begin(
        &mut self,
        scenario: &mut Scenario,
        hosted: &[DeviceName],
        record: bool,
    ) -> Result<(), AdapterError> {
        let mut state = self.state.borrow_mut();
        (state.error, state.findings) = (None, Vec::new());
        state.session.begin(record)?;
        let hello = state.session.hello()?.clone();
        let lacking = lacking(scenario, hosted, &hello);
        let clock = hello.clock;
        state.hello = Some(hello);
        if let Some((feature, reason)) = lacking {
            return Err(AdapterError::Unsupported(Unsupported {
                feature: feature.to_owned(),
                reason: Some(reason),
                link: None,
            }));
        }
        if clock == Clock::System {
            scenario.start = wall_clock().into();
        }
        Ok(())
    }

    fn join(&mut self, scene: &Scene<'_>, wire: &Wire) -> Box<dyn Endpoint> {
        let policy = match scene.scenario.policy {
            ScenarioPolicy::Toakafa => KeyPolicy::Toakafa,
            ScenarioPolicy::None => KeyPolicy::None,
        };
        Box::new(AdapterEndpoint::new(
            self.state.clone(),
            wire.clone(),
            scene.cast.clone(),
            scene.device,
            policy,
            scene.scenario.start.stamp(),
        ))
    }

    fn clock_tolerance(&self) -> Duration {
        let clock = self.state.borrow().hello.as_ref().map(|hello| hello.clock);
        match clock {
            // Real delays take no time in the world and add up over a case.
            Some(Clock::System) => Duration::from_secs(5 * 60),
            Some(Clock::Injected) | None => Duration::from_secs(2),
        }
    }

    /// No command tells an adapter that a connection is lost, or that a stanza left the device.
    fn learns_what_was_sent(&self) -> bool {
        false
    }

    fn end(&mut self) -> CaseLog {
        let mut state = self.state.borrow_mut();
        let exchanges = state.session.take_recording();
        CaseLog { findings: std::mem::take(&mut state.findings), error: state.error.take(), exchanges }
    }
}

/// A feature that a case needs and the implementation lacks, with the reason.
fn lacking(scenario: &Scenario, hosted: &[DeviceName], hello: &Hello) -> Option<(&'static str, String)> {
    let can = |feature: Feature| hello.features.contains(&feature);
    let hosts = |device: &DeviceName| hosted.contains(device);
    let encryption = scenario.encryption.0.to_string();
    if !hello.encryptions.iter().any(|other| *other == encryption || other == "*") {
        return Some(("encryption", format!("its keys are not those of {encryption}")));
    }
    let shares = |device: &DeviceName| {
        scenario.accounts.iter().any(|(name, account)| *name == device.account && account.one_key)
    };
    if !can(Feature::SharedKey) && hosted.iter().any(shares) {
        return Some(("shared-key", "the endpoints of an account share a key in this case".to_owned()));
    }
    if scenario.policy == ScenarioPolicy::None && !hello.policies.contains(&KeyPolicy::None) {
        return Some(("policy", "it always has a policy".to_owned()));
    }
    for feature in [Feature::Shown, Feature::Stored] {
        if !can(feature) && is_asked_for(feature, scenario, hosted) {
            return Some((feature.name(), "an expectation of this case needs it".to_owned()));
        }
    }
    for step in &scenario.steps {
        let needed = match step {
            Step::Scan(scan) if hosts(&scan.by) => Feature::Scan,
            Step::TrustManually(who) if hosts(&who.device) => Feature::TrustManually,
            Step::BackUp(device) | Step::Restore(device) if hosts(device) => Feature::Backup,
            Step::Forget(who) if hosts(&who.device) => Feature::Forget,
            Step::Restart(device)
            | Step::Crash(device)
            | Step::CrashWhileSending(device)
            | Step::CrashWhileReceiving(device)
                if hosts(device) =>
            {
                Feature::Restart
            }
            _ => continue,
        };
        if !can(needed) {
            return Some((needed.name(), "a step of this case needs it".to_owned()));
        }
    }
    (hello.clock == Clock::System).then(|| needs_another_clock(scenario)).flatten()
}

/// Whether a scenario has an expectation about one of these devices that needs the feature.
fn is_asked_for(feature: Feature, scenario: &Scenario, hosted: &[DeviceName]) -> bool {
    let on_the_way = scenario.steps.iter().filter_map(|step| match step {
        Step::Expect(expectations) => Some(expectations),
        _ => None,
    });
    let mut expected = on_the_way
        .chain([&scenario.expect])
        .flat_map(|expectations| expectations.demands().chain(expectations.answers()));
    expected.any(|(_, demand)| match demand {
        Required::Shown(shown) => feature == Feature::Shown && hosted.contains(&shown.device),
        Required::Stored(stored) => feature == Feature::Stored && hosted.contains(&stored.device),
        _ => false,
    })
}

/// The reason why a case cannot be played in real time.
fn needs_another_clock(scenario: &Scenario) -> Option<(&'static str, String)> {
    for step in &scenario.steps {
        let why = match step {
            Step::SkewClock(_) => "a clock is wrong in this case",
            Step::Wait(time) if time.duration() > LONGEST_REAL_WAIT => "much time passes in this case",
            Step::SlowDown(slow) if slow.latency.duration() > LONGEST_REAL_WAIT => {
                "much time passes in this case"
            }
            Step::Deliver(_) => "a stanza of this case has a given date",
            Step::Chain(_) | Step::Flood(_) => "a case of this length takes too long with a real clock",
            Step::Forge(forge) if forge.dated.is_some() => "a message of this case has another date",
            _ => continue,
        };
        return Some(("clock", why.to_owned()));
    }
    None
}

#[expect(clippy::disallowed_methods, reason = "an adapter with a clock of its own lives in the present")]
fn wall_clock() -> Stamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Stamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
