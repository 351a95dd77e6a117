//! Full keys of contents and manifests for JavaScript.

use std::str::FromStr;

use js_sys::{Array, Object};
use rusty_attachments_model::asset_root::PathFormat;
use rusty_attachments_model::attachments::{Attachments, StoredManifest};
use rusty_attachments_model::manifest::Location;
use rusty_attachments_model::s3_layout::{
    InputManifestPath, ManifestGuid, ManifestMetadata, ManifestName, S3Location,
};
use rusty_attachments_model::{AssetRoot, BucketName, ContentHash, FarmId, QueueId};
use wasm_bindgen::prelude::*;

use crate::argument::{Wrong, optional, text};
use crate::error::located_error;
use crate::manifest::Manifest;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** Where a queue's contents are: from its `jobAttachmentSettings`. Made by `createS3Location`. */
export interface S3Location {
    /** Name of the bucket. */
    readonly bucket: string;
    /** What all keys begin with, as the queue has it: 1 to 63 letters, digits, `-`, `_` and `/`. */
    readonly rootPrefix: string;
    /** Folder of the contents; workers know only `Data`. */
    readonly casPrefix: string;
    /** Folder of the manifests; workers know only `Manifests`. */
    readonly manifestPrefix: string;
}

/** Where a queue's input manifests are. */
export interface ManifestLocation {
    /** Name of the bucket. */
    readonly bucket: string;
    /** As in `S3Location`. */
    readonly rootPrefix: string;
    /** `farm-` and 32 lower-case hex digits. */
    readonly farmId: string;
    /** `queue-` and 32 lower-case hex digits. */
    readonly queueId: string;
    /** As in `S3Location`; `Manifests` when it is left out. */
    readonly manifestPrefix?: string;
}

/** An input manifest as it is stored, and what CreateJob is told of it. */
export interface InputManifestObject {
    /** Full key. */
    readonly key: string;
    /** What is stored: the manifest's canonical text, ASCII. */
    readonly text: string;
    /** XXH3-128 of the text, 32 lower-case hex digits. */
    readonly hash: string;
    /** `Content-Type` of the object. */
    readonly contentType: string;
    /** User metadata, names without `x-amz-meta-`: whose files it lists. */
    readonly metadata: Readonly<Record<string, string>>;
    /** The `attachments` of CreateJob with this manifest alone, as JSON text. */
    readonly attachments: string;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// The fields of both. Read with `catch`: it may be a proxy that throws.
    type Fields;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn bucket(this: &Fields) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch, js_name = rootPrefix)]
    fn root_prefix(this: &Fields) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch, js_name = casPrefix)]
    fn cas_prefix(this: &Fields) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch, js_name = manifestPrefix)]
    fn manifest_prefix(this: &Fields) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch, js_name = farmId)]
    fn farm_id(this: &Fields) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch, js_name = queueId)]
    fn queue_id(this: &Fields) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, setter, structural)]
    fn set_bucket(this: &Fields, value: &str);
    #[wasm_bindgen(method, setter, structural, js_name = rootPrefix)]
    fn set_root_prefix(this: &Fields, value: &str);
    #[wasm_bindgen(method, setter, structural, js_name = casPrefix)]
    fn set_cas_prefix(this: &Fields, value: &str);
    #[wasm_bindgen(method, setter, structural, js_name = manifestPrefix)]
    fn set_manifest_prefix(this: &Fields, value: &str);
}

/// Judges the parts of a location and puts them together.
///
/// @param bucket name of the bucket: `s3BucketName` of the queue's `jobAttachmentSettings`
/// @param rootPrefix `rootPrefix` of the same; taken as it is, not trimmed
/// @param casPrefix folder of the contents; `Data` when it is left out, and workers know no other
/// @param manifestPrefix folder of the manifests; `Manifests` when it is left out, and workers know no other
/// @throws `bucket-malformed`, `root-prefix-malformed`, `prefix-malformed`, `argument-invalid`
#[wasm_bindgen(js_name = createS3Location, unchecked_return_type = "S3Location")]
#[allow(clippy::needless_pass_by_value)] // JavaScript hands over its references.
pub fn create_s3_location(
    #[wasm_bindgen(unchecked_param_type = "string")] bucket: JsValue,
    #[wasm_bindgen(js_name = rootPrefix, unchecked_param_type = "string")] root_prefix: JsValue,
    #[wasm_bindgen(js_name = casPrefix, unchecked_optional_param_type = "string")]
    cas_prefix: JsValue,
    #[wasm_bindgen(js_name = manifestPrefix, unchecked_optional_param_type = "string")]
    manifest_prefix: JsValue,
) -> Result<JsValue, JsValue> {
    let bucket: BucketName = parsed("bucket", "bucket-malformed", &bucket)?;
    let location = location(&root_prefix, cas_prefix, manifest_prefix)?;
    let fields: Fields = Object::new().unchecked_into();
    fields.set_bucket(bucket.as_str());
    fields.set_root_prefix(location.root_prefix.as_str());
    fields.set_cas_prefix(location.content_folder.as_str());
    fields.set_manifest_prefix(location.manifests_folder.as_str());
    Ok(fields.into())
}

