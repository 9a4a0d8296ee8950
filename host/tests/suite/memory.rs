//! How much memory a piece of work takes: every test of this binary allocates through a count.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

/// The system's allocator, and what the calling thread has taken from it.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

thread_local! {
    /// Bytes that this thread has taken less those that it has given back, and the most that this has been.
    static TAKEN: Cell<(isize, isize)> = const { Cell::new((0, 0)) };
}

fn count(bytes: isize) {
    // A thread that ends may free when its counts are gone already.
    let _ = TAKEN.try_with(|taken| {
        let (now, most) = taken.get();
        let now = now + bytes;
        taken.set((now, most.max(now)));
    });
}

// SAFETY: memory is the system's, whose allocator gets every call as it comes. Counting allocates nothing: the counts
// are cells that need no initialisation and have no destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's promises are the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's promises are the same.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: the caller's promises are the same.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as isize - layout.size() as isize);
        // SAFETY: the caller's promises are the same.
        unsafe { System.realloc(place, layout, size) }
    }
}

/// What work on this thread gives, and how many bytes more than before it held at most. What other threads take is not
/// counted.
pub(crate) fn peak<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let (before, _) = TAKEN.get();
    TAKEN.set((before, before));
    let done = work();
    let (_, most) = TAKEN.get();
    (done, (most - before) as usize)
}

#[test]
fn the_most_that_was_held_counts() {
    let (kept, bytes) = peak(|| {
        drop(vec![1u8; 3000]);
        vec![1u8; 1000]
    });
    assert_eq!((kept.len(), bytes), (1000, 3000));
    let (_, bytes) = peak(|| drop(kept));
    assert_eq!(bytes, 0);
}
