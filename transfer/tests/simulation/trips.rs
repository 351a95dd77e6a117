//! Every invariant trips on what it forbids: a hand-made sequence, or a hand-made end.

use std::collections::BTreeMap;

use rusty_attachments_model::manifest::EntryHash;
use rusty_attachments_model::manifest::v2023_03_03::{Entry, Manifest};
use rusty_attachments_model::{ContentHash, RelativePath};
use rusty_attachments_transfer::{
    Action, Answer, Body, Event, FileId, HashRange, Limits, ManifestSummary, Method, Outcome,
    Patterns, PhaseProgress, Problem, Progress, Request, RequestId, Summary,
};

use crate::bytes::Bytes;
use crate::invariants::*;
use crate::server::{Data, Kind, Object, Server, Write, Writer, error, status};
use crate::world::key_of;

const MANIFEST: &str = "DC/Manifests/f/q/Inputs/g/n_input";

fn watch() -> Watch {
    Watch::new(Limits::for_processors(1), false)
}

fn request(id: u32, method: Method, key: &str) -> Request {
    Request {
        id: RequestId(id),
        method,
        key: key.to_owned(),
        query: Vec::new(),
        headers: Vec::new(),
        body: Body::None,
        host: 0,
        clock_offset: 0,
    }
}

fn sends(watch: &mut Watch, request: Request) {
    watch.asked(0, &Action::Send(request));
}

fn answered(watch: &mut Watch, id: u32, answer: Answer) {
    watch.told(&Event::Answered {
        request: RequestId(id),
        answer,
        source: Ok(()),
    });
}

fn tripped(watch: &Watch) -> Vec<&'static str> {
    let names = watch.violations.iter().map(|violation| violation.invariant);
    names.collect()
}

fn reads(file: u32) -> Action {
    Action::Hash {
        ranges: vec![HashRange {
            file: FileId(file),
            offset: 0,
            length: 1,
            part_size: None,
        }],
    }
}

fn object(data: Data) -> Object {
    Object {
        data,
        checksum: None,
    }
}

#[test]
fn a_body_under_a_wrong_key_trips() {
    let right = Bytes::of(1, 0, 5).hash();
    let write = |hash| Write {
        key: key_of(right),
        hash,
    };
    assert!(objects_match_keys(&[write(right)]).is_empty());
    let wrong = objects_match_keys(&[write(right), write(Bytes::of(1, 0, 4).hash())]);
    assert_eq!(wrong[0].invariant, OBJECTS_MATCH_KEYS);
}

#[test]
fn a_manifest_trips_that_names_what_is_missing_or_wrong_or_another_file() {
    let bytes = Bytes::of(1, 0, 5);
    let named = Named {
        path: "a".to_owned(),
        size: 5,
        modified: 7,
    };
    let entry = Entry {
        path: RelativePath::parse("a").expect("a path"),
        hash: EntryHash::Content(bytes.hash()),
        size: 5,
        mtime: 7_000,
    };
    let text = Manifest::new(vec![entry]).expect("a manifest").encode();
    let judge = |text: &str, data: Option<Bytes>, named: &Named, excused: bool| {
        let held = data.map(|data| (key_of(bytes.hash()), object(Data::Symbols(data))));
        let objects = held.into_iter().collect();
        let store = Store {
            objects: &objects,
            key: &key_of,
            is_excused: &|_| excused,
        };
        manifest_is_true(text, std::slice::from_ref(named), &store).len()
    };
    assert_eq!(judge(&text, Some(bytes.clone()), &named, false), 0);
    assert!(judge(&text, None, &named, false) > 0);
    assert!(judge(&text, Some(Bytes::of(2, 0, 5)), &named, false) > 0);
    assert_eq!(judge(&text, Some(Bytes::of(2, 0, 5)), &named, true), 0);
    assert!(judge("{}", Some(bytes.clone()), &named, false) > 0);
    let other = Named {
        modified: 8,
        ..named
    };
    assert!(judge(&text, Some(bytes.clone()), &other, false) > 0);
}

#[test]
fn a_summary_that_speaks_of_another_manifest_trips() {
    let text = "manifest".to_owned();
    let objects: BTreeMap<String, Object> =
        BTreeMap::from([(MANIFEST.to_owned(), object(Data::Text(text.clone())))]);
    let hash = ContentHash::of(text.as_bytes());
    let summary = |hash: ContentHash, path: &str| ManifestSummary {
        key: MANIFEST.to_owned(),
        hash,
        further: Vec::new(),
        attachments: format!("{path} {hash}"),
    };
    let path = "f/q/Inputs/g/n_input";
    assert!(summary_is_true(&summary(hash, path), &objects).is_empty());
    assert!(!summary_is_true(&summary(ContentHash::of(b""), path), &objects).is_empty());
    assert!(!summary_is_true(&summary(hash, "another"), &objects).is_empty());
    assert!(!summary_is_true(&summary(hash, path), &BTreeMap::new()).is_empty());
}

