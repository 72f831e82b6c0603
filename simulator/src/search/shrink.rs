//! Shrinks a scenario for which a condition holds.

use std::collections::BTreeSet;

use crate::scenario::{
    Account, AddDevice, ChainStep, Code, Delivery, DeviceName, DeviceSpec, DeviceToKeys, Discovery,
    EncryptionNamespace, FloodStep, InjectDevice, KeyName, LimitsSpec, Name, Named, NetworkSpec, PolicySpec,
    ScanStep, Scenario, ScenarioExpectations, Step,
};
use crate::script::Script;
use crate::search::canonical::canonical;

/// Shrinks `scenario` while `fails` holds. The result is a local minimum: no step, device or account can be removed,
/// and no setting simplified. Shrinking uses no randomness.
pub fn shrink(scenario: &Scenario, mut fails: impl FnMut(&Scenario) -> bool) -> Scenario {
    let mut smallest = scenario.clone();
    smallest.expect = ScenarioExpectations::default();
    smallest.steps.retain(|step| !matches!(step, Step::Expect(_)));
    let mut holds = |candidate: &Scenario| is_coherent(candidate) && fails(candidate);
    if !holds(&smallest) {
        return scenario.clone();
    }
    loop {
        let before = smallest.clone();
        drop_steps(&mut smallest, &mut holds);
        drop_devices(&mut smallest, &mut holds);
        simplify(&mut smallest, &mut holds);
        merge_devices(&mut smallest, &mut holds);
        merge_accounts(&mut smallest, &mut holds);
        order_steps(&mut smallest, &mut holds);
        if smallest == before {
            return smallest;
        }
    }
}

/// Removes runs of steps, long ones first.
fn drop_steps(smallest: &mut Scenario, holds: &mut impl FnMut(&Scenario) -> bool) {
    let mut length = smallest.steps.len();
    while length > 0 {
        let mut start = 0;
        while start < smallest.steps.len() {
            let mut candidate = smallest.clone();
            let end = (start + length).min(candidate.steps.len());
            candidate.steps.drain(start..end);
            if holds(&candidate) {
                *smallest = candidate;
            } else {
                start += length;
            }
        }
        length /= 2;
    }
}

/// Removes devices with all steps that mention them, then accounts without devices.
fn drop_devices(smallest: &mut Scenario, holds: &mut impl FnMut(&Scenario) -> bool) {
    for device in all_devices(smallest) {
        let candidate = without_device(smallest, &device);
        if holds(&candidate) {
            *smallest = candidate;
        }
    }
    let accounts: Vec<Name> = smallest.accounts.names().cloned().collect();
    for account in accounts {
        let mut candidate = smallest.clone();
        candidate.accounts.remove(&account);
        candidate.steps.retain(|step| !mentions(step).0.contains(&account));
        if !candidate.accounts.is_empty() && holds(&candidate) {
            *smallest = candidate;
        }
    }
}

/// Merges two devices into one where possible, and moves devices that a step adds to the start.
fn merge_devices(smallest: &mut Scenario, holds: &mut impl FnMut(&Scenario) -> bool) {
    for position in (0..smallest.steps.len()).rev() {
        let Some(Step::AddDevice(added)) = smallest.steps.get(position).cloned() else { continue };
        let mut candidate = smallest.clone();
        candidate.steps.remove(position);
        if let Some(mut account) = candidate.accounts.get(&added.account).cloned() {
            account.devices.insert(added.name.clone(), DeviceSpec::default());
            candidate.accounts.insert(added.account.clone(), account);
        }
        if holds(&candidate) {
            *smallest = candidate;
        }
    }
    let devices = all_devices(smallest);
    for (position, kept) in devices.iter().enumerate() {
        for merged in devices[position + 1..].iter().filter(|other| other.account == kept.account) {
            let candidate = without_device(&renamed(smallest, merged, kept), merged);
            if candidate.steps.len() + 2 > smallest.steps.len() && holds(&candidate) {
                *smallest = candidate;
            }
        }
    }
}

/// Moves the devices of one account to another where possible.
fn merge_accounts(smallest: &mut Scenario, holds: &mut impl FnMut(&Scenario) -> bool) {
    let accounts: Vec<Name> = smallest.accounts.names().cloned().collect();
    for (position, kept) in accounts.iter().enumerate() {
        for merged in &accounts[position + 1..] {
            let Some(candidate) = with_devices_of(smallest, kept, merged) else { continue };
            if holds(&candidate) {
                *smallest = candidate;
            }
        }
    }
}

