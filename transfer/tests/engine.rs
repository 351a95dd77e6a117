//! The engine from drop to outcome, against a store in memory.

// Each test program uses a part of it.
#[allow(dead_code)]
mod support;

use rusty_attachments_model::attachments::{Attachments, OutputDirectories, OutputDirectory};
use rusty_attachments_model::{LocationName, PathFormat};
use rusty_attachments_transfer::parts::LARGEST_OBJECT;
use rusty_attachments_transfer::{
    Action, Body, Engine, Event, Method, NotTaken, Outcome, Phase, ReadFailure, WhyNotTaken,
};
use support::{
    GUID, LANES, World, answered, complete, error, file, manifest_of, problems, settings,
    source_failed, status, unanswered,
};

fn shot() -> rusty_attachments_transfer::Settings {
    settings("/projects", "DC", GUID)
}

#[test]
fn equal_content_is_sent_once_and_the_manifest_goes_last() {
    let mut world = World::new();
    let files = [
        file("s/a", b"same"),
        file("s/b", b"same"),
        file("s/c", b"other"),
        file("s/empty", b""),
    ];
    let summary = complete(world.upload(shot(), &files, &mut |_, _| None));
    assert_eq!(
        (
            summary.files,
            summary.objects_written,
            summary.objects_skipped
        ),
        (4, 3, 0)
    );
    assert_eq!((summary.bytes, summary.bytes_written), (13, 9));
    let (method, last) = world.requests.last().unwrap();
    assert_eq!((*method, last), (Method::Put, &manifest_of(&summary).key));
    assert_eq!(world.objects.len(), 4);
}

#[test]
fn a_job_is_told_the_location_and_what_it_writes_to() {
    let mut settings = shot();
    let manifest = settings.manifest.as_mut().unwrap();
    manifest.location_name = Some("Shared Assets".parse().unwrap());
    let folders = ["renders".to_owned(), "cache/sim".to_owned()];
    manifest.output_directories = OutputDirectories::parse(&folders, PathFormat::Posix).unwrap();
    let mut world = World::new();
    let summary = complete(world.upload(settings, &[file("s/a", b"a")], &mut |_, _| None));
    let told = manifest_of(&summary);
    let attachments = Attachments::parse(&told.attachments).unwrap();
    let [root] = attachments.roots() else {
        panic!("one root");
    };
    let name = root.location_name.as_ref().map(LocationName::as_str);
    assert_eq!(name, Some("Shared Assets"));
    let names: Vec<_> = root
        .output_directories
        .iter()
        .map(OutputDirectory::as_str)
        .collect();
    assert_eq!(names, ["renders", "cache/sim"]);
    let stored = &world.objects[&told.key];
    let header = (
        "x-amz-meta-file-system-location-name",
        "Shared Assets".to_owned(),
    );
    assert!(stored.headers.contains(&header), "{:?}", stored.headers);
}

#[test]
fn a_second_drop_sends_no_content() {
    let mut world = World::new();
    let files: Vec<_> = (0..200_u8)
        .map(|n| file(&format!("s/{n}"), &[n; 7]))
        .collect();
    complete(world.upload(shot(), &files, &mut |_, _| None));
    let again = settings("/projects", "DC", "22222222222222222222222222222222");
    let summary = complete(world.upload(again, &files, &mut |_, _| None));
    assert_eq!(
        (
            summary.objects_written,
            summary.objects_skipped,
            summary.bytes_skipped
        ),
        (0, 200, 1400)
    );
    assert_eq!(world.manifests().len(), 2);
}

#[test]
fn no_more_requests_are_under_way_than_there_are_lanes() {
    let mut world = World::new();
    let files: Vec<_> = (0..50_u8).map(|n| file(&format!("s/{n}"), &[n])).collect();
    complete(world.upload(shot(), &files, &mut |_, _| None));
    assert_eq!(world.most_at_once, LANES);
}

#[test]
fn new_content_is_written_under_its_checksum_and_never_over_another() {
    let mut world = World::new();
    let summary = complete(world.upload(shot(), &[file("s/a", b"")], &mut |_, _| None));
    let content = &world.objects["DC/Data/99aa06d3014798d86001c324468d497f.xxh128"];
    assert_eq!(
        content.headers,
        [
            (
                "x-amz-checksum-xxhash128",
                "maoG0wFHmNhgAcMkRo1Jfw==".to_owned()
            ),
            ("if-none-match", "*".to_owned()),
        ]
    );
    let manifest = &world.objects[&manifest_of(&summary).key];
    assert!(
        manifest
            .headers
            .contains(&("x-amz-meta-asset-root", "/projects".to_owned()))
    );
}

