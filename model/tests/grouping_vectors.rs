//! What the official client uploads with a storage profile, and below which names (vectors of
//! `s3-upload`).

use std::collections::{BTreeMap, BTreeSet};

use rusty_attachments_model::grouping::{Grouping, Place};
use rusty_attachments_model::{
    AssetRoot, FileSystemLocation, LocationKind, PathFormat, RelativePath,
};
use serde_json::Value;

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field]
        .as_str()
        .unwrap_or_else(|| panic!("no {field}"))
}

fn root(path: &str) -> AssetRoot {
    AssetRoot::parse(path, PathFormat::Posix).unwrap()
}

/// Absolute paths of the inputs by the name of their place, empty for none.
type Inputs = BTreeMap<String, BTreeSet<String>>;

fn ours(vector: &Value) -> (Inputs, Grouping) {
    let case_root = text(vector, "caseRoot");
    let places = vector["storageProfile"]["fileSystemLocations"].as_array();
    let places = places
        .into_iter()
        .flatten()
        .map(|place| FileSystemLocation {
            name: text(place, "name").parse().unwrap(),
            folder: root(&format!("{case_root}/{}", text(place, "relativePath"))),
            kind: LocationKind::parse(text(place, "type")).unwrap(),
        });
    let mut grouping = Grouping::new(&places.collect::<Vec<_>>());
    let tree = grouping.add_tree(&root(case_root));
    let mut inputs = Inputs::new();
    for file in vector["files"].as_array().unwrap() {
        let path = RelativePath::parse(text(file, "path")).unwrap();
        if let Place::In { group, path } = grouping.place(tree, &path).unwrap() {
            let group = &grouping.groups()[group];
            let name = group
                .location_name
                .as_ref()
                .map_or("", |name| name.as_str());
            let absolute = format!("{}/{path}", group.root);
            inputs.entry(name.to_owned()).or_default().insert(absolute);
        }
    }
    (inputs, grouping)
}

#[test]
fn files_go_where_the_official_client_has_them() {
    for name in [
        "ascii-root",
        "deep-common-root",
        "file-system-location",
        "file-system-location-subdir",
        "single-file",
    ] {
        let file = format!(
            "{}/../../shared/vectors/s3-upload/{name}.json",
            env!("CARGO_MANIFEST_DIR")
        );
        let vector: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let (inputs, grouping) = ours(&vector);
        let official = vector["groups"].as_array().unwrap();
        assert_eq!(inputs.len(), official.len(), "{name}");
        for group in official {
            let location = group["fileSystemLocationName"].as_str().unwrap_or_default();
            let paths = group["inputs"].as_array().unwrap().iter();
            let paths: BTreeSet<_> = paths
                .map(|path| path.as_str().unwrap().to_owned())
                .collect();
            assert_eq!(inputs[location], paths, "{name}");
            // Its root is ours, or a folder below it: ours are not deepened.
            let own = grouping.groups().iter().find(|own| {
                own.location_name.as_ref().map_or("", |name| name.as_str()) == location
            });
            let own = own.unwrap().root.as_str();
            assert!(text(group, "rootPath").starts_with(own), "{name}: {own}");
        }
    }
}
