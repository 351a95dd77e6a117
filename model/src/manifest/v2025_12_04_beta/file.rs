//! One file of format 2025-12-04-beta, and the rules on its fields (spec `manifests.md` 3.4).

use std::borrow::Cow;

use super::super::{EntryHash, Fault};
use super::SymlinkTarget;
use crate::chunks::{expected_chunk_count, needs_chunking};
use crate::relative_path::RelativePath;

/// A file, a symlink or a deletion; one that breaks a rule cannot be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    path: RelativePath,
    content: Content,
}

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Bytes under one hash.
    Whole {
        /// Of all bytes.
        hash: EntryHash,
        /// Bytes.
        size: u64,
        /// Microseconds since 1970-01-01 UTC; may be negative.
        mtime: i64,
        /// Whether it may be executed.
        runnable: bool,
    },
    /// More than 256 MiB, one hash for each chunk.
    Chunked {
        /// In file order; [`expected_chunk_count`] of them.
        hashes: Box<[EntryHash]>,
        /// Bytes.
        size: u64,
        /// Microseconds since 1970-01-01 UTC; may be negative.
        mtime: i64,
        /// Whether it may be executed.
        runnable: bool,
    },
    /// A symlink.
    Symlink(SymlinkTarget),
    /// Gone since the parent manifest; only in a diff.
    Deleted,
}

/// A file before it is judged: the flat fields of the published API, whose target of a symlink is
/// `symlink_target` although a document says `symlink.name` (spec 3.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileFields<'a> {
    /// Path below the asset root.
    pub name: Cow<'a, str>,
    /// Of all bytes.
    pub hash: Option<Cow<'a, str>>,
    /// Bytes.
    pub size: Option<u64>,
    /// Microseconds since 1970-01-01 UTC.
    pub mtime: Option<i64>,
    /// Whether it may be executed.
    pub runnable: bool,
    /// Of each 256 MiB, in file order.
    pub chunkhashes: Option<Vec<Cow<'a, str>>>,
    /// Where a symlink points.
    pub symlink_target: Option<Cow<'a, str>>,
    /// Gone since the parent manifest.
    pub delete: bool,
}

impl FileFields<'_> {
    /// The API's name of a symlink's target.
    pub const SYMLINK_TARGET: &'static str = "symlink_target";
}

/// A rule that a file's fields break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFault {
    /// The rule.
    pub fault: Fault,
    /// The field, as [`FileFields`] names it.
    pub field: &'static str,
}

impl File {
    /// Judges and takes the fields of a file.
    ///
    /// # Errors
    /// The first rule that they break, and in which field.
    pub fn parse(fields: FileFields<'_>) -> Result<Self, FileFault> {
        let content = content(&fields)?;
        let path = RelativePath::parse(fields.name)
            .map_err(|error| in_field("name", Fault::Path(error)))?;
        Ok(Self { path, content })
    }

    /// Where it lies below the asset root.
    #[must_use]
    pub fn path(&self) -> &RelativePath {
        &self.path
    }

    /// What is there.
    #[must_use]
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// Bytes; symlinks and deletions have none.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        match self.content {
            Content::Whole { size, .. } | Content::Chunked { size, .. } => Some(size),
            Content::Symlink(_) | Content::Deleted => None,
        }
    }

    /// The objects that hold its bytes, in file order.
    #[must_use]
    pub fn hashes(&self) -> &[EntryHash] {
        match &self.content {
            Content::Whole { hash, .. } => std::slice::from_ref(hash),
            Content::Chunked { hashes, .. } => hashes,
            Content::Symlink(_) | Content::Deleted => &[],
        }
    }
}

fn in_field(field: &'static str, fault: Fault) -> FileFault {
    FileFault { fault, field }
}

