//! Keys as nibbles, one a byte, high nibble first, and their hex-prefix encoding (Yellow Paper, appendix C).

use std::fmt::Write;

/// A part of a key: each byte is one nibble, below 16.
pub(super) type Nibbles = Box<[u8]>;

/// Set in the first nibble of a leaf's encoded path.
const LEAF: u8 = 2;
/// Set in the first nibble of an encoded path of odd length.
const ODD: u8 = 1;

/// The nibbles of a key.
pub(super) fn unpack(key: &[u8]) -> Nibbles {
    key.iter()
        .flat_map(|byte| [byte >> 4, byte & 0xf])
        .collect()
}

/// The count of nibbles that two paths share from their start.
pub(super) fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// The hex-prefix form of a path.
pub(super) fn encode_path(path: &[u8], leaf: bool, out: &mut Vec<u8>) {
    let flag = if leaf { LEAF << 4 } else { 0 };
    let (odd, pairs) = path.as_rchunks::<2>();
    out.push(match odd {
        [nibble] => flag | ODD << 4 | nibble,
        _ => flag,
    });
    out.extend(pairs.iter().map(|[high, low]| high << 4 | low));
}

/// Bytes in the hex-prefix form of a path.
pub(super) fn encoded_path_len(path: &[u8]) -> usize {
    path.len() / 2 + 1
}

/// The path and the leaf flag of a hex-prefix form; `None` if no path has it.
pub(super) fn decode_path(encoded: &[u8]) -> Option<(Nibbles, bool)> {
    let (first, rest) = encoded.split_first()?;
    let (flag, low) = (first >> 4, first & 0xf);
    if flag > (LEAF | ODD) {
        return None;
    }
    let odd = match flag & ODD {
        0 if low != 0 => return None,
        0 => None,
        _ => Some(low),
    };
    let pairs = rest.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    Some((odd.into_iter().chain(pairs).collect(), flag & LEAF != 0))
}

/// A path in hex digits, for messages.
pub(super) fn display(path: &[u8]) -> String {
    path.iter().fold(String::new(), |mut text, nibble| {
        // Writing to a string can't fail.
        let _ = write!(text, "{nibble:x}");
        text
    })
}