#[test]
fn an_object_of_the_wrong_size_is_written_anew() {
    let mut world = World::new();
    let settings = shot();
    world.hold(&settings, b"whole");
    let key = world.objects.keys().next().unwrap().clone();
    world.objects.get_mut(&key).unwrap().bytes.truncate(2);
    let summary = complete(world.upload(settings, &[file("s/a", b"whole")], &mut |_, _| None));
    assert_eq!(summary.objects_written, 1);
    assert_eq!(world.objects[&key].bytes, b"whole");
}

#[test]
fn content_that_somebody_else_writes_meanwhile_counts_as_there() {
    let mut world = World::new();
    let settings = shot();
    world.hold(&settings, b"raced");
    let mut first = true;
    let outcome = world.upload(settings, &[file("s/a", b"raced")], &mut |request, _| {
        let hidden = request.method == Method::Head && std::mem::take(&mut first);
        hidden.then(|| answered(request, status(404)))
    });
    let summary = complete(outcome);
    assert_eq!((summary.objects_written, summary.objects_skipped), (0, 1));
}

#[test]
fn content_that_we_wrote_without_hearing_of_it_counts_as_written() {
    let mut world = World::new();
    world.lose = (Method::Put, 1);
    let summary = complete(world.upload(shot(), &[file("s/a", b"lost")], &mut |_, _| None));
    assert_eq!((summary.objects_written, summary.objects_skipped), (1, 0));
    let methods: Vec<_> = world.requests.iter().map(|(method, _)| *method).collect();
    use Method::{Head, Put};
    assert_eq!(methods, [Head, Put, Put, Head, Put]);
}

#[test]
fn a_store_that_has_and_has_not_the_same_object_is_not_asked_for_ever() {
    let mut world = World::new();
    let outcome = world.upload(shot(), &[file("s/a", b"a")], &mut |request, _| {
        let contradicts = if request.method == Method::Put {
            412
        } else {
            404
        };
        Some(answered(request, status(contradicts)))
    });
    let problems = problems(outcome);
    assert_eq!(problems[0].code, "store-contradicts");
    assert_eq!(problems[0].file.as_deref(), Some("s/a"));
    assert_eq!(world.requests.len(), 16);
}

#[test]
fn a_write_that_others_are_always_in_the_way_of_is_a_conflict() {
    for code in ["ConditionalRequestConflict", "OperationAborted"] {
        let mut world = World::new();
        let outcome = world.upload(shot(), &[file("s/a", b"a")], &mut |request, _| {
            (request.method == Method::Put).then(|| answered(request, error(409, code)))
        });
        let problems = problems(outcome);
        assert_eq!(problems[0].code, "write-conflict", "{code}");
        assert_eq!(problems[0].file.as_deref(), Some("s/a"));
        assert!(problems[0].what.contains("409"), "{}", problems[0].what);
        assert!(problems[0].next.contains("other upload"));
        let puts = world
            .requests
            .iter()
            .filter(|(method, _)| *method == Method::Put);
        assert_eq!(puts.count(), 8);
    }
}

#[test]
fn passing_troubles_are_tried_again_after_a_wait() {
    let mut world = World::new();
    let mut troubles = vec![500, 503, 0, 429];
    let mut times = Vec::new();
    let outcome = world.upload(shot(), &[file("s/a", b"a")], &mut |request, now| {
        times.push(now);
        troubles.pop().map(|code| match code {
            0 => unanswered(request),
            code => answered(request, status(code)),
        })
    });
    complete(outcome);
    // Full jitter: a wait may be none at all, but not all of them.
    assert!(times[4] > times[0], "{times:?}");
}

#[test]
fn a_dead_network_ends_in_a_sentence_and_no_manifest() {
    let mut world = World::new();
    let outcome = world.upload(shot(), &[file("s/a", b"a")], &mut |request, _| {
        Some(unanswered(request))
    });
    let problems = problems(outcome);
    assert_eq!(problems[0].code, "network-unreachable");
    assert!(problems[0].what.contains("s3.example.com"));
    assert!(
        (5..20).contains(&world.requests.len()),
        "{}",
        world.requests.len()
    );
    assert_eq!((world.aborts, world.objects.len()), (1, 0));
}

