//! What holds for every manifest, and for every text that is none.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use rusty_attachments_model::RelativePath;
use rusty_attachments_model::chunks::{CHUNK_SIZE, expected_chunk_count};
use rusty_attachments_model::manifest::v2023_03_03::{self, Entry};
use rusty_attachments_model::manifest::v2025_12_04_beta::{self, Directory, File, FileFields};
use rusty_attachments_model::manifest::{EntryHash, Manifest};
use serde_json::Value;

/// Characters of every plane, with those that sort, escape or refer in a way of their own.
fn character() -> impl Strategy<Value = char> {
    prop_oneof![
        6 => prop::char::range('a', 'd'),
        2 => select(vec!['$', '0', '1', ' ', '.', '"', '\\', ':', '~', '\u{7f}', '\u{80}']),
        1 => prop::char::range('\u{1}', '\u{1f}'),
        2 => prop::char::range('\u{e000}', '\u{ffff}'),
        2 => prop::char::range('\u{10000}', '\u{10ffff}'),
        1 => any::<char>(),
    ]
}

fn path() -> impl Strategy<Value = RelativePath> {
    let name = vec(character(), 1..6).prop_map(|name| name.into_iter().collect::<String>());
    vec(name, 1..5).prop_filter_map("a path", |names| RelativePath::parse(names.join("/")).ok())
}

fn hash() -> impl Strategy<Value = EntryHash> {
    prop_oneof![
        4 => any::<u128>().prop_map(|hash| format!("{hash:032x}")),
        1 => "[0-9A-Za-z]{1,40}",
    ]
    .prop_map(|text| EntryHash::parse(&text).expect("letters and digits"))
}

/// Extreme numbers, whose sum over a list still fits.
fn size() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), Just(1 << 53), 0..u64::MAX / 64]
}

fn mtime() -> impl Strategy<Value = i64> {
    prop_oneof![Just(0), Just(i64::MIN), Just(i64::MAX), any::<i64>()]
}

fn entry() -> impl Strategy<Value = Entry> {
    (path(), hash(), size(), mtime()).prop_map(|(path, hash, size, mtime)| Entry {
        path,
        hash,
        size,
        mtime,
    })
}

fn manifest() -> impl Strategy<Value = v2023_03_03::Manifest> {
    vec(entry(), 1..20).prop_filter_map("no path twice", |entries| {
        v2023_03_03::Manifest::new(entries).ok()
    })
}

fn file() -> impl Strategy<Value = File> {
    let content = prop_oneof![
        (hash(), size(), mtime(), any::<bool>()).prop_map(|(hash, size, mtime, runnable)| {
            FileFields {
                hash: Some(hash.to_string().into()),
                size: Some(size),
                mtime: Some(mtime),
                runnable,
                ..FileFields::default()
            }
        }),
        (CHUNK_SIZE + 1..4 * CHUNK_SIZE, mtime(), hash()).prop_map(|(size, mtime, hash)| {
            let count = usize::try_from(expected_chunk_count(size)).expect("a few");
            FileFields {
                chunkhashes: Some(vec![hash.to_string().into(); count]),
                size: Some(size),
                mtime: Some(mtime),
                ..FileFields::default()
            }
        }),
        path().prop_map(|target| FileFields {
            symlink_target: Some(target.to_string().into()),
            ..FileFields::default()
        }),
        Just(FileFields {
            delete: true,
            ..FileFields::default()
        }),
    ];
    (path(), content).prop_filter_map("a file", |(path, content)| {
        let name = path.to_string().into();
        File::parse(FileFields { name, ..content }).ok()
    })
}

/// A diff whose files lie in listed directories, so that they are written as references, or elsewhere.
fn diff() -> impl Strategy<Value = v2025_12_04_beta::Manifest> {
    let directory =
        (path(), any::<bool>()).prop_map(|(path, is_deleted)| Directory { path, is_deleted });
    (
        vec(directory, 0..6),
        vec((file(), any::<prop::sample::Index>()), 0..12),
        hash(),
    )
        .prop_filter_map("no path twice", |(directories, files, parent)| {
            let files = files.into_iter().enumerate().map(|(n, (file, index))| {
                if n % 2 == 0 && !directories.is_empty() {
                    inside(index.get(&directories), n)
                } else {
                    file
                }
            });
            let files = files.collect();
            v2025_12_04_beta::Manifest::new_diff(directories, files, parent).ok()
        })
}

fn inside(directory: &Directory, n: usize) -> File {
    File::parse(FileFields {
        name: format!("{}/f{n}", directory.path).into(),
        delete: true,
        ..FileFields::default()
    })
    .expect("a good name")
}

/// The same document as other programs would write it: other order of keys, white space, no escapes.
fn other_spellings(text: &str) -> Vec<String> {
    let value: Value = serde_json::from_str(text).expect("JSON");
    vec![
        serde_json::to_string_pretty(&value).expect("JSON"),
        value.to_string(),
        reversed(&value),
    ]
}

fn reversed(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields: Vec<_> = fields
                .iter()
                .rev()
                .map(|(key, value)| format!("{} : {}", Value::from(key.as_str()), reversed(value)))
                .collect();
            format!("{{{}}}", fields.join(" , "))
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(reversed).collect();
            format!("[{}]", items.join("\n,\t"))
        }
        other => other.to_string(),
    }
}

