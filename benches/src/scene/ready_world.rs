use atm_engine::{Device, Rules};
use atm_simulator::script::Script;
use atm_simulator::trace::{Observer, Trace};
use atm_simulator::trust_graph::TrustGraph;
use atm_simulator::world::{Choice, World};

/// A world of the reference engine before some of its steps.
#[derive(Debug)]
pub struct ReadyWorld(World<Device>);

/// A world of the reference engine after its last step.
#[derive(Debug)]
pub struct PlayedWorld(World<Device>);

impl ReadyWorld {
    /// Returns the world of a script before its first step. The devices have discovered the keys that they know from
    /// the start.
    ///
    /// # Panics
    ///
    /// If a device fails, which the engine never does.
    #[must_use]
    pub fn new(script: &Script, observer: &mut impl Observer) -> Self {
        let mut world = World::of_devices(script.clone(), Rules::default(), 0);
        world.begin(observer).expect("the engine does not fail");
        Self(world)
    }

    /// Plays a number of steps with all their consequences.
    ///
    /// # Panics
    ///
    /// If a device fails, which the engine never does.
    #[must_use]
    pub fn after(mut self, steps: usize) -> Self {
        while let Some(choice) = self.0.next() {
            if choice == Choice::Act && self.0.next_action().0 == steps {
                break;
            }
            self.0.step(choice, &mut None::<Trace>).expect("the engine does not fail");
        }
        self
    }

    /// Plays the remaining steps with all their consequences.
    #[must_use]
    pub fn play(self) -> PlayedWorld {
        self.observe(&mut None::<Trace>)
    }

    /// Like [`play`](Self::play), with an observer.
    ///
    /// # Panics
    ///
    /// If a device fails, which the engine never does.
    #[must_use]
    pub fn observe(mut self, observer: &mut impl Observer) -> PlayedWorld {
        while let Some(choice) = self.0.next() {
            self.0.step(choice, observer).expect("the engine does not fail");
        }
        PlayedWorld(self.0)
    }

    /// The number of authentications.
    #[must_use]
    pub fn authentications(&self) -> u64 {
        authentications(&self.0)
    }
}

impl PlayedWorld {
    /// The number of authentications.
    #[must_use]
    pub fn authentications(&self) -> u64 {
        authentications(&self.0)
    }
}

fn authentications(world: &World<Device>) -> u64 {
    TrustGraph::of(world).expect("the engine does not fail").tally().authenticated() as u64
}