fn with_devices_of(scenario: &Scenario, kept: &Name, merged: &Name) -> Option<Scenario> {
    let (mut account, given) = (scenario.accounts.get(kept)?.clone(), scenario.accounts.get(merged)?);
    let has_given_keys = |account: &Account| account.devices.iter().any(|(_, device)| device.key.is_some());
    if has_given_keys(&account) && has_given_keys(given) {
        return None;
    }
    if account.one_key || given.one_key || scenario.steps.iter().any(|step| !is_about_keys_or_links(step)) {
        return None;
    }
    let mut candidate = scenario.clone();
    for (device, settings) in given.devices.iter() {
        let name: Name = format!("{merged}-{device}").parse().ok()?;
        let from = DeviceName { account: merged.clone(), device: device.clone() };
        let to = DeviceName { account: kept.clone(), device: name.clone() };
        account.devices.insert(name, settings.clone());
        candidate = renamed(&candidate, &from, &to);
    }
    candidate.accounts.insert(kept.clone(), account);
    candidate.accounts.remove(merged);
    Some(candidate)
}

fn is_about_keys_or_links(step: &Step) -> bool {
    match step {
        Step::Authenticate(_)
        | Step::Distrust(_)
        | Step::Decide(_)
        | Step::TrustManually(_)
        | Step::Discover(_)
        | Step::Forget(_)
        | Step::Hold(_)
        | Step::Release(_)
        | Step::LetThrough(_)
        | Step::Reorder(_)
        | Step::Duplicate(_)
        | Step::GoOffline(_)
        | Step::GoOnline(_)
        | Step::Restart(_)
        | Step::BackUp(_)
        | Step::Restore(_)
        | Step::Crash(_)
        | Step::CrashWhileSending(_)
        | Step::CrashWhileReceiving(_)
        | Step::Wait(_) => true,
        Step::Scan(_)
        | Step::AddDevice(_)
        | Step::RemoveDevice(_)
        | Step::SlowDown(_)
        | Step::Partition(_)
        | Step::Heal(_)
        | Step::SkewClock(_)
        | Step::CarbonsOff(_)
        | Step::CarbonsOn(_)
        | Step::Block(_)
        | Step::Unblock(_)
        | Step::Replay(_)
        | Step::InjectDevice(_)
        | Step::Compromise(_)
        | Step::Forge(_)
        | Step::Deliver(_)
        | Step::Chain(_)
        | Step::Flood(_)
        | Step::Expect(_) => false,
    }
}

/// Sorts steps whose order makes no difference, independently of names. So the same counterexample always gives the
/// same scenario.
fn order_steps(smallest: &mut Scenario, holds: &mut impl FnMut(&Scenario) -> bool) {
    let mut form = canonical(smallest);
    let mut improved = true;
    while improved {
        improved = false;
        for from in 0..smallest.steps.len() {
            for to in 0..from {
                let mut candidate = smallest.clone();
                let step = candidate.steps.remove(from);
                candidate.steps.insert(to, step);
                let candidate_form = canonical(&candidate);
                if candidate_form < form && holds(&candidate) {
                    (*smallest, form, improved) = (candidate, candidate_form, true);
                }
            }
        }
    }
}

/// The scenario with one device in place of another. Steps of the device on itself are left out.
fn renamed(scenario: &Scenario, from: &DeviceName, to: &DeviceName) -> Scenario {
    let mut candidate = scenario.clone();
    let device = |name: &mut DeviceName| {
        if name == from {
            name.clone_from(to);
        }
    };
    let key = |name: &mut KeyName| {
        if *name == KeyName::Device(from.clone()) {
            *name = KeyName::Device(to.clone());
        }
    };
    for step in &mut candidate.steps {
        match step {
            Step::Authenticate(who)
            | Step::Distrust(who)
            | Step::TrustManually(who)
            | Step::Discover(who)
            | Step::Forget(who) => {
                device(&mut who.device);
                who.keys.iter_mut().for_each(key);
            }
            Step::Decide(decide) => {
                device(&mut decide.by);
                decide.authenticate.iter_mut().chain(&mut decide.distrust).for_each(key);
            }
            Step::Hold(link)
            | Step::Release(link)
            | Step::LetThrough(link)
            | Step::Reorder(link)
            | Step::Duplicate(link) => {
                device(&mut link.from);
                device(&mut link.to);
            }
            Step::GoOffline(name)
            | Step::GoOnline(name)
            | Step::Restart(name)
            | Step::BackUp(name)
            | Step::Restore(name)
            | Step::Crash(name)
            | Step::CrashWhileSending(name)
            | Step::CrashWhileReceiving(name) => device(name),
            _ => {}
        }
    }
    candidate.steps.retain(|step| match step {
        Step::Authenticate(who)
        | Step::Distrust(who)
        | Step::TrustManually(who)
        | Step::Discover(who)
        | Step::Forget(who) => !who.keys.contains(&KeyName::Device(who.device.clone())),
        Step::Hold(link)
        | Step::Release(link)
        | Step::LetThrough(link)
        | Step::Reorder(link)
        | Step::Duplicate(link) => link.from != link.to,
        _ => true,
    });
    candidate
}

