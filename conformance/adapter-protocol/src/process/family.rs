//! The processes of an adapter: its own and their descendants.
//!
//! On Linux they are found in `/proc`, even if they left the adapter's process group or lost their parent: this process
//! is a subreaper, so they stay its descendants. On other systems they are the adapter's process group.

#[cfg(target_os = "linux")]
pub(super) use linux::{Family, Strangers};
#[cfg(not(target_os = "linux"))]
pub(super) use portable::{Family, Strangers};

/// The environment variable that distinguishes the processes of different adapters.
pub(super) const MARK: &str = "ATM_ADAPTER";

/// The signals that end processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Demand {
    /// Asks them to end. They may still clean up.
    Terminate,
    /// Ends them at once.
    Kill,
}

#[cfg(unix)]
impl From<Demand> for rustix::process::Signal {
    fn from(demand: Demand) -> Self {
        match demand {
            Demand::Terminate => Self::TERM,
            Demand::Kill => Self::KILL,
        }
    }
}

#[cfg(unix)]
fn signal_group(leader: u32, demand: Demand) {
    let group = i32::try_from(leader).ok().and_then(rustix::process::Pid::from_raw);
    // An empty group needs no signal.
    let _ = group.map(|group| rustix::process::kill_process_group(group, demand.into()));
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;

    use rustix::process::{Pid, WaitOptions, getpgrp, getpid, kill_process, set_child_subreaper, waitpid};

    use super::{Demand, MARK, signal_group};

    /// An entry of `/proc`.
    #[derive(Clone, Copy, Debug)]
    struct Listed {
        parent: u32,
        group: u32,
        has_ended: bool,
    }

    /// The descendants of this process.
    #[derive(Debug)]
    struct Descendants(BTreeMap<u32, Listed>);

    /// The descendants of this process that do not belong to any adapter.
    #[derive(Clone, Debug, Default)]
    pub(in super::super) struct Strangers(BTreeSet<u32>);

    impl Strangers {
        /// The descendants before the first adapter starts. From now on this process adopts orphans.
        pub(in super::super) fn before_the_first() -> Self {
            // If this fails, processes that left an adapter's process group cannot be found.
            let _ = set_child_subreaper(Some(getpid()));
            Self(Descendants::now().0.into_keys().collect())
        }
    }

    /// An adapter with its descendants.
    #[derive(Debug)]
    pub(in super::super) struct Family {
        /// The adapter's process id and mark; `None` for the processes of all adapters.
        of: Option<(u32, String)>,
        strangers: Strangers,
        /// The running processes that were once found to belong to it.
        members: BTreeSet<u32>,
        /// The process groups that its members created. A process cannot leave a group by starting another process and
        /// ending.
        groups: BTreeSet<u32>,
    }

    /// The greatest number of scans until two of them agree.
    const LOOKS: usize = 20;

    impl Family {
        pub(in super::super) fn new(leader: u32, mark: &str, strangers: Strangers) -> Self {
            Self { of: Some((leader, format!("{MARK}={mark}"))), ..Self::of_all(strangers) }
        }

        /// The processes of all adapters.
        pub(in super::super) fn of_all(strangers: Strangers) -> Self {
            Self { of: None, strangers, members: BTreeSet::new(), groups: BTreeSet::new() }
        }

        /// Scans the running processes. Returns whether any member is running. Reaps adopted processes that have ended,
        /// except `leaders`.
        pub(in super::super) fn look(&mut self, leaders: &dyn Fn() -> Vec<u32>) -> bool {
            let mut before = None;
            for _ in 0..LOOKS {
                let descendants = Descendants::now();
                // The leaders are read after the scan, so that no process is seen before it is registered.
                let leaders = leaders();
                descendants.reap(&leaders, &self.strangers);
                self.note_running(&descendants, &leaders);
                // During a scan a process can start another one and end, so that neither is listed.
                let seen = Some(descendants.0.into_keys().collect::<Vec<u32>>());
                if !self.members.is_empty() || seen == before {
                    break;
                }
                before = seen;
            }
            !self.members.is_empty()
        }

        fn note_running(&mut self, descendants: &Descendants, leaders: &[u32]) {
            let running = descendants.0.iter().filter(|(_, listed)| !listed.has_ended);
            let members: BTreeMap<u32, u32> = running
                .filter(|(id, _)| self.includes(**id, descendants))
                .map(|(id, listed)| (*id, listed.group))
                .collect();
            let own = u32::try_from(getpgrp().as_raw_nonzero().get()).ok();
            let is_made = |group: &u32| {
                Some(*group) != own && !leaders.contains(group) && !self.strangers.0.contains(group)
            };
            self.groups = members.values().copied().filter(is_made).collect();
            self.members = members.into_keys().collect();
        }

        pub(in super::super) fn demand(&self, demand: Demand) {
            if let Some((leader, _)) = self.of {
                signal_group(leader, demand);
            }
            self.groups.iter().for_each(|group| signal_group(*group, demand));
            for id in &self.members {
                // A process that has just ended needs no signal.
                let _ = pid(*id).map(|id| kill_process(id, demand.into()));
            }
        }

        /// Whether a process or one of its ancestors is a member.
        fn includes(&self, id: u32, descendants: &Descendants) -> bool {
            let mut lineage = descendants.lineage(id);
            lineage.clone().all(|id| !self.strangers.0.contains(&id))
                && lineage.any(|id| self.is_member(id, descendants))
        }

        fn is_member(&self, id: u32, descendants: &Descendants) -> bool {
            let Some((leader, mark)) = &self.of else { return true };
            let in_group = descendants.0.get(&id).is_some_and(|listed| listed.group == *leader);
            id == *leader || in_group || self.members.contains(&id) || has_in_environment(id, mark)
        }
    }

    impl Descendants {
        fn now() -> Self {
            let entries = fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
            let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
            let all = Self(ids.filter_map(|id| Some((id, listed(id)?))).collect());
            let own = all.0.keys().filter(|id| all.lineage(**id).any(|ancestor| all.is_child(ancestor)));
            Self(own.map(|id| (*id, all.0[id])).collect())
        }

        /// A process, its parent, and so on, as far as they are listed. This process is not included.
        fn lineage(&self, id: u32) -> impl Iterator<Item = u32> + Clone {
            let parent = |id: &u32| self.0.get(id).map(|listed| listed.parent);
            let known = |id: &u32| self.0.contains_key(id) && *id != std::process::id();
            // Processes that end during the scan could appear to be their own ancestors.
            std::iter::successors(Some(id), parent).take_while(known).take(1_000)
        }

        fn is_child(&self, id: u32) -> bool {
            self.0.get(&id).is_some_and(|listed| listed.parent == std::process::id())
        }

        /// Reaps adopted processes that have ended.
        fn reap(&self, leaders: &[u32], strangers: &Strangers) {
            for (id, listed) in &self.0 {
                let is_adopted = self.is_child(*id) && !leaders.contains(id) && !strangers.0.contains(id);
                if listed.has_ended && is_adopted {
                    let _ = pid(*id).map(|id| waitpid(Some(id), WaitOptions::NOHANG));
                }
            }
        }
    }

    fn pid(id: u32) -> Option<Pid> {
        i32::try_from(id).ok().and_then(Pid::from_raw)
    }

    fn listed(id: u32) -> Option<Listed> {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // The name of a program is in parentheses and can contain any character.
        let (_, stat) = stat.rsplit_once(')')?;
        let mut words = stat.split_ascii_whitespace();
        let state = words.next()?;
        let parent = words.next()?.parse().ok()?;
        let group = words.next()?.parse().ok()?;
        Some(Listed { parent, group, has_ended: matches!(state, "Z" | "X") })
    }

    fn has_in_environment(id: u32, variable: &str) -> bool {
        let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|one| one == variable.as_bytes())
    }
}

