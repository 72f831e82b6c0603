use atm_engine::{Input, Outgoing};
use atm_simulator::endpoint::{Endpoint, Failure, InputContext, Occurrence};
use atm_simulator::observation::Observation;

use crate::layer::{Happening, Layer};

/// Restarts an endpoint after every input. The layer keeps messages that wait for a connection, since the endpoint may
/// lose them with a restart.
#[derive(Debug, Default)]
pub struct Restarting {
    waiting: Vec<Outgoing>,
}

impl<E: Endpoint> Layer<E> for Restarting {
    fn happen(
        &mut self,
        endpoint: &mut E,
        happening: Happening<'_>,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        let before = out.sent.len();
        happening.reach(endpoint, context, out)?;
        match happening {
            Happening::Input(Input::Sent(id)) => self.waiting.retain(|outgoing| outgoing.id != *id),
            Happening::Input(Input::Resume) => {
                let is_lost = |waiting: &&Outgoing| !out.sent.iter().any(|sent| sent.id == waiting.id);
                let lost: Vec<Outgoing> = self.waiting.iter().filter(is_lost).cloned().collect();
                out.sent.extend(lost);
            }
            Happening::Input(_) | Happening::Scan(_) | Happening::Stanza(_) => {
                self.waiting.extend(out.sent[before..].iter().cloned());
                endpoint.restart(context.names)?;
            }
        }
        Ok(())
    }

    fn undergo(
        &mut self,
        endpoint: &mut E,
        occurrence: &mut Occurrence<'_>,
        (context, out): (InputContext<'_>, &mut Observation),
    ) -> Result<(), Failure> {
        let before = out.sent.len();
        endpoint.undergo(occurrence, context, out)?;
        self.waiting.extend(out.sent[before..].iter().cloned());
        endpoint.restart(context.names)
    }
}
