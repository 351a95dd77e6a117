//! What an earlier run has written down: believed after a sample, repaired where it is wrong.

// Each test program uses a part of it.
#[allow(dead_code)]
mod support;

use rusty_attachments_model::ContentHash;
use rusty_attachments_transfer::{Engine, Event, Method, Record, Remembered, Settings};
use support::{Dropped, GUID, WALL, World, complete, file, settings};

const DAY: u64 = 24 * 60 * 60 * 1_000;

fn shot() -> Settings {
    Settings {
        has_journal: true,
        ..settings("/projects", "DC", GUID)
    }
}

fn files() -> Vec<Dropped> {
    (0..200_u8)
        .map(|n| file(&format!("s/{n}"), &[n; 5]))
        .collect()
}

/// A store and a journal that both know all files.
fn known(files: &[Dropped], seen: u64) -> World {
    let mut world = World::new();
    for file in files {
        world.hold(&shot(), &file.bytes);
        let hash = ContentHash::of(&file.bytes);
        let entry = Remembered {
            hash,
            seen: Some(seen),
            upload: None,
        };
        world.journal.insert(hash, entry);
    }
    world
}

fn heads(world: &World) -> usize {
    let of_content = world
        .requests
        .iter()
        .filter(|(method, _)| *method == Method::Head);
    of_content.count()
}

#[test]
fn a_second_drop_asks_for_thirty_and_sends_nothing() {
    let files = files();
    let mut world = known(&files, WALL - DAY);
    let summary = complete(world.upload(shot(), &files, &mut |_, _| None));
    assert_eq!((summary.objects_written, summary.objects_skipped), (0, 200));
    assert_eq!(heads(&world), 30);
    assert_eq!((summary.verified_by_size, summary.not_verified), (30, 170));
}

#[test]
fn known_hashes_take_no_reading() {
    let files = files();
    let mut world = known(&files, WALL - DAY);
    let mut engine = Engine::new(shot());
    let taken: Vec<&Dropped> = files.iter().collect();
    for file in &files {
        let hash = ContentHash::of(&file.bytes);
        engine
            .add_file(&file.path, 5, file.modified, &[hash])
            .unwrap();
    }
    assert_eq!(
        engine.progress().hashing.files_done,
        0,
        "nothing is shown before an event"
    );
    engine.handle(0, Event::IntakeEnded);
    assert_eq!(engine.progress().hashing.files_done, 200);
    world.drive(&mut engine, &taken, &mut |_, _| None);
    complete(engine.outcome().unwrap().clone());
    assert_eq!(engine.object_count(), 200);
    assert!(engine.object(0).is_some() && engine.object(200).is_none());
}

#[test]
fn entries_of_a_month_ago_or_of_the_future_are_not_believed() {
    for seen in [WALL - 30 * DAY, WALL + 1] {
        let files = files();
        let mut world = known(&files, seen);
        complete(world.upload(shot(), &files, &mut |_, _| None));
        assert_eq!(heads(&world), 200);
    }
}

#[test]
fn an_emptied_bucket_is_noticed_by_the_sample_and_filled_again() {
    let files = files();
    let mut world = known(&files, WALL - DAY);
    world.objects.clear();
    let summary = complete(world.upload(shot(), &files, &mut |_, _| None));
    assert_eq!(summary.objects_written, 200);
    let gone = |record: &&Record| matches!(record, Record::Gone(_));
    assert_eq!(world.records.iter().filter(gone).count(), 200);
}

#[test]
fn one_object_that_is_missing_repairs_its_own_entry_only() {
    let files: Vec<Dropped> = files().into_iter().take(20).collect();
    let mut world = known(&files, WALL - DAY);
    let missing = ContentHash::of(&files[7].bytes);
    world
        .objects
        .remove(&shot().layout.location.content_key(missing));
    let summary = complete(world.upload(shot(), &files, &mut |_, _| None));
    assert_eq!((summary.objects_written, summary.objects_skipped), (1, 19));
    let gone: Vec<_> = world
        .records
        .iter()
        .filter(|record| matches!(record, Record::Gone(_)))
        .collect();
    assert_eq!(gone, [&Record::Gone(missing)]);
    assert!(world.records.contains(&Record::Seen(missing)));
}

#[test]
fn hashes_are_written_down_with_what_tells_the_file() {
    let mut world = World::new();
    complete(world.upload(shot(), &[file("s/a", b"a")], &mut |_, _| None));
    assert!(world.records.contains(&Record::Hashed {
        path: "s/a".into(),
        size: 1,
        modified: 1_700_000_000_000,
        hashes: vec![ContentHash::of(b"a")],
    }));
}

#[test]
fn a_known_hash_that_is_not_the_files_is_found_out() {
    let mut world = World::new();
    let good = file("s/a", b"good");
    let mut engine = Engine::new(shot());
    let stale = ContentHash::of(b"gone");
    engine.add_file("s/a", 4, good.modified, &[stale]).unwrap();
    engine.handle(0, Event::IntakeEnded);
    world.fresh.insert(0, b"good".to_vec());
    world.drive(&mut engine, &[&good], &mut |_, _| None);
    complete(engine.outcome().unwrap().clone());
    assert!(
        !world
            .objects
            .contains_key(&shot().layout.location.content_key(stale))
    );
    let right = shot().layout.location.content_key(ContentHash::of(b"good"));
    assert!(world.objects.contains_key(&right));
}
