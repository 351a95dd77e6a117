//! Manifests of both formats for JavaScript.

use js_sys::Array;
use rusty_attachments_model::hash::HASH_ALGORITHM;
use rusty_attachments_model::manifest::{
    EntryHash, Fault, Location, Manifest as AnyManifest, ManifestError, v2023_03_03,
    v2025_12_04_beta,
};
use wasm_bindgen::prelude::*;

use crate::argument::{Wrong, text};
use crate::entries::{
    read_directories, read_files, read_paths, write_directory, write_file, write_path,
};
use crate::error::{attachment_error, manifest_error};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** The manifest formats that are read and written here. Released workers read the first one only. */
export type ManifestVersion = "v2023-03-03" | "v2025-12-04-beta";

/** All files below an asset root, or what changed since a parent manifest. */
export type ManifestType = "SNAPSHOT" | "DIFF";
"#;

/// A list of files with their hashes, in one of two formats. It never changes; what exists has
/// been judged by every rule of its format, except whether the total of a decoded one is right.
///
/// Its memory is given back by `free()`, or some time after nothing refers to it.
#[wasm_bindgen]
pub struct Manifest(AnyManifest);

#[wasm_bindgen]
impl Manifest {
    /// Decodes a manifest of either format.
    ///
    /// @throws an error with the place of the fault; `manifest-unknown-version`,
    /// `manifest-draft-version` for other formats, `text-not-unicode`
    #[allow(clippy::needless_pass_by_value)] // JavaScript hands over its references.
    pub fn decode(
        #[wasm_bindgen(unchecked_param_type = "string")] json: JsValue,
    ) -> Result<Manifest, JsValue> {
        let json = text(&json).map_err(Wrong::argument("json"))?;
        AnyManifest::decode(&json)
            .map(Self)
            .map_err(|error| manifest_error(&error))
    }

    /// Makes a manifest v2023-03-03 of files in any order.
    ///
    /// @throws `path-duplicate`, `path-...`, `manifest-...`, with the place of the fault
    #[wasm_bindgen(js_name = createV1)]
    pub fn create_v1(
        #[wasm_bindgen(unchecked_param_type = "readonly ManifestPath[]")] paths: JsValue,
    ) -> Result<Manifest, JsValue> {
        v2023_03_03::Manifest::new(read_paths(paths)?)
            .map(|manifest| Self(AnyManifest::V2023_03_03(manifest)))
            .map_err(|error| manifest_error(&error))
    }

    /// Makes a manifest v2025-12-04-beta of everything there is, in any order.
    ///
    /// @throws `path-duplicate`, `path-...`, `manifest-...`, with the place of the fault
    #[wasm_bindgen(js_name = createV2Snapshot)]
    pub fn create_v2_snapshot(
        #[wasm_bindgen(unchecked_param_type = "readonly ManifestDirectoryPath[]")] dirs: JsValue,
        #[wasm_bindgen(unchecked_param_type = "readonly ManifestFilePath[]")] files: JsValue,
    ) -> Result<Manifest, JsValue> {
        let (dirs, files) = (read_directories(dirs)?, read_files(files)?);
        v2025_12_04_beta::Manifest::new_snapshot(dirs, files)
            .map(|manifest| Self(AnyManifest::V2025_12_04Beta(manifest)))
            .map_err(|error| manifest_error(&error))
    }

