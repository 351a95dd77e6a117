//! Memory that is given back is overwritten first: what the module has copied of a secret, in whatever text or
//! buffer, is gone as soon as it is dropped.
//!
//! Types that wipe themselves are not enough: the bindings copy each text that JavaScript passes, and the signer's crate
//! puts the secret behind `AWS4` into a text of its own. WASM memory is never given back to the browser, so what is left
//! in it stays as long as the page.

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::ptr;

/// Bytes of the largest piece that is overwritten. No credential is as long, nor a request with one in its headers; what is
/// larger are contents of files and manifests, which are many.
const MOST: usize = 64 * 1024;

/// The system's allocator; see the module.
pub(crate) struct WipingAllocator;

// SAFETY: every call goes to the system's allocator, with pointers and layouts as they came.
unsafe impl GlobalAlloc for WipingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are the same.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if layout.size() <= MOST {
            // SAFETY: until it is given back it belongs to the caller, all of it.
            unsafe { ptr::write_bytes(pointer, 0, layout.size()) };
            // Nobody reads it any more; the compiler must not conclude that nobody needs to write it.
            black_box(pointer);
        }
        // SAFETY: the caller's promises are the same.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if layout.size() > MOST {
            // SAFETY: the caller's promises are the same.
            return unsafe { System.realloc(pointer, layout, new_size) };
        }
        // The system would leave the old place as it is.
        // SAFETY: the caller promises that the new size fits the alignment.
        let new_layout = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        // SAFETY: the caller promises that the new size is not zero; both pieces are as long as what is copied, and apart.
        unsafe {
            let moved = self.alloc(new_layout);
            if !moved.is_null() {
                ptr::copy_nonoverlapping(pointer, moved, layout.size().min(new_size));
                self.dealloc(pointer, layout);
            }
            moved
        }
    }
}
