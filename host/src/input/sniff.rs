//! What a document is, from its first bytes or, for JSON, from its keys.

use serde::{
    Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use std::fmt;

/// The forms told apart by their first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Empty,
    Zstd,
    Gzip,
    Tar,
    E2Store,
    /// One block, or several one after another.
    Rlp,
    /// The same in hexadecimal after `0x`.
    Hex,
    /// A text that begins as a JSON object or an array of values.
    Json,
    Other,
}

/// Length of the head that [`form`] wants: a tar header.
pub(super) const HEAD: usize = 512;

/// Tells the form of a document from its first [`HEAD`] bytes, or all where there are fewer.
pub(super) fn form(head: &[u8]) -> Form {
    match head {
        [] => Form::Empty,
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Form::Zstd,
        [0x1f, 0x8b, 8, ..] => Form::Gzip,
        [0x65, 0x32, 0, 0, 0, 0, 0, 0, ..] => Form::E2Store,
        _ if is_block(head) => Form::Rlp,
        _ if is_tar(head) => Form::Tar,
        _ => match trimmed(head) {
            [b'0', b'x', rest @ ..] if is_hex_block(rest) => Form::Hex,
            [b'{', rest @ ..] => match skip_space(rest) {
                [] | [b'"' | b'}', ..] => Form::Json,
                _ => Form::Other,
            },
            // A bracket also opens sections of configuration files: only what can follow it in JSON counts.
            [b'[', rest @ ..] => match skip_space(rest) {
                [] | [b'{' | b'[' | b']' | b'"' | b'0'..=b'9', ..] => Form::Json,
                _ => Form::Other,
            },
            _ => Form::Other,
        },
    }
}

/// A block is a list of more than 55 bytes that begins with another, the header. No text in UTF-8 begins so.
fn is_block(head: &[u8]) -> bool {
    let [first @ 0xf8..=0xff, rest @ ..] = head else {
        return false;
    };
    matches!(rest.get(usize::from(first - 0xf7)), Some(0xf8..=0xff))
}

/// True if hexadecimal text, without its prefix, begins as a block does.
fn is_hex_block(text: &[u8]) -> bool {
    let (digits, _) = text.as_chunks::<2>();
    let begin: Result<Vec<u8>, _> = digits
        .iter()
        .take(10)
        .map(alloy_primitives::hex::decode_to_array::<_, 1>)
        .map(|byte| byte.map(|[byte]| byte))
        .collect();
    begin.is_ok_and(|begin| is_block(&begin))
}

fn is_tar(head: &[u8]) -> bool {
    let mut header = tar::Header::new_old();
    if head.len() != header.as_bytes().len() {
        return false;
    }
    header.as_mut_bytes().copy_from_slice(head);
    tar_checksum(&header)
}

/// True if a tar header's checksum is right, which no other document has by chance.
pub(super) fn tar_checksum(header: &tar::Header) -> bool {
    let sum: u32 = header
        .as_bytes()
        .iter()
        .enumerate()
        .map(|(at, byte)| match at {
            148..156 => u32::from(b' '),
            _ => u32::from(*byte),
        })
        .sum();
    header.cksum().is_ok_and(|claimed| claimed == sum) && sum != 8 * u32::from(b' ')
}

/// True if a text whose first lines these are is JSON lines. In one document no object follows another but within
/// something that the line before leaves open.
pub(super) fn are_lines(first: &[u8], second: &[u8]) -> bool {
    let open = first.trim_ascii_end().last();
    trimmed(first).first() == Some(&b'{')
        && trimmed(second).first() == Some(&b'{')
        && !matches!(open, Some(b'{' | b'[' | b':' | b','))
}

/// Without a byte order mark and leading space.
pub(super) fn trimmed(text: &[u8]) -> &[u8] {
    skip_space(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text))
}

fn skip_space(text: &[u8]) -> &[u8] {
    text.trim_ascii_start()
}

/// The kinds of JSON document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
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
pub(super) struct Sketch {
    top: Shape,
    /// The first value of an object that is not `_info`, or the first element of an array.
    first: Shape,
    result: Shape,
    /// True if the document is a JSON-RPC response around another.
    pub(super) enveloped: bool,
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
    pub(super) fn take(document: &[u8]) -> Result<Self, (Self, serde_json::Error)> {
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
    pub(super) fn kind(&mut self) -> Kind {
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
            Shape::String(64 | 66)
                if self.top.keys_are(|key| super::text::quantity(key).is_ok()) =>
            {
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
