//! What a document is, from its first bytes; for JSON, from its keys.

mod sketch;

pub(super) use sketch::{Kind, Sketch};

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
