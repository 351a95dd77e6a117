//! Reading a document of format 2025-12-04-beta (spec `manifests.md` 3.3 and 3.4).

use std::borrow::Cow;

use super::super::error::EntryList::{Dirs, Files};
use super::super::read_json::{Field, Misread, read_list};
use super::super::{EntryHash, Fault, ManifestError};
use super::reference::Expander;
use super::{Directory, File, FileFields, Manifest};
use crate::relative_path::RelativePath;

/// The parts of a document that still are text.
pub(in crate::manifest) struct RawDocument<'a> {
    pub(in crate::manifest) directories: Field<'a>,
    pub(in crate::manifest) files: Field<'a>,
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
    let files = read_list(document.files, Files, FILE_NAMES, |index, fields| {
        let fields = file_fields(fields).map_err(|error| error.at(Files, index))?;
        let fields = expanded(fields, &directories, &mut expander)
            .map_err(|(fault, field)| fault.at(Files, index, field))?;
        File::parse(fields).map_err(|error| error.fault.at(Files, index, wire_name(error.field)))
    })?;
    Manifest::with_total(directories, files, parent, document.total_size)
}

fn read_directories(
    field: Field<'_>,
    expander: &mut Expander,
) -> Result<Vec<Directory>, ManifestError> {
    // Read in place, because a directory may refer to those before it.
    let mut directories = Vec::new();
    read_list(field, Dirs, ["name", "delete"], |index, [name, delete]| {
        let misread = |error: Misread| error.at(Dirs, index);
        let name = name.text().map_err(misread)?;
        let is_deleted = delete.flag().map_err(misread)?;
        let path = match expander.expand(&name, &directories) {
            Err(fault) => return Err(fault.at(Dirs, index, "name")),
            Ok(Some(path)) => RelativePath::parse(path),
            Ok(None) => RelativePath::parse(name),
        };
        directories.push(Directory {
            path: path.map_err(|error| Fault::Path(error).at(Dirs, index, "name"))?,
            is_deleted,
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

const FILE_NAMES: [&str; 8] = [
    "name",
    "hash",
    "size",
    "mtime",
    "runnable",
    "chunkhashes",
    "symlink",
    "delete",
];

/// A file as the document has it, references not expanded; `null` stands for a field that is left out.
fn file_fields<'a>(fields: [Field<'a>; 8]) -> Result<FileFields<'a>, Misread> {
    let [
        name,
        hash,
        size,
        mtime,
        runnable,
        chunkhashes,
        symlink,
        delete,
    ] = fields;
    let target = |symlink: Field<'a>| {
        let [target] = symlink.object(["name"])?;
        target.text().map_err(|error| error.inside(symlink))
    };
    Ok(FileFields {
        name: name.text()?,
        hash: hash.unless_null().map(Field::text).transpose()?,
        size: size.unless_null().map(Field::bytes).transpose()?,
        mtime: mtime.unless_null().map(Field::microseconds).transpose()?,
        runnable: runnable.flag()?,
        chunkhashes: chunkhashes.unless_null().map(Field::texts).transpose()?,
        symlink_target: symlink.unless_null().map(target).transpose()?,
        delete: delete.flag()?,
    })
}

fn expanded<'a>(
    fields: FileFields<'a>,
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
        name: expand(fields.name, "name")?,
        symlink_target: fields
            .symlink_target
            .map(|target| expand(target, "symlink"))
            .transpose()?,
        ..fields
    })
}
