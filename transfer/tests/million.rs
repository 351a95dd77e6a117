//! Scale: a million files in one upload, and the first byte of a drop of a hundred thousand.
//!
//! The driver here keeps nothing for each file but what a formula gives, so that all that is counted is
//! the engine's.

// Each test program uses a part of it.
#[allow(dead_code)]
mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::atomic::{AtomicIsize, Ordering};
use std::time::Instant;

use rusty_attachments_model::ContentHash;
use rusty_attachments_transfer::{
    Action, Answer, Body, Engine, Event, FileId, HashRange, Limits, Method, Remembered, Request,
    Settings,
};
use support::{GUID, WALL, answered, complete, settings, status, with_headers};

/// Counts what is allocated while the engine is at work, minus what of it is freed, wherever that is.
struct Counting;

static ENGINE_BYTES: AtomicIsize = AtomicIsize::new(0);
static PEAK: AtomicIsize = AtomicIsize::new(0);

thread_local! {
    static IN_ENGINE: Cell<bool> = const { Cell::new(false) };
}

/// In front of each allocation: whether it is the engine's.
const HEADER: usize = 16;

fn with_header(layout: Layout) -> (Layout, usize) {
    let align = layout.align().max(HEADER);
    let layout = Layout::from_size_align(layout.size() + align, align);
    (layout.expect("an allocation of a usual size"), align)
}

