//! Manifest format 2023-03-03, the only one that released workers read (spec `manifests.md` 2,
//! decision D1).

use std::collections::HashSet;

use serde::Deserialize;

use super::{EntryHash, ManifestError, from_json};
use crate::json_text::{write_integer, write_string};
use crate::relative_path::{RelativePath, manifest_order};

/// How the format names itself in `manifestVersion`.
pub const VERSION: &str = "2023-03-03";

/// The one hash algorithm of the format.
const HASH_ALGORITHM: &str = "xxh128";

/// The `Content-Type` of such a manifest in S3 (decision S2).
pub const CONTENT_TYPE: &str = "application/x-deadline-manifest-2023-03-03";

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where the file lies below the asset root.
    pub path: RelativePath,
    /// Hash of its bytes.
    pub hash: EntryHash,
    /// Bytes.
    pub size: u64,
    /// Last change, in microseconds since 1970-01-01 UTC; may be negative.
    pub mtime: i64,
}

/// A list of files, in the order of [`manifest_order`], no path twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    entries: Vec<Entry>,
    total_size: u64,
}

impl Manifest {
    /// Makes a manifest of files in any order; an empty one can be encoded but must not be
    /// uploaded (decision D5).
    ///
    /// # Errors
    /// [`ManifestError::DuplicatePath`], [`ManifestError::TotalTooLarge`].
    pub fn new(mut entries: Vec<Entry>) -> Result<Self, ManifestError> {
        let total_size = entries
            .iter()
            .try_fold(0_u64, |sum, entry| sum.checked_add(entry.size))
            .ok_or(ManifestError::TotalTooLarge)?;
        sort(&mut entries);
        if let Some(pair) = entries.windows(2).find(|pair| pair[0].path == pair[1].path) {
            return Err(ManifestError::DuplicatePath(pair[0].path.to_string()));
        }
        Ok(Self {
            entries,
            total_size,
        })
    }

    /// Reads a document of this format. Unknown keys are ignored, `totalSize` is kept as given.
    ///
    /// # Errors
    /// [`ManifestError`]: everything the official decoder refuses, and the stricter rules D2 to D4.
    pub fn decode(text: &str) -> Result<Self, ManifestError> {
        let document: Document = from_json(text)?;
        if document.manifest_version != VERSION {
            return Err(ManifestError::UnknownVersion(document.manifest_version));
        }
        if document.hash_alg != HASH_ALGORITHM {
            return Err(ManifestError::UnknownHashAlgorithm(document.hash_alg));
        }
        if document.paths.is_empty() {
            return Err(ManifestError::NoFiles);
        }
        let mut seen = HashSet::with_capacity(document.paths.len());
        let mut entries = Vec::with_capacity(document.paths.len());
        for (index, item) in document.paths.into_iter().enumerate() {
            let hash = EntryHash::parse(&item.hash).ok_or(ManifestError::Hash { index })?;
            let path = RelativePath::parse(item.path)
                .map_err(|error| ManifestError::Path { index, error })?;
            if !seen.insert(path.clone()) {
                return Err(ManifestError::DuplicatePath(path.to_string()));
            }
            entries.push(Entry {
                path,
                hash,
                size: item.size,
                mtime: item.mtime,
            });
        }
        sort(&mut entries);
        Ok(Self {
            entries,
            total_size: document.total_size,
        })
    }

    /// The canonical text: byte for byte what the official client writes for the same files.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut writer = Writer::new();
        for entry in &self.entries {
            writer.entry(
                entry.path.as_str(),
                &entry.hash.to_string(),
                entry.size,
                entry.mtime,
            );
        }
        writer.finish(self.total_size)
    }

    /// The files, in manifest order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Bytes of all files together; for a decoded manifest what the document says.
    #[must_use]
    pub fn total_size(&self) -> u64 {
        self.total_size
    }
}

fn sort(entries: &mut [Entry]) {
    entries.sort_by(|a, b| manifest_order(a.path.as_str(), b.path.as_str()));
}

/// Writes the canonical text entry by entry, straight into the output. It judges nothing: the
/// caller gives entries in manifest order.
#[derive(Debug)]
pub struct Writer {
    out: Vec<u8>,
    is_first: bool,
}

impl Writer {
    /// Begins a document.
    #[must_use]
    pub fn new() -> Self {
        let mut out = Vec::new();
        out.extend_from_slice(
            b"{\"hashAlg\":\"xxh128\",\"manifestVersion\":\"2023-03-03\",\"paths\":[",
        );
        Self {
            out,
            is_first: true,
        }
    }

    /// Adds a file; `size` in bytes, `mtime` in microseconds since 1970.
    pub fn entry(&mut self, path: &str, hash: &str, size: u64, mtime: i64) {
        if !self.is_first {
            self.out.push(b',');
        }
        self.is_first = false;
        self.out.extend_from_slice(b"{\"hash\":");
        write_string(&mut self.out, hash);
        self.out.extend_from_slice(b",\"mtime\":");
        write_integer(&mut self.out, mtime);
        self.out.extend_from_slice(b",\"path\":");
        write_string(&mut self.out, path);
        self.out.extend_from_slice(b",\"size\":");
        write_integer(&mut self.out, size);
        self.out.push(b'}');
    }

    /// Ends the document.
    ///
    /// # Panics
    /// Never: everything written is ASCII.
    #[must_use]
    pub fn finish(mut self, total_size: u64) -> String {
        self.out.extend_from_slice(b"],\"totalSize\":");
        write_integer(&mut self.out, total_size);
        self.out.push(b'}');
        String::from_utf8(self.out).expect("the writer escapes everything but ASCII")
    }
}

impl Default for Writer {
    fn default() -> Self {
        Self::new()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    hash_alg: String,
    manifest_version: String,
    paths: Vec<Item>,
    total_size: u64,
}

#[derive(Deserialize)]
struct Item {
    hash: String,
    mtime: i64,
    path: String,
    size: u64,
}
