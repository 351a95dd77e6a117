//! Recordings of the official uploader: the engine run on the same files must leave the same objects in
//! the store and give the same `attachments`. Requests differ by decision S3 (manifest last) and S5
//! (equal content is asked for once).

// Each test program uses a part of it.
#[allow(dead_code)]
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use libtest_mimic::{Arguments, Failed, Trial};
use rusty_attachments_model::attachments::Attachments;
use rusty_attachments_model::manifest::v2023_03_03::{Entry, Manifest};
use rusty_attachments_model::manifest::{EntryHash, Manifest as AnyManifest};
use rusty_attachments_model::s3_layout::{ManifestMetadata, ManifestName};
use rusty_attachments_model::{ContentHash, RelativePath};
use rusty_attachments_transfer::Outcome;
use serde::Deserialize;
use serde_json::Value;
use support::{Dropped, FARM, QUEUE, World, manifest_of, settings};

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors/s3-upload");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no vectors in {}", folder.display());
    let trials = files
        .into_iter()
        .map(|file| {
            let name = file
                .file_name()
                .expect("a file")
                .to_string_lossy()
                .into_owned();
            Trial::test(format!("s3-upload/{name}"), move || check(&file))
        })
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    flow: String,
    root_prefix: String,
    farm_id: String,
    queue_id: String,
    case_root: String,
    #[serde(default)]
    guids: Vec<String>,
    #[serde(default)]
    files: Vec<VectorFile>,
    #[serde(default)]
    preexisting_cas: Option<Vec<Content>>,
    #[serde(default)]
    groups: Vec<Group>,
    #[serde(default)]
    attachments: Value,
    output: Option<Output>,
    objects: Vec<VectorObject>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VectorFile {
    path: String,
    #[serde(flatten)]
    content: Content,
    mtime_ns: Option<String>,
    symlink_to: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    content_base64: Option<String>,
    pattern_length: Option<usize>,
}

