//! Reading a document of format 2025-12-04-beta (spec `manifests.md` 3.3 and 3.4).

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::error::EntryList::{Dirs, Files};
use super::super::read_json::read_list;
use super::super::{EntryHash, Fault, ManifestError};
use super::reference::Expander;
use super::{Directory, File, FileFields, Manifest};
use crate::relative_path::RelativePath;

/// The parts of a document that still are text.
pub(in crate::manifest) struct RawDocument<'a> {
    pub(in crate::manifest) directories: &'a RawValue,
    pub(in crate::manifest) files: &'a RawValue,
    pub(in crate::manifest) parent: Option<Cow<'a, str>>,
    pub(in crate::manifest) total_size: u64,
    /// Bytes of the whole document.
    pub(in crate::manifest) bytes: usize,
}

/// Reads the entries of a document. References are expanded (decision D7), unknown keys ignored, the
/// total kept as given.
pub(in crate::manifest) fn decode(document: RawDocument<'_>) -> Result<Manifest, ManifestError> {
    let parent = document
        .parent
        .map(|hash| {
            EntryHash::parse(&hash).ok_or_else(|| Fault::ParentHash.in_field("parentManifestHash"))
        })
        .transpose()?;
    let mut expander = Expander::new(document.bytes);
    let directories = read_directories(document.directories, &mut expander)?;
    let files = read_list(document.files, Files, |index, file: WireFile<'_>| {
        let fields = file
            .expanded(&directories, &mut expander)
            .map_err(|(fault, field)| fault.at(Files, index, field))?;
        File::parse(fields).map_err(|error| error.fault.at(Files, index, wire_name(error.field)))
    })?;
    Manifest::with_total(directories, files, parent, document.total_size)
}

fn read_directories(
    raw: &RawValue,
    expander: &mut Expander,
) -> Result<Vec<Directory>, ManifestError> {
    // Read in place, because a directory may refer to those before it.
    let mut directories = Vec::new();
    read_list(raw, Dirs, |index, directory: WireDirectory<'_>| {
        let path = match expander.expand(&directory.name, &directories) {
            Err(fault) => return Err(fault.at(Dirs, index, "name")),
            Ok(Some(path)) => RelativePath::parse(path),
            Ok(None) => RelativePath::parse(directory.name),
        };
        directories.push(Directory {
            path: path.map_err(|error| Fault::Path(error).at(Dirs, index, "name"))?,
            is_deleted: directory.delete,
        });
        Ok(())
    })?;
    Ok(directories)
}

/// The key in a document for a field of the API.
fn wire_name(field: &'static str) -> &'static str {
    match field {
        FileFields::SYMLINK_TARGET => "symlink",
        other => other,
    }
}

#[derive(Deserialize)]
struct WireDirectory<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(default)]
    delete: bool,
}

#[derive(Deserialize)]
struct WireFile<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    hash: Option<Text<'a>>,
    size: Option<u64>,
    mtime: Option<i64>,
    #[serde(default)]
    runnable: bool,
    #[serde(borrow)]
    chunkhashes: Option<Vec<Text<'a>>>,
    #[serde(borrow)]
    symlink: Option<WireSymlink<'a>>,
    #[serde(default)]
    delete: bool,
}

#[derive(Deserialize)]
struct WireSymlink<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}

/// Borrows where it stands in an option or a list, too.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> WireFile<'a> {
    fn expanded(
        self,
        directories: &[Directory],
        expander: &mut Expander,
    ) -> Result<FileFields<'a>, (Fault, &'static str)> {
        let mut expand = |text: Cow<'a, str>, field| {
            let expanded = expander
                .expand(&text, directories)
                .map_err(|fault| (fault, field))?;
            Ok(expanded.map_or(text, Cow::Owned))
        };
        Ok(FileFields {
            name: expand(self.name, "name")?,
            symlink_target: self
                .symlink
                .map(|link| expand(link.name, "symlink"))
                .transpose()?,
            hash: self.hash.map(|hash| hash.0),
            size: self.size,
            mtime: self.mtime,
            runnable: self.runnable,
            chunkhashes: self
                .chunkhashes
                .map(|hashes| hashes.into_iter().map(|hash| hash.0).collect()),
            delete: self.delete,
        })
    }
}
