//! Before the beginning: what is told, what is chosen, and that nothing leaves but questions.

// Each test program uses a part of it.
#[allow(dead_code)]
mod support;

use std::collections::BTreeMap;

use rusty_attachments_model::ContentHash;
use rusty_attachments_transfer::{
    Action, Basis, Engine, Estimate, Event, FileId, Limits, OpenUpload, Outcome, Patterns, Phase,
    Preview, ReadFailure, Remembered, Settings, WhyNotTaken,
};
use support::{
    Dropped, GUID, World, answered, complete, error, file, manifest_of, problems, settings,
};

fn held() -> Settings {
    Settings {
        hold_until_begin: true,
        ..settings("/projects", "DC", GUID)
    }
}

fn choose(include: &[&str], exclude: &[&str]) -> Event {
    Event::Select(Patterns::parse(include, exclude).unwrap())
}

/// An engine that knows all files and waits, and its world.
fn wait(settings: Settings, files: &[Dropped], chosen: Option<Event>) -> (Engine, World) {
    wait_in(World::new(), settings, files, chosen)
}

fn wait_in(
    mut world: World,
    settings: Settings,
    files: &[Dropped],
    chosen: Option<Event>,
) -> (Engine, World) {
    let mut engine = Engine::new(settings);
    if let Some(chosen) = chosen {
        engine.handle(0, chosen);
    }
    for file in files {
        engine
            .add_file(&file.path, file.bytes.len() as u64, file.modified, &[])
            .expect("a good file");
    }
    engine.handle(0, Event::IntakeEnded);
    go_on(&mut engine, &mut world, files);
    (engine, world)
}

fn go_on(engine: &mut Engine, world: &mut World, files: &[Dropped]) {
    let files: Vec<&Dropped> = files.iter().collect();
    world.drive(engine, &files, &mut |_, _| None);
}

fn preview(engine: &Engine) -> Preview {
    engine.progress().preview.expect("it waits")
}

/// Methods of all requests.
fn methods(world: &World) -> Vec<&'static str> {
    let methods = world.requests.iter().map(|(method, _)| method.as_str());
    methods.collect()
}

fn shot() -> Vec<Dropped> {
    vec![
        file("s/a.exr", b"aaaa"),
        file("s/b.exr", b"bb"),
        file("s/copy of a.exr", b"aaaa"),
        file("s/cache/c.tmp", b"cccccccc"),
    ]
}

#[test]
fn what_is_told_is_what_is_sent_and_nothing_leaves_before() {
    let mut world = World::new();
    world.hold(&held(), b"bb");
    let (mut engine, mut world) = wait_in(world, held(), &shot(), None);
    assert_eq!(
        preview(&engine),
        Preview {
            files: 4,
            bytes: 18,
            contents_in_store: 1,
            bytes_in_store: 2,
            contents_new: 2,
            bytes_new: 12,
            is_ready: true,
            ..Preview::default()
        }
    );
    assert_eq!(engine.progress().phase, Phase::Held);
    assert_eq!(methods(&world), ["HEAD"; 3]);
    let counts = engine.file_counts();
    assert_eq!((counts.waiting, counts.in_store, counts.sending), (3, 1, 0));
    engine.handle(0, Event::Begin);
    assert_eq!(engine.progress().preview, None);
    go_on(&mut engine, &mut world, &shot());
    let summary = complete(engine.outcome().unwrap().clone());
    assert_eq!((summary.files, summary.bytes), (4, 18));
    assert_eq!((summary.objects_written, summary.bytes_written), (2, 12));
    assert_eq!(methods(&world)[3..], ["PUT"; 3]);
}

#[test]
fn without_a_hold_nothing_waits_and_no_choice_counts() {
    let mut world = World::new();
    let mut engine = Engine::new(settings("/projects", "DC", GUID));
    engine.handle(0, choose(&[], &["*"]));
    engine.add_file("s/a", 1, 0, &[]);
    engine.handle(0, Event::IntakeEnded);
    assert_eq!(engine.progress().preview, None);
    let files = [file("s/a", b"a")];
    go_on(&mut engine, &mut world, &files);
    complete(engine.outcome().unwrap().clone());
}