#[cfg(not(target_os = "linux"))]
mod portable {
    use super::Demand;

    /// Elsewhere the process group alone decides, so no strangers are needed.
    #[derive(Clone, Debug, Default)]
    pub(in super::super) struct Strangers;

    impl Strangers {
        pub(in super::super) fn before_the_first() -> Self {
            Self
        }
    }

    /// The process group of an adapter.
    #[derive(Debug)]
    pub(in super::super) struct Family(Option<u32>);

    impl Family {
        pub(in super::super) fn new(leader: u32, _: &str, _: Strangers) -> Self {
            Self(Some(leader))
        }

        pub(in super::super) fn of_all(_: Strangers) -> Self {
            Self(None)
        }

        /// Whether any process of the group is running.
        #[cfg(unix)]
        pub(in super::super) fn look(&mut self, _: &dyn Fn() -> Vec<u32>) -> bool {
            let group = self.0.and_then(|id| rustix::process::Pid::from_raw(i32::try_from(id).ok()?));
            group.is_some_and(|group| rustix::process::test_kill_process_group(group).is_ok())
        }

        #[cfg(not(unix))]
        pub(in super::super) fn look(&mut self, _: &dyn Fn() -> Vec<u32>) -> bool {
            false
        }

        pub(in super::super) fn demand(&self, demand: Demand) {
            #[cfg(unix)]
            if let Some(leader) = self.0 {
                super::signal_group(leader, demand);
            }
            #[cfg(not(unix))]
            let _ = demand;
        }
    }
}
