//! Several asset roots in one upload: the places of a storage profile shape it, and each root has its manifest.

// Each test program uses a part of it.
#[allow(dead_code)]
mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusty_attachments_model::attachments::OutputDirectories;
use rusty_attachments_model::s3_layout::ManifestName;
use rusty_attachments_model::{
    AssetRoot, ContentHash, FileSystemLocation, LocationKind, PathFormat,
};
use rusty_attachments_transfer::{
    Action, Engine, Event, ManifestFormat, Method, NotTaken, Outcome, Settings, WhyNotTaken,
};
use serde_json::{Value, json};
use support::{
    Dropped, GUID, World, answered, complete, error, file, found_answer, manifest_of, problems,
    settings, written,
};

fn place(name: &str, folder: &str, kind: LocationKind) -> FileSystemLocation {
    FileSystemLocation {
        name: name.parse().unwrap(),
        folder: AssetRoot::parse(folder, PathFormat::Posix).unwrap(),
        kind,
    }
}

/// Below `/projects`: two LOCAL places and a SHARED one.
fn studio() -> Settings {
    Settings {
        locations: vec![
            place("Textures", "/projects/show/tex", LocationKind::Local),
            place("Scenes", "/projects/show/scenes", LocationKind::Local),
            place("Library", "/projects/show/lib", LocationKind::Shared),
        ],
        ..settings("/projects", "DC", GUID)
    }
}

fn show() -> Vec<Dropped> {
    vec![
        file("show/tex/b.exr", b"b"),
        file("show/tex/a/a.exr", b"a"),
        file("show/scenes/s.ma", b"s"),
        file("show/lib/robot.ma", b"shared"),
        file("show/notes.txt", b"n"),
    ]
}

fn outputs(settings: &mut Settings, folders: &[&str]) {
    let folders: Vec<_> = folders.iter().map(ToString::to_string).collect();
    if let Some(manifest) = &mut settings.manifest {
        manifest.output_directories =
            OutputDirectories::parse(&folders, PathFormat::Posix).unwrap();
    }
}

fn attachments(outcome: Outcome) -> Value {
    let summary = complete(outcome);
    serde_json::from_str(&manifest_of(&summary).attachments).unwrap()
}

