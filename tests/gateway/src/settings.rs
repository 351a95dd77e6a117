//! How the gateway behaves as a whole: which features it has, and how its network and clock are.

use serde::{Deserialize, Serialize};

/// Settings in force; every field that is not given has its default, which is S3's behaviour on a
/// good network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Settings {
    /// `x-amz-checksum-xxhash128` and its kin.
    pub checksum: Checksum,
    /// `x-amz-expected-bucket-owner`.
    pub expected_owner: ExpectedOwner,
    /// `If-None-Match: *` on writes.
    pub if_none_match: IfNoneMatch,
    /// Uploads in parts.
    pub multipart: Multipart,
    /// Every connection is reset and none accepted.
    pub offline: bool,
    /// Bytes a second in each direction, shared by all connections; 0 is no cap.
    pub bytes_per_second: u64,
    /// Minutes that the gateway's clock is ahead, or behind if negative. Unless 0, the gateway checks
    /// the time of requests against that clock, and signs them anew for the server behind it.
    pub skew_minutes: i64,
}

impl Settings {
    /// A server that accepts every header of these features and does nothing about it.
    #[must_use]
    pub fn plain() -> Self {
        Self {
            checksum: Checksum::Ignored,
            expected_owner: ExpectedOwner::Ignored,
            if_none_match: IfNoneMatch::Ignored,
            ..Self::default()
        }
    }
}

/// What is done with XXH128 checksums.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Checksum {
    /// Compared, kept and told.
    #[default]
    Enforced,
    /// Accepted without effect.
    Ignored,
    /// Refused by 501 `NotImplemented`.
    NotImplemented,
    /// Refused by 400 `InvalidRequest`.
    Invalid,
}

/// What is done with the expected owner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExpectedOwner {
    /// Compared with the owner.
    #[default]
    Enforced,
    /// Accepted without effect.
    Ignored,
}

/// What is done with conditional writes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IfNoneMatch {
    /// 412 when the key exists, 409 when another conditional write of the key is under way.
    #[default]
    Enforced,
    /// Accepted without effect: the object is replaced.
    Ignored,
    /// Refused by 501 `NotImplemented`.
    NotImplemented,
}

/// Whether uploads in parts are served.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Multipart {
    /// They are.
    #[default]
    Served,
    /// Refused by 501 `NotImplemented`.
    NotImplemented,
}
