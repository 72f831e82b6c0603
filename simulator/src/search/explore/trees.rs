//! All ways in which people can link the devices of several accounts with as few authentications as possible.

use std::collections::BTreeMap;

use crate::scenario::{Account, DeviceName, DeviceSpec, DeviceToKeys, KeyName, Name, Named, Scenario, Step};

/// A tree of authentications: connected inside each account, with one edge for each pair of linked accounts.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The scenario in which the two ends of each edge authenticate each other.
    pub scenario: Scenario,
    /// The edges in words, followed by the additional decisions.
    pub edges: Vec<String>,
    /// The number of trees that are equal to this one up to names, including this one.
    pub alike: u64,
}

/// The decisions besides the authentications of a tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Besides {
    /// Nothing.
    #[default]
    Nothing,
    /// At one device, a person distrusts the key of another one.
    Distrust,
    /// After that, a person authenticates that key at the same device or at another one.
    DistrustAndTrust,
}

/// One tree of each kind, for accounts with these numbers of devices. Trees that differ only in names are of one kind,
/// and the first of them stands for it.
#[must_use]
pub fn trees(sizes: &[usize]) -> Vec<Tree> {
    trees_besides(sizes, Besides::Nothing)
}

/// The trees of [`trees()`] with every choice of the additional decisions.
#[must_use]
pub fn trees_besides(sizes: &[usize], besides: Besides) -> Vec<Tree> {
    let firsts: Vec<usize> =
        sizes.iter().scan(0, |next, size| Some(std::mem::replace(next, *next + size))).collect();
    let account_of: Vec<usize> =
        sizes.iter().enumerate().flat_map(|(account, size)| std::iter::repeat_n(account, *size)).collect();
    let mut all: Vec<Vec<Edge>> = vec![Vec::new()];
    for (account, size) in sizes.iter().enumerate() {
        let first = firsts[account];
        let inside: Vec<Vec<Edge>> = trees_of(*size)
            .into_iter()
            .map(|edges| edges.into_iter().map(|(one, other)| (first + one, first + other)).collect())
            .collect();
        all = product(&all, &inside);
    }
    let mut between = Vec::new();
    for edges in trees_of(sizes.len()) {
        let mut choices: Vec<Vec<Edge>> = vec![Vec::new()];
        for (one, other) in edges {
            let pairs = (0..sizes[one]).flat_map(|from| (0..sizes[other]).map(move |to| (from, to)));
            let pairs: Vec<Vec<Edge>> =
                pairs.map(|(from, to)| vec![(firsts[one] + from, firsts[other] + to)]).collect();
            choices = product(&choices, &pairs);
        }
        between.extend(choices);
    }
    let mut kinds: BTreeMap<Decisions, (Decisions, u64)> = BTreeMap::new();
    let renamings = renamings(&account_of, sizes);
    let all_besides = choices_besides(account_of.len(), besides);
    for mut edges in product(&all, &between) {
        edges.sort_unstable();
        for besides in &all_besides {
            let decisions = (edges.clone(), besides.clone());
            let forms = renamings.iter().map(|renaming| renamed(&decisions, renaming));
            let form = forms.min().unwrap_or_else(|| decisions.clone());
            kinds.entry(form).or_insert((decisions, 0)).1 += 1;
        }
    }
    kinds.into_values().map(|(decisions, alike)| tree(&decisions, alike, sizes)).collect()
}

/// The edges of a tree, and the additional decisions as pairs of deciding device and key, the distrust first.
type Decisions = (Vec<Edge>, Vec<(usize, usize)>);

/// All choices of the additional decisions.
fn choices_besides(devices: usize, besides: Besides) -> Vec<Vec<(usize, usize)>> {
    let by_others = |key: usize| (0..devices).filter(move |by| *by != key).map(move |by| (by, key));
    let distrusts = (0..devices).flat_map(by_others);
    match besides {
        Besides::Nothing => vec![Vec::new()],
        Besides::Distrust => distrusts.map(|distrust| vec![distrust]).collect(),
        Besides::DistrustAndTrust => distrusts
            .flat_map(|distrust| by_others(distrust.1).map(move |trust| vec![distrust, trust]))
            .collect(),
    }
}

/// Two positions in the list of all devices, the smaller one first.
type Edge = (usize, usize);

fn product(some: &[Vec<Edge>], others: &[Vec<Edge>]) -> Vec<Vec<Edge>> {
    let joined = |one: &Vec<Edge>| {
        let one = one.clone();
        others.iter().map(move |other| one.iter().chain(other).copied().collect())
    };
    some.iter().flat_map(joined).collect()
}

/// All trees with `size` nodes, each from its Prüfer code, which is a list of `size - 2` nodes.
fn trees_of(size: usize) -> Vec<Vec<Edge>> {
    if size < 2 {
        return vec![Vec::new()];
    }
    let length = size - 2;
    let codes = (0..size.pow(length as u32)).map(|mut number| {
        let digits = (0..length).map(|_| {
            let digit = number % size;
            number /= size;
            digit
        });
        digits.collect::<Vec<usize>>()
    });
    codes.map(|code| decoded(&code, size)).collect()
}

fn decoded(code: &[usize], size: usize) -> Vec<Edge> {
    let mut degrees = vec![1; size];
    for node in code {
        degrees[*node] += 1;
    }
    let mut edges = Vec::new();
    for node in code {
        let leaf = degrees.iter().position(|degree| *degree == 1).expect("a tree has leaves");
        edges.push((leaf.min(*node), leaf.max(*node)));
        degrees[leaf] -= 1;
        degrees[*node] -= 1;
    }
    let last: Vec<usize> = (0..size).filter(|node| degrees[*node] == 1).collect();
    edges.push((last[0], last[1]));
    edges
}

