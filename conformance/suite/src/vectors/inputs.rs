//! The inputs of a recorded device.

use atm_adapter_protocol::Exchange;
use atm_adapter_protocol::protocol::{At, Command};

/// The greatest number of inputs in a play, and of keys in one of them. Longer cases repeat one kind of message thousands
/// of times.
const MOST: (usize, usize) = (400, 200);

/// The inputs of a device, and the reason why they end before the case does.
pub(super) struct Inputs {
    pub(super) commands: Vec<Command>,
    /// The step of the scenario to which each input belongs; `None` before the first.
    pub(super) steps: Vec<Option<usize>>,
    pub(super) ends: Option<String>,
}

impl Inputs {
    /// The inputs in a recording of one device. Keys that it discovers at one time are one input.
    pub(super) fn of(exchanges: &[Exchange], steps_of_exchanges: &[Option<usize>]) -> Self {
        let recorded = exchanges.iter().map(|exchange| {
            serde_json::from_value(exchange.command.clone()).expect("the recording has commands")
        });
        let (mut commands, mut steps): (Vec<Command>, Vec<Option<usize>>) = (Vec::new(), Vec::new());
        for (command, step) in recorded.zip(steps_of_exchanges) {
            match (commands.last_mut(), command) {
                (_, Command::Read(_) | Command::Hello(_) | Command::Reset | Command::Stop) => {}
                (Some(Command::Discover(last)), Command::Discover(next)) if last.now == next.now => {
                    last.keys.extend(next.keys);
                    steps.pop();
                    steps.push(*step);
                }
                (_, command) => {
                    commands.push(command);
                    steps.push(*step);
                }
            }
        }
        let (inputs, keys) = MOST;
        let is_large = |command: &Command| matches!(command, Command::Discover(it) if it.keys.len() > keys);
        let first_large = commands.iter().position(is_large);
        let length = first_large.unwrap_or(commands.len()).min(inputs);
        let ends = (length < commands.len())
            .then(|| format!("a play has at most {inputs} inputs, and each of them at most {keys} keys"));
        commands.truncate(length);
        steps.truncate(length);
        Self { commands, steps, ends }
    }

    /// Asks the device for its code after the last input, unless the inputs end before the case does.
    pub(super) fn ask_for_code(&mut self) {
        let last = self.commands.last().and_then(Command::at).filter(|_| self.ends.is_none());
        if let Some((device, now)) = last {
            let at = At { device: device.to_owned(), now: now.to_owned() };
            self.commands.push(Command::OwnCode(at));
            self.steps.push(None);
        }
    }

    /// The position of the last input before a step of the scenario. `None` if there is none, or if the inputs end earlier.
    pub(super) fn last_before(&self, position: usize) -> Option<usize> {
        let is_before = |step: &Option<usize>| step.is_none_or(|step| step < position);
        let last = self.steps.iter().rposition(is_before)?;
        (self.ends.is_none() || last + 1 < self.steps.len()).then_some(last)
    }
}
