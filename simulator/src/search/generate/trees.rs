use super::{Dice, account_name, arrow, base, device_name};
use crate::scenario::{Account, DeviceName, DeviceSpec, KeyName, Named, Scenario, Step};

/// A scenario in which people link all devices of some accounts by as few authentications as possible.
///
/// `sizes` says how many devices each account has. The pairs that authenticate each other are a random tree
/// inside each account, and one pair of devices for each edge of a random tree of the accounts. All these
/// authentications, two for each pair, come in random order.
#[must_use]
pub fn spanning_tree(dice: &mut Dice, sizes: &[usize]) -> Scenario {
    let mut accounts = Named::default();
    for (account, size) in sizes.iter().enumerate() {
        let devices = (0..*size).map(|device| (device_name(device), DeviceSpec::default())).collect();
        accounts.insert(account_name(account), Account { jid: None, one_key: false, key: None, devices });
    }
    let mut steps = Vec::new();
    for (account, size) in sizes.iter().enumerate() {
        for (one, other) in tree(dice, *size) {
            steps.extend(both_ways(&full(account, one), &full(account, other)));
        }
    }
    for (one, other) in tree(dice, sizes.len()) {
        let (from, to) = (dice.below(sizes[one]), dice.below(sizes[other]));
        steps.extend(both_ways(&full(one, from), &full(other, to)));
    }
    dice.shuffle(&mut steps);
    Scenario { title: "A random spanning tree".to_owned(), accounts, steps, ..base() }
}

/// The edges of a random tree with `size` nodes, each of them equally likely: Aldous and Broder's random
/// walk over the complete graph.
fn tree(dice: &mut Dice, size: usize) -> Vec<(usize, usize)> {
    let mut reached = vec![false; size];
    let mut edges = Vec::new();
    let mut at = dice.below(size);
    reached[at] = true;
    while edges.len() + 1 < size {
        let next = dice.below(size);
        if !reached[next] {
            reached[next] = true;
            edges.push((at, next));
        }
        at = next;
    }
    edges
}

fn both_ways(one: &DeviceName, other: &DeviceName) -> [Step; 2] {
    let authenticate = |by: &DeviceName, key: &DeviceName| {
        Step::Authenticate(arrow(by.clone(), vec![KeyName::Device(key.clone())]))
    };
    [authenticate(one, other), authenticate(other, one)]
}

fn full(account: usize, device: usize) -> DeviceName {
    DeviceName { account: account_name(account), device: device_name(device) }
}
