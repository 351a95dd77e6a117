//! The list of files, the receipt, and a failed upload that is taken up again.

// Each test program uses a part of it.
#[allow(dead_code)]
mod support;

use std::collections::BTreeMap;

use rusty_attachments_model::ContentHash;
use rusty_attachments_model::chunks::CHUNK_SIZE;
use rusty_attachments_transfer::{
    Action, Engine, Event, FileFilter, FileId, FileStatus, ManifestFormat, Method, NotTaken,
    ReadFailure, ReceiptFacts, ReceiptFormat, Request, Retry, WhyNotTaken,
};
use support::{
    Dropped, GUID, Meddler, World, answered, complete, error, file, manifest_of, settings, status,
};

fn drop_all(engine: &mut Engine, files: &[Dropped]) {
    for file in files {
        engine.add_file(&file.path, file.bytes.len() as u64, file.modified, &[]);
    }
    engine.handle(0, Event::IntakeEnded);
}

fn statuses(engine: &Engine) -> Vec<(String, FileStatus)> {
    let rows = engine.files(FileFilter::All, 0, usize::MAX).rows;
    rows.into_iter().map(|row| (row.path, row.status)).collect()
}

const FACTS: ReceiptFacts = ReceiptFacts {
    profile: String::new(),
    started: 1_795_544_030_000,
    ended: 1_795_544_031_500,
};

fn receipt(engine: &Engine, format: ReceiptFormat) -> String {
    (0..)
        .map_while(|number| engine.receipt_piece(format, &FACTS, number))
        .collect()
}

#[test]
fn each_file_is_where_it_is() {
    let settings = settings("/projects", "DC", GUID);
    let mut world = World::new();
    world.hold(&settings, b"known");
    let files = [file("a", b"known"), file("b", b"new"), file("c", b"new")];
    let mut engine = Engine::new(settings);
    for file in &files {
        engine.add_file(&file.path, file.bytes.len() as u64, 0, &[]);
    }
    let all = |status| vec![("a", status), ("b", status), ("c", status)];
    let shown = |engine: &Engine| {
        let shown = statuses(engine);
        shown
            .iter()
            .map(|(path, status)| (path.clone(), *status))
            .collect::<Vec<_>>()
    };
    let expected = |wanted: Vec<(&str, FileStatus)>| {
        wanted
            .into_iter()
            .map(|(path, status)| (path.to_owned(), status))
            .collect::<Vec<_>>()
    };
    assert_eq!(shown(&engine), expected(all(FileStatus::Waiting)));
    engine.handle(0, Event::IntakeEnded);
    while engine.poll_action().is_some() {}
    assert_eq!(shown(&engine), expected(all(FileStatus::Hashing)));
    for (number, file) in (0_u32..).zip(&files) {
        let hash = ContentHash::of(&file.bytes);
        engine.handle(
            1,
            Event::Hashed {
                file: FileId(number),
                offset: 0,
                hash,
                parts: Vec::new(),
            },
        );
    }
    assert_eq!(shown(&engine), expected(all(FileStatus::Checking)));
    let files: Vec<&Dropped> = files.iter().collect();
    world.drive(&mut engine, &files, &mut |request: &Request, _| {
        // So that it can be seen.
        (request.method == Method::Put).then_some(Event::Paused)
    });
    assert_eq!(
        shown(&engine),
        expected(vec![
            ("a", FileStatus::InStore),
            ("b", FileStatus::Sending),
            ("c", FileStatus::Sending)
        ])
    );
    engine.handle(2, Event::Resumed);
    world.drive(&mut engine, &files, &mut |_, _| None);
    complete(engine.outcome().unwrap().clone());
    let counts = engine.file_counts();
    assert_eq!((counts.in_store, counts.sent), (1, 2));
    assert_eq!(counts.failed + counts.skipped + counts.waiting, 0);
}