/// Root, name and paths of each manifest, as the store has them.
fn stored(world: &World, attachments: &Value) -> Vec<(String, String, Vec<String>)> {
    let manifests = attachments["manifests"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    manifests
        .map(|manifest| {
            let key = format!("DC/Manifests/{}", text(&manifest["inputManifestPath"]));
            let object = &world.objects[&key];
            let hash = ContentHash::of(&object.bytes).to_string();
            assert_eq!(manifest["inputManifestHash"], hash);
            let root = text(&manifest["rootPath"]);
            assert!(key.ends_with(&format!("/{}", ManifestName::of_input(&root))));
            let name = text(&manifest["fileSystemLocationName"]);
            let metadata = |wanted: &str| {
                let mut headers = object.headers.iter();
                let found = headers.find(|(name, _)| *name == format!("x-amz-meta-{wanted}"));
                found.map_or("", |(_, value)| value.as_str())
            };
            assert_eq!(metadata("asset-root"), root);
            assert_eq!(metadata("file-system-location-name"), name);
            let manifest: Value = serde_json::from_slice(&object.bytes).unwrap();
            let sizes: u64 = manifest["paths"]
                .as_array()
                .unwrap()
                .iter()
                .map(|path| path["size"].as_u64().unwrap())
                .sum();
            assert_eq!(manifest["totalSize"], sizes);
            let paths = manifest["paths"].as_array().unwrap().iter();
            (root, name, paths.map(|path| text(&path["path"])).collect())
        })
        .collect()
}

fn owned(root: &str, name: &str, paths: &[&str]) -> (String, String, Vec<String>) {
    let paths = paths.iter().map(ToString::to_string).collect();
    (root.to_owned(), name.to_owned(), paths)
}

#[test]
fn each_local_place_has_its_manifest_and_nothing_of_a_shared_one_is_sent() {
    let mut world = World::new();
    let outcome = world.upload(studio(), &show(), &mut |_, _| None);
    let attachments = attachments(outcome);
    assert_eq!(
        stored(&world, &attachments),
        [
            owned("/projects", "", &["show/notes.txt"]),
            owned("/projects/show/scenes", "Scenes", &["s.ma"]),
            owned("/projects/show/tex", "Textures", &["a/a.exr", "b.exr"]),
        ]
    );
    let shared = ContentHash::of(b"shared").to_string();
    assert!(!world.requests.iter().any(|(_, key)| key.contains(&shared)));
    assert_eq!(world.objects.len(), 4 + 3);
    let mut guids: Vec<&str> = world
        .objects
        .keys()
        .filter_map(|key| key.split("/Inputs/").nth(1)?.split('/').next())
        .collect();
    assert!(guids.contains(&GUID), "{guids:?}");
    guids.sort_unstable();
    guids.dedup();
    assert_eq!(guids.len(), 3, "no two manifests have the same guid");
}

#[test]
fn a_tree_inside_of_a_place_goes_below_the_places_own_folder() {
    for format in [ManifestFormat::V2023_03_03, ManifestFormat::V2025_12_04Beta] {
        let mut settings = Settings {
            locations: vec![place("All", "/projects", LocationKind::Local)],
            ..settings("/projects/show/tex", "DC", GUID)
        };
        settings.manifest.as_mut().unwrap().format = format;
        let mut world = World::new();
        let files = [file("b", b"b"), file("a/c", b"c")];
        let outcome = world.upload(settings, &files, &mut |_, _| None);
        let attachments = attachments(outcome);
        assert_eq!(attachments["manifests"][0]["rootPath"], "/projects");
        assert_eq!(attachments["manifests"][0]["fileSystemLocationName"], "All");
        if format == ManifestFormat::V2023_03_03 {
            assert_eq!(
                stored(&world, &attachments),
                [owned("/projects", "All", &["show/tex/a/c", "show/tex/b"])]
            );
        } else {
            let manifests = world.objects.keys().find(|key| key.contains("/Manifests/"));
            let text = String::from_utf8(world.objects[manifests.unwrap()].bytes.clone()).unwrap();
            let manifest: Value = serde_json::from_str(&text).unwrap();
            let dirs = manifest["dirs"].as_array().unwrap();
            assert_eq!(dirs[0]["name"], "show", "{text}");
        }
    }
}

#[test]
fn what_jobs_write_to_belongs_to_its_place_too() {
    let mut settings = studio();
    settings
        .locations
        .push(place("Cache", "/projects/cache", LocationKind::Local));
    outputs(
        &mut settings,
        &[
            "show/tex/baked",
            "show/scenes",
            "renders",
            "show/lib/out",
            "cache/sim",
        ],
    );
    let mut world = World::new();
    let files = [file("show/scenes/s.ma", b"s")];
    let attachments = attachments(world.upload(settings, &files, &mut |_, _| None));
    let told: Vec<Value> = attachments["manifests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|root| {
            json!([
                root["rootPath"],
                root["fileSystemLocationName"],
                root["outputRelativeDirectories"],
                root.get("inputManifestPath").is_some(),
            ])
        })
        .collect();
    assert_eq!(
        told,
        [
            json!(["/projects", null, ["renders"], false]),
            json!(["/projects/cache", "Cache", ["sim"], false]),
            json!(["/projects/show/scenes", "Scenes", ["."], true]),
            json!(["/projects/show/tex", "Textures", ["baked"], false]),
        ]
    );
}