// SAFETY: every block comes from the system with room for a header in front, as wide as the alignment,
// and is given back with the same layout.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (outer, header) = with_header(layout);
        // SAFETY: the size is not zero.
        let block = unsafe { System.alloc(outer) };
        if block.is_null() {
            return block;
        }
        let is_engine = IN_ENGINE.try_with(Cell::get).unwrap_or(false);
        if is_engine {
            let size = isize::try_from(layout.size()).unwrap_or(0);
            let bytes = ENGINE_BYTES.fetch_add(size, Ordering::Relaxed) + size;
            PEAK.fetch_max(bytes, Ordering::Relaxed);
        }
        // SAFETY: the block has `header` bytes in front of what is given out.
        unsafe {
            block.write(u8::from(is_engine));
            block.add(header)
        }
    }

    unsafe fn dealloc(&self, inner: *mut u8, layout: Layout) {
        let (outer, header) = with_header(layout);
        // SAFETY: it was given out by `alloc`, so the header is in front of it.
        unsafe {
            let block = inner.sub(header);
            if block.read() == 1 {
                let size = isize::try_from(layout.size()).unwrap_or(0);
                ENGINE_BYTES.fetch_sub(size, Ordering::Relaxed);
            }
            System.dealloc(block, outer);
        }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Calls the engine; what is allocated meanwhile is the engine's.
fn in_engine<T>(call: impl FnOnce() -> T) -> T {
    IN_ENGINE.set(true);
    let result = call();
    IN_ENGINE.set(false);
    result
}

const MILLION: u32 = 1_000_000;
/// Bytes of all files.
const TERABYTE: u64 = 1_000_000_000_000;

/// Paths are written into one buffer.
fn path(file: u32) -> String {
    format!(
        "projects/show/sequence_{:03}/shot_{:04}/textures/tile.{file:07}.exr",
        file % 100,
        file % 5_000
    )
}

/// Nine of ten files have a content of their own.
fn content(file: u32) -> u32 {
    if file % 10 == 9 { file - 1 } else { file }
}

/// One file of 2,000 goes up in parts.
fn size(file: u32) -> u64 {
    let content = content(file);
    if content.is_multiple_of(2_000) {
        100 << 20
    } else {
        // So that the sum is a terabyte.
        (TERABYTE - 500 * (100 << 20)) / u64::from(MILLION - 500)
    }
}

fn hash(content: u32, part: u64) -> ContentHash {
    let mut bytes = [0; 12];
    bytes[..4].copy_from_slice(&content.to_le_bytes());
    bytes[4..].copy_from_slice(&part.to_le_bytes());
    ContentHash::of(&bytes)
}

fn hashed(range: &HashRange) -> Event {
    let content = content(range.file.0);
    let parts = range.part_size.map(|size| {
        let parts = 1..=range.length.div_ceil(size);
        parts.map(|part| hash(content, part)).collect()
    });
    Event::Hashed {
        file: range.file,
        offset: range.offset,
        hash: hash(content, 0),
        parts: parts.unwrap_or_default(),
    }
}

/// A store that has nothing and takes everything.
fn serve(request: &Request) -> Answer {
    let has = |name| request.query.iter().any(|(known, _)| *known == name);
    let xml = |body: &str| Answer {
        body: body.to_owned(),
        ..status(200)
    };
    match (request.method, has("uploadId")) {
        (Method::Head, _) => status(404),
        (Method::Put, _) => with_headers(200, &[("etag", "\"0123456789abcdef0123456789abcdef\"")]),
        (Method::Post, false) => xml(
            "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>",
        ),
        (Method::Post, true) => {
            xml("<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>")
        }
        (Method::Get, _) => xml("<ListMultipartUploadsResult></ListMultipartUploadsResult>"),
        (Method::Delete, _) => status(204),
    }
}

fn look_up(hashes: Vec<ContentHash>) -> Event {
    let nothing = |hash| Remembered {
        hash,
        seen: None,
        upload: None,
    };
    Event::LookedUp {
        wall: WALL,
        contents: hashes.into_iter().map(nothing).collect(),
    }
}

fn big_settings() -> Settings {
    Settings {
        limits: Limits::for_processors(4),
        has_journal: true,
        ..settings("/projects", "DC", GUID)
    }
}

#[test]
fn a_million_files_need_less_than_256_mb() {
    let begun = Instant::now();
    let mut engine = in_engine(|| Engine::new(big_settings()));
    let mut todo: VecDeque<Action> = VecDeque::new();
    let mut bytes = 0;
    for file in 0..MILLION {
        let path = path(file);
        bytes += size(file);
        let added = in_engine(|| engine.add_file(&path, size(file), 1_700_000_000_000, &[]));
        assert_eq!(added, Some(FileId(file)));
    }
    let (mut now, mut timer) = (0, None);
    let (mut events, mut puts, mut parts, mut manifest_bytes) = (0_u64, 0_u64, 0_u64, 0_u64);
    let mut tell = |engine: &mut Engine, now: u64, event: Event| {
        events += 1;
        in_engine(|| engine.handle(now, event));
    };
    tell(&mut engine, now, Event::IntakeEnded);
    loop {
        while let Some(action) = in_engine(|| engine.poll_action()) {
            match action {
                Action::AppendManifest(piece) => manifest_bytes += piece.len() as u64,
                Action::Hash { .. } | Action::Send(_) | Action::LookUp(_) => todo.push_back(action),
                Action::WaitUntil(time) => timer = Some(time),
                _ => {}
            }
        }
        now += 1;
        match todo.pop_front() {
            Some(Action::Hash { ranges }) => {
                for range in &ranges {
                    tell(&mut engine, now, hashed(range));
                }
            }
            Some(Action::Send(request)) => {
                if let Body::Range { .. } = request.body {
                    let is_part = !request.query.is_empty();
                    parts += u64::from(is_part);
                    puts += u64::from(!is_part);
                }
                tell(&mut engine, now, answered(&request, serve(&request)));
            }
            Some(Action::LookUp(hashes)) => tell(&mut engine, now, look_up(hashes)),
            Some(_) => {}
            None => {
                let Some(time) = timer.take() else { break };
                now = now.max(time);
                tell(&mut engine, now, Event::TimePassed);
            }
        }
    }
    let summary = complete(engine.outcome().expect("an end").clone());
    let peak = u64::try_from(PEAK.load(Ordering::Relaxed)).expect("more than nothing");
    println!(
        "{} files, {bytes} bytes, {puts} objects in one request, {parts} parts, manifest of {manifest_bytes} bytes",
        summary.files
    );
    println!(
        "{events} events in {:.1} s; engine memory: {:.1} MB at its peak",
        begun.elapsed().as_secs_f64(),
        peak as f64 / 1e6
    );
    assert_eq!(summary.files, u64::from(MILLION));
    assert_eq!(summary.bytes, bytes);
    assert_eq!(summary.objects_written, u64::from(MILLION / 10 * 9));
    assert!(bytes.abs_diff(TERABYTE) < TERABYTE / 100, "{bytes}");
    assert!(parts > 1_000 && manifest_bytes > 100_000_000);
    assert!(peak > 50_000_000, "{peak}: nobody counts");
    assert!(peak < 256_000_000, "{peak}");
}

/// What a driver does, and when it is done with it, in microseconds.
#[derive(Debug)]
enum Doing {
    Read(HashRange),
    Ask(Request),
}

/// Files of 64 KiB; a second of one disk has 2,500 of them, a question to the store takes 20 ms.
#[test]
fn the_first_byte_of_a_hundred_thousand_files_leaves_within_two_seconds() {
    const FILES: u32 = 100_000;
    const READ: u64 = 400;
    const ASK: u64 = 20_000;
    let mut engine = Engine::new(Settings {
        checksums: None,
        ..big_settings()
    });
    let mut now = 0;
    let mut disk_free = 0;
    let mut doing: Vec<Doing> = Vec::new();
    let mut due: BinaryHeap<std::cmp::Reverse<(u64, usize)>> = BinaryHeap::new();
    let mut added = 0;
    let mut looked_up: Vec<Vec<ContentHash>> = Vec::new();
    loop {
        // The folder is read while the upload is under way already: 100 names each millisecond.
        while added < FILES && u64::from(added) * 10 <= now {
            let path = path(added);
            engine.add_file(&path, 64 << 10, 1_700_000_000_000, &[]);
            added += 1;
            if added == FILES {
                engine.handle(now / 1_000, Event::IntakeEnded);
            }
        }
        while let Some(action) = engine.poll_action() {
            match action {
                Action::Hash { ranges } => {
                    for range in ranges {
                        disk_free = now.max(disk_free) + READ;
                        due.push(std::cmp::Reverse((disk_free, doing.len())));
                        doing.push(Doing::Read(range));
                    }
                }
                Action::Send(request) if request.method == Method::Put => {
                    println!("the first body leaves after {} ms", now / 1_000);
                    assert!(now < 2_000_000, "{now}");
                    return;
                }
                Action::Send(request) => {
                    due.push(std::cmp::Reverse((now + ASK, doing.len())));
                    doing.push(Doing::Ask(request));
                }
                Action::LookUp(hashes) => looked_up.push(hashes),
                _ => {}
            }
        }
        for hashes in std::mem::take(&mut looked_up) {
            engine.handle(now / 1_000, look_up(hashes));
        }
        let next_name = if added < FILES { now + 1_000 } else { u64::MAX };
        match due.peek().copied() {
            Some(std::cmp::Reverse((time, index))) if time <= next_name => {
                due.pop();
                now = now.max(time);
                let event = match &doing[index] {
                    Doing::Read(range) => hashed(range),
                    Doing::Ask(request) => answered(request, status(404)),
                };
                engine.handle(now / 1_000, event);
            }
            _ if added < FILES => now = next_name,
            _ => panic!("nothing leaves: {:?}", engine.outcome()),
        }
    }
}
