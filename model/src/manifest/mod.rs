//! The documents that tell a worker which files to fetch.
//!
//! One file or folder for each format; this one finds out which format a text has
//! (spec `manifests.md` 5). [`error`] says what can be wrong with one.

mod canonical;
mod entry_hash;
pub mod error;
mod read_json;
mod sorted;
pub mod v2023_03_03;
pub mod v2025_12_04_beta;

use std::collections::HashSet;

use serde_json::value::RawValue;

use crate::hash::HASH_ALGORITHM;
pub use entry_hash::EntryHash;
pub use error::{EntryList, Fault, Location, ManifestError};
use read_json::{Field, Misread, check_nesting, read_object};

/// Versions of the family that is recognised and refused (decision D14, spec 4.1).
const DRAFTS: [&str; 4] = [
    "relative-manifest-snapshot-beta-2025-12",
    "relative-manifest-diff-beta-2025-12",
    "absolute-manifest-snapshot-beta-2025-12",
    "absolute-manifest-diff-beta-2025-12",
];

/// A manifest of a format that is read and written here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Manifest {
    /// The only format that released workers read.
    V2023_03_03(v2023_03_03::Manifest),
    /// A draft that no released worker reads (decision D1).
    V2025_12_04Beta(v2025_12_04_beta::Manifest),
}

impl Manifest {
    /// Decodes a manifest of any version that is supported.
    ///
    /// # Errors
    /// [`ManifestError`]; an unknown version is named in it.
    pub fn decode(text: &str) -> Result<Self, ManifestError> {
        if let Some(manifest) = canonical::read(text) {
            return Ok(Self::V2023_03_03(manifest));
        }
        check_nesting(text)?;
        let outline = Outline::read(text)?;
        match outline.version()? {
            Version::V2023_03_03 => outline.v2023_03_03().map(Self::V2023_03_03),
            Version::V2025_12_04Beta => outline
                .v2025_12_04_beta(text.len())
                .map(Self::V2025_12_04Beta),
        }
    }

    /// The canonical text of its format: ASCII, sorted keys, no white space (spec 1.1).
    #[must_use]
    pub fn encode(&self) -> String {
        match self {
            Self::V2023_03_03(manifest) => manifest.encode(),
            Self::V2025_12_04Beta(manifest) => manifest.encode(),
        }
    }

    /// Bytes of all files together; for a decoded manifest what the document says.
    #[must_use]
    pub fn total_size(&self) -> u64 {
        match self {
            Self::V2023_03_03(manifest) => manifest.total_size(),
            Self::V2025_12_04Beta(manifest) => manifest.total_size(),
        }
    }

    /// Judges what decoding leaves open: whether the stated total is the sum of the sizes. All other
    /// rules hold for every manifest that exists.
    ///
    /// # Errors
    /// [`Fault::TotalMismatch`], [`Fault::TotalTooLarge`].
    pub fn validate(&self) -> Result<(), ManifestError> {
        let sum = match self {
            Self::V2023_03_03(manifest) => v2023_03_03::sum(manifest.entries()),
            Self::V2025_12_04Beta(manifest) => v2025_12_04_beta::sum(manifest.files()),
        };
        let sum = sum.ok_or_else(|| Fault::TotalTooLarge.in_field("totalSize"))?;
        let stated = self.total_size();
        if stated != sum {
            return Err(Fault::TotalMismatch { stated, sum }.in_field("totalSize"));
        }
        Ok(())
    }

    /// The contents that the manifest refers to, chunks included: each once, in the order of first use.
    #[must_use]
    pub fn hashes(&self) -> Vec<&EntryHash> {
        let mut seen = HashSet::new();
        let mut distinct = Vec::new();
        let mut add = |hash| {
            if seen.insert(hash) {
                distinct.push(hash);
            }
        };
        match self {
            Self::V2023_03_03(manifest) => {
                manifest
                    .entries()
                    .iter()
                    .map(|entry| &entry.hash)
                    .for_each(&mut add);
            }
            Self::V2025_12_04Beta(manifest) => {
                manifest
                    .files()
                    .iter()
                    .flat_map(|file| file.hashes())
                    .for_each(&mut add);
            }
        }
        distinct
    }
}

enum Version {
    V2023_03_03,
    V2025_12_04Beta,
}

/// A document of any format, its parts still text. Unknown keys are skipped (spec 2.2, 3.4).
struct Outline<'a> {
    manifest_version: Field<'a>,
    specification_version: Field<'a>,
    hash_alg: Field<'a>,
    paths: Field<'a>,
    dirs: Field<'a>,
    files: Field<'a>,
    parent_manifest_hash: Field<'a>,
    total_size: Field<'a>,
}

impl<'a> Outline<'a> {
    fn read(text: &'a str) -> Result<Self, ManifestError> {
        let [
            manifest_version,
            specification_version,
            hash_alg,
            paths,
            dirs,
            files,
            parent_manifest_hash,
            total_size,
        ] = read_object(
            text,
            [
                "manifestVersion",
                "specificationVersion",
                "hashAlg",
                "paths",
                "dirs",
                "files",
                "parentManifestHash",
                "totalSize",
            ],
        )
        .map_err(Misread::in_document)?;
        Ok(Self {
            manifest_version,
            specification_version,
            hash_alg,
            paths,
            dirs,
            files,
            parent_manifest_hash,
            total_size,
        })
    }

