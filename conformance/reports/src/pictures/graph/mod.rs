//! The trust graph: the levels that devices give to keys, with the origin of each decision.

mod columns;
mod dot;
mod edges;
mod legend;
mod lines;
mod picture;
mod regards;
mod svg;
mod table;
#[cfg(test)]
mod tests;
mod vertex;

pub(super) use dot::dot;
pub(super) use picture::TrustPicture;
pub(super) use svg::svg;
