//! Whether trying ahead comes to anything.

/// What became of the latest tries. Where each transaction depends on the one before, it only takes time from the
/// thread at the head.
#[derive(Debug, Default)]
pub(super) struct Luck {
    /// Tries in a row that came to nothing.
    misses: u32,
    /// The length of the last pause.
    paused: usize,
}

impl Luck {
    /// Tries in a row that must come to nothing before trying pauses: rare by chance where half of them come to something.
    const MISSES: u32 = 8;
    /// Transactions of the first pause; each next one is twice as long, up to the last.
    const PAUSES: (usize, usize) = (32, 256);

    pub(super) fn hit(&mut self) {
        *self = Self::default();
    }

    pub(super) fn miss(&mut self) {
        self.misses += 1;
    }

    /// The transactions for which trying is to pause from here on. After a pause two misses are enough for the next.
    pub(super) fn pause(&mut self) -> Option<usize> {
        if self.misses < Self::MISSES {
            return None;
        }
        self.misses = Self::MISSES - 2;
        let (first, longest) = Self::PAUSES;
        self.paused = (2 * self.paused).clamp(first, longest);
        Some(self.paused)
    }
}
