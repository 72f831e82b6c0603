//! What the specifications fix about a random scenario, for devices that somebody else's implementation hosts.
//!
//! A scenario that a person wrote says under `required` what the specifications demand. About a random one the reference
//! engine is asked: what comes out the same in every lawful way (`alternatives`) in which the hosted devices may behave, and
//! does not hang on anything else that is left open (`room`), is demanded (`demands`), each under its
//! requirement (`attribution`). The demands are written into the scenario as expectations, and the suite judges them as it
//! judges those of all others: there is one notion of what is lawful.

mod alternatives;
mod attribution;
mod demands;
mod messages;
mod observation;
mod room;
#[cfg(test)]
mod tests;

pub use demands::{Demanding, with_demands};
