//! The content of a space-time diagram, row by row, independent of its form.

use atm_simulator::cast::{Cast, DeviceId};
use atm_simulator::run::Run;
use atm_simulator::scenario::Scenario;

use super::drafting::Drafting;
use super::rows::DiagramRow;
use crate::pictures::mismatches::Mismatch;
use crate::pictures::position::{self, DevicePresence};

/// The columns and rows of a space-time diagram.
pub(crate) struct Diagram<'a> {
    pub(super) title: &'a str,
    pub(super) columns: Vec<Lifeline>,
    pub(super) rows: Vec<DiagramRow>,
    /// All mismatches, in words.
    pub(super) mismatches: Vec<String>,
}

/// A device with its column.
#[derive(Clone, Debug)]
pub(super) struct Lifeline {
    pub(super) device: DeviceId,
    pub(super) account: String,
    /// The device's name within its account.
    pub(super) name: String,
    pub(super) at_start: DevicePresence,
}

impl<'a> Diagram<'a> {
    /// Drafts the diagram of a run.
    pub(crate) fn of(scenario: &'a Scenario, run: &'a Run) -> Self {
        let records = run.trace.records();
        let mut drafting = Drafting::new(scenario, run);
        let mismatches = Mismatch::all(scenario, run);
        let mut to_come = mismatches.iter().peekable();
        for (number, record) in records.iter().enumerate() {
            while let Some(mismatch) = to_come.next_if(|mismatch| mismatch.after <= number) {
                drafting.add_mismatch(mismatch);
            }
            drafting.add(record);
        }
        for mismatch in to_come {
            drafting.add_mismatch(mismatch);
        }
        let texts = mismatches.iter().map(Mismatch::text).collect();
        Self { title: &scenario.title, columns: lifelines(&run.cast), rows: drafting.rows, mismatches: texts }
    }
}

fn lifelines(cast: &Cast) -> Vec<Lifeline> {
    let column = |device: &DeviceId| Lifeline {
        device: *device,
        account: cast.account_name(cast.member(*device).account),
        name: cast.device_name(*device).device.to_string(),
        at_start: DevicePresence::at_start(cast, *device),
    };
    position::columns(cast).iter().map(column).collect()
}