fn holds_for(manifest: &Manifest) -> Result<(), TestCaseError> {
    let text = manifest.encode();
    prop_assert!(text.is_ascii());
    prop_assert_eq!(manifest.validate(), Ok(()));
    let decoded =
        Manifest::decode(&text).map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(&decoded, manifest);
    prop_assert_eq!(decoded.encode(), text.clone());
    for spelling in other_spellings(&text) {
        prop_assert_eq!(
            &Manifest::decode(&spelling).expect("the same document"),
            manifest
        );
    }
    Ok(())
}

/// A text may be refused; if it is taken, it is written and read again as the same.
fn is_judged(text: &str) -> Result<(), TestCaseError> {
    if let Ok(manifest) = Manifest::decode(text) {
        prop_assert_eq!(
            &Manifest::decode(&manifest.encode()).expect("our own text"),
            &manifest
        );
    }
    Ok(())
}

/// Replaces, removes or doubles some characters.
fn damaged(text: &str, places: &[(prop::sample::Index, u8, char)]) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for (place, how, character) in places {
        if characters.is_empty() {
            break;
        }
        let place = place.index(characters.len());
        match how % 4 {
            0 => characters[place] = *character,
            1 => drop(characters.remove(place)),
            2 => characters.insert(place, characters[place]),
            _ => characters.truncate(place),
        }
    }
    characters.into_iter().collect()
}

fn damage() -> impl Strategy<Value = Vec<(prop::sample::Index, u8, char)>> {
    let character = prop_oneof![
        character(),
        select("{}[],:\"\\0-.e".chars().collect::<Vec<_>>())
    ];
    vec((any::<prop::sample::Index>(), any::<u8>(), character), 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_manifest_is_read_as_it_was_written(manifest in manifest()) {
        holds_for(&Manifest::V2023_03_03(manifest))?;
    }

    #[test]
    fn a_diff_is_read_as_it_was_written(manifest in diff()) {
        holds_for(&Manifest::V2025_12_04Beta(manifest))?;
    }

    #[test]
    fn a_file_that_was_made_is_valid_in_a_manifest(file in file()) {
        let parent = EntryHash::parse("ab").expect("a hash");
        if let Ok(manifest) = v2025_12_04_beta::Manifest::new_diff(vec![], vec![file.clone()], parent) {
            prop_assert_eq!(manifest.files(), &[file]);
            prop_assert_eq!(Manifest::V2025_12_04Beta(manifest).validate(), Ok(()));
        }
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        is_judged(&text)?;
        let _ = RelativePath::parse(text.as_str());
    }

    #[test]
    fn no_damaged_manifest_panics(manifest in manifest(), places in damage()) {
        is_judged(&damaged(&manifest.encode(), &places))?;
    }

    #[test]
    fn no_damaged_diff_panics(manifest in diff(), places in damage()) {
        is_judged(&damaged(&manifest.encode(), &places))?;
    }
}

/// Documents that are made to hurt the reader. Each ends in an error, and at once.
#[test]
fn hostile_documents_end_in_errors() {
    let v1 = |entry: &str| {
        format!(
            r#"{{"hashAlg":"xxh128","manifestVersion":"2023-03-03","paths":[{entry}],"totalSize":1}}"#
        )
    };
    let nested = "[".repeat(100_000);
    let digits = "9".repeat(100_000);
    for (text, code) in [
        (nested.clone(), "manifest-nested-too-deep"),
        ("{\"a\":".repeat(100_000), "manifest-nested-too-deep"),
        (v1(&nested), "manifest-nested-too-deep"),
        (
            v1(&format!(
                r#"{{"hash":"a","mtime":{digits},"path":"a","size":1}}"#
            )),
            "manifest-malformed",
        ),
        (
            v1(&format!(
                r#"{{"hash":"a","mtime":1,"path":"a","size":1e{digits}}}"#
            )),
            "manifest-malformed",
        ),
        (
            v1(&format!(
                r#"{{"hash":"{}","mtime":1,"path":"a","size":1}}"#,
                r"\u002d".repeat(1_000_000)
            )),
            "manifest-bad-hash",
        ),
        (
            v1(&format!(
                r#"{{"hash":"a","mtime":1,"path":"{}","size":1}}"#,
                r"\u0061".repeat(1_000_000)
            )),
            "path-too-long",
        ),
        (
            v1(&format!(
                "{{{}}}",
                r#""size":1,"#.repeat(100_000).trim_end_matches(',')
            )),
            "manifest-malformed",
        ),
    ] {
        let start: String = text.chars().take(100).collect();
        assert_eq!(
            Manifest::decode(&text).expect_err(&start).code(),
            code,
            "{start}"
        );
    }
}

/// `$N/` references to directories that are references themselves: 2^n characters out of n entries,
/// if nobody counted.
#[test]
fn references_do_not_grow_beyond_measure() {
    let name = "n".repeat(200);
    let mut directories = vec![format!(r#"{{"name":"{name}"}}"#)];
    directories.extend((0..20_000).map(|n| format!(r#"{{"name":"${n}/{name}"}}"#)));
    let text = format!(
        r#"{{"dirs":[{}],"files":[],"hashAlg":"xxh128","manifestVersion":"2025-12-04-beta","totalSize":0}}"#,
        directories.join(",")
    );
    let code = Manifest::decode(&text).expect_err("too long").code();
    assert!(
        ["path-too-long", "manifest-expands-too-far"].contains(&code),
        "{code}"
    );
}