#[test]
fn patterns_change_the_numbers_and_the_manifest_and_can_be_taken_back() {
    let (mut engine, mut world) = wait(held(), &shot(), None);
    let numbers = |engine: &Engine| {
        let told = preview(engine);
        // The list of files says the same of each of them.
        let skipped = engine.file_counts().skipped;
        assert_eq!(u64::try_from(skipped), Ok(told.files_left_out));
        (
            told.files,
            told.bytes_new,
            told.files_left_out,
            told.bytes_left_out,
        )
    };
    assert_eq!(numbers(&engine), (4, 14, 0, 0));
    engine.handle(0, choose(&["*.exr"], &["b.*"]));
    assert_eq!(numbers(&engine), (2, 4, 2, 10));
    engine.handle(0, choose(&[], &["s"]));
    assert_eq!(numbers(&engine), (0, 0, 4, 18));
    engine.handle(0, choose(&[], &["*.tmp"]));
    assert_eq!(numbers(&engine), (3, 6, 1, 8));
    let told = engine.left_out(10);
    assert_eq!((told.files, told.bytes), (1, 8));
    assert_eq!(told.first[0].path, "s/cache/c.tmp");
    assert_eq!(told.first[0].why, WhyNotTaken::Excluded);
    engine.handle(0, Event::Begin);
    go_on(&mut engine, &mut world, &shot());
    let summary = complete(engine.outcome().unwrap().clone());
    assert_eq!((summary.files, summary.objects_written), (3, 2));
    let manifest = &world.objects[&manifest_of(&summary).key].bytes;
    let text = String::from_utf8(manifest.clone()).unwrap();
    assert!(
        text.contains("copy of a.exr") && !text.contains("c.tmp"),
        "{text}"
    );
    let hash = ContentHash::of(b"cccccccc").to_string();
    assert!(!world.objects.keys().any(|key| key.contains(&hash)));
    assert_eq!(engine.left_out(10), told);
}

#[test]
fn a_file_that_is_left_out_is_not_read_until_it_is_chosen() {
    let (mut engine, mut world) = wait(held(), &shot(), Some(choose(&[], &["cache"])));
    let read = |engine: &Engine| engine.progress().hashing;
    assert_eq!(
        (read(&engine).files_done, read(&engine).files_total),
        (3, 3)
    );
    assert_eq!(preview(&engine).files_left_out, 1);
    assert_eq!(world.requests.len(), 2);
    engine.handle(0, choose(&[], &[]));
    let told = preview(&engine);
    assert_eq!((told.files_unseen, told.is_ready), (1, false));
    go_on(&mut engine, &mut world, &shot());
    let told = preview(&engine);
    assert_eq!((told.files_unseen, told.is_ready), (0, true));
    assert_eq!(world.requests.len(), 3);
}

#[test]
fn content_that_a_chosen_file_has_too_is_read_there() {
    let (mut engine, mut world) = wait(held(), &shot(), Some(choose(&[], &["/s/a.exr"])));
    // As if the file that is left out were gone by now.
    let mut files = shot();
    files[0].bytes = b"gone".to_vec();
    engine.handle(0, Event::Begin);
    go_on(&mut engine, &mut world, &files);
    let summary = complete(engine.outcome().unwrap().clone());
    assert_eq!((summary.files, summary.objects_written), (3, 3));
}

#[test]
fn when_all_files_are_left_out_the_beginning_is_refused() {
    let (mut engine, world) = wait(held(), &shot(), Some(choose(&["*.png"], &[])));
    assert!(preview(&engine).is_ready);
    assert_eq!(engine.left_out(9).first[0].why, WhyNotTaken::NotIncluded);
    engine.handle(0, Event::Begin);
    let Some(Outcome::Failed(problems)) = engine.outcome() else {
        panic!("{:?}", engine.outcome());
    };
    assert_eq!(problems[0].code, "all-left-out");
    assert!(world.requests.is_empty());
}

#[test]
fn what_failed_before_the_beginning_is_taken_up_again_with_the_choice_still_open() {
    let files = shot();
    let dropped: Vec<&Dropped> = files.iter().collect();
    let again = |chosen: Event| {
        let mut world = World::new();
        let mut engine = Engine::new(held());
        for file in &files {
            let size = file.bytes.len() as u64;
            engine.add_file(&file.path, size, file.modified, &[]);
        }
        engine.handle(0, Event::IntakeEnded);
        world.drive(&mut engine, &dropped, &mut |request, _| {
            Some(answered(request, error(403, "AccessDenied")))
        });
        assert_eq!(
            problems(engine.outcome().unwrap().clone())[0].code,
            "access-denied"
        );
        engine.handle(1_000, Event::RetryFailed);
        engine.handle(1_000, chosen);
        go_on(&mut engine, &mut world, &files);
        assert!(preview(&engine).is_ready);
        engine.handle(2_000, Event::Begin);
        go_on(&mut engine, &mut world, &files);
        engine
    };
    let engine = again(choose(&["*.png"], &[]));
    let told = problems(engine.outcome().unwrap().clone());
    assert_eq!(told[0].code, "all-left-out");
    assert_eq!(engine.retry(true), None);
    let engine = again(choose(&["*.exr"], &[]));
    assert_eq!(complete(engine.outcome().unwrap().clone()).files, 3);
}