    /// Makes a manifest v2025-12-04-beta of what changed, in any order; deletions are allowed.
    ///
    /// @param parentHash hash of the parent manifest's text: letters and digits
    /// @throws `manifest-bad-parent-hash`, `path-duplicate`, `path-...`, `manifest-...`, with the
    /// place of the fault
    #[wasm_bindgen(js_name = createV2Diff)]
    #[allow(clippy::needless_pass_by_value)]
    pub fn create_v2_diff(
        #[wasm_bindgen(unchecked_param_type = "readonly ManifestDirectoryPath[]")] dirs: JsValue,
        #[wasm_bindgen(unchecked_param_type = "readonly ManifestFilePath[]")] files: JsValue,
        #[wasm_bindgen(js_name = parentHash, unchecked_param_type = "string")] parent_hash: JsValue,
    ) -> Result<Manifest, JsValue> {
        const PARENT: &str = "parentHash";
        let (dirs, files) = (read_directories(dirs)?, read_files(files)?);
        let parent = text(&parent_hash).map_err(Wrong::argument(PARENT))?;
        let parent = EntryHash::parse(&parent).ok_or_else(|| {
            manifest_error(&ManifestError {
                fault: Fault::ParentHash,
                location: Location {
                    entry: None,
                    field: Some(PARENT.into()),
                },
            })
        })?;
        v2025_12_04_beta::Manifest::new_diff(dirs, files, parent)
            .map(|manifest| Self(AnyManifest::V2025_12_04Beta(manifest)))
            .map_err(|error| manifest_error(&error))
    }

    /// The canonical text: the same for the same files, and for v2023-03-03 what the official
    /// client writes. Its hash is a job's `inputManifestHash`.
    #[must_use]
    pub fn encode(&self) -> String {
        self.0.encode()
    }

    /// The format.
    #[wasm_bindgen(getter, unchecked_return_type = "ManifestVersion")]
    #[must_use]
    pub fn version(&self) -> String {
        match self.0 {
            AnyManifest::V2023_03_03(_) => format!("v{}", v2023_03_03::VERSION),
            AnyManifest::V2025_12_04Beta(_) => format!("v{}", v2025_12_04_beta::VERSION),
        }
    }

    /// The hash algorithm of all entries.
    #[wasm_bindgen(getter, js_name = hashAlg, unchecked_return_type = "HashAlgorithm")]
    #[must_use]
    pub fn hash_alg(&self) -> String {
        HASH_ALGORITHM.to_owned()
    }

    /// Bytes of all files together; for a decoded manifest what the document says (see `validate`).
    #[wasm_bindgen(getter, js_name = totalSize)]
    #[must_use]
    pub fn total_size(&self) -> u64 {
        self.0.total_size()
    }

    /// Number of files; for v2025-12-04-beta with symlinks and deletions.
    #[wasm_bindgen(getter, js_name = fileCount)]
    #[must_use]
    pub fn file_count(&self) -> usize {
        match &self.0 {
            AnyManifest::V2023_03_03(manifest) => manifest.entries().len(),
            AnyManifest::V2025_12_04Beta(manifest) => manifest.files().len(),
        }
    }

    /// Number of directories; 0 for v2023-03-03, which has none.
    #[wasm_bindgen(getter, js_name = directoryCount)]
    #[must_use]
    pub fn directory_count(&self) -> usize {
        match &self.0 {
            AnyManifest::V2023_03_03(_) => 0,
            AnyManifest::V2025_12_04Beta(manifest) => manifest.directories().len(),
        }
    }

    /// Whether it lists everything or only changes; v2023-03-03 always lists everything.
    #[wasm_bindgen(getter, js_name = manifestType, unchecked_return_type = "ManifestType")]
    #[must_use]
    pub fn manifest_type(&self) -> String {
        let is_diff = self.parent().is_some();
        if is_diff { "DIFF" } else { "SNAPSHOT" }.to_owned()
    }

    /// `Content-Type` of the object that holds it.
    #[wasm_bindgen(getter, js_name = contentType)]
    #[must_use]
    pub fn content_type(&self) -> String {
        match self.0 {
            AnyManifest::V2023_03_03(_) => v2023_03_03::CONTENT_TYPE,
            AnyManifest::V2025_12_04Beta(_) if self.parent().is_some() => {
                v2025_12_04_beta::DIFF_CONTENT_TYPE
            }
            AnyManifest::V2025_12_04Beta(_) => v2025_12_04_beta::SNAPSHOT_CONTENT_TYPE,
        }
        .to_owned()
    }

