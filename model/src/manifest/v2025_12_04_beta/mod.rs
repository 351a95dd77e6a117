//! Manifest format 2025-12-04-beta, a draft that no released worker reads (spec `manifests.md` 3,
//! decision D1): directories, symlinks, deletions, and chunks of large files.

mod decode;
mod file;
mod reference;
mod symlink_target;
mod writer;

use super::error::EntryList::{Dirs, Files};
use super::sorted::{positions_in_order, sorted_by_path, taken};
use super::{EntryHash, Fault, ManifestError};
use crate::relative_path::{RelativePath, manifest_order};

pub(super) use decode::{RawDocument, decode};
pub use file::{Content, File, FileFault, FileFields};
use reference::Directories;
pub use symlink_target::{SymlinkError, SymlinkTarget};
pub use writer::Writer;

/// How the format names itself in `manifestVersion`.
pub const VERSION: &str = "2025-12-04-beta";

/// The `Content-Type` of a snapshot in S3 (spec `s3-layout.md`).
pub const SNAPSHOT_CONTENT_TYPE: &str = "application/x-deadline-manifest-2025-12-04-beta";

/// The `Content-Type` of a diff in S3 (spec `s3-layout.md`).
pub const DIFF_CONTENT_TYPE: &str = "application/x-deadline-manifest-diff-2025-12-04-beta";

/// A directory; one that is listed exists even if it holds no file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// Where it lies below the asset root.
    pub path: RelativePath,
    /// Gone since the parent manifest; only in a diff.
    pub is_deleted: bool,
}

/// All files below an asset root, or what changed since an earlier manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// In the order of code points, no path twice.
    directories: Vec<Directory>,
    /// In the order of [`manifest_order`], no path twice, none that is a directory's.
    files: Vec<File>,
    /// Makes a diff of it.
    parent: Option<EntryHash>,
    total_size: u64,
}

impl Manifest {
    /// A manifest of everything there is. Directories and files may be in any order; of two equal
    /// directories the first stays.
    ///
    /// # Errors
    /// [`Fault::DeletionInSnapshot`], [`Fault::DuplicatePath`], [`Fault::LooksLikeReference`],
    /// [`Fault::TotalTooLarge`].
    pub fn new_snapshot(
        directories: Vec<Directory>,
        files: Vec<File>,
    ) -> Result<Self, ManifestError> {
        Self::new(directories, files, None)
    }

    /// A manifest of what changed since the one whose text has the hash `parent`.
    ///
    /// # Errors
    /// As [`Manifest::new_snapshot`]; deletions are allowed.
    pub fn new_diff(
        directories: Vec<Directory>,
        files: Vec<File>,
        parent: EntryHash,
    ) -> Result<Self, ManifestError> {
        Self::new(directories, files, Some(parent))
    }

    fn new(
        directories: Vec<Directory>,
        files: Vec<File>,
        parent: Option<EntryHash>,
    ) -> Result<Self, ManifestError> {
        let total_size = sum(&files).ok_or_else(|| Fault::TotalTooLarge.in_field("totalSize"))?;
        Self::with_total(directories, files, parent, total_size)
    }

    /// Makes a manifest that states any total, as a document may.
    fn with_total(
        directories: Vec<Directory>,
        files: Vec<File>,
        parent: Option<EntryHash>,
        total_size: u64,
    ) -> Result<Self, ManifestError> {
        if parent.is_none() {
            refuse_deletions(&directories, &files)?;
        }
        let positions = Directories::of(&directories);
        for (index, directory) in directories.iter().enumerate() {
            positions
                .check_literal(directory.path.as_str())
                .map_err(|fault| fault.at(Dirs, index, "name"))?;
        }
        for (index, file) in files.iter().enumerate() {
            let path = file.path().as_str();
            if positions.contains(path) {
                return Err(Fault::DuplicatePath(path.to_owned()).at(Files, index, "name"));
            }
            positions
                .check_literal(path)
                .map_err(|fault| fault.at(Files, index, "name"))?;
            if let Content::Symlink(target) = file.content() {
                positions
                    .check_literal(target.as_str())
                    .map_err(|fault| fault.at(Files, index, FileFields::SYMLINK_TARGET))?;
            }
        }
        drop(positions);
        let files = sorted_by_path(files, File::path, manifest_order)
            .map_err(|twin| Fault::DuplicatePath(twin.path).at(Files, twin.index, "name"))?;
        Ok(Self {
            directories: in_order(directories),
            files,
            parent,
            total_size,
        })
    }

    /// The canonical text, with `$N/` references and everything outside ASCII escaped (decision D13).
    #[must_use]
    pub fn encode(&self) -> String {
        let mut writer = Writer::new(&self.directories);
        for file in &self.files {
            writer.file(file);
        }
        writer.finish(self.parent.as_ref(), self.total_size)
    }

