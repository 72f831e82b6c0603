use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;

use indexmap::IndexMap;
#[cfg(feature = "schema")]
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde::{Deserialize, Deserializer};

use super::Name;

/// Values by name, in the order of the file. Names are unique.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<T, N: Hash + Eq = Name>(IndexMap<N, T>);

impl<T, N: Hash + Eq> Named<T, N> {
    /// The value of a name.
    #[must_use]
    pub fn get(&self, name: &N) -> Option<&T> {
        self.0.get(name)
    }

    /// Sets the value of a name.
    pub fn insert(&mut self, name: N, value: T) {
        self.0.insert(name, value);
    }

    /// Removes a name with its value. The others keep their order.
    pub fn remove(&mut self, name: &N) -> Option<T> {
        self.0.shift_remove(name)
    }

    /// Names and values, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = (&N, &T)> {
        self.0.iter()
    }

    /// The names, in the order of the file.
    pub fn names(&self) -> impl Iterator<Item = &N> {
        self.0.keys()
    }

    /// Whether there are no names.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl<T, N: Hash + Eq> Default for Named<T, N> {
    fn default() -> Self {
        Self(IndexMap::new())
    }
}

impl<T, N: Hash + Eq> FromIterator<(N, T)> for Named<T, N> {
    fn from_iter<I: IntoIterator<Item = (N, T)>>(named: I) -> Self {
        Self(named.into_iter().collect())
    }
}

impl<T, N: Hash + Eq> IntoIterator for Named<T, N> {
    type Item = (N, T);
    type IntoIter = indexmap::map::IntoIter<N, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<T: Serialize, N: Serialize + Hash + Eq> Serialize for Named<T, N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de, T: Deserialize<'de>, N: Deserialize<'de> + Hash + Eq> Deserialize<'de> for Named<T, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

struct Entries<T, N>(PhantomData<(T, N)>);

impl<'de, T: Deserialize<'de>, N: Deserialize<'de> + Hash + Eq> Visitor<'de> for Entries<T, N> {
    type Value = Named<T, N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map with a name on each line")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named<T, N>, A::Error> {
        let mut named = Named::default();
        while let Some((name, value)) = map.next_entry()? {
            named.insert(name, value);
        }
        Ok(named)
    }
}

#[cfg(feature = "schema")]
impl<T: JsonSchema, N: JsonSchema + Hash + Eq> JsonSchema for Named<T, N> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("{} by {}", T::schema_name(), N::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let names = N::json_schema(generator);
        let pattern =
            names.get("pattern").and_then(|pattern| pattern.as_str()).unwrap_or_default().to_owned();
        json_schema!({
            "type": "object",
            "patternProperties": { pattern: generator.subschema_for::<T>() },
            "additionalProperties": false,
        })
    }
}
