use std::fmt;

use atm_simulator::search::explore::{Besides, Deliveries, Orders};
use atm_simulator::search::generate::Bounds;

use super::{Finding, Worlds};
use crate::rule_name;

impl Finding {
    /// The command that repeats the measurement.
    #[must_use]
    pub fn command(&self) -> String {
        let Self { announcement, conflict, worlds, .. } = self;
        let rules = format!("--announcement {} --conflict {}", rule_name(announcement), rule_name(conflict));
        match worlds {
            Worlds::Trees { orders, deliveries, besides, sizes } => {
                let mut command = format!("atm explore --trees {}", sizes_of(sizes));
                match besides {
                    Besides::Nothing => {}
                    Besides::Distrust => command += " --besides distrust",
                    Besides::DistrustAndTrust => command += " --besides distrust-and-trust",
                }
                if *orders == Orders::Steps {
                    command += " --orders steps"; // those of trees are free unless it is said
                }
                command + drained(*deliveries) + " --count " + &rules
            }
            Worlds::Scenario { name, orders, deliveries } => {
                let orders = if *orders == Orders::Free { " --orders free" } else { "" };
                format!("atm explore {name}{orders}{} --count {rules}", drained(*deliveries))
            }
            Worlds::Random { seeds } => {
                let Bounds { accounts, devices, steps, .. } = Bounds::default();
                let bounds = format!("--accounts {accounts} --devices {devices} --steps {steps}");
                format!("atm fuzz --seeds 0..{seeds} {bounds} {rules}")
            }
        }
    }
}

fn drained(deliveries: Deliveries) -> &'static str {
    match deliveries {
        Deliveries::Every => "",
        Deliveries::Drained => " --deliveries drained",
    }
}

fn sizes_of(sizes: &[usize]) -> String {
    sizes.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// In words: `all trees of 2 and 1 devices with a distrust, people act in every order, messages arrive at every
/// moment`.
impl fmt::Display for Worlds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trees { sizes, besides, orders, deliveries } => {
                let sizes: Vec<String> = sizes.iter().map(ToString::to_string).collect();
                let besides = match besides {
                    Besides::Nothing => "",
                    Besides::Distrust => " with a distrust",
                    Besides::DistrustAndTrust => " with a distrust and an authentication of the same key",
                };
                let when = moments(*orders, *deliveries);
                write!(f, "all trees of {} devices{besides}, {when}", sizes.join(" and "))
            }
            Self::Scenario { name, orders, deliveries } => {
                write!(f, "`{name}`, {}", moments(*orders, *deliveries))
            }
            Self::Random { .. } => f.write_str("random scenarios"),
        }
    }
}

fn moments(orders: Orders, deliveries: Deliveries) -> &'static str {
    match (orders, deliveries) {
        (Orders::Free, Deliveries::Every) => "people act in every order, messages arrive at every moment",
        (Orders::Free, Deliveries::Drained) => {
            "people act in every order, all messages arrive before the next step"
        }
        (Orders::Steps, Deliveries::Every) => "people act in a fixed order, messages arrive at every moment",
        (Orders::Steps, Deliveries::Drained) => {
            "people act in a fixed order, all messages arrive before the next step"
        }
    }
}
