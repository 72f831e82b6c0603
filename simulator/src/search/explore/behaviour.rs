use atm_engine::{Device, Directory, Input, Outcome, Stamp};

use crate::endpoint::InputContext;

/// The behaviour of the devices in a search.
#[derive(Clone, Copy, Debug)]
pub enum Behaviour {
    /// The behaviour of the engine.
    Engine,
    /// Another behaviour, for the tests of the search itself. Neither scenario files nor the checks of the invariants
    /// of a quiet world can show it, because both run the engine.
    Faulty(FaultyStep),
}

/// Applies an input to a device wrongly.
pub type FaultyStep = fn(&mut Device, &Input, Stamp, &Directory, &mut Outcome);

impl Behaviour {
    pub(super) fn apply(
        self,
        device: &mut Device,
        input: &Input,
        context: InputContext<'_>,
        out: &mut Outcome,
    ) {
        let InputContext { now, names, .. } = context;
        match self {
            Self::Engine => {
                device.apply(input, now, names, out).expect("all ids are those of the script's directory");
            }
            Self::Faulty(step) => step(device, input, now, names, out),
        }
    }
}
