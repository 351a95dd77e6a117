//! Contents that go up in parts: sent, gone on with, begun anew, given up.

// Each test program uses a part of it.
#[allow(dead_code)]
mod support;

use rusty_attachments_model::ContentHash;
use rusty_attachments_transfer::{
    Event, Method, OpenUpload, Outcome, ReadFailure, Record, Settings, StoredPart,
};
use support::{
    Dropped, GUID, World, answered, complete, error, file, problems, settings, status, unanswered,
};

const MIB: usize = 1 << 20;

fn shot() -> Settings {
    settings("/projects", "DC", GUID)
}

/// 33 MiB, so two whole parts and a short one, each different.
fn large() -> Dropped {
    let mut bytes = Vec::new();
    for mebibyte in 0..33 {
        bytes.resize(bytes.len() + MIB, mebibyte);
    }
    file("s/large", &bytes)
}

fn count(world: &World, begin: &str) -> usize {
    world
        .served
        .iter()
        .filter(|line| line.starts_with(begin))
        .count()
}

#[test]
fn a_large_file_goes_up_in_parts_and_leaves_no_upload_open() {
    let mut world = World::new();
    let files = [large(), file("s/small", b"small")];
    let summary = complete(world.upload(shot(), &files, &mut |_, _| None));
    assert_eq!(
        (summary.objects_written, summary.verified_by_server),
        (2, 2)
    );
    let key = shot()
        .layout
        .location
        .content_key(ContentHash::of(&files[0].bytes));
    assert_eq!(world.objects[&key].bytes, files[0].bytes);
    assert_eq!(count(&world, "PUT partNumber="), 3);
    assert!(world.uploads.is_empty());
}

#[test]
fn a_large_file_that_is_there_is_not_sent() {
    let mut world = World::new();
    let files = [large()];
    world.hold(&shot(), &files[0].bytes);
    let summary = complete(world.upload(shot(), &files, &mut |_, _| None));
    assert_eq!((summary.objects_written, summary.objects_skipped), (0, 1));
    assert_eq!(count(&world, "POST"), 0);
}

#[test]
fn parts_that_others_are_always_in_the_way_of_joining_are_a_conflict() {
    let mut world = World::new();
    let outcome = world.upload(shot(), &[large()], &mut |request, _| {
        let joins = request.method == Method::Post && request.query[0].0 == "uploadId";
        joins.then(|| answered(request, error(409, "ConditionalRequestConflict")))
    });
    assert_eq!(problems(outcome)[0].code, "write-conflict");
    assert!(world.uploads.is_empty());
}

#[test]
fn an_upload_that_was_begun_after_another_was_found_gone_is_given_up_as_our_own() {
    let mut world = World::new();
    world.lose = (Method::Post, 1);
    let mut found = None;
    let outcome = world.upload(shot(), &[large()], &mut |request, _| {
        let id = request.query.iter().find(|(name, _)| *name == "uploadId");
        match (request.method, id) {
            // Somebody has given up what was begun without an answer.
            (Method::Get, Some((_, id))) => {
                found = Some(id.clone());
                Some(answered(request, error(404, "NoSuchUpload")))
            }
            (Method::Put, Some(_)) => Some(answered(request, error(400, "InvalidRequest"))),
            _ => None,
        }
    });
    assert_eq!(problems(outcome)[0].code, "answer-unexpected");
    world.uploads.remove(&found.expect("it was looked at"));
    assert!(world.uploads.is_empty(), "{:?}", world.uploads.keys());
}

#[test]
fn an_upload_that_a_killed_run_left_is_gone_on_with() {
    let mut world = World::new();
    let files = [large()];
    let key = shot()
        .layout
        .location
        .content_key(ContentHash::of(&files[0].bytes));
    let begun = support::OpenUpload {
        key,
        parts: [
            (1, files[0].bytes[..16 * MIB].to_vec()),
            (3, files[0].bytes[32 * MIB..].to_vec()),
        ]
        .into(),
    };
    world.uploads.insert("left".into(), begun);
    complete(world.upload(shot(), &files, &mut |_, _| None));
    assert_eq!(count(&world, "PUT partNumber=2&uploadId=left"), 1);
    assert_eq!(
        (
            count(&world, "PUT partNumber="),
            count(&world, "POST uploads")
        ),
        (1, 0)
    );
    assert!(world.uploads.is_empty());
}