impl Content {
    fn bytes(&self) -> Result<Vec<u8>, Failed> {
        match (&self.content_base64, self.pattern_length) {
            (Some(text), _) => Ok(STANDARD.decode(text)?),
            (None, Some(length)) => Ok((0..length)
                .map(|i| u8::try_from((i * 131 + 7) % 256).expect("below 256"))
                .collect()),
            (None, None) => Err("a file without content".into()),
        }
    }
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    root_path: String,
    file_system_location_name: Option<String>,
    inputs: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Output {
    root_path: String,
    file_system_location_name: Option<String>,
    entries: Vec<OutputEntry>,
}

#[derive(Deserialize)]
struct OutputEntry {
    path: String,
    hash: String,
    size: String,
    mtime: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VectorObject {
    key: String,
    size: u64,
    xxh128: String,
    metadata: BTreeMap<String, String>,
    body_text: Option<String>,
}

fn check(file: &Path) -> Result<(), Failed> {
    let vector: Vector = serde_json::from_str(&fs::read_to_string(file)?)?;
    if (vector.farm_id.as_str(), vector.queue_id.as_str()) != (FARM, QUEUE) {
        return Err("a vector of another farm or queue".into());
    }
    match &vector.output {
        Some(output) => check_output(&vector, output),
        None => check_upload(&vector),
    }
}

/// The stand-alone upload command is told its root, so its recordings have no groups.
fn groups(vector: &Vector) -> Vec<Group> {
    if vector.flow != "attachment-upload" {
        return vector.groups.clone();
    }
    let inputs = vector
        .files
        .iter()
        .map(|file| format!("{}/{}", vector.case_root, file.path))
        .collect();
    vec![Group {
        root_path: vector.case_root.clone(),
        file_system_location_name: None,
        inputs,
    }]
}

/// Uploads each group of the recording and compares the store and the attachments.
fn check_upload(vector: &Vector) -> Result<(), Failed> {
    let mut world = World::new();
    let mut guids = vector.guids.iter();
    let mut attachments = Vec::new();
    for group in &groups(vector) {
        if group.inputs.is_empty() {
            continue;
        }
        let guid = guids.next().ok_or("fewer guids than groups with inputs")?;
        let mut settings = settings(&group.root_path, &vector.root_prefix, guid);
        let location_name = group.file_system_location_name.as_deref();
        if let Some(manifest) = &mut settings.manifest {
            manifest.location_name = location_name.map(str::parse).transpose()?;
        }
        for content in vector.preexisting_cas.iter().flatten() {
            world.hold(&settings, &content.bytes()?);
        }
        let files: Vec<Dropped> = group
            .inputs
            .iter()
            .map(|input| dropped(vector, group, input))
            .collect::<Result<_, _>>()?;
        let Outcome::Complete(summary) = world.upload(settings, &files, &mut |_, _| None) else {
            return Err("the upload did not complete".into());
        };
        let text: Value = serde_json::from_str(&manifest_of(&summary).attachments)?;
        attachments.push(text["manifests"][0].clone());
    }
    compare_objects(vector, &world)?;
    if vector.flow == "submit" {
        compare_attachments(vector, &attachments)?;
    }
    Ok(())
}

fn dropped(vector: &Vector, group: &Group, input: &str) -> Result<Dropped, Failed> {
    let path = input
        .strip_prefix(&group.root_path)
        .ok_or("an input outside of its root")?;
    let find = |path: &str| {
        vector
            .files
            .iter()
            .find(|file| format!("{}/{}", vector.case_root, file.path) == path)
    };
    let mut found = find(input).ok_or_else(|| format!("no file {input}"))?;
    if let Some(target) = &found.symlink_to {
        // The official client follows links. A browser hides those inside a dropped folder, but a link that is
        // dropped itself comes as what it leads to, under the link's own name: that is what is tried here.
        let beside = Path::new(input)
            .parent()
            .ok_or("a link without folder")?
            .join(target);
        let beside = beside.to_string_lossy().into_owned();
        found = find(&beside)
            .or_else(|| find(target))
            .ok_or_else(|| format!("no file {target}"))?;
    }
    let ns: i64 = found
        .mtime_ns
        .as_ref()
        .ok_or("a file without mtime")?
        .parse()?;
    Ok(Dropped {
        path: path.trim_start_matches('/').to_owned(),
        bytes: found.content.bytes()?,
        modified: ns.div_euclid(1_000_000),
    })
}

fn compare_objects(vector: &Vector, world: &World) -> Result<(), Failed> {
    let theirs: Vec<&str> = vector
        .objects
        .iter()
        .map(|object| object.key.as_str())
        .collect();
    let ours: Vec<&str> = world.objects.keys().map(String::as_str).collect();
    same("keys", &ours, &theirs)?;
    for object in &vector.objects {
        let mut bytes = world.objects[&object.key].bytes.clone();
        if let Some(theirs) = &object.body_text {
            let ours = String::from_utf8(bytes)?;
            // Browsers tell whole milliseconds; the recordings may have more digits (spec 1.3).
            let theirs = in_whole_milliseconds(theirs)?;
            same("manifest", &ours, &theirs)?;
            compare_metadata(object, &world.objects[&object.key])?;
            bytes = object.body_text.clone().unwrap_or_default().into_bytes();
        }
        same("size", &(bytes.len() as u64), &object.size)?;
        same("hash", &ContentHash::of(&bytes).to_string(), &object.xxh128)?;
    }
    Ok(())
}

/// Job submission writes no metadata, ours always does (decision S2); what the others write is the same.
fn compare_metadata(theirs: &VectorObject, ours: &support::Object) -> Result<(), Failed> {
    for (name, value) in &theirs.metadata {
        let header = format!("x-amz-meta-{name}");
        let found = ours.headers.iter().find(|(name, _)| *name == header);
        same(name, &found.map(|(_, value)| value), &Some(value))?;
    }
    Ok(())
}

fn in_whole_milliseconds(text: &str) -> Result<String, Failed> {
    let AnyManifest::V2023_03_03(decoded) = AnyManifest::decode(text)? else {
        return Err("another version".into());
    };
    let entries = decoded.entries().iter().cloned().map(|entry| Entry {
        mtime: entry.mtime.div_euclid(1000) * 1000,
        ..entry
    });
    Ok(Manifest::new(entries.collect())?.encode())
}

fn compare_attachments(vector: &Vector, ours: &[Value]) -> Result<(), Failed> {
    let theirs = vector.attachments["manifests"]
        .as_array()
        .ok_or("no attachments")?;
    let with_inputs: Vec<&Value> = theirs
        .iter()
        .filter(|one| one.get("inputManifestPath").is_some())
        .collect();
    same("manifests", &ours.len(), &with_inputs.len())?;
    let read = Attachments::parse(&vector.attachments.to_string())?;
    let written: Value = serde_json::from_str(&read.to_json())?;
    same("attachments as read", &written, &vector.attachments)?;
    for (ours, theirs) in ours.iter().zip(with_inputs) {
        same("root", &ours["rootPath"], &theirs["rootPath"])?;
        same("format", &ours["rootPathFormat"], &theirs["rootPathFormat"])?;
        same(
            "path",
            &ours["inputManifestPath"],
            &theirs["inputManifestPath"],
        )?;
        same(
            "location",
            &ours["fileSystemLocationName"],
            &theirs["fileSystemLocationName"],
        )?;
        let key = format!(
            "{}/Manifests/{}",
            vector.root_prefix,
            theirs["inputManifestPath"].as_str().unwrap_or_default()
        );
        let object = vector
            .objects
            .iter()
            .find(|object| object.key == key)
            .ok_or("no such manifest")?;
        let has_whole_milliseconds =
            in_whole_milliseconds(object.body_text.as_deref().ok_or("no text")?)?
                == object.body_text.clone().unwrap_or_default();
        if has_whole_milliseconds {
            same(
                "hash",
                &ours["inputManifestHash"],
                &theirs["inputManifestHash"],
            )?;
        }
    }
    Ok(())
}

/// What a worker writes: text, metadata, last key part.
fn check_output(vector: &Vector, output: &Output) -> Result<(), Failed> {
    let entries = output.entries.iter().map(|entry| {
        Ok(Entry {
            path: RelativePath::parse(entry.path.as_str())?,
            hash: EntryHash::parse(&entry.hash).ok_or("a bad hash")?,
            size: entry.size.parse()?,
            mtime: entry.mtime.parse()?,
        })
    });
    let text = Manifest::new(entries.collect::<Result<_, Failed>>()?)?.encode();
    let object = vector.objects.first().ok_or("no object")?;
    same("text", &Some(text.as_str()), &object.body_text.as_deref())?;
    same(
        "hash",
        &ContentHash::of(text.as_bytes()).to_string(),
        &object.xxh128,
    )?;
    let location = output.file_system_location_name.as_deref();
    let name = ManifestName::of_output(location, &output.root_path).to_string();
    same("name", &object.key.rsplit('/').next(), &Some(name.as_str()))?;
    let metadata = ManifestMetadata {
        asset_root: output.root_path.clone(),
        location_name: location.map(str::parse).transpose()?,
    };
    let entries = metadata.entries();
    same("metadata", &entries.len(), &object.metadata.len())?;
    for (name, value) in entries {
        same(name, &object.metadata.get(name), &Some(&value))?;
    }
    let theirs = ManifestMetadata::read(|name| object.metadata.get(name).map(String::as_str))?;
    same("metadata as read", &metadata, &theirs)
}

fn same<T: PartialEq + std::fmt::Debug + ?Sized>(
    what: &str,
    ours: &T,
    theirs: &T,
) -> Result<(), Failed> {
    if ours == theirs {
        Ok(())
    } else {
        Err(format!("{what}: ours {ours:?}, theirs {theirs:?}").into())
    }
}
