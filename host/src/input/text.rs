//! Numbers and bytes as JSON documents write them: with prefix or without, padded or not.

use super::InputError;
use alloy_primitives::{B256, Bytes, U256, hex};
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};
use std::{borrow::Cow, collections::BTreeMap, fmt, marker::PhantomData};

/// A string, borrowed from the document where it has no escapes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

impl Text<'_> {
    pub(super) fn quantity(&self, field: &str) -> Result<U256, InputError> {
        quantity(&self.0).map_err(|reason| InputError::field(field, reason))
    }

    pub(super) fn small<T: TryFrom<U256>>(&self, field: &str) -> Result<T, InputError> {
        T::try_from(self.quantity(field)?)
            .map_err(|_| InputError::field(field, format!("{} is out of range", short(&self.0))))
    }

    /// A word, padded on the left where it is short.
    pub(super) fn word(&self, field: &str) -> Result<B256, InputError> {
        Ok(B256::from(self.quantity(field)?))
    }

    pub(super) fn bytes(&self, field: &str) -> Result<Bytes, InputError> {
        hex::decode(self.0.as_bytes())
            .map(Bytes::from)
            .map_err(|reason| InputError::field(field, reason))
    }

    pub(super) fn fixed<const N: usize>(&self, field: &str) -> Result<[u8; N], InputError> {
        hex::decode_to_array(self.0.as_bytes()).map_err(|reason| InputError::field(field, reason))
    }
}

/// Parses hexadecimal after `0x` (nothing is zero), decimal otherwise, up to 256 bits.
pub(super) fn quantity(text: &str) -> Result<U256, String> {
    let (digits, radix) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None => (text, 10),
    };
    let legal = match radix {
        16 => digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        _ => !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()),
    };
    if !legal {
        return Err(format!("{:?} is not a number", short(text)));
    }
    if digits.is_empty() {
        return Ok(U256::ZERO);
    }
    U256::from_str_radix(digits, radix)
        .map_err(|_| format!("{} does not fit 256 bits", short(text)))
}

/// The beginning of a text, for messages.
pub(super) fn short(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(80) {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}

/// A number written as JSON number, decimal string or hexadecimal string.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Quantity(pub(super) U256);

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = Quantity;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, or a string of one")
            }

            fn visit_u64<E>(self, value: u64) -> Result<Quantity, E> {
                Ok(Quantity(U256::from(value)))
            }

            fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Quantity, E> {
                quantity(value).map(Quantity).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Number)
    }
}

impl Quantity {
    pub(super) fn small<T: TryFrom<U256>>(self, field: &str) -> Result<T, InputError> {
        T::try_from(self.0)
            .map_err(|_| InputError::field(field, format!("{} is out of range", self.0)))
    }
}

/// A map that names no key twice, however it is spelt: readers that differ in which one counts see two documents.
#[derive(Debug)]
pub(super) struct Unique<K, V>(pub(super) BTreeMap<K, V>);

impl<K, V> Default for Unique<K, V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Deserialize<'de> for Unique<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<K, V>(PhantomData<(K, V)>);
        impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Visitor<'de> for Entries<K, V> {
            type Value = Unique<K, V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = BTreeMap::new();
                while let Some((key, value)) = map.next_entry()? {
                    if entries.insert(key, value).is_some() {
                        return Err(A::Error::custom("a key is given twice"));
                    }
                }
                Ok(Unique(entries))
            }
        }
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_spelling() {
        for (text, value) in [
            ("0x", 0),
            ("0x00", 0),
            ("0x0a", 10),
            ("0xa", 10),
            ("10", 10),
            ("0x000000000000000a", 10),
        ] {
            assert_eq!(quantity(text), Ok(U256::from(value)), "{text}");
        }
        for text in [
            "",
            "0xg",
            "-1",
            "1_0",
            "0x1_0",
            " 1",
            &format!("0x1{:064}", 0),
        ] {
            assert!(quantity(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_key_spelt_two_ways_is_refused() {
        assert!(serde_json::from_str::<Unique<Quantity, u8>>(r#"{"0x1":1,"0x2":2}"#).is_ok());
        assert!(serde_json::from_str::<Unique<Quantity, u8>>(r#"{"0x1":1,"0x01":2}"#).is_err());
    }
}
