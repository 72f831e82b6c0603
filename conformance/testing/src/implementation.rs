//! A variant as an implementation that the suite can test.

use atm_adapter_protocol::AdapterError;
use atm_simulator::endpoint::Endpoint;
use atm_simulator::run::rules;
use atm_simulator::scenario::{DeviceName, Scenario};
use atm_suite::cases::{CaseLog, Implementation, Scene};
use atm_suite::logs::Recorded;
use atm_suite::messages::Wire;

use crate::endpoint::{Outputs, VariantEndpoint};
use crate::variant::Variant;

/// An implementation whose devices are all of one variant.
#[derive(Debug)]
pub struct VariantImplementation {
    variant: Variant,
    outputs: Outputs,
}

impl VariantImplementation {
    /// Creates the implementation of this variant.
    #[must_use]
    pub fn new(variant: Variant) -> Self {
        Self { variant, outputs: Outputs::default() }
    }

    /// The same implementation with all that it is told and answers recorded.
    #[must_use]
    pub fn recorded(variant: Variant) -> Recorded<Self> {
        let implementation = Self::new(variant);
        let stanzas = implementation.outputs.stanzas.clone();
        Recorded::new(implementation, Some(stanzas))
    }
}

impl Implementation for VariantImplementation {
    fn begin(&mut self, _: &mut Scenario, _: &[DeviceName], _: bool) -> Result<(), AdapterError> {
        self.end();
        Ok(())
    }

    fn join(&mut self, scene: &Scene<'_>, _: &Wire) -> Box<dyn Endpoint> {
        let rules = rules(scene.scenario, &scene.options);
        let member = scene.cast.member(scene.device).clone();
        Box::new(VariantEndpoint::new(self.variant, rules, scene.cast.clone(), member, self.outputs.clone()))
    }

    fn end(&mut self) -> CaseLog {
        self.outputs.stanzas.take();
        self.outputs.log.take()
    }
}