/// Resets settings to their defaults and replaces steps by simpler ones.
fn simplify(smallest: &mut Scenario, holds: &mut impl FnMut(&Scenario) -> bool) {
    let mut attempt = |change: &dyn Fn(&mut Scenario)| {
        let mut candidate = smallest.clone();
        change(&mut candidate);
        if candidate != *smallest && holds(&candidate) {
            *smallest = candidate;
        }
    };
    attempt(&|candidate| candidate.network = NetworkSpec::default());
    attempt(&|candidate| candidate.network.delivery = Delivery::Drained);
    attempt(&|candidate| candidate.policy = PolicySpec::Toakafa);
    attempt(&|candidate| candidate.encryption = EncryptionNamespace::default());
    attempt(&|candidate| candidate.limits = LimitsSpec::default());
    attempt(&|candidate| {
        candidate.discovery = Discovery::AtStart;
        candidate.steps.retain(|step| !matches!(step, Step::Discover(_)));
    });
    attempt(&|candidate| candidate.keys = Named::default());
    attempt(&|candidate| {
        let accounts = std::mem::take(&mut candidate.accounts);
        candidate.accounts = accounts
            .into_iter()
            .map(|(name, mut account)| {
                account.devices =
                    account.devices.into_iter().map(|(name, _)| (name, DeviceSpec::default())).collect();
                (name, account)
            })
            .collect();
    });
    for account in smallest.accounts.names().cloned().collect::<Vec<_>>() {
        let candidate = with_a_key_each(smallest, &account);
        if candidate != *smallest && holds(&candidate) {
            *smallest = candidate;
        }
    }
    for position in 0..smallest.steps.len() {
        let Some(simpler) = simpler(&smallest.steps[position], smallest) else { continue };
        let mut candidate = smallest.clone();
        candidate.steps[position] = simpler;
        if holds(&candidate) {
            *smallest = candidate;
        }
    }
}

/// The scenario in which each endpoint of an account has its own key. Steps that named the shared key name the first
/// endpoint's key.
fn with_a_key_each(scenario: &Scenario, account: &Name) -> Scenario {
    let mut candidate = scenario.clone();
    let Some(mut settings) = candidate.accounts.get(account).cloned() else { return candidate };
    let Some(first) = settings.devices.names().next().cloned() else { return candidate };
    if !settings.one_key {
        return candidate;
    }
    settings.one_key = false;
    candidate.accounts.insert(account.clone(), settings);
    let own = KeyName::Device(DeviceName { account: account.clone(), device: first });
    for step in &mut candidate.steps {
        for key in decided_on(step).filter(|key| **key == KeyName::Named(account.clone())) {
            *key = own.clone();
        }
    }
    candidate
}

/// The keys that a person decides on, or that a device discovers, in a step.
fn decided_on(step: &mut Step) -> impl Iterator<Item = &mut KeyName> {
    let (one, other): (&mut [KeyName], &mut [KeyName]) = match step {
        Step::Authenticate(who)
        | Step::Distrust(who)
        | Step::TrustManually(who)
        | Step::Discover(who)
        | Step::Forget(who) => (&mut who.keys, &mut []),
        Step::Decide(decide) => (&mut decide.authenticate, &mut decide.distrust),
        _ => (&mut [], &mut []),
    };
    one.iter_mut().chain(other)
}