#[test]
fn a_refused_head_is_explained_by_a_get() {
    let mut world = World::new();
    let files: Vec<_> = (0..20_u8).map(|n| file(&format!("s/{n}"), &[n])).collect();
    let outcome = world.upload(shot(), &files, &mut |request, _| {
        Some(answered(
            request,
            match request.method {
                Method::Get => error(403, "SignatureDoesNotMatch"),
                _ => status(403),
            },
        ))
    });
    assert_eq!(problems(outcome)[0].code, "credentials-wrong");
    let gets = world
        .requests
        .iter()
        .filter(|(method, _)| *method == Method::Get)
        .count();
    assert_eq!((gets, world.manifests().len()), (1, 0));
}

#[test]
fn a_refused_put_ends_in_its_own_problem() {
    for (answer, code) in [
        (error(404, "NoSuchBucket"), "bucket-missing"),
        (error(301, "PermanentRedirect"), "region-wrong"),
        (error(403, "AccessDenied"), "access-denied"),
    ] {
        let mut world = World::new();
        let outcome = world.upload(shot(), &[file("s/a", b"a")], &mut |request, _| {
            (request.method == Method::Put).then(|| answered(request, answer.clone()))
        });
        assert_eq!(problems(outcome)[0].code, code);
        assert!(world.manifests().is_empty());
    }
}

#[test]
fn a_file_that_changed_is_named_the_others_are_sent_and_there_is_no_manifest() {
    let mut world = World::new();
    let files = [file("s/changed", b"old"), file("s/good", b"good")];
    let outcome = world.upload(shot(), &files, &mut |request, _| {
        let is_changed = matches!(request.body, Body::Range { file, .. } if file.0 == 0);
        is_changed.then(|| source_failed(request, error(400, "BadDigest"), ReadFailure::Changed))
    });
    let problems = problems(outcome);
    assert_eq!(problems.len(), 1);
    assert_eq!(
        (problems[0].code.as_str(), problems[0].file.as_deref()),
        ("file-changed", Some("s/changed"))
    );
    assert_eq!((world.objects.len(), world.manifests().len()), (1, 0));
}

#[test]
fn another_file_with_the_same_content_takes_the_place_of_one_that_failed() {
    let mut world = World::new();
    let files = [file("s/a", b"same"), file("s/b", b"same")];
    // What was hashed last is the source of nothing, until it has to be.
    let outcome = world.upload(shot(), &files, &mut |request, _| match request.body {
        Body::Range { file, .. } if file.0 == 0 => Some(Event::Unanswered {
            request: request.id,
            source: Err(ReadFailure::Unreadable),
        }),
        _ => None,
    });
    assert_eq!(problems(outcome)[0].file.as_deref(), Some("s/a"));
    assert_eq!(world.objects.len(), 1);
}

#[test]
fn bytes_that_s3_finds_wrong_are_a_changed_file() {
    let mut world = World::new();
    let outcome = world.upload(shot(), &[file("s/a", b"a")], &mut |request, _| {
        (request.method == Method::Put).then(|| answered(request, error(400, "BadDigest")))
    });
    assert_eq!(problems(outcome)[0].code, "file-changed");
}

#[test]
fn names_that_no_manifest_can_hold_are_all_reported() {
    let mut world = World::new();
    let mut engine = Engine::new(shot());
    assert_eq!(engine.add_file("s/../x", 1, 0, &[]), None);
    engine.add_unnameable("s/\u{FFFD}");
    let good = file("s/good", b"good");
    engine.add_file(&good.path, 4, 0, &[]).unwrap();
    engine.handle(0, Event::IntakeEnded);
    world.drive(&mut engine, &[&good], &mut |_, _| None);
    let found = problems(engine.outcome().unwrap().clone());
    let codes: Vec<_> = found.iter().map(|problem| problem.code.as_str()).collect();
    assert_eq!(codes, ["path-dot-name", "path-not-unicode"]);
    assert!(world.manifests().is_empty());
}

#[test]
fn two_files_with_one_path_are_refused() {
    let mut world = World::new();
    let outcome = world.upload(
        shot(),
        &[file("s/a", b"1"), file("s/a", b"2")],
        &mut |_, _| None,
    );
    assert_eq!(problems(outcome)[0].code, "path-duplicate");
}

#[test]
fn a_file_beyond_the_largest_object_is_refused_before_it_is_read() {
    let mut engine = Engine::new(shot());
    assert!(engine.add_file("s/limit", LARGEST_OBJECT, 0, &[]).is_some());
    assert_eq!(engine.add_file("s/huge", LARGEST_OBJECT + 1, 0, &[]), None);
    let Some(Action::Hash { ranges }) = engine.poll_action() else {
        panic!("the first file is read");
    };
    assert_eq!((ranges.len(), ranges[0].length), (1, LARGEST_OBJECT));
}

