use atm_simulator::scenario::{ChainStep, Code, Skew, Step};

/// Describes a step in one line.
#[must_use]
pub fn describe_step(step: &Step) -> String {
    match step {
        Step::Authenticate(who) => format!("{} authenticates {}", who.device, list(&who.keys)),
        Step::Distrust(who) => format!("{} distrusts {}", who.device, list(&who.keys)),
        Step::Decide(decide) => format!(
            "{} authenticates {} and distrusts {}",
            decide.by,
            list(&decide.authenticate),
            list(&decide.distrust)
        ),
        Step::TrustManually(who) => format!("{} trusts {} with a click", who.device, list(&who.keys)),
        Step::Scan(scan) => match &scan.code {
            Code::Of(device) => format!("{} scans the code of {device}", scan.by),
            Code::Uri(uri) => format!("{} scans {uri}", scan.by),
        },
        Step::Forget(who) => format!("{} no longer finds {}", who.device, list(&who.keys)),
        Step::Discover(who) => format!("{} looks up {}", who.device, list(&who.keys)),
        Step::AddDevice(added) => {
            format!("{} gets a new device, {}/{}", added.account, added.account, added.name)
        }
        Step::RemoveDevice(device) => format!("{device} is removed"),
        Step::GoOffline(device) => format!("{device} goes offline"),
        Step::GoOnline(device) => format!("{device} goes online"),
        Step::Restart(device) => format!("{device} restarts"),
        Step::BackUp(device) => format!("a backup of {device} is made"),
        Step::Restore(device) => format!("{device} goes back to its backup"),
        Step::Wait(time) => format!("time passes: {time}"),
        Step::Hold(link) => format!("what {} sends to {} is withheld", link.from, link.to),
        Step::Release(link) => format!("what {} sent to {} goes on", link.from, link.to),
        Step::LetThrough(link) => {
            format!("the first of what {} sent to {} goes on", link.from, link.to)
        }
        Step::SlowDown(slow) => {
            format!("what {} sends to {} takes {}", slow.link.from, slow.link.to, slow.latency)
        }
        Step::Reorder(link) => format!("what {} sent to {} is turned round", link.from, link.to),
        Step::Duplicate(link) => format!("what {} sends to {} arrives twice", link.from, link.to),
        Step::Partition(pair) => format!("the servers of {} and {} lose each other", pair.one, pair.other),
        Step::Heal(pair) => format!("the servers of {} and {} find each other", pair.one, pair.other),
        Step::Crash(device) => format!("{device} crashes"),
        Step::CrashWhileSending(device) => format!("{device} is going to crash when it sends"),
        Step::CrashWhileReceiving(device) => format!("{device} is going to crash when it receives"),
        Step::SkewClock(skew) => match skew.by {
            Skew::Ahead(span) => format!("the clock of {} is {span} ahead", skew.device),
            Skew::Behind(span) => format!("the clock of {} is {span} behind", skew.device),
        },
        Step::CarbonsOff(device) => format!("{device} gets no carbons"),
        Step::CarbonsOn(device) => format!("{device} gets carbons"),
        Step::Block(link) => format!("the server drops what {} sends to {}", link.from, link.to),
        Step::Unblock(link) => format!("the server lets {} reach {} again", link.from, link.to),
        Step::Replay(link) => format!("the server replays what {} sent to {}", link.from, link.to),
        Step::InjectDevice(injected) => {
            format!("an adversary publishes the key of {}/{}", injected.account, injected.name)
        }
        Step::Compromise(device) => format!("an adversary takes {device}"),
        Step::Forge(forge) => format!("the adversary writes as {} to {}", forge.by, forge.to),
        Step::Deliver(deliver) => match &deliver.from {
            Some(from) => format!("a stanza from {} arrives at {}", from.0, deliver.to),
            None => format!("a stanza without a sender arrives at {}", deliver.to),
        },
        Step::Chain(chain) => {
            let ChainStep { to, first, last, length, .. } = chain;
            format!("a chain of {length} words from {first} to {last} arrives at {to}")
        }
        Step::Flood(flood) => format!("{} trusts {} keys at {}", flood.from, flood.keys, flood.to),
        Step::Expect(_) => "expectations".to_owned(),
    }
}

fn list(names: &[impl ToString]) -> String {
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
