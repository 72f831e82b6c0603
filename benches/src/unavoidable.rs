//! The work that nobody can do without: remembering who authenticated whose key.

use rustc_hash::FxHashMap;

/// What one device remembers.
pub type Remembered = FxHashMap<u64, ()>;

/// Inserts the keys that one device has to authenticate into a map that nothing was reserved for.
pub fn remember(keys: impl IntoIterator<Item = u64>) -> Remembered {
    let mut remembered = Remembered::default();
    for key in keys {
        remembered.insert(key, ());
    }
    remembered
}

/// As [`remember`], for all keys below `size` but the device's own, on each of `size` devices.
#[must_use]
pub fn clique(size: usize) -> Vec<Remembered> {
    let size = size as u64;
    (0..size).map(|own| remember((0..size).filter(|key| *key != own))).collect()
}

/// As [`clique`], in the order in which a star of mutual scans makes the authentications. Then each insertion is on
/// another device than the one before, half of the time.
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
