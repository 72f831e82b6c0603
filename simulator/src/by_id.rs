//! Vectors that are indexed by ids.

use std::marker::PhantomData;

use atm_engine::{AccountId, EndpointId, KeyId};

/// Values at the positions of consecutive ids. Making a cast took 7 % more instructions with hash maps instead.
#[derive(Clone, Debug)]
pub(crate) struct ById<I, V>(Vec<V>, PhantomData<I>);

impl<I: Numbered, V: Default> ById<I, V> {
    /// The value of `id`, mutable. Missing values up to it are filled with the default.
    pub(crate) fn at(&mut self, id: I) -> &mut V {
        if self.0.len() <= id.position() {
            self.0.resize_with(id.position() + 1, V::default);
        }
        &mut self.0[id.position()]
    }

    /// The value of `id`, if the vector is long enough.
    pub(crate) fn get(&self, id: I) -> Option<&V> {
        self.0.get(id.position())
    }
}

impl<I, V> Default for ById<I, V> {
    fn default() -> Self {
        Self(Vec::new(), PhantomData)
    }
}

/// An id that a directory assigns.
pub(crate) trait Numbered: Copy {
    /// The id's position in the directory.
    fn position(self) -> usize;
}

impl Numbered for AccountId {
    fn position(self) -> usize {
        self.index()
    }
}

impl Numbered for EndpointId {
    fn position(self) -> usize {
        self.index()
    }
}

impl Numbered for KeyId {
    fn position(self) -> usize {
        self.index()
    }
}