    /// The directories, by code points.
    #[must_use]
    pub fn directories(&self) -> &[Directory] {
        &self.directories
    }

    /// The files, symlinks and deletions, in manifest order.
    #[must_use]
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// Hash of the earlier manifest's text, if this is a diff.
    #[must_use]
    pub fn parent(&self) -> Option<&EntryHash> {
        self.parent.as_ref()
    }

    /// Bytes of all files together; for a decoded manifest what the document says.
    #[must_use]
    pub fn total_size(&self) -> u64 {
        self.total_size
    }
}

/// Bytes of all files that have any; `None` beyond 64 bits.
pub(super) fn sum(files: &[File]) -> Option<u64> {
    files
        .iter()
        .try_fold(0_u64, |sum, file| sum.checked_add(file.size().unwrap_or(0)))
}

fn refuse_deletions(directories: &[Directory], files: &[File]) -> Result<(), ManifestError> {
    if let Some(index) = directories
        .iter()
        .position(|directory| directory.is_deleted)
    {
        return Err(Fault::DeletionInSnapshot.at(Dirs, index, "delete"));
    }
    let deleted = |file: &File| matches!(file.content(), Content::Deleted);
    match files.iter().position(deleted) {
        Some(index) => Err(Fault::DeletionInSnapshot.at(Files, index, "delete")),
        None => Ok(()),
    }
}

/// Sorted by code points, unlike files, the first of equal ones kept (spec 3.2).
fn in_order(directories: Vec<Directory>) -> Vec<Directory> {
    let path = |position: usize| directories[position].path.as_str();
    let positions = positions_in_order(directories.len(), &|a, b| path(a).cmp(path(b)));
    let mut directories = taken(directories, &positions);
    directories.dedup_by(|later, first| later.path == first.path);
    directories
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifest as AnyManifest;

    fn directory(path: &str) -> Directory {
        Directory {
            path: RelativePath::parse(path).unwrap(),
            is_deleted: false,
        }
    }

    fn file(path: &str) -> File {
        File::parse(FileFields {
            name: path.into(),
            hash: Some("ab".into()),
            size: Some(1),
            mtime: Some(1),
            ..FileFields::default()
        })
        .unwrap()
    }

    fn place(error: &ManifestError) -> String {
        format!("{} {}", error.code(), error.location)
    }

    #[test]
    fn names_that_would_be_read_as_references_need_their_directory() {
        for (path, parent) in [
            ("$0/x", "$0"),
            ("$a/x", "$a"),
            ("$/x", "$"),
            ("$00/x/y", "$00/x"),
        ] {
            let error = Manifest::new_snapshot(vec![], vec![file("a"), file(path)]).unwrap_err();
            assert_eq!(
                place(&error),
                "path-looks-like-reference files[1].name",
                "{path}"
            );

            let listed: Vec<_> = parent
                .match_indices('/')
                .map(|(end, _)| &parent[..end])
                .chain([parent])
                .map(directory)
                .collect();
            let manifest = Manifest::new_snapshot(listed, vec![file(path)]).unwrap();
            let again = AnyManifest::decode(&manifest.encode()).unwrap();
            assert_eq!(again, AnyManifest::V2025_12_04Beta(manifest), "{path}");
        }
        let error = Manifest::new_snapshot(vec![directory("$1/d")], vec![]).unwrap_err();
        assert_eq!(place(&error), "path-looks-like-reference dirs[0].name");
    }

    #[test]
    fn an_error_names_the_entry_as_it_was_given() {
        let twins = Manifest::new_snapshot(vec![], vec![file("b"), file("a"), file("b")]);
        assert_eq!(place(&twins.unwrap_err()), "path-duplicate files[2].name");
        let folder = Manifest::new_snapshot(vec![directory("b")], vec![file("c"), file("b")]);
        assert_eq!(place(&folder.unwrap_err()), "path-duplicate files[1].name");
    }

    #[test]
    fn a_diff_may_delete_and_a_snapshot_may_not() {
        let gone = || Directory {
            is_deleted: true,
            ..directory("d")
        };
        let error = Manifest::new_snapshot(vec![gone()], vec![]).unwrap_err();
        assert_eq!(
            place(&error),
            "manifest-deletion-in-snapshot dirs[0].delete"
        );
        let parent = EntryHash::parse("ab").unwrap();
        let diff = Manifest::new_diff(vec![gone(), directory("d")], vec![], parent).unwrap();
        assert_eq!(
            diff.directories(),
            [gone()],
            "the first of equal ones stays"
        );
    }
}
