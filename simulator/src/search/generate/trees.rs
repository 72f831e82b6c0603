use super::{Dice, account_name, arrow, base, device_name};
use crate::scenario::{Account, DeviceName, DeviceSpec, KeyName, Named, Scenario, Step};

/// A scenario in which people link all devices of several accounts with as few authentications as possible.
///
/// `sizes` gives the number of devices of each account. The pairs that authenticate each other form a random tree
/// inside each account, and one pair of devices stands for each edge of a random tree of the accounts. The
/// authentications, two for each pair, have a random order.
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

/// The edges of a random tree with `size` nodes. All trees are equally likely: the algorithm is the random walk of
/// Aldous and Broder over the complete graph.
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
