//! Where a queue's store is, as signing has to know it.

use rusty_attachments_model::profile::{ProfileFields, StorePlace};
use serde::Deserialize;
use tsify::Tsify;
use wasm_bindgen::prelude::*;

use crate::error::profile_invalid;

/// Where a queue's store is: the fields of a profile that signing looks at. Further ones do no harm.
#[derive(Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct StoreFields {
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
    /// Folder of the contents; empty for `Data`.
    #[tsify(optional)]
    #[serde(default)]
    cas_prefix: String,
    /// Folder of the manifests; empty for `Manifests`.
    #[tsify(optional)]
    #[serde(default)]
    manifest_prefix: String,
    /// Address of an S3-compatible server; empty for AWS.
    endpoint: String,
    /// Whether the bucket goes into the path instead of the host name.
    path_style: bool,
    /// Use all addresses that AWS has for the bucket.
    #[tsify(optional)]
    #[serde(default)]
    spread_hosts: bool,
}

impl StoreFields {
    /// The place, where no field breaks a rule; the message names the first one that does.
    pub(crate) fn parse(self) -> Result<StorePlace, JsValue> {
        let fields = ProfileFields {
            region: self.region,
            farm_id: self.farm_id,
            queue_id: self.queue_id,
            bucket: self.bucket,
            root_prefix: self.root_prefix,
            cas_prefix: self.cas_prefix,
            manifest_prefix: self.manifest_prefix,
            endpoint: self.endpoint,
            path_style: self.path_style,
            spread_hosts: self.spread_hosts,
            ..ProfileFields::default()
        };
        StorePlace::parse(&fields).map_err(|errors| profile_invalid(&errors))
    }
}
