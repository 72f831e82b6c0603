use atm_engine::{Decision, Directory, Input, KeyId, Level, Origin, Outgoing};
use atm_simulator::endpoint::{Endpoint, Failure, InputContext, Occurrence};
use atm_simulator::observation::Observation;
use atm_simulator::script::{HandMade, Scanned};

/// An endpoint that starts again after everything that happens to it. What waits for a connection is not its own matter, so
/// that stays.
#[derive(Debug)]
pub struct Restarting<E> {
    endpoint: E,
    waiting: Vec<Outgoing>,
}

impl<E: Endpoint> Restarting<E> {
    /// This endpoint.
    pub fn new(endpoint: E) -> Self {
        Self { endpoint, waiting: Vec::new() }
    }

    fn happen(
        &mut self,
        names: &Directory,
        out: &mut Observation,
        happen: impl FnOnce(&mut E, &mut Observation) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let before = out.sent.len();
        happen(&mut self.endpoint, out)?;
        self.waiting.extend(out.sent[before..].iter().cloned());
        self.endpoint.restart(names)
    }
}

impl<E: Endpoint> Endpoint for Restarting<E> {
    fn apply(
        &mut self,
        input: &Input,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        match input {
            Input::Sent(id) => {
                self.waiting.retain(|outgoing| outgoing.id != *id);
                self.endpoint.apply(input, context, out)
            }
            Input::Resume => {
                self.endpoint.apply(input, context, out)?;
                let lost =
                    self.waiting.iter().filter(|waiting| !out.sent.iter().any(|sent| sent.id == waiting.id));
                let lost: Vec<Outgoing> = lost.cloned().collect();
                out.sent.extend(lost);
                Ok(())
            }
            Input::Decide(_) | Input::TrustManually(_) | Input::Discover(_) | Input::Receive(_) => {
                self.happen(context.names, out, |endpoint, out| endpoint.apply(input, context, out))
            }
        }
    }

    fn scan(
        &mut self,
        scanned: &Scanned,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        self.happen(context.names, out, |endpoint, out| endpoint.scan(scanned, context, out))
    }

    fn deliver(
        &mut self,
        stanza: &HandMade,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        self.happen(context.names, out, |endpoint, out| endpoint.deliver(stanza, context, out))
    }

    fn undergo(
        &mut self,
        occurrence: &mut Occurrence<'_>,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        self.happen(context.names, out, |endpoint, out| endpoint.undergo(occurrence, context, out))
    }

    fn own_code(&mut self, context: InputContext<'_>) -> Result<Option<String>, Failure> {
        self.endpoint.own_code(context)
    }

    fn level(&self, key: KeyId) -> Result<Level, Failure> {
        self.endpoint.level(key)
    }

    fn origin(&self, key: KeyId) -> Option<Origin> {
        self.endpoint.origin(key)
    }

    fn restart(&mut self, names: &Directory) -> Result<(), Failure> {
        self.endpoint.restart(names)
    }

    fn postponed(&self, sender: KeyId) -> Option<Vec<Decision>> {
        self.endpoint.postponed(sender)
    }
}