#[test]
fn shared_files_are_told_before_the_beginning_and_no_pattern_brings_them_back() {
    let mut engine = Engine::new(Settings {
        hold_until_begin: true,
        ..studio()
    });
    let files = show();
    for file in &files {
        engine.add_file(&file.path, file.bytes.len() as u64, 0, &[]);
    }
    // What cannot be read there harms nothing.
    engine.add_not_taken(&NotTaken {
        path: "show/lib/locked".into(),
        why: WhyNotTaken::UnreadableFile,
        reason: "why".into(),
        location: None,
    });
    let all = rusty_attachments_transfer::Patterns::parse(&["**"], &[]).unwrap();
    engine.handle(0, Event::Select(all));
    engine.handle(0, Event::IntakeEnded);
    let mut world = World::new();
    let dropped: Vec<&Dropped> = files.iter().collect();
    world.drive(&mut engine, &dropped, &mut |_, _| None);
    let preview = engine.progress().preview.unwrap();
    assert_eq!((preview.files, preview.files_left_out), (4, 1));
    let [left_out] = &engine.left_out(9).first[..] else {
        panic!("one file");
    };
    assert_eq!(left_out.path, "show/lib/robot.ma");
    assert_eq!(left_out.why, WhyNotTaken::Shared);
    assert_eq!(left_out.location.as_deref(), Some("Library"));
    engine.handle(1, Event::Begin);
    world.drive(&mut engine, &dropped, &mut |_, _| None);
    let attachments = attachments(engine.outcome().unwrap().clone());
    assert_eq!(stored(&world, &attachments).len(), 3);
}

#[test]
fn where_workers_have_everything_there_is_nothing_to_upload() {
    for holds in [false, true] {
        let settings = Settings {
            hold_until_begin: holds,
            ..studio()
        };
        let mut engine = Engine::new(settings);
        engine.add_file("show/lib/robot.ma", 6, 0, &[]);
        engine.handle(0, Event::IntakeEnded);
        engine.handle(0, Event::Begin);
        let [problem] = &problems(engine.outcome().unwrap().clone())[..] else {
            panic!("one problem");
        };
        assert_eq!(problem.code, "all-shared");
        assert!(
            problem.what.ends_with("location Library."),
            "{}",
            problem.what
        );
    }
}

/// Eleven places below one root, and a file in each.
fn eleven() -> (Settings, Vec<Dropped>) {
    let numbers = 0..11;
    let name = |number: usize| format!("d{number}");
    let settings = Settings {
        locations: numbers
            .clone()
            .map(|number| {
                let folder = format!("/projects/{}", name(number));
                place(&name(number), &folder, LocationKind::Local)
            })
            .collect(),
        ..settings("/projects", "DC", GUID)
    };
    let files = numbers.map(|number| file(&format!("{}/f", name(number)), name(number).as_bytes()));
    (settings, files.collect())
}

#[test]
fn ten_asset_roots_are_taken_and_an_eleventh_ends_the_upload_before_anything_is_sent() {
    let (settings, files) = eleven();
    let mut world = World::new();
    let outcome = world.upload(settings.clone(), &files[..10], &mut |_, _| None);
    assert_eq!(stored(&world, &attachments(outcome)).len(), 10);

    let mut world = World::new();
    let outcome = world.upload(settings.clone(), &files, &mut |_, _| None);
    assert_eq!(problems(outcome)[0].code, "asset-roots-too-many");
    assert!(world.requests.is_empty(), "{:?}", world.requests);

    let mut engine = Engine::new(Settings {
        hold_until_begin: true,
        ..settings
    });
    for file in &files {
        engine.add_file(&file.path, file.bytes.len() as u64, 0, &[]);
    }
    engine.handle(0, Event::IntakeEnded);
    let mut world = World::new();
    let dropped: Vec<&Dropped> = files.iter().collect();
    world.drive(&mut engine, &dropped, &mut |_, _| None);
    engine.handle(1, Event::Begin);
    world.drive(&mut engine, &dropped, &mut |_, _| None);
    assert_eq!(
        problems(engine.outcome().unwrap().clone())[0].code,
        "asset-roots-too-many"
    );
    assert_eq!(engine.retry(true), None);
    assert!(
        world
            .requests
            .iter()
            .all(|(method, _)| *method == Method::Head)
    );
}