fn simpler(step: &Step, scenario: &Scenario) -> Option<Step> {
    match step {
        Step::CrashWhileSending(device) | Step::CrashWhileReceiving(device) => {
            Some(Step::Crash(device.clone()))
        }
        Step::Authenticate(who) if who.keys.len() > 1 => {
            let mut who = who.clone();
            who.keys.truncate(1);
            Some(Step::Authenticate(who))
        }
        Step::Decide(decide) => {
            let who = DeviceToKeys { device: decide.by.clone(), keys: decide.distrust.clone() };
            Some(Step::Distrust(who))
        }
        Step::Discover(who) if who.keys.len() > 1 => {
            let mut who = who.clone();
            who.keys.truncate(who.keys.len() - 1);
            Some(Step::Discover(who))
        }
        Step::Forget(who) if who.keys.len() > 1 => {
            let mut who = who.clone();
            who.keys.truncate(who.keys.len() - 1);
            Some(Step::Forget(who))
        }
        Step::LetThrough(link) => Some(Step::Release(link.clone())),
        Step::Scan(ScanStep { by, code: Code::Of(shown) }) => {
            let key = match has_one_key(scenario, &shown.account) {
                true => KeyName::Named(shown.account.clone()),
                false => KeyName::Device(shown.clone()),
            };
            Some(Step::Authenticate(DeviceToKeys { device: by.clone(), keys: vec![key] }))
        }
        Step::AddDevice(added) if !added.carbons || added.offline || added.key.is_some() => {
            Some(Step::AddDevice(AddDevice { carbons: true, offline: false, key: None, ..added.clone() }))
        }
        Step::InjectDevice(injected) if injected.key.is_some() => {
            Some(Step::InjectDevice(InjectDevice { key: None, ..injected.clone() }))
        }
        Step::Forge(forge) if forge.dated.is_some() => {
            let mut forge = forge.clone();
            forge.dated = None;
            Some(Step::Forge(forge))
        }
        Step::Chain(chain) if chain.length > 1 => {
            Some(Step::Chain(ChainStep { length: chain.length - 1, ..chain.clone() }))
        }
        Step::Flood(flood) if flood.keys > 1 => Some(Step::Flood(FloodStep { keys: 1, ..flood.clone() })),
        _ => None,
    }
}

fn has_one_key(scenario: &Scenario, account: &Name) -> bool {
    scenario.accounts.get(account).is_some_and(|account| account.one_key)
}

fn all_devices(scenario: &Scenario) -> Vec<DeviceName> {
    let at_start = scenario.accounts.iter().flat_map(|(name, account)| {
        account.devices.names().map(|device| DeviceName { account: name.clone(), device: device.clone() })
    });
    let added = scenario.steps.iter().filter_map(Step::added_device);
    at_start.chain(added).collect()
}

fn without_device(scenario: &Scenario, device: &DeviceName) -> Scenario {
    let mut candidate = scenario.clone();
    let accounts: Named<_> = std::mem::take(&mut candidate.accounts);
    candidate.accounts = accounts
        .into_iter()
        .map(|(name, mut account)| {
            if name == device.account {
                account.devices.remove(&device.device);
            }
            (name, account)
        })
        .collect();
    candidate.steps.retain(|step| !mentions(step).1.contains(device));
    candidate
}

/// Whether all names exist when they are used, and no device trusts its own key.
fn is_coherent(scenario: &Scenario) -> bool {
    let mut there: BTreeSet<DeviceName> =
        all_devices(&Scenario { steps: Vec::new(), ..scenario.clone() }).into_iter().collect();
    let mut ever = there.clone();
    let mut adversaries: BTreeSet<DeviceName> = BTreeSet::new();
    let mut backups: BTreeSet<DeviceName> = BTreeSet::new();
    for step in &scenario.steps {
        if let Some(added) = step.added_device() {
            if !there.insert(added.clone()) {
                return false;
            }
            ever.insert(added.clone());
            if matches!(step, Step::InjectDevice(_)) {
                adversaries.insert(added);
            }
            continue;
        }
        let is_key = |key: &KeyName| match key {
            KeyName::Device(device) => ever.contains(device) && !has_one_key(scenario, &device.account),
            KeyName::Named(name) => has_one_key(scenario, name) || scenario.keys.get(name).is_some(),
        };
        if !keys(step).into_iter().all(is_key) {
            return false;
        }
        let (_, devices, actors) = mentions_with_actors(step);
        if actors.iter().any(|device| !there.contains(device)) || devices.is_empty() && !actors.is_empty() {
            return false;
        }
        match step {
            Step::RemoveDevice(device) => {
                there.remove(device);
            }
            Step::Compromise(device) => {
                adversaries.insert(device.clone());
            }
            Step::Forge(forge) if !adversaries.contains(&forge.by) => return false,
            Step::BackUp(device) => {
                backups.insert(device.clone());
            }
            Step::Restore(device) if !backups.contains(device) => return false,
            Step::Chain(chain) if chain.first == chain.last => return false,
            Step::Authenticate(who) | Step::TrustManually(who) | Step::Forget(who)
                if who.keys.contains(&KeyName::Device(who.device.clone())) =>
            {
                return false;
            }
            Step::Decide(decide) if decide.authenticate.contains(&KeyName::Device(decide.by.clone())) => {
                return false;
            }
            _ => {}
        }
    }
    Script::new(scenario).is_ok()
}

