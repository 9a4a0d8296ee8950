//! Where nodes made here lie: records in chunks of bytes, addressed by a number of 32 bits.
//!
//! A record is the node's shape (4 bytes), the length of its encoding (4), the ids of its children (4 each) and the
//! encoding, filled up to a multiple of 8. Records are only ever added. Once a batch of them is hashed, its chunks are
//! sealed and shared by every version of the state that came after, so a snapshot is a list of pointers.

use super::node::{Node, Shape};
use alloy_primitives::Bytes;
use phalanx_kernels::prefetch_bytes;
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

/// Bytes that ids count in.
const UNIT: usize = 8;
/// Bytes in a chunk, but for a longer record, which has a chunk of its own.
///
/// Each change of the state copies the last chunk if it has room left, so that small changes don't leave a chunk each:
/// 64 KiB take 2 µs.
const CHUNK: usize = 1 << 16;
/// Ids in a chunk.
const CHUNK_IDS: u32 = (CHUNK / UNIT) as u32;
/// Bytes before the ids.
const HEADER: usize = 8;

/// Where a record begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Id(u32);

impl Id {
    /// Not in the heap.
    pub(super) const NONE: Self = Self(u32::MAX);

    pub(super) fn from_bytes(bytes: [u8; 4]) -> Self {
        Self(u32::from_le_bytes(bytes))
    }

    pub(super) fn to_bytes(self) -> [u8; 4] {
        self.0.to_le_bytes()
    }
}

/// Sealed records. A clone shares them all.
#[derive(Debug, Clone, Default)]
pub(super) struct Heap {
    chunks: Vec<Bytes>,
    /// In all chunks.
    bytes: usize,
}

impl Heap {
    /// Bytes in all records.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The record that begins there. Ids come from records and roots of this heap alone.
    #[inline]
    pub(super) fn node(&self, id: Id) -> Node<'_> {
        let chunk = &self.chunks[(id.0 / CHUNK_IDS) as usize];
        let record = &chunk[(id.0 % CHUNK_IDS) as usize * UNIT..];
        let (shape, rest) = word(record);
        let (length, rest) = word(rest);
        let shape = Shape::from_bits(shape).expect("a record begins with its shape");
        let (ids, rest) = rest.split_at(4 * shape.ids());
        let rlp = &rest[..length as usize];
        Node { shape, ids, rlp }
    }

    /// Hints that the node that begins there will be read: as much of it as all nodes have.
    #[inline]
    pub(super) fn prefetch(&self, id: Id) {
        let chunk = &self.chunks[(id.0 / CHUNK_IDS) as usize];
        let record = &chunk[(id.0 % CHUNK_IDS) as usize * UNIT..];
        prefetch_bytes(&record[..HEADER]);
    }

    /// Seals what writers over this heap have written.
    pub(super) fn seal(&mut self, chunks: impl IntoIterator<Item = (u32, Vec<u8>)>) {
        for (number, bytes) in chunks {
            let number = number as usize;
            if number >= self.chunks.len() {
                self.chunks.resize_with(number + 1, Bytes::new);
            }
            self.bytes = self.bytes - self.chunks[number].len() + bytes.len();
            self.chunks[number] = bytes.into();
        }
    }
}

fn word(bytes: &[u8]) -> (u32, &[u8]) {
    let (word, rest) = bytes.split_first_chunk().expect("a record is whole");
    (u32::from_le_bytes(*word), rest)
}

/// A byte in a writer's chunks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    chunk: u32,
    byte: u32,
}

/// Records being written, whose encodings may still have holes.
#[derive(Debug)]
pub(super) struct Writer {
    chunks: Vec<Chunk>,
    /// Chunks in use: those after them wait to be used again.
    used: usize,
    /// Of other writers, which have finished.
    adopted: Vec<(u32, Vec<u8>)>,
    /// The next number that no chunk has; shared by all who write into the same heap.
    numbers: Arc<AtomicU32>,
}

/// Records that were added one after the other.
#[derive(Debug)]
struct Chunk {
    /// By which it will be known in the heap.
    number: u32,
    /// Records, and room for more.
    bytes: Vec<u8>,
    /// Where the last record ends.
    end: usize,
}

/// Bytes that a chunk has room for at first.
const FIRST_ROOM: usize = 1 << 10;

impl Chunk {
    /// Where a record of so many bytes begins if it is added.
    #[inline]
    fn place(&self, record: usize) -> Option<usize> {
        let start = self.end.next_multiple_of(UNIT);
        (start + record <= CHUNK).then_some(start)
    }

    /// Makes room up to a byte: at least twice what was there, so that most records find room.
    #[cold]
    fn grow(&mut self, end: usize) {
        let room = (2 * self.bytes.len()).clamp(FIRST_ROOM, CHUNK);
        self.bytes.resize(room.max(end), 0);
    }
}

