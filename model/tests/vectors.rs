//! The golden vectors made by the official client: one test for each file, straight from
//! `shared/vectors` beside the checkout. A new file is a new test.

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use rusty_attachments_model::hash::{ContentHash, ContentHasher};
use rusty_attachments_model::manifest::v2023_03_03::{self, Entry};
use rusty_attachments_model::manifest::v2025_12_04_beta::{self, Directory, File, FileFields};
use rusty_attachments_model::manifest::{EntryHash, Manifest, ManifestError};
use rusty_attachments_model::relative_path::{RelativePath, manifest_order};
use rusty_attachments_model::s3_layout::ManifestName;
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
        ("v2025-12-04-beta", beta),
        ("v2025-12-04-beta/invalid", beta_invalid),
        ("beta-2025-12", draft),
        ("beta-2025-12/invalid", draft_invalid),
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
            ManifestName::of_input(root).to_string(),
            vector.input_manifest_name.clone(),
        )?;
        same(
            "output",
            ManifestName::of_output(location, root).to_string(),
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
    let made = entries.and_then(|entries| v2023_03_03::Manifest::new(entries).ok());
    let made = made.map(Manifest::V2023_03_03);
    same(
        "passes the path rules",
        made.is_some(),
        vector.passes_strict_path_rules,
    )?;
    let decoded = Manifest::decode(&vector.encoded);
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
    let mut writer = v2023_03_03::Writer::with_capacity(0);
    for entry in paths {
        let hash = EntryHash::parse(&entry.hash).ok_or("a hash that no client writes")?;
        writer.entry(
            &entry.path,
            &hash,
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
    match Manifest::decode(&vector.encoded) {
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
    if file.ends_with("version-2025-12-04-beta.json") {
        // The official decoder does not know this version; section 5 of the spec reads it.
        return is_beta(&vector.document);
    }
    match Manifest::decode(&vector.document) {
        Err(_) => Ok(()),
        Ok(_) => Err("the official decoder refuses this document, ours took it".into()),
    }
}

fn is_beta(document: &str) -> Outcome {
    let is_beta = matches!(Manifest::decode(document)?, Manifest::V2025_12_04Beta(_));
    same("is 2025-12-04-beta", is_beta, true)
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
    let decoded = Manifest::decode(&vector.document);
    if vector.advice == "reject" {
        return same("taken", decoded.is_ok(), false);
    }
    if vector.advice.contains("or reject") && decoded.is_err() {
        return Ok(());
    }
    let decoded = decoded?;
    same("encoded again", decoded.encode(), vector.python_reencoded)?;
    if vector.advice.contains("refuse to upload") {
        let names_an_object = matches!(decoded.hashes()[0], EntryHash::Content(_));
        same("names an object", names_an_object, false)?;
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BetaVector {
    input: BetaInput,
    total_size: String,
    encoded: String,
    encoded_xxh128: String,
    encoded_raw: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BetaInput {
    kind: String,
    dirs: Vec<BetaDirectory>,
    files: Vec<BetaFile>,
    parent_manifest_hash: Option<String>,
}

#[derive(Deserialize)]
struct BetaDirectory {
    name: String,
    #[serde(default)]
    delete: bool,
}

#[derive(Deserialize)]
struct BetaFile {
    name: String,
    hash: Option<String>,
    size: Option<String>,
    mtime: Option<String>,
    #[serde(default)]
    runnable: bool,
    chunkhashes: Option<Vec<String>>,
    symlink_target: Option<String>,
    #[serde(default)]
    delete: bool,
}

impl BetaFile {
    fn parse(self) -> Result<File, String> {
        let number =
            |text: Option<String>| text.map(|text| text.parse::<i128>().expect("a number"));
        let fields = FileFields {
            name: self.name.into(),
            hash: self.hash.map(Into::into),
            size: number(self.size)
                .map(u64::try_from)
                .transpose()
                .map_err(|_| "size")?,
            mtime: number(self.mtime)
                .map(i64::try_from)
                .transpose()
                .map_err(|_| "mtime")?,
            runnable: self.runnable,
            chunkhashes: self
                .chunkhashes
                .map(|hashes| hashes.into_iter().map(Into::into).collect()),
            symlink_target: self.symlink_target.map(Into::into),
            delete: self.delete,
        };
        File::parse(fields).map_err(|error| error.fault.to_string())
    }
}

impl BetaInput {
    fn directories(&self) -> Result<Vec<Directory>, String> {
        let directory = |directory: &BetaDirectory| {
            Ok(Directory {
                path: RelativePath::parse(directory.name.as_str())
                    .map_err(|error| error.to_string())?,
                is_deleted: directory.delete,
            })
        };
        self.dirs.iter().map(directory).collect()
    }

    fn make(self) -> Result<Manifest, String> {
        let directories = self.directories()?;
        let files = self
            .files
            .into_iter()
            .map(BetaFile::parse)
            .collect::<Result<_, _>>()?;
        let made = match (self.kind.as_str(), self.parent_manifest_hash) {
            ("snapshot", None) => v2025_12_04_beta::Manifest::new_snapshot(directories, files),
            ("diff", Some(parent)) => {
                let parent = EntryHash::parse(&parent).ok_or("parent hash")?;
                v2025_12_04_beta::Manifest::new_diff(directories, files, parent)
            }
            _ => return Err(String::from("a kind that is not known")),
        };
        Ok(Manifest::V2025_12_04Beta(
            made.map_err(|error| error.to_string())?,
        ))
    }
}

fn beta(file: &Path) -> Outcome {
    let vector: BetaVector = load(file)?;
    if file.ends_with("snapshot-symlink-dotdot.json") {
        return refused_symlink(vector);
    }
    let made = vector.input.make()?;
    same("made", made.encode(), vector.encoded.clone())?;
    same("total", made.total_size().to_string(), vector.total_size)?;
    same("valid", made.validate(), Ok(()))?;
    let hash = ContentHash::of(vector.encoded.as_bytes()).to_string();
    same("hash", hash, vector.encoded_xxh128)?;
    // Decision D13: both spellings are read.
    for text in [&vector.encoded, &vector.encoded_raw] {
        let decoded = Manifest::decode(text)?;
        same("decoded", &decoded, &made)?;
        same("encoded again", decoded.encode(), vector.encoded.clone())?;
    }
    Ok(())
}

/// Decision D11 refuses the target, which is inside the root under one of the two readings only; the
/// text of the others can be written all the same.
fn refused_symlink(vector: BetaVector) -> Outcome {
    let refusal = Manifest::decode(&vector.encoded).map_err(|error| error.code());
    same("decoded", refusal.err(), Some("symlink-outside"))?;
    let directories = vector.input.directories()?;
    let mut writer = v2025_12_04_beta::Writer::new(&directories);
    for file in vector.input.files {
        match &file.symlink_target {
            Some(target) => writer.symlink(&file.name, target),
            None => writer.file(&file.parse()?),
        }
    }
    let written = writer.finish(None, vector.total_size.parse()?);
    same("written", written, vector.encoded)
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum BetaInvalid {
    Input { input: BetaInput },
    Document { document: String },
}

fn beta_invalid(file: &Path) -> Outcome {
    let refusal = match load(file)? {
        BetaInvalid::Input { input } => input.make().err(),
        BetaInvalid::Document { document } => {
            let decoded = Manifest::decode(&document);
            if file.ends_with("doc-runnable-false.json") {
                // Decision D12: an explicit false is read, and never written.
                return same("written", decoded?.encode().contains("runnable"), false);
            }
            decoded.err().map(|error| error.to_string())
        }
    };
    refusal.map(drop).ok_or_else(|| "this was taken".into())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DraftVector {
    encoded: String,
    encoded_raw: String,
}

/// Decision D14: the version is named, and nothing else of the document is looked at.
fn draft(file: &Path) -> Outcome {
    let vector: DraftVector = load(file)?;
    for text in [vector.encoded, vector.encoded_raw] {
        let refusal = Manifest::decode(&text).expect_err("a draft");
        same("code", refusal.code(), "manifest-draft-version")?;
        let named = refusal.to_string().contains("-beta-2025-12");
        same("names the version", named, true)?;
    }
    Ok(())
}

fn draft_invalid(file: &Path) -> Outcome {
    let vector: InvalidVector = load(file)?;
    if file.ends_with("doc-old-beta.json") {
        // A draft's decoder does not know this version; section 5 of the spec reads it.
        return is_beta(&vector.document);
    }
    let refusal: Result<Manifest, ManifestError> = Manifest::decode(&vector.document);
    same("refused", refusal.is_err(), true)
}
