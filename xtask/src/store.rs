//! The S3 bucket of a Deadline Cloud queue, as tests and demo reach it.

use std::process::Command;

use anyhow::Result;
use serde::Serialize;

/// Everything a program needs to know to use a queue's bucket.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Store {
    /// `http://host:port` or `https://...`, addressed path-style.
    pub(crate) endpoint: String,
    /// Region that requests are signed for.
    pub(crate) region: String,
    /// Bucket name.
    pub(crate) bucket: String,
    /// Prefix of every key, without slash at either end.
    pub(crate) root_prefix: String,
    /// Access key id.
    pub(crate) access_key: String,
    /// Secret access key. Goes to other programs by their environment only, never as an argument.
    pub(crate) secret_key: String,
    /// Farm that manifests are filed under.
    pub(crate) farm_id: String,
    /// Queue that manifests are filed under.
    pub(crate) queue_id: String,
}

impl Store {
    /// A store on any S3 server. Farm and queue are made up: S3 does not know them.
    pub(crate) fn new(
        endpoint: &str,
        bucket: &str,
        root_prefix: &str,
        access_key: &str,
        secret_key: &str,
    ) -> Self {
        Self {
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            region: "us-east-1".to_owned(),
            bucket: bucket.to_owned(),
            root_prefix: root_prefix.to_owned(),
            access_key: access_key.to_owned(),
            secret_key: secret_key.to_owned(),
            farm_id: "farm-0123456789abcdef0123456789abcdef".to_owned(),
            queue_id: "queue-fedcba9876543210fedcba9876543210".to_owned(),
        }
    }

    /// Hands the store to a program as JSON in `TEST_STORE`; `tests/s3.ts` and
    /// `tests/conformance/conftest.py` read it.
    pub(crate) fn give_to(&self, command: &mut Command) -> Result<()> {
        command.env("TEST_STORE", serde_json::to_string(self)?);
        Ok(())
    }
}
