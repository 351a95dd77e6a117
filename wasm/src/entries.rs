//! Entries of manifests: plain JavaScript objects with the fields of the published design, and the
//! functions that make them.

use std::borrow::Cow;

use js_sys::{Array, Object};
use rusty_attachments_model::RelativePath;
use rusty_attachments_model::manifest::v2023_03_03::Entry;
use rusty_attachments_model::manifest::v2025_12_04_beta::{Content, Directory, File, FileFields};
use rusty_attachments_model::manifest::{EntryHash, EntryList, Fault, Location, ManifestError};
use wasm_bindgen::prelude::*;

use crate::argument::{Wrong, bytes, flag, list, microseconds, optional, text};
use crate::error::manifest_error;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A file of a manifest v2023-03-03. */
export interface ManifestPath {
    /** Where the file lies below the asset root, with `/` between names. */
    readonly path: string;
    /** Hash of its bytes: letters and digits, for XXH3-128 32 lower-case hex digits. */
    readonly hash: string;
    /** Bytes, 0n to 2n ** 64n - 1n. */
    readonly size: bigint;
    /** Last change, in microseconds since 1970-01-01 UTC; may be negative. */
    readonly mtime: bigint;
}

/** A directory of a manifest v2025-12-04-beta. */
export interface ManifestDirectoryPath {
    /** Where it lies below the asset root, with `/` between names. */
    readonly name: string;
    /** Gone since the parent manifest; only in a diff. */
    readonly delete?: boolean;
}

/**
 * A file of a manifest v2025-12-04-beta. It has exactly one of `hash`, `chunkhashes`,
 * `symlink_target` and `delete`; with one of the first two also `size` and `mtime`.
 */
export interface ManifestFilePath {
    /** Where the file lies below the asset root, with `/` between names. */
    readonly name: string;
    /** Hash of its bytes. */
    readonly hash?: string;
    /** Bytes, 0n to 2n ** 64n - 1n. */
    readonly size?: bigint;
    /** Last change, in microseconds since 1970-01-01 UTC; may be negative. */
    readonly mtime?: bigint;
    /** May be executed. */
    readonly runnable?: boolean;
    /** Hashes of its chunks of 256 MiB, in file order; only for a larger file. */
    readonly chunkhashes?: readonly string[];
    /** Where a symlink points: a relative path that does not leave the asset root. */
    readonly symlink_target?: string;
    /** Gone since the parent manifest; only in a diff. */
    readonly delete?: boolean;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// The fields of all kinds of entries. Read with `catch`: an entry may be a proxy that throws.
    type Fields;

    #[wasm_bindgen(method, getter, structural, catch)]
    fn path(this: &Fields) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn name(this: &Fields) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn hash(this: &Fields) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn size(this: &Fields) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn mtime(this: &Fields) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn runnable(this: &Fields) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn chunkhashes(this: &Fields) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn symlink_target(this: &Fields) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch, js_name = delete)]
    fn is_deleted(this: &Fields) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, setter, structural)]
    fn set_path(this: &Fields, value: &str);
    #[wasm_bindgen(method, setter, structural)]
    fn set_name(this: &Fields, value: &str);
    #[wasm_bindgen(method, setter, structural)]
    fn set_hash(this: &Fields, value: &str);
    #[wasm_bindgen(method, setter, structural)]
    fn set_size(this: &Fields, value: u64);
    #[wasm_bindgen(method, setter, structural)]
    fn set_mtime(this: &Fields, value: i64);
    #[wasm_bindgen(method, setter, structural)]
    fn set_runnable(this: &Fields, value: bool);
    #[wasm_bindgen(method, setter, structural)]
    fn set_chunkhashes(this: &Fields, value: &Array);
    #[wasm_bindgen(method, setter, structural)]
    fn set_symlink_target(this: &Fields, value: &str);
    #[wasm_bindgen(method, setter, structural, js_name = delete)]
    fn set_deleted(this: &Fields, value: bool);
}

/// A place in the lists that were given; `None` for the arguments of the functions below.
#[derive(Clone, Copy)]
struct Place(Option<(EntryList, usize)>);

impl Place {
    fn field(self, field: &'static str) -> Location {
        Location {
            entry: self.0,
            field: Some(field.into()),
        }
    }

    fn wrong(self, field: &'static str) -> impl Fn(Wrong) -> JsValue {
        move |wrong| wrong.at(&self.field(field))
    }

