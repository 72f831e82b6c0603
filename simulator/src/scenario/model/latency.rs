use std::fmt;

#[cfg(feature = "schema")]
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::scenario::TimeSpan;

/// The time that a stanza takes from one device to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Latency {
    /// A constant time: `20 ms`.
    Fixed(TimeSpan),
    /// A random time for each stanza: `{ from: 10 ms, to: 80 ms }`, both included.
    Between {
        /// The shortest time.
        from: TimeSpan,
        /// The longest time, not below `from`.
        to: TimeSpan,
    },
}

impl Default for Latency {
    fn default() -> Self {
        Self::Fixed(TimeSpan::from_millis(20))
    }
}

/// The bounds of a latency that is drawn at random for each stanza.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Bounds {
    /// The shortest time.
    from: TimeSpan,
    /// The longest time.
    to: TimeSpan,
}

impl Serialize for Latency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Fixed(latency) => latency.serialize(serializer),
            Self::Between { from, to } => Bounds { from, to }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Latency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FixedOrBounds)
    }
}

struct FixedOrBounds;

impl<'de> Visitor<'de> for FixedOrBounds {
    type Value = Latency;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time span such as `20 ms`, or `{ from: 10 ms, to: 80 ms }`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Latency, E> {
        text.parse().map(Latency::Fixed).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Latency, A::Error> {
        let Bounds { from, to } = Bounds::deserialize(MapAccessDeserializer::new(map))?;
        if from > to {
            return Err(A::Error::custom(format_args!("the latency goes from {from} down to {to}")));
        }
        Ok(Latency::Between { from, to })
    }
}

#[cfg(feature = "schema")]
impl JsonSchema for Latency {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Latency".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "How long a stanza takes: `20 ms`, or drawn at random from `{ from: 10 ms, to: 80 ms }`.",
            "anyOf": [generator.subschema_for::<TimeSpan>(), generator.subschema_for::<Bounds>()],
        })
    }
}
