//! Layers between the world and an endpoint. A layer sees every input and may change it.

use atm_engine::{Decision, Directory, Input, KeyId, Level, Origin};
use atm_simulator::endpoint::{Endpoint, Failure, InputContext, Occurrence};
use atm_simulator::observation::Observation;
use atm_simulator::script::{HandMade, Scanned};

/// An input of an endpoint.
#[derive(Clone, Copy, Debug)]
pub enum Happening<'a> {
    /// An input of the engine.
    Input(&'a Input),
    /// A person scans a code.
    Scan(&'a Scanned),
    /// A handmade stanza arrives.
    Stanza(&'a HandMade),
}

impl Happening<'_> {
    /// Passes the input to the endpoint.
    ///
    /// # Errors
    ///
    /// Returns an error if the endpoint fails.
    pub fn reach(
        self,
        endpoint: &mut impl Endpoint,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        match self {
            Self::Input(input) => endpoint.apply(input, context, out),
            Self::Scan(scanned) => endpoint.scan(scanned, context, out),
            Self::Stanza(stanza) => endpoint.deliver(stanza, context, out),
        }
    }
}

/// A layer between the world and an endpoint.
pub trait Layer<E: Endpoint> {
    /// Passes an input to the endpoint.
    ///
    /// # Errors
    ///
    /// Returns an error if the endpoint fails.
    fn happen(
        &mut self,
        endpoint: &mut E,
        happening: Happening<'_>,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure>;

    /// Passes an occurrence, which is no input of the engine, to the endpoint.
    ///
    /// # Errors
    ///
    /// Returns an error if the endpoint fails.
    fn undergo(
        &mut self,
        endpoint: &mut E,
        occurrence: &mut Occurrence<'_>,
        (context, out): (InputContext<'_>, &mut Observation),
    ) -> Result<(), Failure> {
        endpoint.undergo(occurrence, context, out)
    }

    /// The code that the endpoint shows for scanning.
    ///
    /// # Errors
    ///
    /// Returns an error if the endpoint fails.
    fn own_code(&mut self, endpoint: &mut E, context: InputContext<'_>) -> Result<Option<String>, Failure> {
        endpoint.own_code(context)
    }

    /// Restarts the endpoint.
    ///
    /// # Errors
    ///
    /// Returns an error if the endpoint fails.
    fn restart(&mut self, endpoint: &mut E, names: &Directory) -> Result<(), Failure> {
        endpoint.restart(names)
    }

    /// Ends the case. No more inputs follow.
    fn end(&mut self, _: &mut E) {}
}

/// An endpoint with a layer around it.
#[derive(Debug)]
pub struct Layered<E: Endpoint, L: Layer<E>> {
    endpoint: E,
    layer: L,
}

impl<E: Endpoint, L: Layer<E>> Layered<E, L> {
    /// Puts this layer around this endpoint.
    pub fn new(endpoint: E, layer: L) -> Self {
        Self { endpoint, layer }
    }
}

impl<E: Endpoint, L: Layer<E>> Drop for Layered<E, L> {
    fn drop(&mut self) {
        self.layer.end(&mut self.endpoint);
    }
}

impl<E: Endpoint, L: Layer<E>> Endpoint for Layered<E, L> {
    fn apply(
        &mut self,
        input: &Input,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        self.layer.happen(&mut self.endpoint, Happening::Input(input), context, out)
    }

    fn scan(
        &mut self,
        scanned: &Scanned,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        self.layer.happen(&mut self.endpoint, Happening::Scan(scanned), context, out)
    }

    fn deliver(
        &mut self,
        stanza: &HandMade,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        self.layer.happen(&mut self.endpoint, Happening::Stanza(stanza), context, out)
    }

    fn undergo(
        &mut self,
        occurrence: &mut Occurrence<'_>,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        self.layer.undergo(&mut self.endpoint, occurrence, (context, out))
    }

    fn own_code(&mut self, context: InputContext<'_>) -> Result<Option<String>, Failure> {
        self.layer.own_code(&mut self.endpoint, context)
    }

    fn level(&self, key: KeyId) -> Result<Level, Failure> {
        self.endpoint.level(key)
    }

    fn origin(&self, key: KeyId) -> Option<Origin> {
        self.endpoint.origin(key)
    }

    fn restart(&mut self, names: &Directory) -> Result<(), Failure> {
        self.layer.restart(&mut self.endpoint, names)
    }

    fn postponed(&self, sender: KeyId) -> Option<Vec<Decision>> {
        self.endpoint.postponed(sender)
    }
    fn stored_bytes(&self, names: &Directory) -> Result<Option<u64>, Failure> {
        self.endpoint.stored_bytes(names)
    }
}
