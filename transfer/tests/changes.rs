//! Files that change while they are read and sent, cut into chunks: nothing of an old reading is taken for
//! something of a new one.

// Each test program uses a part of it.
#[allow(dead_code)]
mod support;

use std::collections::BTreeMap;

use rusty_attachments_model::ContentHash;
use rusty_attachments_model::chunks::CHUNK_SIZE;
use rusty_attachments_transfer::{
    Action, Engine, Event, FileId, HashRange, ManifestFormat, Method, ReadFailure, Request,
    Settings,
};
use support::{GUID, error, settings, source_failed};

fn beta() -> Settings {
    let mut settings = settings("/projects", "DC", GUID);
    if let Some(manifest) = &mut settings.manifest {
        manifest.format = ManifestFormat::V2025_12_04Beta;
    }
    settings
}

/// What the engine wants by now.
#[derive(Default)]
struct Wanted {
    readings: BTreeMap<u64, HashRange>,
    fresh_looks: usize,
    requests: Vec<Request>,
    manifest: bool,
}

fn wanted(engine: &mut Engine) -> Wanted {
    let mut wanted = Wanted::default();
    for action in std::iter::from_fn(|| engine.poll_action()) {
        match action {
            Action::Hash { ranges } => wanted
                .readings
                .extend(ranges.into_iter().map(|range| (range.offset, range))),
            Action::Refresh(_) => wanted.fresh_looks += 1,
            Action::Send(request) => wanted.requests.push(request),
            Action::AppendManifest(_) => wanted.manifest = true,
            _ => {}
        }
    }
    wanted
}

fn read(engine: &mut Engine, range: HashRange, content: &str) {
    let parts = range
        .part_size
        .map_or(0, |size| range.length.div_ceil(size));
    let hash = |number| ContentHash::of(format!("{content} {number}").as_bytes());
    engine.handle(
        1,
        Event::Hashed {
            file: range.file,
            offset: range.offset,
            hash: hash(u64::MAX),
            parts: (0..parts).map(hash).collect(),
        },
    );
}

#[test]
fn a_changed_file_is_looked_at_anew_when_no_chunk_of_it_is_read_any_more() {
    let mut engine = Engine::new(beta());
    let size = CHUNK_SIZE + 5;
    engine.add_file("s/cut", size, 0, &[]).unwrap();
    engine.add_file("s/last", CHUNK_SIZE, 0, &[]).unwrap();
    engine.handle(0, Event::IntakeEnded);
    let old = wanted(&mut engine).readings;
    assert_eq!(old.len(), 2, "both chunks are being read");
    let file = FileId(0);
    engine.handle(
        1,
        Event::HashFailed {
            file,
            offset: CHUNK_SIZE,
            why: ReadFailure::Changed,
        },
    );
    let meanwhile = wanted(&mut engine);
    assert_eq!(
        meanwhile.fresh_looks, 0,
        "the first chunk is still being read"
    );
    read(&mut engine, old[&0], "old");
    assert_eq!(wanted(&mut engine).fresh_looks, 1);
    engine.handle(
        2,
        Event::Refreshed {
            file,
            size,
            modified: 7,
        },
    );
    // The old bytes of the first chunk count for nothing: no request asks for them, and the file is
    // not hashed before both chunks were read anew.
    let mut new = wanted(&mut engine);
    assert!(new.requests.is_empty());
    assert_eq!(engine.progress().hashing.files_done, 0);
    if let Some(range) = meanwhile.readings.values().next() {
        read(&mut engine, *range, "another file");
        new.readings.extend(wanted(&mut engine).readings);
    }
    assert_eq!(new.readings.len(), 2);
    for range in new.readings.values() {
        read(&mut engine, *range, &format!("new {}", range.offset));
    }
    assert_eq!(engine.progress().hashing.files_done, 2);
}

#[test]
fn a_refusal_for_good_counts_also_when_the_file_has_changed_meanwhile() {
    let mut engine = Engine::new(settings("/projects", "DC", GUID));
    engine.add_file("s/a", 1, 0, &[]).unwrap();
    engine.handle(0, Event::IntakeEnded);
    let range = wanted(&mut engine).readings[&0];
    read(&mut engine, range, "a");
    let head = wanted(&mut engine).requests.remove(0);
    engine.handle(1, support::answered(&head, support::status(404)));
    let put = wanted(&mut engine).requests.remove(0);
    assert_eq!(put.method, Method::Put);
    let refusal = error(403, "SignatureDoesNotMatch");
    engine.handle(2, source_failed(&put, refusal, ReadFailure::Changed));
    let outcome = engine.outcome().expect("the end").clone();
    assert_eq!(support::problems(outcome)[0].code, "credentials-wrong");
}

/// The code with which a file ends that cannot be read at any time, if each fresh look finds this size and
/// time after another reading.
fn code_of_unreadable(looks: &[(u64, i64)]) -> String {
    let mut engine = Engine::new(settings("/projects", "DC", GUID));
    engine.add_file("s/a", 7, 7, &[]).unwrap();
    engine.handle(0, Event::IntakeEnded);
    let file = FileId(0);
    let mut looks = looks.iter();
    loop {
        let next = wanted(&mut engine);
        if !next.readings.is_empty() {
            let (offset, why) = (0, ReadFailure::Unreadable);
            engine.handle(1, Event::HashFailed { file, offset, why });
        } else if next.fresh_looks > 0 {
            let event = match looks.next() {
                Some(&(size, modified)) => Event::Refreshed {
                    file,
                    size,
                    modified,
                },
                None => Event::RefreshFailed {
                    file,
                    why: ReadFailure::Changed,
                },
            };
            engine.handle(1, event);
        } else {
            let outcome = engine.outcome().expect("the end").clone();
            return support::problems(outcome).remove(0).code;
        }
    }
}

#[test]
fn a_file_that_is_rewritten_without_pause_has_changed_also_where_it_could_never_be_read() {
    assert_eq!(
        code_of_unreadable(&[(7, 7), (7, 7), (7, 7)]),
        "file-unreadable"
    );
    assert_eq!(code_of_unreadable(&[]), "file-unreadable");
    assert_eq!(
        code_of_unreadable(&[(8, 7), (8, 7), (8, 7)]),
        "file-changed"
    );
    assert_eq!(
        code_of_unreadable(&[(7, 8), (7, 9), (7, 10)]),
        "file-changed"
    );
    assert_eq!(code_of_unreadable(&[(7, 8)]), "file-changed");
}
