//! Every rule of a manifest has a code and a place of its own, which programs may rely on.

use rusty_attachments_model::manifest::v2023_03_03::Entry;
use rusty_attachments_model::manifest::{EntryHash, Manifest, ManifestError, v2023_03_03};
use rusty_attachments_model::{PathError, RelativePath};

fn told(error: &ManifestError) -> String {
    // A sentence for people, never a debug form.
    assert!(!error.to_string().contains("{") && error.to_string().contains(' '));
    format!("{} {}", error.code(), error.location)
}

fn refusal(document: &str) -> String {
    told(&Manifest::decode(document).expect_err(document))
}

fn snapshot(directories: &str, files: &str) -> String {
    format!(
        r#"{{"dirs":[{directories}],"files":[{files}],"hashAlg":"xxh128","manifestVersion":"2025-12-04-beta","totalSize":0}}"#
    )
}

fn diff(directories: &str, files: &str) -> String {
    snapshot(directories, files)
        .replace(r#""totalSize""#, r#""parentManifestHash":"ab","totalSize""#)
}

#[test]
fn a_path_has_a_code_for_each_rule() {
    for (path, code) in [
        ("", "path-empty"),
        ("/a", "path-outer-slash"),
        ("a//b", "path-empty-name"),
        ("a/../b", "path-dot-name"),
        (r"a\u0000", "path-nul"),
        ("C:", "path-drive"),
        (r"\\\\server\\share", "path-share"),
        (&"a".repeat(32_768), "path-too-long"),
    ] {
        let entry = format!(r#"{{"hash":"0","mtime":0,"path":"{path}","size":0}}"#);
        let document = format!(
            r#"{{"hashAlg":"xxh128","manifestVersion":"2023-03-03","paths":[{entry}],"totalSize":0}}"#
        );
        assert_eq!(
            refusal(&document),
            format!("{code} paths[0].path"),
            "{path:.20}"
        );
    }
    // These two are found before there is a document.
    assert_eq!(PathError::LoneSurrogate.code(), "path-not-unicode");
    assert_eq!(PathError::BackslashOnWindows.code(), "path-backslash");
}

#[test]
fn a_file_of_the_beta_has_a_code_for_each_rule() {
    let chunked = |size: u64, hashes: &str| {
        format!(r#"{{"chunkhashes":[{hashes}],"mtime":0,"name":"a","size":{size}}}"#)
    };
    for (file, code) in [
        (
            r#"{"name":"a"}"#.to_owned(),
            "manifest-not-one-content files[0].hash",
        ),
        (
            r#"{"hash":"0","mtime":0,"name":"a","size":0,"symlink":{"name":"b"}}"#.to_owned(),
            "manifest-not-one-content files[0].hash",
        ),
        (
            r#"{"hash":"0","mtime":0,"name":"a"}"#.to_owned(),
            "manifest-size-missing files[0].size",
        ),
        (
            r#"{"hash":"0","name":"a","size":0}"#.to_owned(),
            "manifest-mtime-missing files[0].mtime",
        ),
        (
            r#"{"hash":"-","mtime":0,"name":"a","size":0}"#.to_owned(),
            "manifest-bad-hash files[0].hash",
        ),
        (
            r#"{"mtime":0,"name":"a","symlink":{"name":"b"}}"#.to_owned(),
            "manifest-symlink-with-content files[0].mtime",
        ),
        (
            r#"{"delete":true,"hash":"0","name":"a"}"#.to_owned(),
            "manifest-deleted-with-content files[0].hash",
        ),
        (
            chunked(1 << 28, r#""0""#),
            "manifest-chunked-too-small files[0].chunkhashes",
        ),
        (
            chunked((1 << 28) + 1, r#""0""#),
            "manifest-chunk-count files[0].chunkhashes",
        ),
        (
            chunked((1 << 28) + 1, r#""0","-""#),
            "manifest-bad-hash files[0].chunkhashes",
        ),
        (
            r#"{"delete":true,"name":"$x/a"}"#.to_owned(),
            "manifest-bad-reference files[0].name",
        ),
        (
            r#"{"delete":true,"name":"$1/a"}"#.to_owned(),
            "manifest-unknown-directory files[0].name",
        ),
        (
            r#"{"delete":true,"name":"d"}"#.to_owned(),
            "path-duplicate files[0].name",
        ),
    ] {
        assert_eq!(refusal(&diff(r#"{"name":"d"}"#, &file)), code, "{file}");
    }
}

#[test]
fn a_symlink_has_a_code_for_each_rule() {
    for (target, code) in [
        ("", "symlink-empty"),
        ("/a", "symlink-absolute"),
        ("C:a", "symlink-drive"),
        ("../a", "symlink-outside"),
        (r"a\u0000", "symlink-nul"),
        (&"a".repeat(32_768), "symlink-too-long"),
    ] {
        let link = format!(r#"{{"name":"a","symlink":{{"name":"{target}"}}}}"#);
        assert_eq!(
            refusal(&snapshot("", &link)),
            format!("{code} files[0].symlink"),
            "{target:.20}"
        );
    }
}

#[test]
fn a_manifest_as_a_whole_has_a_code_for_each_rule() {
    let gone = r#"{"delete":true,"name":"a"}"#;
    for (document, code) in [
        (
            snapshot(gone, ""),
            "manifest-deletion-in-snapshot dirs[0].delete",
        ),
        (
            snapshot("", gone),
            "manifest-deletion-in-snapshot files[0].delete",
        ),
        (
            diff("", "").replace("ab", "-"),
            "manifest-bad-parent-hash parentManifestHash",
        ),
        (
            diff("", "").replace("xxh128", "md5"),
            "manifest-unknown-hash-algorithm hashAlg",
        ),
        (
            r#"{"hashAlg":"xxh128","manifestVersion":"2023-03-03","paths":[],"totalSize":0}"#
                .to_owned(),
            "manifest-no-files paths",
        ),
    ] {
        assert_eq!(refusal(&document), code, "{document}");
    }

    let file = r#"{"hash":"0","mtime":0,"name":"a","size":7}"#;
    let stated = Manifest::decode(&snapshot("", file)).unwrap();
    assert_eq!(stated.total_size(), 0, "what the document says");
    assert_eq!(
        told(&stated.validate().unwrap_err()),
        "manifest-total-mismatch totalSize"
    );

    let huge = |path: &str| Entry {
        path: RelativePath::parse(path).unwrap(),
        hash: EntryHash::parse("0").unwrap(),
        size: u64::MAX,
        mtime: 0,
    };
    let error = v2023_03_03::Manifest::new(vec![huge("a"), huge("b")]).unwrap_err();
    assert_eq!(told(&error), "manifest-total-too-large totalSize");
}

#[test]
fn contents_are_told_once_in_the_order_of_first_use() {
    let entry = |path: &str, hash: &str| {
        format!(r#"{{"hash":"{hash}","mtime":0,"path":"{path}","size":1}}"#)
    };
    let document = format!(
        r#"{{"hashAlg":"xxh128","manifestVersion":"2023-03-03","paths":[{},{},{}],"totalSize":3}}"#,
        entry("a", "2"),
        entry("b", "1"),
        entry("c", "2")
    );
    let manifest = Manifest::decode(&document).unwrap();
    assert_eq!(manifest.total_size(), 3);
    assert_eq!(
        manifest
            .hashes()
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        ["2", "1"]
    );

    let files = format!(
        r#"{{"chunkhashes":["2","3"],"mtime":0,"name":"a","size":{}}},{{"hash":"3","mtime":0,"name":"b","size":1}}"#,
        (1 << 28) + 1
    );
    let manifest = Manifest::decode(&snapshot("", &files)).unwrap();
    assert_eq!(
        manifest
            .hashes()
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        ["2", "3"],
        "chunks count too"
    );
}