#[test]
fn a_window_of_the_list_is_read_wherever_it_is() {
    let mut engine = Engine::new(settings("/projects", "DC", GUID));
    for number in 0..100_000 {
        engine.add_file(&format!("f/{number}"), number, 0, &[]);
    }
    engine.add_file("f/7", 1, 0, &[]);
    engine.add_file("/absolute", 2, 0, &[]);
    let empty = NotTaken {
        path: "empty".to_owned(),
        why: WhyNotTaken::EmptyFolder,
        reason: "Nothing is in it.".to_owned(),
        location: None,
    };
    engine.add_not_taken(&empty);
    let window = engine.files(FileFilter::All, 99_999, 10);
    assert_eq!(window.total, 100_003);
    let rows: Vec<_> = window
        .rows
        .iter()
        .map(|row| (row.path.as_str(), row.size, row.status))
        .collect();
    assert_eq!(
        rows,
        [
            ("f/99999", 99_999, FileStatus::Waiting),
            ("f/7", 1, FileStatus::Failed),
            ("/absolute", 2, FileStatus::Failed),
            ("empty", 0, FileStatus::Skipped),
        ]
    );
    let failures = engine.files(FileFilter::Failures, 1, 10);
    assert_eq!((failures.total, failures.rows.len()), (2, 1));
    let problem = failures.rows[0].problem.as_ref().unwrap();
    assert!(problem.code.starts_with("path-"), "{problem:?}");
    assert!(!problem.next.is_empty());
    let skipped = engine.files(FileFilter::Skipped, 0, 10);
    assert_eq!((skipped.total, skipped.rows.len()), (1, 1));
    assert_eq!(skipped.rows[0].path, "empty");
    assert!(engine.files(FileFilter::All, 100_003, 10).rows.is_empty());
    let counts = engine.file_counts();
    assert_eq!(
        (counts.waiting, counts.failed, counts.skipped),
        (100_000, 2, 1)
    );
}

/// Runs an upload whose second file is not what it was, and cannot be had anew.
fn failed(world: &mut World, engine: &mut Engine, files: &[Dropped]) {
    drop_all(engine, files);
    let files: Vec<&Dropped> = files.iter().collect();
    world.drive(engine, &files, &mut |request: &Request, _| {
        let body = format!("{:?}", request.body);
        let reads_second = body.contains("FileId(1)");
        reads_second.then(|| support::source_failed(request, status(200), ReadFailure::Changed))
    });
    support::problems(engine.outcome().unwrap().clone());
}

#[test]
fn only_what_failed_is_taken_again() {
    let files = [file("a", b"one"), file("b", b"two"), file("c", b"three")];
    let mut world = World::new();
    let mut engine = Engine::new(settings("/projects", "DC", GUID));
    failed(&mut world, &mut engine, &files);
    assert_eq!(engine.retry(false), Some(Retry::ChooseAgain));
    assert_eq!(engine.retry(true), Some(Retry::Now));
    let failures = engine.files(FileFilter::Failures, 0, 9);
    assert_eq!(failures.rows[0].path, "b");
    assert_eq!(
        failures.rows[0].problem.as_ref().unwrap().code,
        "file-changed"
    );
    assert!(!world.released.contains(&FileId(1)), "it is needed again");

    world.fresh = BTreeMap::from([(1, b"two as it is now".to_vec())]);
    world.requests.clear();
    world.manifest.clear();
    engine.handle(9, Event::RetryFailed);
    assert_eq!(engine.outcome(), None);
    let progress = engine.progress();
    assert_eq!(progress.hashing.files_done, 2, "one is to be read");
    let dropped: Vec<&Dropped> = files.iter().collect();
    world.drive(&mut engine, &dropped, &mut |_, _| None);
    let summary = complete(engine.outcome().unwrap().clone());
    assert_eq!((summary.files, summary.objects_written), (3, 3));
    let kinds: Vec<_> = world.requests.iter().map(|(method, _)| *method).collect();
    assert_eq!(
        kinds,
        [Method::Head, Method::Put, Method::Put],
        "the file, and the manifest"
    );
    for name in ["\"a\"", "\"b\"", "\"c\""] {
        assert!(world.manifest.contains(name), "{}", world.manifest);
    }
    assert_eq!(world.manifests(), [&manifest_of(&summary).key]);
    assert_eq!(engine.files(FileFilter::Failures, 0, 9).total, 0);
    assert_eq!(engine.retry(true), None);
}

#[test]
fn what_the_store_refused_is_sent_again_without_a_fresh_look() {
    let files = [file("a", b"one"), file("b", b"two")];
    let mut world = World::new();
    let mut engine = Engine::new(settings("/projects", "DC", GUID));
    drop_all(&mut engine, &files);
    let key = engine_key(b"two");
    let mut conflict = |request: &Request, _| {
        (request.key == key && request.method == Method::Put)
            .then(|| answered(request, error(409, "ConditionalRequestConflict")))
    };
    run(&mut world, &mut engine, &files, &mut conflict);
    support::problems(engine.outcome().unwrap().clone());
    assert_eq!(engine.retry(false), Some(Retry::Now));
    world.fresh = BTreeMap::from([(1, b"two".to_vec())]);
    world.manifest.clear();
    engine.handle(1_000_000_000, Event::RetryFailed);
    run(&mut world, &mut engine, &files, &mut |_, _| None);
    assert_eq!(complete(engine.outcome().unwrap().clone()).files, 2);
}