/// The keys that a step names.
fn keys(step: &Step) -> Vec<&KeyName> {
    match step {
        Step::Authenticate(who)
        | Step::Distrust(who)
        | Step::TrustManually(who)
        | Step::Discover(who)
        | Step::Forget(who) => who.keys.iter().collect(),
        Step::Decide(decide) => decide.authenticate.iter().chain(&decide.distrust).collect(),
        Step::Forge(forge) => forge.trust.iter().chain(&forge.distrust).collect(),
        Step::Deliver(deliver) => {
            deliver.encrypted.iter().filter_map(|encrypted| encrypted.key.as_ref()).collect()
        }
        Step::Chain(chain) => vec![&chain.first, &chain.last],
        _ => Vec::new(),
    }
}

/// The accounts and devices that a step names.
fn mentions(step: &Step) -> (BTreeSet<Name>, BTreeSet<DeviceName>) {
    let (accounts, devices, _) = mentions_with_actors(step);
    (accounts, devices)
}

/// The accounts and devices that a step names, and those of the devices that must be present.
fn mentions_with_actors(step: &Step) -> (BTreeSet<Name>, BTreeSet<DeviceName>, BTreeSet<DeviceName>) {
    let (mut accounts, mut devices, mut actors) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    match step {
        Step::Authenticate(who)
        | Step::Distrust(who)
        | Step::TrustManually(who)
        | Step::Discover(who)
        | Step::Forget(who) => {
            actors.insert(who.device.clone());
        }
        Step::Decide(decide) => {
            actors.insert(decide.by.clone());
        }
        Step::Scan(scan) => {
            actors.insert(scan.by.clone());
            if let crate::scenario::Code::Of(shown) = &scan.code {
                actors.insert(shown.clone());
            }
        }
        Step::AddDevice(added) => {
            accounts.insert(added.account.clone());
            devices.extend(step.added_device());
        }
        Step::InjectDevice(injected) => {
            accounts.insert(injected.account.clone());
            devices.extend(step.added_device());
        }
        Step::RemoveDevice(device)
        | Step::GoOffline(device)
        | Step::GoOnline(device)
        | Step::Restart(device)
        | Step::BackUp(device)
        | Step::Restore(device)
        | Step::Crash(device)
        | Step::CrashWhileSending(device)
        | Step::CrashWhileReceiving(device)
        | Step::CarbonsOff(device)
        | Step::CarbonsOn(device)
        | Step::Compromise(device) => {
            actors.insert(device.clone());
        }
        Step::SkewClock(skew) => {
            actors.insert(skew.device.clone());
        }
        Step::Hold(link)
        | Step::Release(link)
        | Step::LetThrough(link)
        | Step::Reorder(link)
        | Step::Duplicate(link)
        | Step::Block(link)
        | Step::Unblock(link)
        | Step::Replay(link) => actors.extend([link.from.clone(), link.to.clone()]),
        Step::SlowDown(slow) => actors.extend([slow.link.from.clone(), slow.link.to.clone()]),
        Step::Partition(pair) | Step::Heal(pair) => accounts.extend([pair.one.clone(), pair.other.clone()]),
        Step::Forge(forge) => {
            actors.insert(forge.by.clone());
            accounts.insert(forge.to.clone());
        }
        Step::Deliver(deliver) => {
            actors.insert(deliver.to.clone());
        }
        Step::Chain(chain) => {
            actors.insert(chain.to.clone());
            devices.insert(chain.from.clone());
        }
        Step::Flood(flood) => {
            actors.insert(flood.to.clone());
            devices.insert(flood.from.clone());
        }
        Step::Wait(_) | Step::Expect(_) => {}
    }
    for key in keys(step) {
        match key {
            KeyName::Device(device) => {
                devices.insert(device.clone());
            }
            KeyName::Named(account) => {
                accounts.insert(account.clone());
            }
        }
    }
    devices.extend(actors.iter().cloned());
    accounts.extend(devices.iter().map(|device| device.account.clone()));
    (accounts, devices, actors)
}
