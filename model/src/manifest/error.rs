//! Why a text is not a manifest, or a list of files cannot become one.

use std::fmt;

use super::v2025_12_04_beta::SymlinkError;
use crate::relative_path::PathError;

/// What is wrong, and where in the document or the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestError {
    /// The rule that is broken.
    pub fault: Fault,
    /// The entry and the field that break it; empty for the document as a whole.
    pub location: Location,
}

/// A place in a manifest, as its JSON spells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Location {
    /// The list, and the position in it, from 0, in the order the entries were given.
    pub entry: Option<(EntryList, usize)>,
    /// The key.
    pub field: Option<Box<str>>,
}

/// The lists of entries that a manifest has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryList {
    /// Files of format 2023-03-03.
    Paths,
    /// Files of format 2025-12-04-beta.
    Files,
    /// Directories of format 2025-12-04-beta.
    Dirs,
}

/// The rule that is broken (spec `manifests.md` 1.3 to 1.5, 2.2, 3.4).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not JSON, or a field is missing or of the wrong type.
    #[error("this is not a manifest: {0}")]
    Malformed(String),
    /// Brackets within brackets, more than any manifest has.
    #[error("this is not a manifest: its brackets are nested too deep")]
    NestedTooDeep,
    /// Neither `manifestVersion` nor `specificationVersion`.
    #[error("the manifest does not say which version it is")]
    NoVersion,
    /// A version that is not read here; the text is what the document says.
    #[error("manifest version {0} is not supported")]
    UnknownVersion(String),
    /// A version of the family `*-beta-2025-12` (decision D14).
    #[error("manifest version {0} is an unreleased draft that is not supported")]
    DraftVersion(String),
    /// Not `xxh128`.
    #[error("hash algorithm {0} is not supported, only xxh128")]
    UnknownHashAlgorithm(String),
    /// No entries: the official decoder refuses such a document (decision D5).
    #[error("the manifest lists no files")]
    NoFiles,
    /// A path that breaks a rule (decision D4).
    #[error("{0}")]
    Path(PathError),
    /// A hash with characters other than ASCII letters and digits.
    #[error("the hash is not made of letters and digits")]
    Hash,
    /// The same path twice, or a file where a directory is (decision D4).
    #[error("the path {0} is listed twice")]
    DuplicatePath(String),
    /// The sizes add up to more than 2^64 - 1 bytes.
    #[error("the total size is beyond 64 bits")]
    TotalTooLarge,
    /// `totalSize` is not the sum of the sizes; only validation compares them.
    #[error("the total size is stated as {stated} bytes, but the files add up to {sum}")]
    TotalMismatch {
        /// What the document says, in bytes.
        stated: u64,
        /// What its files say, in bytes.
        sum: u64,
    },
    /// A deletion outside a diff.
    #[error("only a diff can delete")]
    DeletionInSnapshot,
    /// A deleted entry that says more than its name.
    #[error("a deleted entry has a name and nothing else")]
    DeletedWithContent,
    /// None, or more than one, of the three.
    #[error("a file has exactly one of hash, chunkhashes and symlink target")]
    NotOneContent,
    /// A file with bytes must say how many.
    #[error("the size is missing")]
    SizeMissing,
    /// A file with bytes must say when it changed.
    #[error("the mtime is missing")]
    MtimeMissing,
    /// A symlink has no bytes, no time and is not run.
    #[error("a symlink has a name and a target and nothing else")]
    SymlinkWithContent,
    /// Chunks on a file that is not cut.
    #[error("only a file of more than 256 MiB has chunk hashes, this one has {size} bytes")]
    ChunkedTooSmall {
        /// Bytes of the file.
        size: u64,
    },
    /// Not one hash for each chunk.
    #[error("a file of {size} bytes has {expected} chunk hashes, not {found}")]
    ChunkCount {
        /// Bytes of the file.
        size: u64,
        /// Chunks of such a file.
        expected: u64,
        /// Hashes that were given.
        found: usize,
    },
    /// A symlink target that breaks a rule (decision D11).
    #[error("{0}")]
    Symlink(SymlinkError),
    /// The parent's hash has characters other than ASCII letters and digits.
    #[error("the hash of the parent manifest is not made of letters and digits")]
    ParentHash,
    /// `$`, something, `/`, where that is no directory's number (decision D9).
    #[error("the name begins like a reference to a directory, but names none")]
    BadReference,
    /// A number of a directory that is not listed, or not yet (decision D9).
    #[error("the name refers to directory {index}, which is not listed before it")]
    UnknownDirectory {
        /// The number, from 0.
        index: usize,
    },
    /// Would be read as a reference (decision D8).
    #[error("the path {0} would be read as a reference; list its directory")]
    LooksLikeReference(String),
    /// References make the document grow beyond measure.
    #[error("the names of this manifest grow beyond measure when they are written in full")]
    ExpandsTooFar,
}

