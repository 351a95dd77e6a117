//! Prints one line for each size and each of encode and decode: entries, what was done, and the most
//! bytes that the heap held for it beyond what was there before, text and manifest included.

use rusty_attachments_model::manifest::Manifest;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

fn main() {
    for count in attachments_bench::SIZES {
        let manifest = attachments_bench::manifest(count);
        let text = manifest.encode();
        drop(manifest);
        let decode = peak(|| Manifest::decode(&text).expect("our own text"));
        println!("{count} decode {}", decode + text.len() as u64);
        drop(text);
        let encode = peak(|| attachments_bench::manifest(count).encode());
        println!("{count} encode {encode}");
    }
}

fn peak<T>(work: impl FnOnce() -> T) -> u64 {
    let profiler = dhat::Profiler::builder().testing().build();
    drop(work());
    let peak = dhat::HeapStats::get().max_bytes as u64;
    drop(profiler);
    peak
}