fn content(fields: &FileFields<'_>) -> Result<Content, FileFault> {
    if fields.delete {
        return deleted(fields);
    }
    let kinds = [
        fields.hash.is_some(),
        fields.chunkhashes.is_some(),
        fields.symlink_target.is_some(),
    ];
    if kinds.into_iter().filter(|is_there| *is_there).count() != 1 {
        return Err(in_field("hash", Fault::NotOneContent));
    }
    if let Some(target) = &fields.symlink_target {
        return symlink(fields, target);
    }
    let size = fields
        .size
        .ok_or_else(|| in_field("size", Fault::SizeMissing))?;
    let mtime = fields
        .mtime
        .ok_or_else(|| in_field("mtime", Fault::MtimeMissing))?;
    let runnable = fields.runnable;
    if let Some(hashes) = &fields.chunkhashes {
        return Ok(Content::Chunked {
            hashes: chunk_hashes(hashes, size)?,
            size,
            mtime,
            runnable,
        });
    }
    let hash = fields.hash.as_deref().unwrap_or_default();
    Ok(Content::Whole {
        hash: EntryHash::parse(hash).ok_or_else(|| in_field("hash", Fault::Hash))?,
        size,
        mtime,
        runnable,
    })
}

fn deleted(fields: &FileFields<'_>) -> Result<Content, FileFault> {
    let extra = [
        ("hash", fields.hash.is_some()),
        ("chunkhashes", fields.chunkhashes.is_some()),
        (FileFields::SYMLINK_TARGET, fields.symlink_target.is_some()),
        ("size", fields.size.is_some()),
        ("mtime", fields.mtime.is_some()),
        ("runnable", fields.runnable),
    ];
    match extra.into_iter().find(|(_, is_there)| *is_there) {
        Some((field, _)) => Err(in_field(field, Fault::DeletedWithContent)),
        None => Ok(Content::Deleted),
    }
}

fn symlink(fields: &FileFields<'_>, target: &str) -> Result<Content, FileFault> {
    let extra = [
        ("size", fields.size.is_some()),
        ("mtime", fields.mtime.is_some()),
        ("runnable", fields.runnable),
    ];
    if let Some((field, _)) = extra.into_iter().find(|(_, is_there)| *is_there) {
        return Err(in_field(field, Fault::SymlinkWithContent));
    }
    let target = SymlinkTarget::parse(target)
        .map_err(|error| in_field(FileFields::SYMLINK_TARGET, Fault::Symlink(error)))?;
    Ok(Content::Symlink(target))
}

fn chunk_hashes(hashes: &[Cow<'_, str>], size: u64) -> Result<Box<[EntryHash]>, FileFault> {
    if !needs_chunking(size) {
        return Err(in_field("chunkhashes", Fault::ChunkedTooSmall { size }));
    }
    let expected = expected_chunk_count(size);
    if hashes.len() as u64 != expected {
        let found = hashes.len();
        let fault = Fault::ChunkCount {
            size,
            expected,
            found,
        };
        return Err(in_field("chunkhashes", fault));
    }
    hashes
        .iter()
        .map(|hash| EntryHash::parse(hash).ok_or_else(|| in_field("chunkhashes", Fault::Hash)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole() -> FileFields<'static> {
        FileFields {
            name: "a".into(),
            hash: Some("ab".into()),
            size: Some(1),
            mtime: Some(1),
            ..FileFields::default()
        }
    }

    #[test]
    fn a_symlink_has_a_name_and_a_target_and_nothing_else() {
        let link = || FileFields {
            name: "a".into(),
            symlink_target: Some("b".into()),
            ..FileFields::default()
        };
        assert!(File::parse(link()).is_ok());
        for (field, fields) in [
            (
                "size",
                FileFields {
                    size: Some(0),
                    ..link()
                },
            ),
            (
                "mtime",
                FileFields {
                    mtime: Some(0),
                    ..link()
                },
            ),
            (
                "runnable",
                FileFields {
                    runnable: true,
                    ..link()
                },
            ),
        ] {
            assert_eq!(
                File::parse(fields),
                Err(in_field(field, Fault::SymlinkWithContent))
            );
        }
    }

    #[test]
    fn the_name_is_judged() {
        let fields = FileFields {
            name: "a//b".into(),
            ..whole()
        };
        assert_eq!(File::parse(fields).unwrap_err().field, "name");
    }

    #[test]
    fn a_whole_file_may_be_of_any_size() {
        let fields = FileFields {
            size: Some(u64::MAX),
            ..whole()
        };
        assert_eq!(
            File::parse(fields).unwrap().size(),
            Some(u64::MAX),
            "decision D10"
        );
    }
}