fn problem(code: &str, file: Option<&str>) -> Problem {
    Problem {
        code: code.to_owned(),
        what: String::new(),
        next: String::new(),
        file: file.map(str::to_owned),
    }
}

fn complete(files: u64) -> Outcome {
    Outcome::Complete(Summary {
        files,
        bytes: 0,
        objects_written: 0,
        bytes_written: 0,
        objects_skipped: 0,
        bytes_skipped: 0,
        verified_by_server: 0,
        verified_by_size: 0,
        not_verified: 0,
        manifest: None,
    })
}

#[test]
fn a_file_of_which_nothing_is_said_trips() {
    let refused = vec!["bad".to_owned()];
    let failed = |code, file| Outcome::Failed(vec![problem(code, file)]);
    let trips = |refused: &[String], outcome| !all_are_reported(refused, &[], &outcome).is_empty();
    assert!(!trips(&refused, failed("path-bad", Some("bad"))));
    assert!(trips(&refused, failed("path-bad", Some("other"))));
    assert!(trips(&refused, complete(0)));
    assert!(!trips(&[], complete(0)));
    assert!(trips(&[], complete(1)));
    assert!(trips(&[], failed("", None)));
    assert!(trips(&[], Outcome::Failed(Vec::new())));
}

#[test]
fn an_outcome_that_denies_the_manifest_trips() {
    let data = Data::Text(String::new());
    let trips = |outcome, data| !outcome_is_true(&outcome, true, data).is_empty();
    assert!(trips(Outcome::Cancelled, Some(&data)));
    assert!(!trips(Outcome::Cancelled, None));
    assert!(trips(
        Outcome::Failed(vec![problem("x", None)]),
        Some(&data)
    ));
    let unknown = Outcome::Failed(vec![problem("manifest-unknown", None)]);
    assert!(!trips(unknown, Some(&data)));
    assert!(trips(complete(0), Some(&data)), "no summary of it");
}

#[test]
fn whatever_leaves_after_a_cancel_trips_but_aborts_and_questions_about_the_manifest() {
    let mut watch = watch();
    sends(&mut watch, request(0, Method::Put, MANIFEST));
    watch.told(&Event::Cancelled);
    sends(&mut watch, request(1, Method::Head, MANIFEST));
    sends(&mut watch, request(2, Method::Delete, "DC/Data/x"));
    assert!(tripped(&watch).is_empty());
    sends(&mut watch, request(3, Method::Put, MANIFEST));
    sends(&mut watch, request(4, Method::Head, "DC/Data/x"));
    watch.asked(0, &reads(0));
    assert_eq!(tripped(&watch), [CANCEL_IS_QUIET; 3]);
    watch.asked(0, &Action::Abort);
    watch.asked(0, &Action::WaitUntil(5));
    assert_eq!(tripped(&watch).len(), 4);
}

#[test]
fn too_much_at_once_trips() {
    let mut requests = watch();
    for id in 0..7 {
        sends(&mut requests, request(id, Method::Head, "k"));
    }
    // Six in all, and six to one host.
    assert_eq!(tripped(&requests), [LIMITS_HOLD; 2]);

    let mut bytes = watch();
    for id in 0..2 {
        let body = Body::Range {
            file: FileId(id),
            offset: 0,
            length: 60 << 20,
            expect: None,
        };
        let put = request(id, Method::Put, "k");
        sends(&mut bytes, Request { body, ..put });
    }
    assert_eq!(tripped(&bytes), [LIMITS_HOLD]);

    let mut readings = watch();
    readings.asked(0, &reads(0));
    assert!(tripped(&readings).is_empty());
    readings.asked(0, &reads(1));
    assert_eq!(tripped(&readings), [LIMITS_HOLD]);
}

