//! Counts the bytes of memory that are in use.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

/// The system's allocator, which counts the bytes that it is asked for: without what it needs for itself, and with no
/// copy while memory grows or shrinks. A bench makes it its global allocator.
#[derive(Debug)]
pub struct Counting {
    live: AtomicUsize,
    peak: AtomicUsize,
}

/// Bytes beyond those that were in use before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    /// Still in use after the work, by what it made.
    pub live: usize,
    /// The most that were in use during the work.
    pub peak: usize,
}

impl Counting {
    /// An allocator that nobody has asked for anything yet.
    #[expect(clippy::new_without_default, reason = "a static needs a constant")]
    pub const fn new() -> Self {
        Self {
            live: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
        }
    }

    /// What some work makes, and the memory that it takes. Other threads must be idle, or they are counted too.
    pub fn measure<T>(&self, work: impl FnOnce() -> T) -> (T, Use) {
        let before = self.live.load(Relaxed);
        self.peak.store(before, Relaxed);
        let made = work();
        let after = Use {
            live: self.live.load(Relaxed).saturating_sub(before),
            peak: self.peak.load(Relaxed).saturating_sub(before),
        };
        (made, after)
    }

    fn add(&self, bytes: usize) {
        let live = self.live.fetch_add(bytes, Relaxed) + bytes;
        self.peak.fetch_max(live, Relaxed);
    }

    fn subtract(&self, bytes: usize) {
        self.live.fetch_sub(bytes, Relaxed);
    }
}

// SAFETY: every call goes to the system's allocator as it came, and its answer comes back as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.add(layout.size());
        // SAFETY: the caller's promises are those that the system's allocator asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        self.add(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        self.subtract(layout.size());
        // SAFETY: as above; the pointer came from the system's allocator.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        self.subtract(layout.size());
        self.add(size);
        // SAFETY: as above; the pointer came from the system's allocator.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_freed_counts_for_the_peak_alone() {
        let counting = Counting::new();
        let layout = |bytes| Layout::from_size_align(bytes, 8).expect("a layout");
        let (kept, used) = counting.measure(|| {
            // SAFETY: no layout is of zero bytes, and pointers are used with the layouts that they were got with.
            unsafe {
                let kept = counting.alloc(layout(100));
                let freed = counting.alloc_zeroed(layout(1000));
                counting.dealloc(freed, layout(1000));
                counting.realloc(kept, layout(100), 300)
            }
        });
        let (live, peak) = (300, 1100);
        assert_eq!(used, Use { live, peak });
        // SAFETY: allocated above, of 300 bytes in the end.
        let ((), used) = counting.measure(|| unsafe { counting.dealloc(kept, layout(300)) });
        assert_eq!(used, Use { live: 0, peak: 0 });
    }
}
