//! Explores everything that can happen in a small world, instead of samples.
//!
//! A search visits every state that a world can reach: with every delivery at every time and, if requested, with every
//! order of people's steps. It runs the same [`Device`](atm_engine::Device)s in the same [`World`](crate::world::World)
//! as [`run`](crate::run::run).

mod behaviour;
mod cached_device;
mod canonical_form;
mod coding;
mod effect;
mod ends;
mod expanding;
mod explored;
mod independence;
mod known;
mod moves;
mod past;
mod plan;
mod search;
mod settings;
mod settling;
mod state;
mod stepping;
mod symmetry;
#[cfg(test)]
mod tests;
mod times;
mod transition_cache;
mod trees;
mod visited_set;
mod walk;
mod written;

pub use behaviour::{Behaviour, FaultyStep};
pub use explored::{
    BrokenEnds, Counterexample, Defect, Explored, Extent, MOST_DEVICES, MOST_STEPS, OrderCount, Unexplorable,
};
pub use search::{Progress, explore, explore_with};
pub use settings::{Criterion, Deliveries, Orders, Reductions, Settings};
pub use trees::{Besides, Tree, trees, trees_besides};
pub use walk::{NextMove, NoWay, Place, Way, Ways};
