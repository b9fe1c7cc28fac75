//! How many bytes of memory a decoder holds: an allocator that counts what each thread has.
#![expect(unsafe_code, reason = "an allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static LIVE: Cell<isize> = const { Cell::new(0) };
}

/// The system's allocator, counted.
struct Counted;

fn count(bytes: isize) {
    // A thread that ends still frees memory when its counter is gone.
    let _ = LIVE.try_with(|live| live.set(live.get() + bytes));
}

// SAFETY: each call is passed on to the system's allocator as it is, whose promises therefore hold;
// the counter is a `Cell` without destructor and its access allocates nothing.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: the caller keeps this method's contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        // SAFETY: `at` came from `alloc` above, that is from the system, with this layout.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static COUNTED: Counted = Counted;

/// Bytes that `work` allocated and did not free, besides its result.
pub(crate) fn held<R>(work: impl FnOnce() -> R) -> (R, isize) {
    let before = LIVE.get();
    let result = work();
    (result, LIVE.get() - before)
}
