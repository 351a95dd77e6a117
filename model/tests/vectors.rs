//! The golden vectors made by the official client: one test for each file, straight from
//! `shared/vectors` beside the checkout. A new file is a new test.

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use rusty_attachments_model::hash::{ContentHash, ContentHasher};
use rusty_attachments_model::manifest::v2023_03_03::{Entry, Manifest, Writer};
use rusty_attachments_model::manifest::{self, EntryHash};
use rusty_attachments_model::relative_path::{RelativePath, manifest_order};
use rusty_attachments_model::s3_layout::{input_manifest_name, output_manifest_name};
use serde::Deserialize;

type Outcome = Result<(), Failed>;

fn main() {
    let mut trials = vec![
        trial(root().join("hashes.json"), hashes),
        trial(root().join("manifest-names.json"), manifest_names),
    ];
    for (folder, test) in [
        ("v2023-03-03", canonical as fn(&Path) -> Outcome),
        ("v2023-03-03/lone-surrogate", lone_surrogate),
        ("v2023-03-03/invalid", invalid),
        ("v2023-03-03/lenient", lenient),
    ] {
        trials.extend(files(folder).into_iter().map(|file| trial(file, test)));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors")
}

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = root().join(folder);
    let entries =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    assert!(!files.is_empty(), "no vectors in {}", folder.display());
    files.sort();
    files
}

fn trial(file: PathBuf, test: fn(&Path) -> Outcome) -> Trial {
    let name = file
        .strip_prefix(root())
        .expect("below the root")
        .display()
        .to_string();
    Trial::test(name, move || test(&file))
}

fn load<T: for<'a> Deserialize<'a>>(file: &Path) -> Result<T, Failed> {
    Ok(serde_json::from_str(&fs::read_to_string(file)?)?)
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, ours: T, theirs: T) -> Outcome {
    if ours == theirs {
        Ok(())
    } else {
        Err(format!("{what}: ours {ours:?}, theirs {theirs:?}").into())
    }
}

#[derive(Deserialize)]
struct HashVectors {
    vectors: Vec<PatternVector>,
    strings: Vec<StringVector>,
}

#[derive(Deserialize)]
struct PatternVector {
    length: usize,
    xxh128: String,
}

#[derive(Deserialize)]
struct StringVector {
    utf8: String,
    xxh128: String,
}

fn hashes(file: &Path) -> Outcome {
    let all: HashVectors = load(file)?;
    for PatternVector { length, xxh128 } in all.vectors {
        let bytes: Vec<u8> = (0..length)
            .map(|i| u8::try_from((i * 131 + 7) % 256).expect("below 256"))
            .collect();
        same(
            "at once",
            ContentHash::of(&bytes).to_string(),
            xxh128.clone(),
        )?;
        for piece in [1, 63, 256, 1000] {
            let mut hasher = ContentHasher::new();
            bytes.chunks(piece).for_each(|chunk| hasher.update(chunk));
            same("in pieces", hasher.finish().to_string(), xxh128.clone())?;
        }
    }
    for StringVector { utf8, xxh128 } in all.strings {
        same(&utf8, ContentHash::of(utf8.as_bytes()).to_string(), xxh128)?;
    }
    Ok(())
}

