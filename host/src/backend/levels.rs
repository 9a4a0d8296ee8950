//! Messages that hold each other's hashes, as the nodes of tries do.

/// Messages, some with holes for the hashes of others, level by level: those of a level wait for lower ones only.
#[derive(Debug, Clone, Copy)]
pub struct Levels<'a> {
    /// All messages, in any order. What stands in a hole doesn't matter.
    pub messages: &'a [&'a [u8]],
    /// Where each message's hash goes.
    pub holes: &'a [Option<Hole>],
    /// Indices of the messages of each level, the lowest first. Each message is of one level.
    pub levels: &'a [Vec<u32>],
}

/// A place for a hash: 32 bytes of a message. No two overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hole {
    /// Index of the message that the place is in, which is of a higher level.
    pub parent: u32,
    /// Where it begins there.
    pub at: u32,
}