impl ManifestError {
    /// Stable name of this kind of error, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match &self.fault {
            Fault::Malformed(_) => "manifest-malformed",
            Fault::NestedTooDeep => "manifest-nested-too-deep",
            Fault::NoVersion => "manifest-no-version",
            Fault::UnknownVersion(_) => "manifest-unknown-version",
            Fault::DraftVersion(_) => "manifest-draft-version",
            Fault::UnknownHashAlgorithm(_) => "manifest-unknown-hash-algorithm",
            Fault::NoFiles => "manifest-no-files",
            Fault::Path(error) => error.code(),
            Fault::Hash => "manifest-bad-hash",
            Fault::DuplicatePath(_) => "path-duplicate",
            Fault::TotalTooLarge => "manifest-total-too-large",
            Fault::TotalMismatch { .. } => "manifest-total-mismatch",
            Fault::DeletionInSnapshot => "manifest-deletion-in-snapshot",
            Fault::DeletedWithContent => "manifest-deleted-with-content",
            Fault::NotOneContent => "manifest-not-one-content",
            Fault::SizeMissing => "manifest-size-missing",
            Fault::MtimeMissing => "manifest-mtime-missing",
            Fault::SymlinkWithContent => "manifest-symlink-with-content",
            Fault::ChunkedTooSmall { .. } => "manifest-chunked-too-small",
            Fault::ChunkCount { .. } => "manifest-chunk-count",
            Fault::Symlink(error) => error.code(),
            Fault::ParentHash => "manifest-bad-parent-hash",
            Fault::BadReference => "manifest-bad-reference",
            Fault::UnknownDirectory { .. } => "manifest-unknown-directory",
            Fault::LooksLikeReference(_) => "path-looks-like-reference",
            Fault::ExpandsTooFar => "manifest-expands-too-far",
        }
    }
}

impl Fault {
    /// This fault, in that field of that entry.
    pub(super) fn at(self, list: EntryList, index: usize, field: &'static str) -> ManifestError {
        ManifestError {
            fault: self,
            location: Location {
                entry: Some((list, index)),
                field: Some(field.into()),
            },
        }
    }

    /// This fault, in that field of the document.
    pub(super) fn in_field(self, field: &'static str) -> ManifestError {
        ManifestError {
            fault: self,
            location: Location {
                entry: None,
                field: Some(field.into()),
            },
        }
    }
}

impl From<Fault> for ManifestError {
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            location: Location::default(),
        }
    }
}

impl EntryList {
    /// The key of the list in the JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Paths => "paths",
            Self::Files => "files",
            Self::Dirs => "dirs",
        }
    }
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.location == Location::default() {
            return self.fault.fmt(f);
        }
        write!(f, "{}: {}", self.location, self.fault)
    }
}

impl std::error::Error for ManifestError {}

/// As a person would write it in code: `files[3].size`.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((list, index)) = self.entry {
            write!(f, "{}[{index}]", list.as_str())?;
        }
        match &self.field {
            Some(field) if self.entry.is_some() => write!(f, ".{field}"),
            Some(field) => f.write_str(field),
            None => Ok(()),
        }
    }
}