#[test]
fn an_upload_whose_beginning_nobody_confirmed_is_found_and_gone_on_with() {
    let mut world = World::new();
    world.lose = (Method::Post, 1);
    complete(world.upload(shot(), &[large()], &mut |_, _| None));
    assert_eq!(count(&world, "POST uploads"), 1);
    assert_eq!(count(&world, "PUT partNumber="), 3);
    assert!(world.uploads.is_empty());
}

#[test]
fn a_part_of_other_bytes_is_not_taken_over() {
    let mut world = World::new();
    let files = [large()];
    let key = shot()
        .layout
        .location
        .content_key(ContentHash::of(&files[0].bytes));
    let parts = [(1, vec![7; 16 * MIB])].into();
    world
        .uploads
        .insert("left".into(), support::OpenUpload { key, parts });
    complete(world.upload(shot(), &files, &mut |_, _| None));
    assert_eq!(count(&world, "PUT partNumber="), 3);
    // Somebody may still be at work on the other upload: it was begun an hour ago.
    assert!(world.uploads.contains_key("left"));
}

#[test]
fn where_parts_are_not_listed_the_journal_is_trusted() {
    let mut world = World::new();
    let files = [large()];
    let bytes = &files[0].bytes;
    let hash = ContentHash::of(bytes);
    let first = &bytes[..16 * MIB];
    let key = shot().layout.location.content_key(hash);
    let parts = [(1, first.to_vec())].into();
    world
        .uploads
        .insert("ours".into(), support::OpenUpload { key, parts });
    let upload = OpenUpload {
        upload_id: "ours".into(),
        part_size: 16 << 20,
        parts: vec![StoredPart {
            number: 1,
            etag: format!("\"{}\"", ContentHash::of(first)),
            hash: ContentHash::of(first),
        }],
    };
    world.remember_upload(hash, upload);
    let settings = Settings {
        has_journal: true,
        ..shot()
    };
    complete(world.upload(settings, &files, &mut |request, _| {
        let lists = request.method == Method::Get && !request.query.is_empty();
        lists.then(|| answered(request, error(403, "AccessDenied")))
    }));
    assert_eq!(count(&world, "PUT partNumber="), 2);
    assert!(world.uploads.is_empty());
    assert!(world.records.contains(&Record::UploadClosed(hash)));
}

#[test]
fn an_upload_that_somebody_else_made_useless_is_given_up() {
    let mut world = World::new();
    let files = [large()];
    let hash = ContentHash::of(&files[0].bytes);
    let key = shot().layout.location.content_key(hash);
    let parts = [(1, files[0].bytes[..16 * MIB].to_vec())].into();
    world.hold(&shot(), &files[0].bytes);
    world
        .uploads
        .insert("ours".into(), support::OpenUpload { key, parts });
    let upload = OpenUpload {
        upload_id: "ours".into(),
        part_size: 16 << 20,
        parts: Vec::new(),
    };
    world.remember_upload(hash, upload);
    let settings = Settings {
        has_journal: true,
        ..shot()
    };
    complete(world.upload(settings, &files, &mut |_, _| None));
    assert!(world.uploads.is_empty());
    assert!(world.records.contains(&Record::UploadClosed(hash)));
}

#[test]
fn parts_that_are_stored_are_written_into_the_journal_at_once() {
    let mut world = World::new();
    let settings = Settings {
        has_journal: true,
        ..shot()
    };
    complete(world.upload(settings, &[large()], &mut |_, _| None));
    let opened = world
        .records
        .iter()
        .filter(|record| matches!(record, Record::UploadOpened { .. }));
    let stored = world
        .records
        .iter()
        .filter(|record| matches!(record, Record::PartStored { .. }));
    assert_eq!((opened.count(), stored.count()), (1, 3));
}

#[test]
fn cancel_gives_an_open_upload_up_and_sends_nothing_else() {
    for step in 1..=3 {
        let mut world = World::new();
        let mut parts = 0;
        let outcome = world.upload(shot(), &[large()], &mut |request, _| {
            let is_part = request.query.iter().any(|(name, _)| *name == "partNumber");
            parts += usize::from(is_part);
            (is_part && parts == step).then_some(Event::Cancelled)
        });
        assert_eq!(outcome, Outcome::Cancelled);
        assert_eq!(
            world.served.last().map(String::as_str),
            Some("DELETE uploadId=upload-3")
        );
        assert!(world.uploads.is_empty(), "step {step}");
    }
}