/// Full key of a content object: `{rootPrefix}/{casPrefix}/{hash}.xxh128`.
///
/// @param location made by `createS3Location`
/// @param hash 32 lower-case hex digits, of a file's bytes or a chunk's
/// @throws `hash-invalid`, `bucket-malformed`, `root-prefix-malformed`, `prefix-malformed`,
/// `argument-invalid`
#[wasm_bindgen(js_name = fullCasKey)]
#[allow(clippy::needless_pass_by_value)]
pub fn full_cas_key(
    #[wasm_bindgen(unchecked_param_type = "S3Location")] location: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] hash: JsValue,
) -> Result<String, JsValue> {
    let fields = fields(&location)?;
    let location = self::location(
        &fields.root_prefix()?,
        fields.cas_prefix()?,
        fields.manifest_prefix()?,
    )?;
    let hash: ContentHash = parsed("hash", "hash-invalid", &hash)?;
    Ok(location.content_key(hash))
}

/// The hash in the names of the input manifests of an asset root: of the root's text, not of any
/// manifest.
///
/// @param rootPath the asset root exactly as it goes into `rootPath` of CreateJob: native
/// separators, none at its end
/// @throws `argument-invalid`, `text-not-unicode`
#[wasm_bindgen(js_name = manifestNameHash)]
#[allow(clippy::needless_pass_by_value)]
pub fn manifest_name_hash(
    #[wasm_bindgen(js_name = rootPath, unchecked_param_type = "string")] root_path: JsValue,
) -> Result<String, JsValue> {
    let root_path = text(&root_path).map_err(Wrong::argument("rootPath"))?;
    Ok(match ManifestName::of_input(&root_path) {
        ManifestName::Input(hash) | ManifestName::Output(hash) => hash.to_string(),
    })
}

/// Full key of an input manifest:
/// `{rootPrefix}/{manifestPrefix}/{farmId}/{queueId}/Inputs/{guid}/{nameHash}_input`. The
/// `inputManifestPath` of CreateJob is what follows `{manifestPrefix}/`: see `inputManifestPath`.
///
/// @param location where the queue's manifests are
/// @param guid a random UUID, with or without dashes, new for every manifest (`crypto.randomUUID()`)
/// @param nameHash what `manifestNameHash` gives for the asset root; not the hash of the manifest
/// @throws `guid-invalid`, `hash-invalid`, `root-prefix-malformed`, `prefix-malformed`,
/// `farm-id-malformed`, `queue-id-malformed`, `argument-invalid`
#[wasm_bindgen(js_name = manifestKey)]
#[allow(clippy::needless_pass_by_value)]
pub fn manifest_key(
    #[wasm_bindgen(unchecked_param_type = "ManifestLocation")] location: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] guid: JsValue,
    #[wasm_bindgen(js_name = nameHash, unchecked_param_type = "string")] name_hash: JsValue,
) -> Result<String, JsValue> {
    let fields = fields(&location)?;
    let path = path(fields, &guid, &name_hash)?;
    let location = self::location(
        &fields.root_prefix()?,
        JsValue::UNDEFINED,
        fields.manifest_prefix()?,
    )?;
    Ok(location.manifest_key(&path))
}

/// The `inputManifestPath` of CreateJob for an input manifest: its key below
/// `{rootPrefix}/{manifestPrefix}/`.
///
/// Parameters and errors as for `manifestKey`.
#[wasm_bindgen(js_name = inputManifestPath)]
#[allow(clippy::needless_pass_by_value)]
pub fn input_manifest_path(
    #[wasm_bindgen(unchecked_param_type = "ManifestLocation")] location: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] guid: JsValue,
    #[wasm_bindgen(js_name = nameHash, unchecked_param_type = "string")] name_hash: JsValue,
) -> Result<String, JsValue> {
    Ok(path(fields(&location)?, &guid, &name_hash)?.to_string())
}

