//! The `attachments` value of CreateJob (spec `s3-layout.md` 8).

use serde::Serialize;

use crate::asset_root::PathFormat;

/// What a job gets to see of its files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attachments {
    /// 1 to 10, one for each asset root.
    pub manifests: Vec<ManifestProperties>,
    /// How workers get the files.
    pub file_system: FileSystem,
}

/// How workers get the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum FileSystem {
    /// Copied before the task runs.
    #[default]
    Copied,
    /// Fetched when they are read.
    Virtual,
}

/// One asset root of the job. Fields that are not set are left out, never null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ManifestProperties {
    /// The asset root as the submitting machine spells it, 1 to 1024 characters.
    pub root_path: String,
    /// How `root_path` is written.
    pub root_path_format: PathFormat,
    /// Only for a LOCAL location of a storage profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_system_location_name: Option<String>,
    /// Where the manifest is, below the manifests prefix; absent together with its hash when there are no inputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_manifest_path: Option<String>,
    /// XXH3-128 of the manifest's text, 32 lower-case hex digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_manifest_hash: Option<String>,
    /// Below `root_path`, native separators, at most 100.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub output_relative_directories: Vec<String>,
}

impl Serialize for PathFormat {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Attachments {
    /// JSON text, indented for people.
    ///
    /// # Panics
    /// Never: strings and lists always have a JSON form.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("strings and lists always have a JSON form")
    }
}
