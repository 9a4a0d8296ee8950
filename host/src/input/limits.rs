//! How much a document may ask of the machine.

/// Bounds on what is read; each has its reason. The defaults hold for every official fixture release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one document held in memory: a JSON file, a line of JSON lines, a chain export. The largest official
    /// fixture files have 150 MB.
    pub document_bytes: u64,
    /// Expanded bytes of one era1 archive, which is handed over whole. The largest have between 2 and 3 GB.
    pub era1_bytes: u64,
    /// Bytes that one named file may expand to whatever its compressed size, over all layers of compression.
    pub free_expansion: u64,
    /// Beyond [`free_expansion`](Self::free_expansion), expanded bytes per compressed byte. Fixture releases have
    /// about 120; a stream of zeros has 1,000 in gzip and 30,000 in zstd.
    pub expansion_ratio: u64,
    /// Entries of one archive. A whole fixture release has fewer than 100,000.
    pub archive_entries: u64,
    /// Archives and compressions one inside another. A release has two, an archive of compressed files three.
    pub nesting: u32,
    /// Folders one inside another, links included.
    pub folder_depth: u32,
    /// Bytes of documents that wait for partners. Beyond it they are handed on as they are.
    pub held_bytes: u64,
    /// Blocks of JSON lines handed over at once.
    pub lines_per_case: usize,
    /// Bytes of JSON lines handed over at once.
    pub bytes_per_case: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 1 << 30,
            era1_bytes: 4 << 30,
            free_expansion: 1 << 30,
            expansion_ratio: 512,
            archive_entries: 1 << 20,
            nesting: 4,
            folder_depth: 64,
            held_bytes: 4 << 30,
            lines_per_case: 64,
            bytes_per_case: 16 << 20,
        }
    }
}