#[test]
fn an_upload_that_is_cancelled_between_two_manifests_is_cancelled() {
    let mut engine = Engine::new(studio());
    for file in show() {
        engine.add_file(&file.path, 1, 0, &[]);
    }
    engine.handle(0, Event::IntakeEnded);
    let mut first = None;
    while let Some(action) = engine.poll_action() {
        let Action::Hash { ranges } = &action else {
            let Action::Send(request) = action else {
                continue;
            };
            if request.key.contains("/Manifests/") {
                first = Some(request);
                break;
            }
            engine.handle(0, answered(&request, found_answer(1)));
            continue;
        };
        for range in ranges {
            let event = Event::Hashed {
                file: range.file,
                offset: 0,
                hash: ContentHash::of(&range.file.0.to_be_bytes()),
                parts: Vec::new(),
            };
            engine.handle(0, event);
        }
    }
    engine.handle(1, Event::Cancelled);
    assert_eq!(
        engine.outcome(),
        None,
        "nobody knows yet what became of the first one"
    );
    engine.handle(2, answered(&first.unwrap(), written()));
    assert_eq!(engine.outcome(), Some(&Outcome::Cancelled));
}

#[test]
fn a_failed_manifest_is_made_up_for_by_a_retry() {
    let mut world = World::new();
    let files = show();
    let dropped: Vec<&Dropped> = files.iter().collect();
    let mut engine = Engine::new(studio());
    for file in &files {
        engine.add_file(&file.path, file.bytes.len() as u64, 0, &[]);
    }
    engine.handle(0, Event::IntakeEnded);
    let mut manifests = 0;
    world.drive(&mut engine, &dropped, &mut |request, _| {
        manifests += usize::from(request.key.contains("/Manifests/"));
        (manifests == 2).then(|| answered(request, error(403, "AccessDenied")))
    });
    assert!(matches!(engine.outcome(), Some(Outcome::Failed(_))));
    engine.handle(9, Event::RetryFailed);
    world.drive(&mut engine, &dropped, &mut |_, _| None);
    let attachments = attachments(engine.outcome().unwrap().clone());
    assert_eq!(stored(&world, &attachments).len(), 3);
}

/// The recording of the official client with a storage profile: what lies in the LOCAL place gives the same
/// manifest, byte for byte, and the same contents are sent. The rest has another root: ours are not deepened
/// (decision S9).
#[test]
fn the_official_client_sends_the_same() {
    let file = format!(
        "{}/../../shared/vectors/s3-upload/file-system-location.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let vector: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let case_root = text(&vector["caseRoot"]);
    let places = vector["storageProfile"]["fileSystemLocations"]
        .as_array()
        .unwrap();
    let root_prefix = text(&vector["rootPrefix"]);
    let guid = text(&vector["guids"][0]);
    let mut settings = Settings {
        locations: places
            .iter()
            .map(|one| {
                let folder = format!("{case_root}/{}", text(&one["relativePath"]));
                let kind = LocationKind::parse(&text(&one["type"])).unwrap();
                place(&text(&one["name"]), &folder, kind)
            })
            .collect(),
        ..settings(&case_root, &root_prefix, &guid)
    };
    outputs(&mut settings, &["local/out", "other"]);
    let files: Vec<Dropped> = vector["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| Dropped {
            path: text(&one["path"]),
            bytes: STANDARD.decode(text(&one["contentBase64"])).unwrap(),
            modified: text(&one["mtimeNs"]).parse::<i64>().unwrap() / 1_000_000,
        })
        .collect();
    let mut world = World::new();
    let ours = attachments(world.upload(settings, &files, &mut |_, _| None));
    let theirs = &vector["attachments"];
    let contents = |keys: Vec<String>| -> Vec<String> {
        let mut keys: Vec<_> = keys
            .into_iter()
            .filter(|key| key.contains("/Data/"))
            .collect();
        keys.sort();
        keys
    };
    let official = vector["objects"].as_array().unwrap().iter();
    assert_eq!(
        contents(world.objects.keys().cloned().collect()),
        contents(official.map(|object| text(&object["key"])).collect())
    );
    let local = |attachments: &Value| {
        let roots = attachments["manifests"].as_array().unwrap().iter();
        let mut local = roots.filter(|root| root.get("fileSystemLocationName").is_some());
        local.next().cloned().map(|mut root| {
            // Random.
            root["inputManifestPath"].take();
            root
        })
    };
    assert_eq!(local(&ours), local(theirs));
    assert_eq!(ours["manifests"].as_array().unwrap().len(), 2);
}