#[test]
fn a_failure_at_each_step_leaves_no_parts_behind() {
    for failing in [Method::Put, Method::Post] {
        let mut world = World::new();
        let outcome = world.upload(shot(), &[large()], &mut |request, _| {
            let fails = request.method == failing && request.query[0].0 != "uploads";
            fails.then(|| answered(request, error(403, "AccessDenied")))
        });
        assert_eq!(problems(outcome)[0].code, "access-denied");
        assert!(world.uploads.is_empty(), "{failing:?}");
    }
}

#[test]
fn an_upload_that_somebody_gave_up_is_begun_anew() {
    let mut world = World::new();
    let mut first = true;
    complete(world.upload(shot(), &[large()], &mut |request, _| {
        let is_part = request.query.iter().any(|(name, _)| *name == "partNumber");
        (is_part && std::mem::take(&mut first))
            .then(|| answered(request, error(404, "NoSuchUpload")))
    }));
    assert_eq!(count(&world, "POST uploads"), 2);
}

#[test]
fn a_completion_whose_answer_is_lost_is_found_by_a_question() {
    let mut world = World::new();
    // The first one is that to its beginning, which is found by another question.
    world.lose = (Method::Post, 2);
    let summary = complete(world.upload(shot(), &[large()], &mut |_, _| None));
    assert_eq!(summary.objects_written, 1);
}

#[test]
fn a_content_that_somebody_else_is_writing_is_waited_for_and_not_sent_over_and_over() {
    let mut world = World::new();
    let files = [large()];
    let mut last = 0;
    let mut store = false;
    // Somebody else needs 900 ms to write it; until then S3 answers 409.
    let summary = complete(world.upload(shot(), &files, &mut |request, now| {
        last = now;
        let is_complete = request.method == Method::Post && support::has(request, "if-none-match");
        if is_complete && now < 900 {
            return Some(answered(request, error(409, "ConditionalRequestConflict")));
        }
        store |= is_complete;
        None
    }));
    assert_eq!(summary.objects_written, 1);
    assert!(store && last >= 900);
    let parts = count(&world, "PUT partNumber=");
    assert!(parts <= 5 * 3, "{parts} parts were sent");
}

#[test]
fn a_200_with_an_error_in_it_is_an_error() {
    let mut world = World::new();
    let mut first = true;
    complete(world.upload(shot(), &[large()], &mut |request, _| {
        let is_end = request.method == Method::Post && request.query[0].0 == "uploadId";
        (is_end && std::mem::take(&mut first))
            .then(|| answered(request, error(200, "InternalError")))
    }));
    assert_eq!(count(&world, "POST uploadId="), 1);
}

#[test]
fn a_server_without_multipart_gets_the_file_in_one_request() {
    let mut world = World::new();
    complete(world.upload(shot(), &[large()], &mut |request, _| {
        (request.method == Method::Post).then(|| answered(request, error(501, "NotImplemented")))
    }));
    assert_eq!(world.objects.len(), 2);
}

#[test]
fn a_file_that_changes_between_two_parts_is_read_and_sent_anew() {
    let mut world = World::new();
    let files = [large()];
    let mut changed = files[0].bytes.clone();
    changed[20 * MIB] ^= 1;
    world.fresh.insert(0, files[0].bytes.clone());
    let mut first = true;
    complete(world.upload(shot(), &files, &mut |request, _| {
        let is_second = request.query.first() == Some(&("partNumber", "2".to_owned()));
        (is_second && std::mem::take(&mut first)).then(|| Event::Answered {
            request: request.id,
            answer: error(400, "BadDigest"),
            source: Err(ReadFailure::Changed),
        })
    }));
    assert!(world.uploads.is_empty());
    assert_eq!(world.manifests().len(), 1);
}

#[test]
fn passing_troubles_of_parts_cost_time_and_nothing_else() {
    let mut world = World::new();
    let mut count_down = 6;
    let outcome = world.upload(shot(), &[large()], &mut |request, _| {
        let is_part = request.query.iter().any(|(name, _)| *name == "partNumber");
        if !is_part || count_down == 0 {
            return None;
        }
        count_down -= 1;
        Some(match count_down % 3 {
            0 => answered(request, status(503)),
            1 => answered(request, status(500)),
            _ => unanswered(request),
        })
    });
    complete(outcome);
    assert!(world.uploads.is_empty());
}