#[test]
fn an_upload_that_was_refused_as_a_whole_goes_on_where_it_was() {
    let files: Vec<Dropped> = (0..40)
        .map(|number| file(&format!("f/{number}"), format!("{number}").as_bytes()))
        .collect();
    for refused in 1..100 {
        let mut world = World::new();
        let mut engine = Engine::new(settings("/projects", "DC", GUID));
        drop_all(&mut engine, &files);
        let mut count = 0;
        let mut refuse = |request: &Request, _| {
            count += 1;
            (count > refused).then(|| answered(request, error(403, "AccessDenied")))
        };
        run(&mut world, &mut engine, &files, &mut refuse);
        if engine.retry(true).is_none() {
            assert!(refused > 40, "all was sent before");
            return;
        }
        let sent = |world: &World| {
            let data = world.objects.keys().filter(|key| key.contains("/Data/"));
            data.count()
        };
        let before = sent(&world);
        world.requests.clear();
        world.manifest.clear();
        engine.handle(1_000_000_000, Event::RetryFailed);
        run(&mut world, &mut engine, &files, &mut |_, _| None);
        let summary = complete(engine.outcome().unwrap().clone());
        assert_eq!((summary.files, summary.objects_written), (40, 40));
        let puts = world
            .requests
            .iter()
            .filter(|(method, key)| *method == Method::Put && key.contains("/Data/"));
        assert_eq!(puts.count(), 40 - before, "after {refused}");
        assert_eq!(sent(&world), 40);
    }
    panic!("it never succeeded");
}

#[test]
fn what_only_another_profile_mends_is_not_taken_up_with_the_one_that_it_has() {
    for refusal in [error(404, "NoSuchBucket"), error(301, "PermanentRedirect")] {
        let files = [file("a", b"one")];
        let mut world = World::new();
        let mut engine = Engine::new(settings("/projects", "DC", GUID));
        drop_all(&mut engine, &files);
        run(&mut world, &mut engine, &files, &mut |request, _| {
            (request.method == Method::Put).then(|| answered(request, refusal.clone()))
        });
        support::problems(engine.outcome().unwrap().clone());
        assert_eq!(engine.retry(true), None);
    }
}

#[test]
fn what_was_never_taken_is_not_taken_up() {
    let mut world = World::new();
    let mut engine = Engine::new(settings("/projects", "DC", GUID));
    let files = [file("a", b"one"), file("a", b"two")];
    drop_all(&mut engine, &files);
    run(&mut world, &mut engine, &files, &mut |_, _| None);
    support::problems(engine.outcome().unwrap().clone());
    assert_eq!(engine.retry(true), None);
    engine.handle(9, Event::RetryFailed);
    assert!(engine.outcome().is_some());

    let mut cancelled = Engine::new(settings("/projects", "DC", GUID));
    drop_all(&mut cancelled, &files[..1]);
    cancelled.handle(1, Event::Cancelled);
    assert_eq!(cancelled.retry(true), None);
    assert_eq!(
        statuses(&cancelled),
        [("a".to_owned(), FileStatus::NotSent)]
    );
    // What nobody left out is not among what was.
    assert_eq!(cancelled.files(FileFilter::Skipped, 0, 10).total, 0);
}

fn run(world: &mut World, engine: &mut Engine, files: &[Dropped], meddler: &mut Meddler) {
    let files: Vec<&Dropped> = files.iter().collect();
    world.drive(engine, &files, meddler);
}

fn engine_key(bytes: &[u8]) -> String {
    let settings = settings("/projects", "DC", GUID);
    settings.layout.location.content_key(ContentHash::of(bytes))
}

