use atm_suite::fuzz::{Attribution, FuzzFinding, FuzzReport, RequiredParts, Size};
use atm_suite::requirements;

use super::{line, linked};
use crate::campaign::{how_often, kind, verdict};
use crate::conformance::wording::counted;
use crate::escape::{block, code, escape};

/// Writes the findings of fuzzing campaigns.
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
    line(out, format_args!("\n### {}\n", escape(&campaign.target)));
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
            verdict(campaign, RequiredParts::Any)
        ),
    );
    for known in &campaign.known {
        line(out, format_args!("\n- known: {}", escape(&how_often(known))));
    }
    for found in &campaign.counterexamples {
        write_counterexample(out, found);
    }
    for (cause, Size { steps, seed }) in campaign.unrepeated() {
        line(out, format_args!("\n- {}inconclusive: {}", kind(cause), described(cause)));
        line(out, format_args!("  - seed {seed}, {}: it did not come again", counted(*steps, "step")));
    }
}

fn write_counterexample(out: &mut String, found: &FuzzFinding) {
    line(out, format_args!("\n- {}{}", kind(&found.cause), described(&found.cause)));
    for observed in found.observed.iter().flat_map(|lines| lines.lines()) {
        line(out, format_args!("  - {}", escape(observed)));
    }
    if found.is_panic() {
        line(out, format_args!("  - to see it: {}", code(&found.replay)));
    }
    let steps = counted(found.steps, "step");
    line(out, format_args!("\n  <details><summary>seed {}, {steps}</summary>\n", found.seed));
    line(out, format_args!("{}\n", block(&found.scenario, "yaml", "  ")));
    line(out, format_args!("  </details>"));
}

/// The broken requirement with its summary, or the attribution itself if it names no requirement.
fn described(cause: &Attribution) -> String {
    let requirement = requirements::find(&cause.0);
    let id = linked(&cause.0, requirement);
    match requirement {
        Some(requirement) => format!("{id}: {}", escape(requirement.summary)),
        None => id,
    }
}
