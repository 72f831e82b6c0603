use atm_adapter_protocol::AdapterError;

use super::file::{CaseLine, ErrorLine, ExpectationLine, HostLine, JudgementLine};
use crate::cases::{Case, CaseResult, ExpectationResult, Judgement};
use crate::monitor::Effect;
use crate::step_number;

impl CaseLine {
    /// The result of a case as a line of a run file. `names` are the names of the implementations, by position.
    #[must_use]
    pub fn of(case: &Case, result: &CaseResult, names: &[String]) -> Self {
        let scenario = &case.scenario.scenario;
        let hosts = case.line_up.iter().map(|(device, host)| HostLine {
            device: device.to_string(),
            implementation: names[*host].clone(),
        });
        let number = |position| step_number(scenario, position);
        Self {
            case: case.id.clone(),
            scenario: case.scenario.path.clone(),
            title: scenario.title.clone(),
            hosts: hosts.collect(),
            steps: scenario.steps.len().checked_sub(1).map_or(0, number),
            messages: result.messages,
            error: result.error.as_ref().map(ErrorLine::of),
            judgements: result.judgements.iter().map(|judgement| judged(judgement, number)).collect(),
            unjudged: result.unjudged.iter().map(|requirement| requirement.id.to_owned()).collect(),
        }
    }
}

impl ErrorLine {
    fn of(error: &AdapterError) -> Self {
        let unsupported = match error {
            AdapterError::Unsupported(unsupported) => Some(unsupported.feature.clone()),
            _ => None,
        };
        Self { what: error.to_string(), unsupported, likely_mistake: error.likely_mistake().map(Into::into) }
    }
}

fn judged(judgement: &Judgement, number: impl Fn(usize) -> usize) -> JudgementLine {
    let seen = judgement.seen.iter().map(|seen| {
        let ExpectationResult {
            step,
            in_message,
            variations,
            expected,
            observed,
            effect,
            diagnosis,
            found_under,
        } = seen;
        ExpectationLine {
            step: step.map(&number),
            in_message: *in_message,
            variations: variations.iter().map(|name| (*name).to_owned()).collect(),
            expected: expected.clone(),
            observed: observed.clone(),
            lets_in: *effect == Effect::Intrusion && !judgement.requirement.is_about_form(),
            fault: diagnosis.fault,
            because: diagnosis.because.clone(),
            found_under: found_under.map(str::to_owned),
        }
    });
    JudgementLine {
        requirement: judgement.requirement.id.to_owned(),
        verdict: judgement.verdict,
        reason: None,
        fix: None,
        seen: seen.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::Verdict;
    use crate::requirements;

    /// A sender that writes a form that is none could have written the right one.
    #[test]
    fn to_read_a_form_that_is_none_lets_nobody_in() {
        for (id, expected) in [
            ("xep-0420/rules/namespaces", false),
            ("xep-0420/rules/envelope-namespace", false),
            ("xep-0420/rules/invalid-xml", false),
            ("xep-0420/rules/plaintext-ignored", true),
            ("xep-0450/introduction/security-level", true),
        ] {
            let seen = vec![ExpectationResult { effect: Effect::Intrusion, ..ExpectationResult::default() }];
            let requirement = requirements::find(id).expect("a requirement");
            let line = judged(&Judgement { requirement, verdict: Verdict::Fail, seen }, |position| position);
            assert_eq!(line.seen[0].lets_in, expected, "{id}");
        }
    }
}