    /// Hash of the parent manifest's text; only a diff has one.
    #[wasm_bindgen(getter, js_name = parentManifestHash)]
    #[must_use]
    pub fn parent_manifest_hash(&self) -> Option<String> {
        self.parent().map(ToString::to_string)
    }

    /// Whether the format is v2023-03-03.
    #[wasm_bindgen(js_name = isV1)]
    #[must_use]
    pub fn is_v1(&self) -> bool {
        matches!(self.0, AnyManifest::V2023_03_03(_))
    }

    /// Whether the format is v2025-12-04-beta.
    #[wasm_bindgen(js_name = isV2)]
    #[must_use]
    pub fn is_v2(&self) -> bool {
        !self.is_v1()
    }

    /// Judges what decoding leaves open: whether `totalSize` is the sum of the sizes.
    ///
    /// @throws `manifest-total-mismatch`, `manifest-total-too-large`
    pub fn validate(&self) -> Result<(), JsValue> {
        self.0.validate().map_err(|error| manifest_error(&error))
    }

    /// The files of a manifest v2023-03-03, in its order.
    ///
    /// @throws `manifest-other-version` for the other format
    #[wasm_bindgen(js_name = getPaths, unchecked_return_type = "ManifestPath[]")]
    pub fn get_paths(&self) -> Result<Array, JsValue> {
        match &self.0 {
            AnyManifest::V2023_03_03(manifest) => {
                Ok(manifest.entries().iter().map(write_path).collect())
            }
            AnyManifest::V2025_12_04Beta(_) => {
                Err(self.other_version("getPaths()", "getFiles() and getDirectories()"))
            }
        }
    }

    /// The files, symlinks and deletions of a manifest v2025-12-04-beta, in its order.
    ///
    /// @throws `manifest-other-version` for the other format
    #[wasm_bindgen(js_name = getFiles, unchecked_return_type = "ManifestFilePath[]")]
    pub fn get_files(&self) -> Result<Array, JsValue> {
        let files = self.as_v2("getFiles()")?.files();
        Ok(files.iter().map(write_file).collect())
    }

    /// The directories of a manifest v2025-12-04-beta, in its order.
    ///
    /// @throws `manifest-other-version` for the other format
    #[wasm_bindgen(js_name = getDirectories, unchecked_return_type = "ManifestDirectoryPath[]")]
    pub fn get_directories(&self) -> Result<Array, JsValue> {
        let directories = self.as_v2("getDirectories()")?.directories();
        Ok(directories.iter().map(write_directory).collect())
    }

    /// Hashes of all contents that must be in the store, chunks included: each once, in the order
    /// of first use.
    #[wasm_bindgen(js_name = getAllHashes, unchecked_return_type = "string[]")]
    #[must_use]
    pub fn get_all_hashes(&self) -> Array {
        let hashes = self.0.hashes();
        hashes
            .iter()
            .map(|hash| JsValue::from(hash.to_string()))
            .collect()
    }

    fn parent(&self) -> Option<&EntryHash> {
        match &self.0 {
            AnyManifest::V2023_03_03(_) => None,
            AnyManifest::V2025_12_04Beta(manifest) => manifest.parent(),
        }
    }

    fn as_v2(&self, called: &str) -> Result<&v2025_12_04_beta::Manifest, JsValue> {
        match &self.0 {
            AnyManifest::V2023_03_03(_) => Err(self.other_version(called, "getPaths()")),
            AnyManifest::V2025_12_04Beta(manifest) => Ok(manifest),
        }
    }

    fn other_version(&self, called: &str, instead: &str) -> JsValue {
        let version = self.version();
        let message = format!("{called} is not for manifests {version}; use {instead}");
        attachment_error("manifest-other-version", &message)
    }
}
