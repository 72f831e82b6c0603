use std::sync::Arc;
use std::time::Duration;

use atm_adapter_protocol::{AdapterError, Exchange};
use atm_engine::Device;
use atm_simulator::cast::{Cast, DeviceId};
use atm_simulator::endpoint::Endpoint;
use atm_simulator::run::{Options, reference};
use atm_simulator::scenario::{DeviceName, Scenario};

use crate::messages::{MessageFinding, Wire};

/// An implementation that can be tested. It creates the endpoints of a case.
pub trait Implementation {
    /// Begins a case in which the implementation hosts these devices. It may change the scenario if the change does not
    /// affect the tested behaviour.
    ///
    /// # Errors
    ///
    /// Returns an error if the implementation cannot take part.
    fn begin(
        &mut self,
        scenario: &mut Scenario,
        hosted: &[DeviceName],
        record: bool,
    ) -> Result<(), AdapterError>;

    /// Creates the endpoint of one device.
    fn join(&mut self, scene: &Scene<'_>, wire: &Wire) -> Box<dyn Endpoint>;

    /// The permitted difference between the time of a message and its sender's clock. Many implementations stamp whole
    /// seconds.
    fn clock_tolerance(&self) -> Duration {
        Duration::from_secs(2)
    }

    /// Whether its devices learn which of their messages were sent.
    fn learns_what_was_sent(&self) -> bool {
        true
    }

    /// Ends the case. Returns the findings and errors that only the implementation could observe.
    fn end(&mut self) -> CaseLog;
}

/// The observations of an implementation during a case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaseLog {
    /// The findings in the messages of its devices.
    pub findings: Vec<MessageFinding>,
    /// The error that ended the case early.
    pub error: Option<AdapterError>,
    /// The recorded exchange, if recording was requested.
    pub exchanges: Vec<Exchange>,
}

/// The surroundings of an endpoint.
#[derive(Clone, Debug)]
pub struct Scene<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// The rules of the reference engine in it.
    pub options: Options,
    /// All accounts and devices.
    pub cast: Arc<Cast>,
    /// The device.
    pub device: DeviceId,
}

/// The reference engine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Engine;

impl Engine {
    /// Creates the device of a scene.
    #[must_use]
    pub fn device(scene: &Scene<'_>) -> Device {
        reference(scene.scenario, &scene.options, &scene.cast, scene.device)
    }
}

impl Implementation for Engine {
    fn begin(&mut self, _: &mut Scenario, _: &[DeviceName], _: bool) -> Result<(), AdapterError> {
        Ok(())
    }

    fn join(&mut self, scene: &Scene<'_>, _: &Wire) -> Box<dyn Endpoint> {
        Box::new(Self::device(scene))
    }

    fn end(&mut self) -> CaseLog {
        CaseLog::default()
    }
}
