//! The space-time diagram: devices side by side, grouped by account, and time downwards.

mod diagram;
mod drafting;
mod mermaid;
mod rows;
mod svg;

pub(super) use diagram::Diagram;
pub(super) use mermaid::mermaid;
pub(super) use svg::svg;