    fn fault(self, field: &'static str, fault: Fault) -> JsValue {
        manifest_error(&ManifestError {
            fault,
            location: self.field(field),
        })
    }

    fn path(self, field: &'static str, value: &JsValue) -> Result<RelativePath, JsValue> {
        let text = text(value).map_err(self.wrong(field))?;
        RelativePath::parse(text).map_err(|error| self.fault(field, Fault::Path(error)))
    }
}

/// Reads a list of entries, each by `read`.
fn entries<T>(
    list_of: EntryList,
    value: JsValue,
    read: impl Fn(Place, &Fields) -> Result<T, JsValue>,
) -> Result<Vec<T>, JsValue> {
    let list = list(value).map_err(Wrong::argument(list_of.as_str()))?;
    let mut entries = Vec::with_capacity(list.length() as usize);
    for (index, entry) in list.iter().enumerate() {
        if !entry.is_object() {
            let location = Location {
                entry: Some((list_of, index)),
                field: None,
            };
            return Err(Wrong::Kind("an object").at(&location));
        }
        entries.push(read(Place(Some((list_of, index))), entry.unchecked_ref())?);
    }
    Ok(entries)
}

/// Files of format 2023-03-03.
pub(crate) fn read_paths(value: JsValue) -> Result<Vec<Entry>, JsValue> {
    entries(EntryList::Paths, value, |place, fields| {
        path_entry(
            place,
            &fields.path()?,
            &fields.hash()?,
            fields.size()?,
            fields.mtime()?,
        )
    })
}

fn path_entry(
    place: Place,
    path: &JsValue,
    hash: &JsValue,
    size: JsValue,
    mtime: JsValue,
) -> Result<Entry, JsValue> {
    let hash = text(hash).map_err(place.wrong("hash"))?;
    Ok(Entry {
        path: place.path("path", path)?,
        hash: EntryHash::parse(&hash).ok_or_else(|| place.fault("hash", Fault::Hash))?,
        size: bytes(size).map_err(place.wrong("size"))?,
        mtime: microseconds(mtime).map_err(place.wrong("mtime"))?,
    })
}

/// Directories of format 2025-12-04-beta.
pub(crate) fn read_directories(value: JsValue) -> Result<Vec<Directory>, JsValue> {
    entries(EntryList::Dirs, value, |place, fields| {
        Ok(Directory {
            path: place.path("name", &fields.name()?)?,
            is_deleted: flag(&fields.is_deleted()?).map_err(place.wrong("delete"))?,
        })
    })
}

/// Files of format 2025-12-04-beta.
pub(crate) fn read_files(value: JsValue) -> Result<Vec<File>, JsValue> {
    let file = |place: Place, fields: &Fields| {
        let string = |value: JsValue| text(&value).map(Cow::Owned);
        let fields = FileFields {
            name: text(&fields.name()?).map_err(place.wrong("name"))?.into(),
            hash: optional(fields.hash()?, string).map_err(place.wrong("hash"))?,
            size: optional(fields.size()?, bytes).map_err(place.wrong("size"))?,
            mtime: optional(fields.mtime()?, microseconds).map_err(place.wrong("mtime"))?,
            runnable: flag(&fields.runnable()?).map_err(place.wrong("runnable"))?,
            chunkhashes: optional(fields.chunkhashes()?, texts)
                .map_err(place.wrong("chunkhashes"))?,
            symlink_target: optional(fields.symlink_target()?, string)
                .map_err(place.wrong(FileFields::SYMLINK_TARGET))?,
            delete: flag(&fields.is_deleted()?).map_err(place.wrong("delete"))?,
        };
        File::parse(fields).map_err(|error| place.fault(error.field, error.fault))
    };
    entries(EntryList::Files, value, file)
}

fn texts(value: JsValue) -> Result<Vec<Cow<'static, str>>, Wrong> {
    list(value)?
        .iter()
        .map(|value| text(&value).map(Cow::Owned))
        .collect()
}

fn new_fields() -> Fields {
    Object::new().unchecked_into()
}

/// The object of a file of format 2023-03-03.
pub(crate) fn write_path(entry: &Entry) -> JsValue {
    let fields = new_fields();
    fields.set_path(entry.path.as_str());
    fields.set_hash(&entry.hash.to_string());
    fields.set_size(entry.size);
    fields.set_mtime(entry.mtime);
    fields.into()
}