#[test]
fn nothing_to_upload_is_told_without_waiting() {
    let (engine, _) = wait(held(), &[], None);
    let Some(Outcome::Failed(problems)) = engine.outcome() else {
        panic!("{:?}", engine.outcome());
    };
    assert_eq!(problems[0].code, "nothing-to-upload");
}

#[test]
fn a_file_that_cannot_be_uploaded_can_be_left_out() {
    let mut world = World::new();
    let mut engine = Engine::new(held());
    let files = [file("s/a", b"a")];
    engine.add_file("s/a", 1, 0, &[]);
    assert_eq!(engine.add_file("s/bad/../b", 1, 0, &[]), None);
    engine.handle(0, Event::IntakeEnded);
    go_on(&mut engine, &mut world, &files);
    engine.handle(0, choose(&[], &["bad"]));
    engine.handle(0, Event::Begin);
    go_on(&mut engine, &mut world, &files);
    complete(engine.outcome().unwrap().clone());
}

#[test]
fn it_may_begin_before_everything_is_known() {
    let mut world = World::new();
    let mut engine = Engine::new(held());
    engine.handle(0, choose(&[], &["*.tmp"]));
    engine.handle(0, Event::Begin);
    for file in shot() {
        engine.add_file(&file.path, file.bytes.len() as u64, file.modified, &[]);
    }
    // Too late.
    engine.handle(0, choose(&[], &[]));
    engine.handle(0, Event::IntakeEnded);
    go_on(&mut engine, &mut world, &shot());
    let summary = complete(engine.outcome().unwrap().clone());
    assert_eq!((summary.files, summary.bytes), (3, 10));
    assert_eq!(engine.left_out(0).files, 1);
    assert_eq!(engine.progress().found_files, 3);
    for pair in world.progress.windows(2) {
        assert!(pair[0].hashing.files_done <= pair[1].hashing.files_done);
        assert!(pair[0].uploading.bytes_done <= pair[1].uploading.bytes_done);
    }
}

#[test]
fn a_cancel_before_the_beginning_sends_nothing() {
    let (mut engine, mut world) = wait(held(), &shot(), None);
    let asked = world.requests.len();
    engine.handle(0, Event::Cancelled);
    go_on(&mut engine, &mut world, &shot());
    assert_eq!(engine.outcome(), Some(&Outcome::Cancelled));
    assert_eq!(world.requests.len(), asked);
    assert!(world.objects.is_empty());
}

#[test]
fn a_pause_holds_and_the_preview_goes_on_after_it() {
    let mut world = World::new();
    let mut engine = Engine::new(held());
    engine.handle(0, Event::Paused);
    let files = shot();
    for file in &files {
        engine.add_file(&file.path, file.bytes.len() as u64, file.modified, &[]);
    }
    engine.handle(0, Event::IntakeEnded);
    go_on(&mut engine, &mut world, &files);
    assert!(world.requests.is_empty() && !preview(&engine).is_ready);
    engine.handle(0, Event::Resumed);
    go_on(&mut engine, &mut world, &files);
    assert!(preview(&engine).is_ready);
}

#[test]
fn an_upload_of_an_earlier_run_is_given_up_only_after_the_beginning() {
    let bytes = b"held by the store";
    let mut world = World::new();
    let settings = Settings {
        has_journal: true,
        ..held()
    };
    world.hold(&settings, bytes);
    let hash = ContentHash::of(bytes);
    let upload = OpenUpload {
        upload_id: "old".to_owned(),
        part_size: 1,
        parts: Vec::new(),
    };
    world.remember_upload(hash, upload);
    let files = [file("s/a", bytes)];
    let (mut engine, mut world) = wait_in(world, settings, &files, None);
    assert_eq!(methods(&world), ["HEAD"]);
    engine.handle(0, Event::Begin);
    go_on(&mut engine, &mut world, &files);
    assert!(methods(&world).contains(&"DELETE"), "{:?}", methods(&world));
}