#[test]
fn progress_that_falls_or_is_more_than_all_or_comes_too_often_trips() {
    let progress = |done, total| Progress {
        phase: rusty_attachments_transfer::Phase::Hashing,
        found_files: 0,
        found_bytes: 0,
        intake_ended: true,
        hashing: PhaseProgress {
            files_done: done,
            files_total: total,
            ..PhaseProgress::default()
        },
        checking: PhaseProgress::default(),
        uploading: PhaseProgress::default(),
        percent: 0,
        current_file: None,
        waiting: None,
        preview: None,
        bytes_per_second: 0,
        remaining: None,
    };
    let mut falls = watch();
    falls.shows(progress(2, 3));
    falls.shows(progress(2, 3));
    assert!(tripped(&falls).is_empty());
    falls.shows(progress(1, 3));
    assert_eq!(tripped(&falls), [PROGRESS_RISES]);
    let mut more = watch();
    more.shows(progress(4, 3));
    assert_eq!(tripped(&more), [PROGRESS_RISES]);
    let percent = |percent| Progress {
        percent,
        ..progress(2, 3)
    };
    let mut back = watch();
    back.shows(percent(40));
    back.shows(percent(39));
    assert_eq!(tripped(&back), [PROGRESS_RISES]);
    let mut early = watch();
    early.shows(percent(100));
    assert_eq!(tripped(&early), [PROGRESS_RISES]);
    let mut often = watch();
    for report in 0..10 {
        often.asked(report * 100, &Action::Report);
    }
    assert!(tripped(&often).is_empty());
    often.asked(950, &Action::Report);
    assert_eq!(tripped(&often), [PROGRESS_RISES]);
}

#[test]
fn a_request_that_goes_on_after_a_final_refusal_or_for_ever_trips() {
    let mut last = watch();
    sends(&mut last, request(0, Method::Put, "k"));
    answered(&mut last, 0, error(403, "AccessDenied"));
    assert!(tripped(&last).is_empty());
    sends(&mut last, request(1, Method::Put, "k"));
    assert_eq!(tripped(&last), [RETRIES_END]);
    let mut ever = watch();
    for id in 0..65 {
        sends(&mut ever, request(id, Method::Put, "k"));
        answered(&mut ever, id, status(503));
    }
    assert_eq!(tripped(&ever), [RETRIES_END]);
}

#[test]
fn whatever_leaves_in_a_pause_trips() {
    let mut watch = watch();
    watch.told(&Event::Paused);
    sends(&mut watch, request(0, Method::Head, "k"));
    watch.asked(0, &reads(0));
    assert_eq!(tripped(&watch), [PAUSE_HOLDS; 2]);
    watch.told(&Event::Resumed);
    sends(&mut watch, request(1, Method::Head, "k"));
    assert_eq!(tripped(&watch).len(), 2);
}

#[test]
fn whatever_changes_the_store_before_the_beginning_trips() {
    let mut watch = Watch::new(Limits::for_processors(1), true);
    sends(&mut watch, request(0, Method::Head, "k"));
    sends(&mut watch, request(1, Method::Get, ""));
    assert!(tripped(&watch).is_empty());
    sends(&mut watch, request(2, Method::Put, "k"));
    sends(&mut watch, request(3, Method::Post, "k"));
    sends(&mut watch, request(4, Method::Delete, "k"));
    assert_eq!(tripped(&watch), [HOLD_HOLDS; 3]);
    watch.told(&Event::Begin);
    sends(&mut watch, request(5, Method::Put, "k"));
    assert_eq!(tripped(&watch).len(), 3);
}

#[test]
fn a_file_that_is_left_out_and_read_all_the_same_trips() {
    let mut watch = Watch::new(Limits::for_processors(4), true);
    watch.names(FileId(0), "a");
    watch.names(FileId(1), "b");
    let exclude = Patterns::parse(&[], &["a"]).expect("good patterns");
    watch.told(&Event::Select(exclude));
    watch.asked(0, &reads(0));
    assert!(tripped(&watch).is_empty());
    watch.told(&Event::Begin);
    watch.asked(0, &reads(1));
    assert!(tripped(&watch).is_empty());
    watch.asked(0, &reads(0));
    assert_eq!(tripped(&watch), [LEFT_OUT_IS_UNREAD]);
}

#[test]
fn a_file_that_is_read_after_it_was_let_go_of_trips() {
    let mut watch = watch();
    watch.asked(0, &Action::Release(vec![FileId(3)]));
    watch.asked(0, &reads(4));
    assert!(tripped(&watch).is_empty());
    watch.asked(0, &Action::StopReading);
    watch.asked(0, &reads(3));
    watch.asked(0, &Action::Refresh(FileId(3)));
    assert_eq!(tripped(&watch), [RELEASED_IS_UNREAD; 2]);
}

#[test]
fn an_upload_that_stays_open_trips() {
    let mut server = Server::new(Kind::s3(), 0);
    server.open("k", 0, Writer::Other);
    assert!(no_upload_stays(&server.uploads, &|_| false).is_empty());
    server.open("k", 0, Writer::Us(0));
    assert_eq!(no_upload_stays(&server.uploads, &|_| false).len(), 1);
    assert!(no_upload_stays(&server.uploads, &|_| true).is_empty());
}