/// The object of a directory of format 2025-12-04-beta.
pub(crate) fn write_directory(directory: &Directory) -> JsValue {
    let fields = new_fields();
    fields.set_name(directory.path.as_str());
    if directory.is_deleted {
        fields.set_deleted(true);
    }
    fields.into()
}

/// The object of a file of format 2025-12-04-beta.
pub(crate) fn write_file(file: &File) -> JsValue {
    let fields = new_fields();
    fields.set_name(file.path().as_str());
    let set_common = |size: u64, mtime: i64, runnable: bool| {
        fields.set_size(size);
        fields.set_mtime(mtime);
        if runnable {
            fields.set_runnable(true);
        }
    };
    match file.content() {
        Content::Whole {
            hash,
            size,
            mtime,
            runnable,
        } => {
            fields.set_hash(&hash.to_string());
            set_common(*size, *mtime, *runnable);
        }
        Content::Chunked {
            hashes,
            size,
            mtime,
            runnable,
        } => {
            let hashes = hashes.iter().map(|hash| JsValue::from(hash.to_string()));
            fields.set_chunkhashes(&hashes.collect());
            set_common(*size, *mtime, *runnable);
        }
        Content::Symlink(target) => fields.set_symlink_target(target.as_str()),
        Content::Deleted => fields.set_deleted(true),
    }
    fields.into()
}

/// Judges a file's fields and hands them out as an entry.
fn file_entry(fields: FileFields<'_>) -> Result<JsValue, JsValue> {
    let file = File::parse(fields).map_err(|error| Place(None).fault(error.field, error.fault))?;
    Ok(write_file(&file))
}

fn name_argument(name: &JsValue) -> Result<Cow<'static, str>, JsValue> {
    text(name).map(Cow::Owned).map_err(Wrong::argument("name"))
}

/// A file of a manifest v2023-03-03.
///
/// @param path below the asset root, `/` between names
/// @param hash of its bytes: letters and digits
/// @param size bytes, 0n to 2n ** 64n - 1n
/// @param mtime microseconds since 1970-01-01 UTC
/// @throws `path-...`, `manifest-bad-hash`, `text-not-unicode`, `argument-invalid`
#[wasm_bindgen(js_name = createManifestPath, unchecked_return_type = "ManifestPath")]
#[allow(clippy::needless_pass_by_value)] // JavaScript hands over its references.
pub fn create_manifest_path(
    #[wasm_bindgen(unchecked_param_type = "string")] path: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] hash: JsValue,
    #[wasm_bindgen(unchecked_param_type = "bigint")] size: JsValue,
    #[wasm_bindgen(unchecked_param_type = "bigint")] mtime: JsValue,
) -> Result<JsValue, JsValue> {
    path_entry(Place(None), &path, &hash, size, mtime).map(|entry| write_path(&entry))
}

/// A file of a manifest v2025-12-04-beta whose bytes have one hash.
///
/// @param name path below the asset root, `/` between names
/// @param hash of its bytes: letters and digits
/// @param size bytes, 0n to 2n ** 64n - 1n
/// @param mtime microseconds since 1970-01-01 UTC
/// @param runnable whether it may be executed; false when it is left out
/// @throws `path-...`, `manifest-bad-hash`, `text-not-unicode`, `argument-invalid`
#[wasm_bindgen(js_name = createManifestFilePath, unchecked_return_type = "ManifestFilePath")]
#[allow(clippy::needless_pass_by_value)]
pub fn create_manifest_file_path(
    #[wasm_bindgen(unchecked_param_type = "string")] name: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] hash: JsValue,
    #[wasm_bindgen(unchecked_param_type = "bigint")] size: JsValue,
    #[wasm_bindgen(unchecked_param_type = "bigint")] mtime: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "boolean")] runnable: JsValue,
) -> Result<JsValue, JsValue> {
    file_entry(FileFields {
        name: name_argument(&name)?,
        hash: Some(text(&hash).map_err(Wrong::argument("hash"))?.into()),
        size: Some(bytes(size).map_err(Wrong::argument("size"))?),
        mtime: Some(microseconds(mtime).map_err(Wrong::argument("mtime"))?),
        runnable: flag(&runnable).map_err(Wrong::argument("runnable"))?,
        ..FileFields::default()
    })
}

