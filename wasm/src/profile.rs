//! Judging the fields of a profile for JavaScript.

use rusty_attachments_model::Profile;
use rusty_attachments_model::profile::ProfileFields as Fields;
use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

use crate::error::{profile_invalid, read, write};

/// The fields of a profile as typed; see the crate `rusty-attachments-model`.
#[derive(Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ProfileFields {
    /// What people call it, 1 to 64 characters.
    name: String,
    /// AWS region, such as `us-west-2`.
    region: String,
    /// `farm-` and 32 lower-case hex digits.
    farm_id: String,
    /// `queue-` and 32 lower-case hex digits.
    queue_id: String,
    /// Name of the bucket.
    bucket: String,
    /// What all keys begin with, 1 to 63 letters, digits, `-`, `_` and `/`.
    root_prefix: String,
    /// Absolute path of the folder that holds what is uploaded, 1 to 1024 characters.
    asset_root: String,
    /// How the asset root is written.
    #[tsify(type = "'posix' | 'windows'")]
    asset_root_format: String,
    /// Address of an S3-compatible server; empty for AWS.
    endpoint: String,
    /// Whether the bucket goes into the path instead of the host name.
    path_style: bool,
    /// Account that owns the bucket, 12 digits; empty or left out if nobody knows.
    #[tsify(optional)]
    #[serde(default)]
    expected_bucket_owner: String,
    /// Most requests at once, to 64; 0 or left out: as many as browsers have connections.
    #[tsify(optional)]
    #[serde(default)]
    concurrency: u32,
    /// Most KiB each second, on average; 0 or left out: as fast as it goes.
    #[tsify(optional)]
    #[serde(default)]
    bandwidth_limit: u32,
    /// Use all addresses that AWS has for the bucket.
    #[tsify(optional)]
    #[serde(default)]
    spread_hosts: bool,
    /// Folder of the contents; only `Data` is taken, which is also meant when it is empty or left out.
    #[tsify(optional)]
    #[serde(default)]
    cas_prefix: String,
    /// Folder of the manifests; only `Manifests` is taken, which is also meant when it is empty or left out.
    #[tsify(optional)]
    #[serde(default)]
    manifest_prefix: String,
    /// Name of the LOCAL location of a storage profile that the asset root belongs to, 1 to 64 letters, digits and
    /// spaces; empty or left out for none.
    #[tsify(optional)]
    #[serde(default)]
    location_name: String,
    /// `sp-` and 32 lower-case hex digits: the storage profile whose locations shape an upload; empty for none.
    #[tsify(optional)]
    #[serde(default)]
    storage_profile_id: String,
    /// What jobs write to: at most 100 folders below the asset root, written as the asset root is.
    #[tsify(optional)]
    #[serde(default)]
    output_directories: Vec<String>,
    /// How manifests are written; `v2023-03-03` when it is empty or left out.
    #[tsify(optional, type = "ManifestVersion | ''")]
    #[serde(default)]
    manifest_version: String,
}

impl From<ProfileFields> for Fields {
    fn from(fields: ProfileFields) -> Self {
        Self {
            name: fields.name,
            region: fields.region,
            farm_id: fields.farm_id,
            queue_id: fields.queue_id,
            bucket: fields.bucket,
            root_prefix: fields.root_prefix,
            asset_root: fields.asset_root,
            asset_root_format: fields.asset_root_format,
            endpoint: fields.endpoint,
            path_style: fields.path_style,
            expected_bucket_owner: fields.expected_bucket_owner,
            concurrency: fields.concurrency,
            bandwidth_limit: fields.bandwidth_limit,
            spread_hosts: fields.spread_hosts,
            cas_prefix: fields.cas_prefix,
            manifest_prefix: fields.manifest_prefix,
            location_name: fields.location_name,
            storage_profile_id: fields.storage_profile_id,
            output_directories: fields.output_directories,
            manifest_version: fields.manifest_version,
        }
    }
}

/// What is to be said about a profile.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ProfileCheck {
    /// Empty when the profile is good.
    errors: Vec<FieldError>,
    /// The match patterns of the hosts that a good profile talks to; empty for another one.
    origin_patterns: Vec<String>,
}

/// A field that cannot stay as it is.
#[derive(Serialize, Tsify)]
pub struct FieldError {
    /// Its name in `ProfileFields`.
    #[tsify(type = "keyof ProfileFields")]
    field: String,
    /// Stable, lower-case words joined by dashes.
    code: String,
    /// The reason, for people.
    message: String,
}

/// Judges all fields at once. Never throws for what a person may type.
///
/// # Errors
/// `AttachmentError` with code `argument-invalid` for a value that is no `ProfileFields`.
#[wasm_bindgen(js_name = checkProfile)]
pub fn check_profile(fields: Ts<ProfileFields>) -> Result<Ts<ProfileCheck>, JsValue> {
    write(&judge(read(&fields)?))
}

fn judge(fields: ProfileFields) -> ProfileCheck {
    match Profile::parse(&fields.into()) {
        Ok(profile) => ProfileCheck {
            errors: Vec::new(),
            origin_patterns: origin_patterns(&profile),
        },
        Err(errors) => {
            let errors = errors.into_iter().map(|error| FieldError {
                field: error.field.to_owned(),
                code: error.code.to_owned(),
                message: error.message,
            });
            ProfileCheck {
                errors: errors.collect(),
                origin_patterns: Vec::new(),
            }
        }
    }
}

/// Two addresses may be of one host.
fn origin_patterns(profile: &Profile) -> Vec<String> {
    let mut patterns = Vec::new();
    for endpoint in &profile.store.endpoints {
        let pattern = endpoint.origin_pattern();
        if !patterns.contains(&pattern) {
            patterns.push(pattern);
        }
    }
    patterns
}

/// A profile that must be good; the message names the first field that is not.
pub(crate) fn parse(fields: ProfileFields) -> Result<Profile, JsValue> {
    Profile::parse(&fields.into()).map_err(|errors| profile_invalid(&errors))
}
