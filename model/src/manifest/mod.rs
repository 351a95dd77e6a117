//! The documents that tell a worker which files to fetch.
//!
//! One file for each format; this one finds out which format a text has (spec `manifests.md` 5).

pub mod v2023_03_03;

use serde::Deserialize;
use serde_json::Value;

use crate::hash::ContentHash;
use crate::relative_path::PathError;

/// Why a text is not a manifest, or a list of files cannot become one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// Not JSON, or a field is missing or of the wrong type.
    #[error("this is not a manifest: {0}")]
    Malformed(String),
    /// Neither `manifestVersion` nor `specificationVersion`.
    #[error("the manifest does not say which version it is")]
    NoVersion,
    /// A version that is not read here; the text is what the document says.
    #[error("manifest version {0} is not supported")]
    UnknownVersion(String),
    /// Not `xxh128`.
    #[error("hash algorithm {0} is not supported, only xxh128")]
    UnknownHashAlgorithm(String),
    /// No entries: the official decoder refuses such a document (decision D5).
    #[error("the manifest lists no files")]
    NoFiles,
    /// Entry `index` (from 0) has a path that breaks a rule.
    #[error("file {index}: {error}")]
    Path {
        /// Position in `paths`.
        index: usize,
        /// The rule.
        error: PathError,
    },
    /// Entry `index` (from 0) has a hash with characters other than ASCII letters and digits.
    #[error("file {index}: the hash is not made of letters and digits")]
    Hash {
        /// Position in `paths`.
        index: usize,
    },
    /// The same path twice (decision D4).
    #[error("the path {0} is listed twice")]
    DuplicatePath(String),
    /// The sizes add up to more than 2^64 - 1 bytes.
    #[error("the total size is beyond 64 bits")]
    TotalTooLarge,
}

impl ManifestError {
    /// Stable name of this kind of error, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "manifest-malformed",
            Self::NoVersion => "manifest-no-version",
            Self::UnknownVersion(_) => "manifest-unknown-version",
            Self::UnknownHashAlgorithm(_) => "manifest-unknown-hash-algorithm",
            Self::NoFiles => "manifest-no-files",
            Self::Path { error, .. } => error.code(),
            Self::Hash { .. } => "manifest-bad-hash",
            Self::DuplicatePath(_) => "path-duplicate",
            Self::TotalTooLarge => "manifest-total-too-large",
        }
    }
}

/// The hash of an entry: any letters and digits decode, only XXH3-128 names an object (decision D6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryHash {
    /// 32 lower-case hex digits: the content's name in the store.
    Content(ContentHash),
    /// Something else made of ASCII letters and digits, kept as it was.
    Other(Box<str>),
}

impl EntryHash {
    /// Judges and takes a hash text; `None` if it has other characters than ASCII letters and digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(hash) = text.parse() {
            return Some(Self::Content(hash));
        }
        let alphanumeric = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
        alphanumeric.then(|| Self::Other(text.into()))
    }
}

impl std::fmt::Display for EntryHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Content(hash) => hash.fmt(f),
            Self::Other(text) => f.write_str(text),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VersionFields {
    manifest_version: Option<Value>,
    specification_version: Option<Value>,
}

/// Decodes a manifest of any version that is supported.
///
/// # Errors
/// [`ManifestError`]; an unknown version is named in it.
pub fn decode(text: &str) -> Result<v2023_03_03::Manifest, ManifestError> {
    let fields: VersionFields = from_json(text)?;
    match fields.manifest_version.or(fields.specification_version) {
        None => Err(ManifestError::NoVersion),
        Some(Value::String(version)) if version == v2023_03_03::VERSION => {
            v2023_03_03::Manifest::decode(text)
        }
        Some(Value::String(version)) => Err(ManifestError::UnknownVersion(version)),
        Some(other) => Err(ManifestError::UnknownVersion(other.to_string())),
    }
}

fn from_json<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, ManifestError> {
    serde_json::from_str(text).map_err(|error| ManifestError::Malformed(error.to_string()))
}
