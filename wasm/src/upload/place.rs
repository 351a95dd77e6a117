//! Where an upload goes, for programs that have no profile.

use std::str::FromStr;

use rusty_attachments_model::attachments::OutputDirectories;
use rusty_attachments_model::profile::MOST_REQUESTS;
use rusty_attachments_model::s3_layout::{S3Layout, S3Location};
use rusty_attachments_model::{AccountId, AssetRoot, BucketName, Endpoint, LocationName, Region};
use rusty_attachments_transfer as transfer;
use serde::Deserialize;
use transfer::Limits;
use tsify::Tsify;
use wasm_bindgen::prelude::*;

use crate::s3_location::{asset_root, wrong};

/// Where an upload goes, for programs that have no profile.
#[derive(Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct UploadPlace {
    /// AWS region of the bucket, such as `us-west-2`.
    region: String,
    /// Host and port of an S3-compatible server, for messages to people; left out for AWS.
    #[tsify(optional)]
    server: Option<String>,
    /// Name of the bucket.
    bucket: String,
    /// What all keys begin with, 1 to 63 letters, digits, `-`, `_` and `/`.
    root_prefix: String,
    /// Folder of the contents; workers know only `Data`.
    cas_prefix: String,
    /// Folder of the manifests; workers know only `Manifests`.
    manifest_prefix: String,
    /// Whose manifests and which files these are; needed for a manifest.
    #[tsify(optional)]
    root: Option<RootPlace>,
    /// Account that owns the bucket, 12 digits; left out if nobody knows.
    #[tsify(optional)]
    expected_bucket_owner: Option<String>,
    /// Most requests at once, 1 to 64.
    concurrency: u32,
}

/// The asset root and the queue that gets its manifest.
#[derive(Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct RootPlace {
    /// `farm-` and 32 lower-case hex digits.
    farm_id: String,
    /// `queue-` and 32 lower-case hex digits.
    queue_id: String,
    /// Absolute path of 1 to 1024 characters, as the submitting machine spells it.
    root_path: String,
}

/// What the engine has to know of a place.
pub(super) struct Place {
    pub(super) layout: S3Layout,
    pub(super) asset_root: AssetRoot,
    pub(super) location_name: Option<LocationName>,
    pub(super) output_directories: OutputDirectories,
    pub(super) bucket: String,
    pub(super) server: String,
    pub(super) expected_owner: Option<String>,
    pub(super) limits: Limits,
}

impl UploadPlace {
    pub(super) fn has_root(&self) -> bool {
        self.root.is_some()
    }

    /// Judges every field; the error names the first one that breaks a rule.
    pub(super) fn parse(self, limits: Limits) -> Result<Place, JsValue> {
        let region: Region = parsed("region", "region-malformed", &self.region)?;
        let bucket: BucketName = parsed("bucket", "bucket-malformed", &self.bucket)?;
        if !(1..=MOST_REQUESTS).contains(&self.concurrency) {
            let rule = format!("1 to {MOST_REQUESTS} requests at once");
            return Err(wrong("concurrency", "concurrency-malformed", &rule));
        }
        let root = self.root.unwrap_or_else(RootPlace::of_nobody);
        let server = self.server.unwrap_or_else(|| {
            let endpoint = Endpoint::aws(&region, &bucket, false);
            endpoint.authority().to_owned()
        });
        Ok(Place {
            layout: S3Layout {
                location: S3Location {
                    root_prefix: parsed("rootPrefix", "root-prefix-malformed", &self.root_prefix)?,
                    content_folder: parsed("casPrefix", "prefix-malformed", &self.cas_prefix)?,
                    manifests_folder: parsed(
                        "manifestPrefix",
                        "prefix-malformed",
                        &self.manifest_prefix,
                    )?,
                },
                farm_id: parsed("farmId", "farm-id-malformed", &root.farm_id)?,
                queue_id: parsed("queueId", "queue-id-malformed", &root.queue_id)?,
            },
            asset_root: asset_root(&root.root_path)?,
            location_name: None,
            output_directories: OutputDirectories::default(),
            bucket: bucket.as_str().to_owned(),
            server,
            expected_owner: self
                .expected_bucket_owner
                .map(|owner| {
                    let account: Result<AccountId, _> =
                        parsed("expectedBucketOwner", "bucket-owner-malformed", &owner);
                    account.map(|account| account.to_string())
                })
                .transpose()?,
            limits: limits.with_requests(self.concurrency as usize),
        })
    }
}

impl RootPlace {
    /// Stands for the root of an upload without a manifest, which tells nobody of it.
    fn of_nobody() -> Self {
        let zeros = "0".repeat(32);
        Self {
            farm_id: format!("farm-{zeros}"),
            queue_id: format!("queue-{zeros}"),
            root_path: "/".to_owned(),
        }
    }
}

fn parsed<T>(field: &'static str, code: &str, text: &str) -> Result<T, JsValue>
where
    T: FromStr<Err: ToString>,
{
    text.parse()
        .map_err(|error: T::Err| wrong(field, code, &error.to_string()))
}
