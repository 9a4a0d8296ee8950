//! The outline of a JSON document, and its kind.

use crate::input::text::quantity;
use serde::{
    Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use std::fmt;

/// The kinds of JSON document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::input) enum Kind {
    RpcBlock,
    PreState,
    Codes,
    BlockHashes,
    ExecWitness,
    DebugWitness,
    Listed,
    Genesis,
    Fixture,
    /// Known, and nothing to verify.
    Idle(&'static str),
    Unknown,
}

/// The outline of a JSON document, taken without building it.
#[derive(Debug, Default)]
pub(in crate::input) struct Sketch {
    top: Shape,
    /// The first value of an object that is not `_info`, or the first element of an array.
    first: Shape,
    result: Shape,
    /// True if the document is a JSON-RPC response around another.
    pub(in crate::input) enveloped: bool,
}

/// A value's outline.
#[derive(Debug, Default, PartialEq, Eq)]
enum Shape {
    #[default]
    Absent,
    /// The first keys.
    Object(Vec<String>),
    Array,
    /// Length of a string in bytes.
    String(usize),
    Other,
}

/// More keys tell nothing more; a state has a hundred thousand.
const KEYS: usize = 64;

impl Shape {
    fn has(&self, key: &str) -> bool {
        matches!(self, Self::Object(keys) if keys.iter().any(|have| have == key))
    }

    fn keys_are(&self, test: impl Fn(&str) -> bool) -> bool {
        matches!(self, Self::Object(keys) if !keys.is_empty() && keys.iter().all(|key| test(key)))
    }
}

impl Sketch {
    /// Takes the outline of a whole document, which shows that it is JSON as well.
    pub(in crate::input) fn take(document: &[u8]) -> Result<Self, (Self, serde_json::Error)> {
        let mut sketch = Self::default();
        let mut json = serde_json::Deserializer::from_slice(document);
        match TopSeed(&mut sketch)
            .deserialize(&mut json)
            .and_then(|()| json.end())
        {
            Ok(()) => Ok(sketch),
            Err(error) => Err((sketch, error)),
        }
    }

    /// Tells the kind, from what was seen.
    pub(in crate::input) fn kind(&mut self) -> Kind {
        self.enveloped = self.top.has("jsonrpc") && self.top.has("result");
        let shape = if self.enveloped {
            &self.result
        } else {
            &self.top
        };
        match self.by_keys(shape) {
            Kind::Unknown if !self.enveloped => self.by_first(),
            kind => kind,
        }
    }

    fn by_keys(&self, shape: &Shape) -> Kind {
        let has = |key| shape.has(key);
        match () {
            () if has("state") && has("codes") && has("block") => Kind::ExecWitness,
            () if has("state") && has("codes") => Kind::DebugWitness,
            () if has("parentHash") && has("stateRoot") && has("transactions") => Kind::RpcBlock,
            () if has("alloc") && (has("difficulty") || has("gasLimit")) => Kind::Genesis,
            () if has("block") && (has("hash") || has("number")) => Kind::Listed,
            () if has("header") && has("txs") => Kind::Listed,
            () if has("parentHash") && has("stateRoot") => {
                Kind::Idle("a header without its transactions")
            }
            () if has("root") && has("accounts") => Kind::Idle("a state dump"),
            () if has("jsonrpc") && has("method") => Kind::Idle("a JSON-RPC request"),
            () if has("jsonrpc") && has("error") => Kind::Idle("a JSON-RPC error"),
            () if has("root_hash") && has("test_cases") => Kind::Idle("an index of fixtures"),
            () => Kind::Unknown,
        }
    }

    fn by_first(&self) -> Kind {
        let has = |key| self.first.has(key);
        let is_array = self.top == Shape::Array;
        match self.first {
            Shape::Object(_) if is_array && has("jsonrpc") => {
                Kind::Idle("a list of JSON-RPC requests or responses")
            }
            Shape::Object(_) if is_array => Kind::Unknown,
            Shape::Object(_) if has("blocks") && has("lastblockhash") => Kind::Fixture,
            Shape::Object(_) if has("engineNewPayloads") => Kind::Idle("an engine test"),
            Shape::Object(_) if has("transaction") && has("post") => Kind::Idle("a state test"),
            Shape::Object(_) if has("txbytes") => Kind::Idle("a transaction test"),
            Shape::Object(_) if has("in") => Kind::Idle("a trie or RLP test"),
            Shape::Object(_) if has("currentDifficulty") => Kind::Idle("a difficulty test"),
            Shape::Object(_) if has("balance") && self.top.keys_are(|key| hex_of(key, 20)) => {
                Kind::PreState
            }
            Shape::String(_) if self.top.keys_are(|key| hex_of(key, 32)) => Kind::Codes,
            Shape::String(64 | 66) if self.top.keys_are(|key| quantity(key).is_ok()) => {
                Kind::BlockHashes
            }
            _ => Kind::Unknown,
        }
    }
}

fn hex_of(key: &str, bytes: usize) -> bool {
    let digits = key.strip_prefix("0x").unwrap_or(key);
    digits.len() == 2 * bytes && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Fills the sketch as it goes, so that a document cut off still shows what it was.
struct TopSeed<'a>(&'a mut Sketch);

impl<'de> DeserializeSeed<'de> for TopSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for TopSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.0.top = Shape::Object(Vec::new());
        while let Some(key) = map.next_key::<String>()? {
            let info = key == "_info";
            let result = key == "result";
            if let Shape::Object(keys) = &mut self.0.top
                && keys.len() < KEYS
                && !info
            {
                keys.push(key);
            }
            if result {
                map.next_value_seed(ShapeSeed(&mut self.0.result))?;
            } else if !info && self.0.first == Shape::Absent {
                map.next_value_seed(ShapeSeed(&mut self.0.first))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        self.0.top = Shape::Array;
        if seq
            .next_element_seed(ShapeSeed(&mut self.0.first))?
            .is_some()
        {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
        }
        Ok(())
    }
}

struct ShapeSeed<'a>(&'a mut Shape);

impl<'de> DeserializeSeed<'de> for ShapeSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ShapeSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        *self.0 = Shape::Object(Vec::new());
        while let Some(key) = map.next_key::<String>()? {
            if let Shape::Object(keys) = &mut *self.0
                && keys.len() < KEYS
            {
                keys.push(key);
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        *self.0 = Shape::Array;
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        *self.0 = Shape::String(text.len());
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        *self.0 = Shape::Other;
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        *self.0 = Shape::Other;
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        *self.0 = Shape::Other;
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        *self.0 = Shape::Other;
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        *self.0 = Shape::Other;
        Ok(())
    }
}