/// An input manifest as it is stored, and what CreateJob is told of it.
///
/// @param manifest whose text it is
/// @param location where the queue's manifests are
/// @param rootPath the asset root exactly as it goes into `rootPath` of CreateJob: native
/// separators, none at its end
/// @param guid a random UUID, with or without dashes, new for every manifest
/// @throws as `manifestKey`; `asset-root-not-absolute`, `asset-root-too-long`,
/// `asset-root-malformed`
#[wasm_bindgen(
    js_name = describeInputManifest,
    unchecked_return_type = "InputManifestObject"
)]
#[allow(clippy::needless_pass_by_value)]
pub fn describe_input_manifest(
    manifest: &Manifest,
    #[wasm_bindgen(unchecked_param_type = "ManifestLocation")] location: JsValue,
    #[wasm_bindgen(js_name = rootPath, unchecked_param_type = "string")] root_path: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] guid: JsValue,
) -> Result<Object, JsValue> {
    let fields = fields(&location)?;
    let root = text(&root_path).map_err(Wrong::argument("rootPath"))?;
    let root = asset_root(&root)?;
    let name = ContentHash::of(root.as_str().as_bytes());
    let path = path(fields, &guid, &name.to_string().into())?;
    let location = self::location(
        &fields.root_prefix()?,
        JsValue::UNDEFINED,
        fields.manifest_prefix()?,
    )?;
    let text = manifest.encode();
    let hash = ContentHash::of(text.as_bytes());
    let metadata = ManifestMetadata {
        asset_root: root.to_string(),
        location_name: None,
    };
    let stored = StoredManifest {
        path: (&path).into(),
        hash,
    };
    object([
        ("key", location.manifest_key(&path).into()),
        ("text", text.into()),
        ("hash", hash.to_string().into()),
        ("contentType", manifest.content_type().into()),
        (
            "metadata",
            object(
                metadata
                    .entries()
                    .into_iter()
                    .map(|(name, value)| (name, value.into())),
            )?
            .into(),
        ),
        (
            "attachments",
            Attachments::of_input(root, stored).to_json().into(),
        ),
    ])
}

fn object(entries: impl IntoIterator<Item = (&'static str, JsValue)>) -> Result<Object, JsValue> {
    let entries: Array = entries
        .into_iter()
        .map(|(name, value)| Array::of2(&name.into(), &value))
        .collect();
    Object::from_entries(&entries)
}

/// Judges an asset root. It is taken as it is: it is the key of mapping rules and hashes.
pub(crate) fn asset_root(text: &str) -> Result<AssetRoot, JsValue> {
    AssetRoot::parse_exact(text, PathFormat::of(text))
        .map_err(|error| wrong("rootPath", error.code(), &error.to_string()))
}

/// The error to throw for an argument or field of that name.
pub(crate) fn wrong(field: &'static str, code: &str, rule: &str) -> JsValue {
    let place = Location {
        entry: None,
        field: Some(field.into()),
    };
    located_error(code, rule, &place)
}

fn path(
    fields: &Fields,
    guid: &JsValue,
    name_hash: &JsValue,
) -> Result<InputManifestPath, JsValue> {
    let farm_id: FarmId = parsed("farmId", "farm-id-malformed", &fields.farm_id()?)?;
    let queue_id: QueueId = parsed("queueId", "queue-id-malformed", &fields.queue_id()?)?;
    let guid = text(guid).map_err(Wrong::argument("guid"))?;
    let guid = guid.replace('-', "").into();
    let guid: ManifestGuid = parsed("guid", "guid-invalid", &guid)?;
    Ok(InputManifestPath {
        farm_id,
        queue_id,
        guid,
        name_hash: parsed("nameHash", "hash-invalid", name_hash)?,
    })
}

fn location(
    root_prefix: &JsValue,
    cas_prefix: JsValue,
    manifest_prefix: JsValue,
) -> Result<S3Location, JsValue> {
    let folder = |field, value, official: &str| {
        let given = optional(value, |value| text(&value)).map_err(Wrong::argument(field))?;
        let name = given.as_deref().unwrap_or(official).into();
        parsed(field, "prefix-malformed", &name)
    };
    Ok(S3Location {
        root_prefix: parsed("rootPrefix", "root-prefix-malformed", root_prefix)?,
        content_folder: folder("casPrefix", cas_prefix, S3Location::CONTENT_FOLDER)?,
        manifests_folder: folder(
            "manifestPrefix",
            manifest_prefix,
            S3Location::MANIFESTS_FOLDER,
        )?,
    })
}

fn fields(location: &JsValue) -> Result<&Fields, JsValue> {
    if location.is_object() {
        Ok(location.unchecked_ref())
    } else {
        Err(Wrong::argument("location")(Wrong::Kind("a location")))
    }
}

/// Reads a text and judges it.
fn parsed<T>(field: &'static str, code: &str, value: &JsValue) -> Result<T, JsValue>
where
    T: FromStr,
    T::Err: ToString,
{
    let text = text(value).map_err(Wrong::argument(field))?;
    text.parse()
        .map_err(|error: T::Err| wrong(field, code, &error.to_string()))
}
