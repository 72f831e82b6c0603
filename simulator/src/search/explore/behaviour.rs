use atm_engine::{Device, Directory, Input, Outcome, Stamp};

use crate::endpoint::InputContext;

/// How the devices of a search behave.
#[derive(Clone, Copy, Debug)]
pub enum Behaviour {
    /// As the engine does.
    Engine,
    /// Otherwise: for the tests of the search itself. A scenario file cannot show it, and the invariants of a quiet
    /// world are not checked, since both run the engine.
    Faulty(FaultyStep),
}

/// Lets an input happen to a device in a wrong way.
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