/// All permutations of devices that keep accounts together.
fn renamings(account_of: &[usize], sizes: &[usize]) -> Vec<Vec<usize>> {
    let mut found = Vec::new();
    extend(&mut Vec::new(), account_of, sizes, &mut found);
    found
}

fn extend(chosen: &mut Vec<usize>, account_of: &[usize], sizes: &[usize], found: &mut Vec<Vec<usize>>) {
    let device = chosen.len();
    if device == account_of.len() {
        found.push(chosen.clone());
        return;
    }
    for place in 0..account_of.len() {
        let fits = |(other, there): (usize, &usize)| {
            (account_of[other] == account_of[device]) == (account_of[*there] == account_of[place])
        };
        if !chosen.contains(&place)
            && sizes[account_of[place]] == sizes[account_of[device]]
            && chosen.iter().enumerate().all(fits)
        {
            chosen.push(place);
            extend(chosen, account_of, sizes, found);
            chosen.pop();
        }
    }
}

fn renamed((edges, besides): &Decisions, renaming: &[usize]) -> Decisions {
    let rename = |(one, other): &(usize, usize)| (renaming[*one], renaming[*other]);
    let renamed = edges.iter().map(rename);
    let mut renamed: Vec<Edge> = renamed.map(|(one, other)| (one.min(other), one.max(other))).collect();
    renamed.sort_unstable();
    (renamed, besides.iter().map(rename).collect())
}

const ACCOUNTS: [&str; 8] = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"];

fn tree((edges, besides): &Decisions, alike: u64, sizes: &[usize]) -> Tree {
    let name = |text: String| -> Name { text.parse().expect("a valid name") };
    let account_name = |account: usize| {
        name(ACCOUNTS.get(account).map_or_else(|| format!("account-{account}"), |known| (*known).to_owned()))
    };
    let mut devices: Vec<DeviceName> = Vec::new();
    let mut accounts = Named::default();
    for (account, size) in sizes.iter().enumerate() {
        let names: Vec<Name> = (1..=*size).map(|device| name(format!("device-{device}"))).collect();
        devices.extend(
            names.iter().map(|device| DeviceName { account: account_name(account), device: device.clone() }),
        );
        let devices = names.into_iter().map(|device| (device, DeviceSpec::default())).collect();
        accounts.insert(account_name(account), Account { jid: None, one_key: false, key: None, devices });
    }
    let arrow = |from: usize, to: usize| DeviceToKeys {
        device: devices[from].clone(),
        keys: vec![KeyName::Device(devices[to].clone())],
    };
    let mutual = |(one, other): &Edge| [arrow(*one, *other), arrow(*other, *one)].map(Step::Authenticate);
    let mut steps: Vec<Step> = edges.iter().flat_map(mutual).collect();
    let mut edges: Vec<String> =
        edges.iter().map(|(one, other)| format!("{} - {}", devices[*one], devices[*other])).collect();
    for (position, (by, key)) in besides.iter().enumerate() {
        let (step, verb): (fn(DeviceToKeys) -> Step, _) =
            if position == 0 { (Step::Distrust, "distrusts") } else { (Step::Authenticate, "authenticates") };
        steps.push(step(arrow(*by, *key)));
        edges.push(format!("{} {verb} {}", devices[*by], devices[*key]));
    }
    let title = format!("The tree {}", edges.join(", "));
    let requirements = vec!["xep-0450/details/complete-graph".parse().expect("a valid id")];
    let scenario = Scenario { title, requirements, accounts, steps, ..crate::search::generate::base() };
    Tree { scenario, edges, alike }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_trees_as_cayley_says() {
        for (size, count) in [(1, 1), (2, 1), (3, 3), (4, 16), (5, 125)] {
            let mut trees = trees_of(size);
            trees.iter_mut().for_each(|edges| edges.sort_unstable());
            trees.sort();
            trees.dedup();
            assert_eq!(trees.len(), count, "{size}");
        }
    }

    #[test]
    fn trees_that_differ_in_names_are_one() {
        let kinds = |sizes: &[usize]| trees(sizes).iter().map(|tree| tree.alike).collect::<Vec<_>>();
        // Each account has only one kind of devices, so there is one kind of links.
        assert_eq!(kinds(&[2, 2]), [4]);
        // The link leads to the middle of Alice's three devices, or to one of the ends.
        let mut kinds_of_three = kinds(&[3, 1]);
        kinds_of_three.sort_unstable();
        assert_eq!(kinds_of_three, [3, 6]);
        assert_eq!(kinds(&[3, 2]).iter().sum::<u64>(), 18);
        assert_eq!(kinds(&[3, 2]).len(), 2);
    }

    #[test]
    fn every_device_can_distrust_every_other_one() {
        let alike = |sizes: &[usize], besides| {
            trees_besides(sizes, besides).iter().map(|tree| tree.alike).collect::<Vec<_>>()
        };
        // Three trees, and six pairs of a device and another one's key: at the middle or an end of the tree.
        let kinds = alike(&[3], Besides::Distrust);
        assert_eq!((kinds.iter().sum::<u64>(), kinds.len()), (18, 3));
        // Two devices can authenticate the key again.
        let kinds = alike(&[3], Besides::DistrustAndTrust);
        assert_eq!((kinds.iter().sum::<u64>(), kinds.len()), (36, 6));
        let kinds = alike(&[2, 1], Besides::DistrustAndTrust);
        assert_eq!((kinds.iter().sum::<u64>(), kinds.len()), (24, 12));
    }
}
