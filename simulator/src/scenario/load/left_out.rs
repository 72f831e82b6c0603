//! Reading continues after a mistake without the part that contains it, so that other mistakes are found, too.

use serde_path_to_error::{Path, Segment};
use serde_yaml::Value;

use super::Place;

/// The values of a file without the parts that contain a mistake.
pub(super) struct Reduced {
    pub(super) value: Value,
    /// The removed parts, by their places in the file.
    left_out: Vec<Vec<Part>>,
}

/// One segment of the path to a part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Key(String),
    Item(usize),
}

impl Reduced {
    pub(super) fn new(value: Value) -> Self {
        Self { value, left_out: Vec::new() }
    }

    /// The place of a part in the original file.
    pub(super) fn place(&self, path: &Path) -> Place {
        self.in_file(&parts(path)).iter().fold(Place::top(), |place, part| match part {
            Part::Key(key) => place.key(key),
            Part::Item(index) => place.item(*index),
        })
    }

    /// Whether a setting of a map was removed. It may be the missing one, or a misspelling of it.
    pub(super) fn lacks_settings(&self, path: &Path) -> bool {
        let map = self.in_file(&parts(path));
        self.left_out
            .iter()
            .any(|left_out| matches!(left_out.split_last(), Some((Part::Key(_), before)) if before == map))
    }

    /// Removes the part with the mistake at a path: the item of the innermost list, or else the setting. Returns
    /// whether a part was found and removed.
    pub(super) fn leave_out(&mut self, path: &Path) -> bool {
        let mut parts = parts(path);
        if let Some(item) = parts.iter().rposition(|part| matches!(part, Part::Item(_))) {
            parts.truncate(item + 1);
        }
        let in_file = self.in_file(&parts);
        let Some((last, before)) = parts.split_last() else { return false };
        let holder = before.iter().try_fold(&mut self.value, |value, part| match part {
            Part::Key(key) => value.get_mut(key.as_str()),
            Part::Item(index) => value.get_mut(*index),
        });
        let found = match (holder, last) {
            (Some(Value::Sequence(items)), Part::Item(index)) if *index < items.len() => {
                items.remove(*index);
                true
            }
            (Some(Value::Mapping(entries)), Part::Key(key)) => entries.remove(key.as_str()).is_some(),
            _ => false,
        };
        self.left_out.push(in_file);
        found
    }

    /// The same path in the original file, where removed items count.
    fn in_file(&self, parts: &[Part]) -> Vec<Part> {
        let mut whole: Vec<Part> = Vec::new();
        for part in parts {
            whole.push(match part {
                Part::Key(key) => Part::Key(key.clone()),
                Part::Item(index) => Part::Item(self.item_in_file(&whole, *index)),
            });
        }
        whole
    }

    fn item_in_file(&self, list: &[Part], mut index: usize) -> usize {
        let of_list = self.left_out.iter().filter_map(|left_out| match left_out.split_last() {
            Some((Part::Item(item), before)) if before == list => Some(*item),
            _ => None,
        });
        let mut missing: Vec<usize> = of_list.collect();
        missing.sort_unstable();
        for item in missing {
            if item <= index {
                index += 1;
            }
        }
        index
    }
}

fn parts(path: &Path) -> Vec<Part> {
    let part = |segment: &Segment| match segment {
        Segment::Seq { index } => Some(Part::Item(*index)),
        Segment::Map { key } => Some(Part::Key(key.clone())),
        Segment::Enum { .. } | Segment::Unknown => None,
    };
    path.iter().filter_map(part).collect()
}
