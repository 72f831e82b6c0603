use std::sync::Arc;
use std::time::Duration;

use atm_adapter_protocol::{AdapterError, Exchange};
use atm_engine::Device;
use atm_simulator::cast::{Cast, DeviceId};
use atm_simulator::endpoint::Endpoint;
use atm_simulator::run::{Options, reference};
use atm_simulator::scenario::{DeviceName, Scenario};

use crate::messages::{MessageFinding, Wire};

/// Something that can be tested: it makes the endpoints of a case.
pub trait Implementation {
    /// Begins a case in which it hosts these devices. It may change the scenario as far as that makes no
    /// difference to what it tests.
    ///
    /// # Errors
    ///
    /// If it cannot take part.
    fn begin(
        &mut self,
        scenario: &mut Scenario,
        hosted: &[DeviceName],
        record: bool,
    ) -> Result<(), AdapterError>;

    /// The endpoint of one device.
    fn join(&mut self, scene: &Scene<'_>, wire: &Wire) -> Box<dyn Endpoint>;

    /// How far the time in a message may be from the clock of its sender. Many stamp whole seconds.
    fn clock_tolerance(&self) -> Duration {
        Duration::from_secs(2)
    }

    /// Ends the case, and tells what was noticed beside what the world saw.
    fn end(&mut self) -> CaseLog;
}

/// What is left of a case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaseLog {
    /// What was found in the messages of its devices.
    pub findings: Vec<MessageFinding>,
    /// What ended the case early.
    pub error: Option<AdapterError>,
    /// What was said, if it was recorded.
    pub exchanges: Vec<Exchange>,
}

/// Where an endpoint takes part.
#[derive(Clone, Debug)]
pub struct Scene<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// The rules of the reference engine in it.
    pub options: Options,
    /// Everybody in it.
    pub cast: Arc<Cast>,
    /// The device.
    pub device: DeviceId,
}

/// The reference engine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Engine;

impl Engine {
    /// The device of a scene.
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
