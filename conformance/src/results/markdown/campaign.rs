use super::escape::{code, escape};
use super::{line, linked};
use crate::fuzz::{Counterexample, FuzzReport};
use crate::requirements;
use crate::results::wording::counted;

/// What campaigns of random scenarios found.
pub(super) fn write_campaigns(out: &mut String, campaigns: &[FuzzReport]) {
    if campaigns.is_empty() {
        return;
    }
    line(out, format_args!("\n## Random scenarios"));
    line(
        out,
        format_args!(
            "\nWhat `atm fuzz` found, each with the smallest scenario that shows it. Save the scenario, and \
             `atm conformance` with the adapter and its path replays it; `atm run` what was found in the engine of this project."
        ),
    );
    for campaign in campaigns {
        write_campaign(out, campaign);
    }
}

fn write_campaign(out: &mut String, campaign: &FuzzReport) {
    line(out, format_args!("\n### {}\n", escape(&campaign.subject)));
    let seeds: Vec<String> =
        campaign.tried.iter().map(|tried| format!("{}..{}", tried.first, tried.end)).collect();
    line(
        out,
        format_args!(
            "{} scenarios, of which {} could be played; seeds {}, with {}. {}.",
            campaign.scenarios(),
            campaign.played(),
            seeds.join(", "),
            code(&campaign.options.join(" ")),
            match campaign.counterexamples.len() {
                0 => "Nothing was found".to_owned(),
                found => format!("{} found", counted(found, "counterexample")),
            }
        ),
    );
    for found in &campaign.counterexamples {
        write_counterexample(out, found);
    }
}

fn write_counterexample(out: &mut String, found: &Counterexample) {
    let requirement = requirements::find(&found.cause.0);
    let id = linked(&found.cause.0, requirement);
    let summary =
        requirement.map_or(String::new(), |requirement| format!(": {}", escape(requirement.summary)));
    line(out, format_args!("\n- {id}{summary}"));
    for observed in found.observed.iter().flat_map(|lines| lines.lines()) {
        line(out, format_args!("  - {}", escape(observed)));
    }
    let steps = counted(found.steps, "step");
    line(out, format_args!("\n  <details><summary>seed {}, {steps}</summary>\n", found.seed));
    line(out, format_args!("  ```yaml"));
    for written in found.scenario.lines() {
        line(out, format_args!("  {written}"));
    }
    line(out, format_args!("  ```\n"));
    line(out, format_args!("  </details>"));
}
