//! Lists by ids.

use std::marker::PhantomData;

use atm_engine::{AccountId, EndpointId, KeyId};

/// Values by ids that are given out one after the other: a value stands where its id does. With hash maps in its place, it takes
/// 7 % more instructions to make a cast.
#[derive(Clone, Debug)]
pub(crate) struct ById<I, V>(Vec<V>, PhantomData<I>);

impl<I: Numbered, V: Default> ById<I, V> {
    /// The value under `id`, to be changed.
    pub(crate) fn at(&mut self, id: I) -> &mut V {
        if self.0.len() <= id.position() {
            self.0.resize_with(id.position() + 1, V::default);
        }
        &mut self.0[id.position()]
    }

    /// The value under `id`, if anything is there up to it.
    pub(crate) fn get(&self, id: I) -> Option<&V> {
        self.0.get(id.position())
    }
}

impl<I, V> Default for ById<I, V> {
    fn default() -> Self {
        Self(Vec::new(), PhantomData)
    }
}

/// An id that a directory gives out.
pub(crate) trait Numbered: Copy {
    /// Its position there.
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
