//! Properties of any input: the checks behind the fuzz targets.
//!
//! Each check takes one input and panics if the result is wrong. The checks are separate from the fuzz targets, so that
//! plain tests can replay inputs without libFuzzer and without a sanitizer.
//!
//! ```
//! // This is not a trust message. It is refused with a reason, as it should be.
//! atm_fuzz_checks::trust_message_xml(b"<trust-message/>");
//! ```

mod adapter_answer;
mod adapter_commands;
mod envelope_xml;
mod jid;
mod refusal;
mod scenario;
mod scenario_yaml;
mod stanza_xml;
mod stored_state;
mod trust_message_uri;
mod trust_message_xml;

pub use adapter_answer::adapter_answer;
pub use adapter_commands::adapter_commands;
pub use envelope_xml::envelope_xml;
pub use jid::jid;
pub use scenario::{draw_scenario, scenario};
pub use scenario_yaml::scenario_yaml;
pub use stanza_xml::stanza_xml;
pub use stored_state::stored_state;
pub use trust_message_uri::trust_message_uri;
pub use trust_message_xml::trust_message_xml;

/// A check of one input. It panics if a property does not hold.
pub type FuzzCheck = fn(&[u8]);

/// The checks of the fuzz targets, by name.
pub const TARGETS: [(&str, FuzzCheck); 10] = [
    ("adapter_answer", adapter_answer),
    ("adapter_commands", adapter_commands),
    ("envelope_xml", envelope_xml),
    ("jid", jid),
    ("scenario", scenario),
    ("scenario_yaml", scenario_yaml),
    ("stanza_xml", stanza_xml),
    ("stored_state", stored_state),
    ("trust_message_uri", trust_message_uri),
    ("trust_message_xml", trust_message_xml),
];