#[test]
fn an_upload_of_an_earlier_run_is_gone_on_with_by_another_file_of_the_same_content() {
    let bytes = vec![7; 40 << 20];
    let hash = ContentHash::of(&bytes);
    let settings = Settings {
        has_journal: true,
        ..held()
    };
    let key = settings.layout.location.content_key(hash);
    let mut world = World::new();
    let open = support::OpenUpload {
        key,
        parts: BTreeMap::new(),
    };
    world.uploads.insert("old".to_owned(), open);
    let upload = OpenUpload {
        upload_id: "old".to_owned(),
        part_size: 16 << 20,
        parts: Vec::new(),
    };
    world.remember_upload(hash, upload);
    let files = [file("s/a", &bytes), file("s/b", &bytes)];
    let (mut engine, mut world) = wait_in(world, settings, &files, Some(choose(&[], &["/s/b"])));
    engine.handle(0, choose(&[], &["/s/a"]));
    engine.handle(0, Event::Begin);
    go_on(&mut engine, &mut world, &files);
    let summary = complete(engine.outcome().unwrap().clone());
    assert_eq!((summary.files, summary.objects_written), (1, 1));
    assert!(world.uploads.is_empty(), "{:?}", world.uploads.keys());
}

/// What was sampled for some claims of the journal says nothing of others that come later.
#[test]
fn files_that_are_chosen_later_are_asked_for_as_well() {
    let mut world = World::new();
    let settings = Settings {
        has_journal: true,
        ..held()
    };
    world.hold(&settings, b"true");
    for bytes in [b"true", b"lies"] {
        let hash = ContentHash::of(bytes);
        let seen = Some(support::WALL - 1);
        let upload = None;
        world
            .journal
            .insert(hash, Remembered { hash, seen, upload });
    }
    let files = [file("s/a", b"true"), file("s/b", b"lies")];
    let (mut engine, mut world) = wait_in(world, settings, &files, Some(choose(&[], &["b"])));
    engine.handle(0, choose(&[], &[]));
    go_on(&mut engine, &mut world, &files);
    let told = preview(&engine);
    assert_eq!((told.contents_in_store, told.contents_new), (1, 1));
}

#[test]
fn the_estimate_is_that_of_the_slower_of_cap_and_earlier_upload() {
    let told = |earlier: Option<u64>, cap: Option<u64>| {
        let settings = Settings {
            earlier_speed: earlier,
            limits: Limits {
                bandwidth: cap,
                ..held().limits
            },
            ..held()
        };
        let (engine, _) = wait(settings, &shot(), None);
        preview(&engine).estimate
    };
    let by = |time, basis| Some(Estimate { time, basis });
    assert_eq!(told(None, None), None);
    assert_eq!(told(Some(7), None), by(2_000, Basis::EarlierUpload));
    assert_eq!(told(Some(7), Some(14)), by(2_000, Basis::EarlierUpload));
    assert_eq!(told(Some(7), Some(2)), by(7_000, Basis::Cap));
    assert_eq!(told(None, Some(14)), by(1_000, Basis::Cap));
}

#[test]
fn a_file_that_changes_at_the_beginning_is_read_once_and_the_upload_ends() {
    let files = [file("s/a.exr", b"aaaa"), file("s/b.exr", b"bb")];
    let mut engine = Engine::new(Settings {
        limits: Limits {
            hash_lanes: 1,
            ..held().limits
        },
        ..held()
    });
    for file in &files {
        let size = file.bytes.len() as u64;
        engine
            .add_file(&file.path, size, file.modified, &[])
            .unwrap();
    }
    engine.handle(0, Event::IntakeEnded);
    while engine.poll_action().is_some() {}
    // The first one is lost while the second one is still being read, and all files are looked at anew.
    let (a, b) = (FileId(0), FileId(1));
    let (offset, why) = (0, ReadFailure::Changed);
    engine.handle(
        1,
        Event::HashFailed {
            file: a,
            offset,
            why,
        },
    );
    engine.handle(2, Event::Begin);
    let (size, modified) = (4, files[0].modified + 1);
    engine.handle(
        3,
        Event::Refreshed {
            file: a,
            size,
            modified,
        },
    );
    let (hash, parts) = (ContentHash::of(b"bb"), Vec::new());
    engine.handle(
        4,
        Event::Hashed {
            file: b,
            offset,
            hash,
            parts,
        },
    );
    let mut read = Vec::new();
    while let Some(action) = engine.poll_action() {
        if let Action::Hash { ranges } = action {
            read.extend(ranges.into_iter().map(|range| range.file));
        }
    }
    assert_eq!(read, [a]);
}