impl Writer {
    /// A writer of new chunks.
    pub(super) fn new(numbers: Arc<AtomicU32>) -> Self {
        Self {
            chunks: Vec::new(),
            used: 0,
            adopted: Vec::new(),
            numbers,
        }
    }

    /// A writer that goes on where the last chunk of a heap ends, in a copy of it.
    pub(super) fn after(heap: &Heap) -> Self {
        let count = heap.chunks.len() as u32;
        let mut writer = Self::new(Arc::new(AtomicU32::new(count)));
        if let Some(last) = heap.chunks.last()
            && last.len() < CHUNK
        {
            let mut bytes = Vec::with_capacity((2 * last.len()).min(CHUNK));
            bytes.extend_from_slice(last);
            writer.chunks.push(Chunk {
                number: count - 1,
                end: bytes.len(),
                bytes,
            });
            writer.used = 1;
        }
        writer
    }

    /// A writer into the same heap, for another thread.
    pub(super) fn beside(&self) -> Self {
        Self::new(Arc::clone(&self.numbers))
    }

    /// Takes over the chunks of a writer beside this one.
    pub(super) fn adopt(&mut self, other: Self) {
        self.adopted.extend(other.into_chunks());
    }

    /// Adds a record, whose encoding of the length given is to be written over whatever stands in its place.
    #[inline]
    pub(super) fn begin(
        &mut self,
        shape: Shape,
        ids: impl Iterator<Item = Id>,
        length: usize,
    ) -> Record<'_> {
        let ids_end = HEADER + 4 * shape.ids();
        let record = ids_end + length;
        let last = self.chunks[..self.used].last();
        let start = match last.and_then(|chunk| chunk.place(record)) {
            Some(start) => start,
            None => {
                self.open();
                0
            }
        };
        let place = self.used - 1;
        let chunk = &mut self.chunks[place];
        chunk.end = start + record;
        if chunk.bytes.len() < chunk.end {
            chunk.grow(chunk.end);
        }
        let (header, encoding) = chunk.bytes[start..chunk.end].split_at_mut(ids_end);
        let (header, places) = header.split_at_mut(HEADER);
        let length = u32::try_from(length).expect("a node is shorter than 4 GiB");
        header[..4].copy_from_slice(&shape.to_bits().to_le_bytes());
        header[4..].copy_from_slice(&length.to_le_bytes());
        for (place, id) in places.as_chunks_mut().0.iter_mut().zip(ids) {
            *place = id.to_bytes();
        }
        Record {
            id: Id(chunk.number * CHUNK_IDS + (start / UNIT) as u32),
            place: Place {
                chunk: place as u32,
                byte: (start + ids_end) as u32,
            },
            encoding,
        }
    }

    /// # Panics
    ///
    /// When all numbers of chunks are used up, by 32 GiB of full ones: a crash rather than two nodes with one number.
    #[cold]
    fn open(&mut self) {
        if self.used == self.chunks.len() {
            let number = self.numbers.fetch_add(1, Ordering::Relaxed);
            assert!(
                number < u32::MAX / CHUNK_IDS,
                "too many chunks of trie nodes"
            );
            self.chunks.push(Chunk {
                number,
                bytes: Vec::new(),
                end: 0,
            });
        }
        self.used += 1;
    }

    /// So many bytes from a place on.
    #[inline]
    pub(super) fn bytes(&self, place: Place, length: usize) -> &[u8] {
        let start = place.byte as usize;
        &self.chunks[place.chunk as usize].bytes[start..start + length]
    }

    /// Writes over the bytes from a place on.
    #[inline]
    pub(super) fn patch(&mut self, place: Place, bytes: &[u8; 32]) {
        let start = place.byte as usize;
        self.chunks[place.chunk as usize].bytes[start..start + 32].copy_from_slice(bytes);
    }

    /// Forgets all records, and keeps the memory for others.
    pub(super) fn clear(&mut self) {
        for chunk in &mut self.chunks[..self.used] {
            chunk.end = 0;
            // One record's own: if chunks of such kept their memory, in the end each would be as large as the longest.
            if chunk.bytes.len() > CHUNK {
                chunk.bytes = Vec::new();
            }
        }
        self.used = 0;
    }

    /// What was written, to be sealed.
    pub(super) fn into_chunks(mut self) -> Vec<(u32, Vec<u8>)> {
        self.chunks.truncate(self.used);
        let own = self.chunks.into_iter().map(|mut chunk| {
            chunk.bytes.truncate(chunk.end);
            chunk.bytes.shrink_to_fit();
            (chunk.number, chunk.bytes)
        });
        self.adopted.extend(own);
        self.adopted
    }
}

impl Place {
    /// A place so many bytes further on in the same record.
    #[inline]
    pub(super) fn plus(self, bytes: usize) -> Self {
        Self {
            byte: self.byte + bytes as u32,
            ..self
        }
    }
}

/// A record that is being written.
pub(super) struct Record<'w> {
    pub(super) id: Id,
    /// Where the encoding begins.
    pub(super) place: Place,
    pub(super) encoding: &'w mut [u8],
}
