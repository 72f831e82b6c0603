use atm_engine::AnnouncementRule;
use atm_simulator::explore::*;
use atm_simulator::run::Options;
use atm_simulator::scenario::{Catalog, Scenario};
use std::ops::ControlFlow;

#[test]
fn probe() {
    let file = std::env::var("F").unwrap();
    let every = std::env::var("D").unwrap() == "every";
    let free = std::env::var("O").unwrap() == "free";
    let mut scenarios = vec![];
    if let Some(sizes) = file.strip_prefix("trees:") {
        let sizes: Vec<usize> = sizes.split(',').map(|s| s.parse().unwrap()).collect();
        for t in trees(&sizes) {
            println!("{:?} {}", t.edges, t.alike);
            scenarios.push(t.scenario);
        }
    } else {
        scenarios.push(Scenario::load(std::path::Path::new(&file), &Catalog::unchecked()).unwrap());
    }
    let mut red = Reductions::default();
    let no = std::env::var("NO").unwrap_or_default();
    if no.contains("sym") {
        red.symmetry = false
    }
    if no.contains("com") {
        red.commuting = false
    }
    if no.contains("tel") {
        red.tellers = false
    }
    if no.contains("tim") {
        red.times = false
    }
    if no.contains("mer") {
        red.merging = false
    }
    for s in &scenarios {
        for rule in [AnnouncementRule::Direct, AnnouncementRule::Cascade, AnnouncementRule::Relay] {
            if std::env::var("R").is_ok_and(|r| !format!("{rule:?}").to_lowercase().starts_with(&r)) {
                continue;
            }
            let settings = Settings {
                options: Options { announcement: rule, ..Options::default() },
                orders: if free { Orders::Free } else { Orders::Steps },
                deliveries: if every { Deliveries::Every } else { Deliveries::Drained },
                reductions: red,
                demand: if std::env::var("C").is_ok() { Demand::Complete } else { Demand::Promises },
                max_states: std::env::var("M").ok().map(|m| m.parse().unwrap()),
            };
            let start = std::time::Instant::now();
            match explore(s, &settings, &mut |_| ControlFlow::Continue(())) {
                Ok(mut e) => {
                    let c = e.counterexample.take();
                    println!("{rule:?} {:?} {:?}", start.elapsed(), e);
                    if let Some(c) = c {
                        println!("{:?} {}\n{}", c.broken, c.length, c.shrunk.to_yaml());
                    }
                }
                Err(e) => println!("{rule:?} ERROR {e}"),
            }
        }
    }
}