#[test]
fn an_empty_drop_says_so_and_an_empty_folder_is_no_failure() {
    let mut world = World::new();
    assert_eq!(
        problems(world.upload(shot(), &[], &mut |_, _| None))[0].code,
        "nothing-to-upload"
    );

    let mut engine = Engine::new(shot());
    let good = file("s/good", b"good");
    engine.add_file(&good.path, 4, 0, &[]).unwrap();
    for (why, is_problem) in [
        (WhyNotTaken::EmptyFolder, false),
        (WhyNotTaken::UnreadableFolder, true),
    ] {
        engine.add_not_taken(&NotTaken {
            path: "s/d".into(),
            why,
            reason: "why".into(),
            location: None,
        });
        if is_problem {
            engine.handle(0, Event::IntakeEnded);
            world.drive(&mut engine, &[&good], &mut |_, _| None);
            assert_eq!(
                problems(engine.outcome().unwrap().clone())[0].code,
                why.code()
            );
        }
    }
}

#[test]
fn a_lost_intake_ends_the_upload_and_one_that_has_ended_cannot_be_lost() {
    let mut engine = Engine::new(shot());
    engine.add_file("s/a", 1, 0, &[]).unwrap();
    engine.handle(0, Event::IntakeLost);
    assert_eq!(
        problems(engine.outcome().unwrap().clone())[0].code,
        "intake-lost"
    );
    let last: Vec<_> = std::iter::from_fn(|| engine.poll_action()).collect();
    assert_eq!(last, [Action::StopReading, Action::Abort, Action::Report]);

    let mut engine = Engine::new(shot());
    engine.add_file("s/a", 1, 0, &[]).unwrap();
    engine.handle(0, Event::IntakeEnded);
    engine.handle(0, Event::IntakeLost);
    assert_eq!(engine.outcome(), None);
    assert!(matches!(engine.poll_action(), Some(Action::Hash { .. })));
}

#[test]
fn cancel_at_any_request_ends_the_upload_without_a_manifest() {
    let files: Vec<_> = (0..9_u8).map(|n| file(&format!("s/{n}"), &[n])).collect();
    let mut all = World::new();
    complete(all.upload(shot(), &files, &mut |_, _| None));
    for step in 0..all.requests.len() {
        let mut world = World::new();
        let mut count = 0;
        let outcome = world.upload(shot(), &files, &mut |_, _| {
            count += 1;
            (count == step + 1).then_some(Event::Cancelled)
        });
        assert_eq!(outcome, Outcome::Cancelled, "step {step}");
        assert_eq!(world.aborts, 1, "step {step}");
        assert!(world.manifests().is_empty(), "step {step}");
        // What was under way beside it, and the question after the manifest that was on its way.
        let later = world.requests.len() - (step + 1);
        assert!(later <= LANES, "step {step}: {later} requests after cancel");
    }
}

#[test]
fn after_cancel_nothing_is_read() {
    let mut engine = Engine::new(shot());
    engine.add_file("s/a", 1, 0, &[]).unwrap();
    engine.handle(0, Event::Cancelled);
    assert_eq!(engine.outcome(), Some(&Outcome::Cancelled));
    let last: Vec<_> = std::iter::from_fn(|| engine.poll_action()).collect();
    assert_eq!(last, [Action::StopReading, Action::Abort, Action::Report]);
}

#[test]
fn progress_never_falls_and_ends_at_its_total() {
    let mut world = World::new();
    let files: Vec<_> = (0..100_u8)
        .map(|n| file(&format!("s/{n}"), &[n / 2; 10]))
        .collect();
    let mut count = 0;
    let outcome = world.upload(shot(), &files, &mut |request, _| {
        count += 1;
        (count % 7 == 0).then(|| answered(request, status(503)))
    });
    complete(outcome);
    for pair in world.progress.windows(2) {
        let numbers = |progress: &rusty_attachments_transfer::Progress| {
            [progress.hashing, progress.checking, progress.uploading]
                .map(|phase| [phase.files_done, phase.bytes_done])
        };
        let (before, after) = (numbers(&pair[0]), numbers(&pair[1]));
        assert!(
            before
                .iter()
                .flatten()
                .zip(after.iter().flatten())
                .all(|(b, a)| b <= a),
            "{pair:?}"
        );
    }
    let last = world.progress.last().unwrap();
    assert_eq!(last.phase, Phase::Complete);
    for phase in [last.hashing, last.checking, last.uploading] {
        assert_eq!(
            (phase.files_done, phase.bytes_done),
            (phase.files_total, phase.bytes_total)
        );
    }
}