#[test]
fn the_receipt_names_each_file_with_its_key() {
    let settings = settings("/projects", "DC", GUID);
    let mut world = World::new();
    world.hold(&settings, b"known");
    let files = [
        file("=cmd|' /C calc'!A0", b"known"),
        file("b, \"quoted\"\u{2028}.exr", b"new"),
    ];
    let mut engine = Engine::new(settings);
    assert_eq!(engine.receipt_piece(ReceiptFormat::Json, &FACTS, 0), None);
    drop_all(&mut engine, &files);
    run(&mut world, &mut engine, &files, &mut |_, _| None);
    let summary = complete(engine.outcome().unwrap().clone());

    let json: serde_json::Value =
        serde_json::from_str(&receipt(&engine, ReceiptFormat::Json)).unwrap();
    assert_eq!(json["receiptVersion"], 1);
    assert_eq!(json["outcome"], "complete");
    assert_eq!(json["endedAt"], "2026-11-24T18:13:51.5Z");
    assert_eq!(json["bucket"], "bucket");
    assert_eq!(json["manifestKey"], manifest_of(&summary).key.as_str());
    assert_eq!(json["totals"]["bytesSent"], 3);
    assert_eq!(
        json["files"],
        serde_json::json!([
            {
                "path": "=cmd|' /C calc'!A0", "size": 5, "status": "in-store",
                "hash": ContentHash::of(b"known").to_string(), "key": engine_key(b"known"),
                "verified": "by-size",
            },
            {
                "path": "b, \"quoted\"\u{2028}.exr", "size": 3, "status": "sent",
                "hash": ContentHash::of(b"new").to_string(), "key": engine_key(b"new"),
                "verified": "by-server",
            },
        ])
    );

    let csv = receipt(&engine, ReceiptFormat::Csv);
    assert!(csv.starts_with("\u{feff}receipt version,1\r\n"), "{csv}");
    let lines: Vec<&str> = csv.split("\r\n").collect();
    let table = lines
        .iter()
        .position(|line| line.starts_with("path,size"))
        .unwrap();
    assert_eq!(
        lines[table + 1],
        format!(
            "'=cmd|' /C calc'!A0,5,,in-store,by-size,{},{},",
            ContentHash::of(b"known"),
            engine_key(b"known")
        )
    );
    assert!(lines[table + 2].starts_with("\"b, \"\"quoted\"\"\u{2028}.exr\",3,,sent,by-server,"));
    assert_eq!(lines[table + 3..], [""]);
}

#[test]
fn a_receipt_of_many_files_comes_in_pieces() {
    let mut engine = Engine::new(settings("/projects", "DC", GUID));
    for number in 0..100_000 {
        engine.add_file(&format!("f/{number}"), number, 0, &[]);
    }
    engine.handle(0, Event::IntakeEnded);
    engine.handle(1, Event::Cancelled);
    while engine.poll_action().is_some() {}
    for format in [ReceiptFormat::Json, ReceiptFormat::Csv] {
        let pieces: Vec<String> = (0..)
            .map_while(|number| engine.receipt_piece(format, &FACTS, number))
            .collect();
        assert!(pieces.len() > 50);
        assert!(pieces.iter().all(|piece| piece.len() < 1 << 20));
        let text = pieces.concat();
        match format {
            ReceiptFormat::Json => {
                let json: serde_json::Value = serde_json::from_str(&text).unwrap();
                assert_eq!(json["files"].as_array().unwrap().len(), 100_000);
                assert_eq!(json["files"][99_999]["path"], "f/99999");
                assert_eq!(json["totals"]["notSentFiles"], 100_000);
            }
            ReceiptFormat::Csv => {
                assert_eq!(
                    text.lines().filter(|line| line.starts_with("f/")).count(),
                    100_000
                );
            }
        }
    }
}

#[test]
fn the_receipt_has_every_chunk_of_a_file_that_is_cut() {
    let mut settings = settings("/projects", "DC", GUID);
    if let Some(manifest) = &mut settings.manifest {
        manifest.format = ManifestFormat::V2025_12_04Beta;
    }
    let mut engine = Engine::new(settings);
    engine.add_file("cut", CHUNK_SIZE + 5, 0, &[]).unwrap();
    engine.handle(0, Event::IntakeEnded);
    while let Some(action) = engine.poll_action() {
        if let Action::Hash { ranges } = action {
            for range in ranges {
                let hash = ContentHash::of(&range.offset.to_le_bytes());
                let (file, offset) = (range.file, range.offset);
                let parts = Vec::new();
                engine.handle(
                    1,
                    Event::Hashed {
                        file,
                        offset,
                        hash,
                        parts,
                    },
                );
            }
        }
    }
    engine.handle(2, Event::Cancelled);
    while engine.poll_action().is_some() {}
    let json: serde_json::Value =
        serde_json::from_str(&receipt(&engine, ReceiptFormat::Json)).unwrap();
    let chunks = json["files"][0]["chunks"].as_array().unwrap();
    let sizes: Vec<_> = chunks.iter().map(|chunk| &chunk["size"]).collect();
    assert_eq!(sizes, [CHUNK_SIZE, 5]);
    assert!(chunks.iter().all(|chunk| chunk["status"] == "not-sent"));
    let csv = receipt(&engine, ReceiptFormat::Csv);
    assert!(csv.contains("\r\ncut,5,1,not-sent,,"), "{csv}");
}
