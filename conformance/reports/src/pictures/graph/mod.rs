//! The trust graph: who trusts whose keys, and on whose word.

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
