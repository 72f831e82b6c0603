use atm_simulator::scenario::{Code, Scenario, Step};

/// The number of the step at a position of the list, as all reports count: from 1, and without the `expect`
/// entries. An `expect` entry has the number of the step that it follows, 0 if it follows none.
pub(super) fn number(scenario: &Scenario, position: usize) -> usize {
    scenario.steps[..=position].iter().filter(|step| !matches!(step, Step::Expect(_))).count()
}

/// A step in one line, for people.
pub(super) fn describe(step: &Step) -> String {
    match step {
        Step::Authenticate(who) => format!("{} authenticates {}", who.device, list(&who.keys)),
        Step::Distrust(who) => format!("{} distrusts {}", who.device, list(&who.keys)),
        Step::TrustManually(who) => format!("{} trusts {} with a click", who.device, list(&who.keys)),
        Step::Scan(scan) => match &scan.code {
            Code::Of(device) => format!("{} scans the code of {device}", scan.by),
            Code::Uri(uri) => format!("{} scans {uri}", scan.by),
        },
        Step::Discover(who) => format!("{} looks up {}", who.device, list(&who.keys)),
        Step::AddDevice(added) => {
            format!("{} gets a new device, {}/{}", added.account, added.account, added.name)
        }
        Step::RemoveDevice(device) => format!("{device} is removed"),
        Step::GoOffline(device) => format!("{device} goes offline"),
        Step::GoOnline(device) => format!("{device} goes online"),
        Step::Restart(device) => format!("{device} restarts"),
        Step::Wait(time) => format!("time passes: {time}"),
        Step::Hold(link) => format!("what {} sends to {} is withheld", link.from, link.to),
        Step::Release(link) => format!("what {} sent to {} goes on", link.from, link.to),
        Step::Deliver(deliver) => format!("a stanza from {} arrives at {}", deliver.from.0, deliver.to),
        Step::Expect(_) => "expectations".to_owned(),
    }
}

fn list(names: &[impl ToString]) -> String {
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