#[derive(Deserialize)]
struct NameVectors {
    vectors: Vec<NameVector>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NameVector {
    root_path: String,
    file_system_location_name: Option<String>,
    input_manifest_name: String,
    output_manifest_name: String,
}

fn manifest_names(file: &Path) -> Outcome {
    let all: NameVectors = load(file)?;
    for vector in all.vectors {
        let root = &vector.root_path;
        let location = vector.file_system_location_name.as_deref();
        same(
            "input",
            input_manifest_name(root),
            vector.input_manifest_name.clone(),
        )?;
        same(
            "output",
            output_manifest_name(location, root),
            vector.output_manifest_name.clone(),
        )?;
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CanonicalVector {
    input: Input,
    encoded: String,
    encoded_xxh128: String,
    encoded_byte_length: usize,
    decodable_by_python: bool,
    passes_strict_path_rules: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    paths: Vec<InputEntry>,
    total_size: String,
}

#[derive(Deserialize)]
struct InputEntry {
    path: String,
    hash: String,
    size: String,
    mtime: String,
}

impl InputEntry {
    fn judged(&self) -> Option<Entry> {
        Some(Entry {
            path: RelativePath::parse(self.path.as_str()).ok()?,
            hash: EntryHash::parse(&self.hash)?,
            size: self.size.parse().ok()?,
            mtime: self.mtime.parse().ok()?,
        })
    }
}

fn canonical(file: &Path) -> Outcome {
    let vector: CanonicalVector = load(file)?;
    let written = write_unjudged(&vector.input)?;
    same("text", &written, &vector.encoded)?;
    same("length", written.len(), vector.encoded_byte_length)?;
    same(
        "hash",
        ContentHash::of(written.as_bytes()).to_string(),
        vector.encoded_xxh128,
    )?;

    let entries: Option<Vec<Entry>> = vector.input.paths.iter().map(InputEntry::judged).collect();
    let made = entries.and_then(|entries| Manifest::new(entries).ok());
    same(
        "passes the path rules",
        made.is_some(),
        vector.passes_strict_path_rules,
    )?;
    let decoded = manifest::decode(&vector.encoded);
    let may_decode = vector.passes_strict_path_rules && vector.decodable_by_python;
    same("decodes", decoded.is_ok(), may_decode)?;
    if let (Some(made), Ok(decoded)) = (made, decoded) {
        same("made", made.encode(), vector.encoded.clone())?;
        same("decoded again", &decoded, &made)?;
        same("encoded again", decoded.encode(), vector.encoded)?;
    }
    Ok(())
}

/// The writer itself judges no paths: it has to reproduce what the official client would write even
/// for paths that we refuse.
fn write_unjudged(input: &Input) -> Result<String, Failed> {
    let mut paths: Vec<_> = input.paths.iter().collect();
    paths.sort_by(|a, b| manifest_order(&a.path, &b.path));
    let mut writer = Writer::new();
    for entry in paths {
        writer.entry(
            &entry.path,
            &entry.hash,
            entry.size.parse()?,
            entry.mtime.parse()?,
        );
    }
    Ok(writer.finish(input.total_size.parse()?))
}

#[derive(Deserialize)]
struct LoneSurrogateVector {
    encoded: String,
}

/// Decision D3: a text with half a surrogate pair is refused.
fn lone_surrogate(file: &Path) -> Outcome {
    let vector: LoneSurrogateVector = load(file)?;
    match manifest::decode(&vector.encoded) {
        Err(error) => same("code", error.code(), "manifest-malformed"),
        Ok(_) => Err("half a surrogate pair was taken".into()),
    }
}

#[derive(Deserialize)]
struct InvalidVector {
    document: String,
}

fn invalid(file: &Path) -> Outcome {
    let vector: InvalidVector = load(file)?;
    match manifest::decode(&vector.document) {
        Err(_) => Ok(()),
        Ok(_) => Err("the official decoder refuses this document, ours took it".into()),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LenientVector {
    document: String,
    python_reencoded: String,
    advice: String,
}

fn lenient(file: &Path) -> Outcome {
    let vector: LenientVector = load(file)?;
    let decoded = manifest::decode(&vector.document);
    if vector.advice == "reject" {
        return same("taken", decoded.is_ok(), false);
    }
    if vector.advice.contains("or reject") && decoded.is_err() {
        return Ok(());
    }
    let decoded = decoded?;
    same("encoded again", decoded.encode(), vector.python_reencoded)?;
    if vector.advice.contains("refuse to upload") {
        let names_an_object = matches!(decoded.entries()[0].hash, EntryHash::Content(_));
        same("names an object", names_an_object, false)?;
    }
    Ok(())
}
