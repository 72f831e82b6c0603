//! The work that no implementation can avoid: remembering the authenticated keys.

use rustc_hash::FxHashMap;

/// The keys that one device remembers.
pub type Remembered = FxHashMap<u64, ()>;

/// Inserts the keys that one device has to authenticate into an unreserved map.
pub fn remember(keys: impl IntoIterator<Item = u64>) -> Remembered {
    let mut remembered = Remembered::default();
    for key in keys {
        remembered.insert(key, ());
    }
    remembered
}

/// Like [`remember`], on each of `size` devices, for all keys below `size` except the device's own.
#[must_use]
pub fn clique(size: usize) -> Vec<Remembered> {
    let size = size as u64;
    (0..size).map(|own| remember((0..size).filter(|key| *key != own))).collect()
}

/// Like [`clique`], in the order in which a star of mutual scans makes the authentications. In this order, half of the
/// insertions are on another device than the one before.
#[must_use]
pub fn clique_as_it_grows(size: usize) -> Vec<Remembered> {
    let mut devices = vec![Remembered::default(); size];
    for joining in 1..size {
        for device in &mut devices[..joining] {
            device.insert(joining as u64, ());
        }
        for key in 0..joining as u64 {
            devices[joining].insert(key, ());
        }
    }
    devices
}