    /// A version that is `null` is there all the same, and unknown.
    fn version(&self) -> Result<Version, ManifestError> {
        let Some(version) = self.manifest_version.optional_raw() else {
            let version = self.specification_version.optional_raw();
            let version = plain(version.ok_or(Fault::NoVersion)?);
            let fault = if DRAFTS.contains(&version.as_str()) {
                Fault::DraftVersion(version)
            } else {
                Fault::UnknownVersion(version)
            };
            return Err(fault.in_field("specificationVersion"));
        };
        match plain(version) {
            version if version == v2023_03_03::VERSION => Ok(Version::V2023_03_03),
            version if version == v2025_12_04_beta::VERSION => Ok(Version::V2025_12_04Beta),
            version => Err(Fault::UnknownVersion(version).in_field("manifestVersion")),
        }
    }

    fn v2023_03_03(self) -> Result<v2023_03_03::Manifest, ManifestError> {
        self.check_hash_algorithm()?;
        v2023_03_03::decode(self.paths, self.total_size()?)
    }

    fn v2025_12_04_beta(self, bytes: usize) -> Result<v2025_12_04_beta::Manifest, ManifestError> {
        self.check_hash_algorithm()?;
        let parent = self.parent_manifest_hash.unless_null();
        v2025_12_04_beta::decode(v2025_12_04_beta::RawDocument {
            directories: self.dirs,
            files: self.files,
            parent: parent
                .map(Field::text)
                .transpose()
                .map_err(Misread::in_document)?,
            total_size: self.total_size()?,
            bytes,
        })
    }

    fn total_size(&self) -> Result<u64, ManifestError> {
        self.total_size.bytes().map_err(Misread::in_document)
    }

    fn check_hash_algorithm(&self) -> Result<(), ManifestError> {
        let name = self.hash_alg.text().map_err(Misread::in_document)?;
        if name == HASH_ALGORITHM {
            return Ok(());
        }
        Err(Fault::UnknownHashAlgorithm(shortened(&name)).in_field("hashAlg"))
    }
}

/// A version as a message quotes it: a text without its quotes.
fn plain(version: &RawValue) -> String {
    let text = serde_json::from_str::<String>(version.get());
    shortened(&text.unwrap_or_else(|_| version.get().to_owned()))
}

fn shortened(text: &str) -> String {
    text.chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> (String, String) {
        let error = Manifest::decode(text).unwrap_err();
        (error.code().to_owned(), error.location.to_string())
    }

    #[test]
    fn a_version_that_is_not_read_is_named() {
        for (text, code, place, named) in [
            ("{}", "manifest-no-version", "", ""),
            (
                r#"{"manifestVersion":"v2023-03-03"}"#,
                "manifest-unknown-version",
                "manifestVersion",
                "v2023-03-03",
            ),
            (
                r#"{"manifestVersion":null}"#,
                "manifest-unknown-version",
                "manifestVersion",
                "null",
            ),
            (
                r#"{"manifestVersion":[1]}"#,
                "manifest-unknown-version",
                "manifestVersion",
                "[1]",
            ),
            (
                r#"{"specificationVersion":"relative-manifest-diff-beta-2025-12"}"#,
                "manifest-draft-version",
                "specificationVersion",
                "relative-manifest-diff-beta-2025-12",
            ),
            (
                r#"{"specificationVersion":"2023-03-03"}"#,
                "manifest-unknown-version",
                "specificationVersion",
                "2023-03-03",
            ),
        ] {
            let error = Manifest::decode(text).unwrap_err();
            assert_eq!(
                (error.code(), error.location.to_string()),
                (code, place.to_owned()),
                "{text}"
            );
            assert!(error.to_string().contains(named), "{error}");
        }
    }

    #[test]
    fn an_error_says_where_it_is() {
        let document = |entry: &str| {
            format!(
                r#"{{"hashAlg":"xxh128","manifestVersion":"2023-03-03","paths":[{{"hash":"a","mtime":1,"path":"a","size":1}},{entry}],"totalSize":1}}"#
            )
        };
        for (entry, code, place) in [
            (
                r#"{"hash":"a","mtime":1,"path":"b","size":-1}"#,
                "manifest-malformed",
                "paths[1].size",
            ),
            (
                r#"{"hash":"a","mtime":1,"path":"b"}"#,
                "manifest-malformed",
                "paths[1]",
            ),
            (
                r#"{"hash":"a","mtime":1,"path":"b","size":1,"size":1}"#,
                "manifest-malformed",
                "paths[1]",
            ),
            (
                r#"{"hash":"a-","mtime":1,"path":"b","size":1}"#,
                "manifest-bad-hash",
                "paths[1].hash",
            ),
            (
                r#"{"hash":"a","mtime":1,"path":"../b","size":1}"#,
                "path-dot-name",
                "paths[1].path",
            ),
            (
                r#"{"hash":"a","mtime":1,"path":"a","size":1}"#,
                "path-duplicate",
                "paths[1].path",
            ),
            ("7", "manifest-malformed", "paths[1]"),
        ] {
            assert_eq!(
                refusal(&document(entry)),
                (code.to_owned(), place.to_owned()),
                "{entry}"
            );
        }
    }

    #[test]
    fn a_parsers_message_never_quotes_a_whole_document() {
        let text = format!(
            r#"{{"hashAlg":"xxh128","manifestVersion":"2023-03-03","paths":"{}"}}"#,
            "é".repeat(100_000)
        );
        assert!(
            Manifest::decode(&text)
                .unwrap_err()
                .to_string()
                .chars()
                .count()
                < 300
        );
    }
}