/// A file of a manifest v2025-12-04-beta of more than 256 MiB, with one hash for each chunk.
///
/// @param name path below the asset root, `/` between names
/// @param chunkhashes in file order, `expectedChunkCount(size)` of them
/// @param size bytes, more than `CHUNK_SIZE_V2`
/// @param mtime microseconds since 1970-01-01 UTC
/// @throws `path-...`, `manifest-chunked-too-small`, `manifest-chunk-count`, `manifest-bad-hash`,
/// `text-not-unicode`, `argument-invalid`
#[wasm_bindgen(js_name = createChunkedFilePath, unchecked_return_type = "ManifestFilePath")]
#[allow(clippy::needless_pass_by_value)]
pub fn create_chunked_file_path(
    #[wasm_bindgen(unchecked_param_type = "string")] name: JsValue,
    #[wasm_bindgen(unchecked_param_type = "readonly string[]")] chunkhashes: JsValue,
    #[wasm_bindgen(unchecked_param_type = "bigint")] size: JsValue,
    #[wasm_bindgen(unchecked_param_type = "bigint")] mtime: JsValue,
) -> Result<JsValue, JsValue> {
    file_entry(FileFields {
        name: name_argument(&name)?,
        chunkhashes: Some(texts(chunkhashes).map_err(Wrong::argument("chunkhashes"))?),
        size: Some(bytes(size).map_err(Wrong::argument("size"))?),
        mtime: Some(microseconds(mtime).map_err(Wrong::argument("mtime"))?),
        ..FileFields::default()
    })
}

/// A symlink of a manifest v2025-12-04-beta.
///
/// @param name path below the asset root, `/` between names
/// @param target where it points: a relative path that does not leave the asset root
/// @throws `path-...`, `symlink-...`, `text-not-unicode`, `argument-invalid`
#[wasm_bindgen(js_name = createSymlinkPath, unchecked_return_type = "ManifestFilePath")]
#[allow(clippy::needless_pass_by_value)]
pub fn create_symlink_path(
    #[wasm_bindgen(unchecked_param_type = "string")] name: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] target: JsValue,
) -> Result<JsValue, JsValue> {
    file_entry(FileFields {
        name: name_argument(&name)?,
        symlink_target: Some(text(&target).map_err(Wrong::argument("target"))?.into()),
        ..FileFields::default()
    })
}

/// A file that is gone since the parent manifest; only a diff takes it.
///
/// @param name path below the asset root, `/` between names
/// @throws `path-...`, `text-not-unicode`, `argument-invalid`
#[wasm_bindgen(js_name = createDeletedFilePath, unchecked_return_type = "ManifestFilePath")]
#[allow(clippy::needless_pass_by_value)]
pub fn create_deleted_file_path(
    #[wasm_bindgen(unchecked_param_type = "string")] name: JsValue,
) -> Result<JsValue, JsValue> {
    file_entry(FileFields {
        name: name_argument(&name)?,
        delete: true,
        ..FileFields::default()
    })
}

/// A directory of a manifest v2025-12-04-beta.
///
/// @param name path below the asset root, `/` between names
/// @throws `path-...`, `text-not-unicode`, `argument-invalid`
#[wasm_bindgen(js_name = createDirectoryPath, unchecked_return_type = "ManifestDirectoryPath")]
#[allow(clippy::needless_pass_by_value)]
pub fn create_directory_path(
    #[wasm_bindgen(unchecked_param_type = "string")] name: JsValue,
) -> Result<JsValue, JsValue> {
    directory_entry(&name, false)
}

/// A directory that is gone since the parent manifest; only a diff takes it.
///
/// @param name path below the asset root, `/` between names
/// @throws `path-...`, `text-not-unicode`, `argument-invalid`
#[wasm_bindgen(js_name = createDeletedDirectoryPath, unchecked_return_type = "ManifestDirectoryPath")]
#[allow(clippy::needless_pass_by_value)]
pub fn create_deleted_directory_path(
    #[wasm_bindgen(unchecked_param_type = "string")] name: JsValue,
) -> Result<JsValue, JsValue> {
    directory_entry(&name, true)
}

fn directory_entry(name: &JsValue, is_deleted: bool) -> Result<JsValue, JsValue> {
    let path = Place(None).path("name", name)?;
    Ok(write_directory(&Directory { path, is_deleted }))
}
