//! The trust graph: who trusts whose keys, and on whose word.

mod dot;
mod edges;
mod picture;
mod regards;
mod ring;
mod svg;
mod table;
#[cfg(test)]
mod tests;

pub(super) use dot::dot;
pub(super) use picture::TrustPicture;
pub(super) use svg::svg;
