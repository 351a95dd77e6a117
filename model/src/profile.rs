//! A profile: everything that says where an upload goes, as a person types it, judged field by field.

use serde::Deserialize;

use crate::account_id::AccountId;
use crate::asset_root::{AssetRoot, PathFormat};
use crate::bucket::BucketName;
use crate::endpoint::{Endpoint, EndpointError};
use crate::region::Region;
use crate::s3_layout::{S3Layout, S3Location};
use crate::server_address::AddressError;

/// The fields of a profile as typed; white space around them does not count.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProfileFields {
    /// Shown to people.
    pub name: String,
    /// AWS region.
    pub region: String,
    /// Farm id.
    pub farm_id: String,
    /// Queue id.
    pub queue_id: String,
    /// The queue's bucket.
    pub bucket: String,
    /// The queue's root prefix.
    pub root_prefix: String,
    /// The folder that holds what is dropped.
    pub asset_root: String,
    /// `posix` or `windows`.
    pub asset_root_format: String,
    /// Empty for AWS.
    pub endpoint: String,
    /// Bucket in the path instead of the host name.
    pub path_style: bool,
    /// Account that owns the bucket; empty if nobody knows.
    #[serde(default)]
    pub expected_bucket_owner: String,
    /// Most requests at once; 0: as many as browsers have connections.
    #[serde(default)]
    pub concurrency: u32,
    /// Most KiB each second, on average; 0: as fast as it goes.
    #[serde(default)]
    pub bandwidth_limit: u32,
    /// Use all addresses that AWS has for the bucket, each with connections of its own.
    #[serde(default)]
    pub spread_hosts: bool,
}

/// A judged profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// 1 to 64 characters.
    pub name: String,
    /// Region for the signature.
    pub region: Region,
    /// Keys in the bucket.
    pub layout: S3Layout,
    /// Where the bucket is: at least one address, the profile's own first.
    pub endpoints: Vec<Endpoint>,
    /// The bucket, for messages to people.
    pub bucket: BucketName,
    /// The folder that holds what is dropped.
    pub asset_root: AssetRoot,
    /// Account that owns the bucket, 12 digits.
    pub expected_bucket_owner: Option<String>,
    /// Most requests at once, 1 to [`MOST_REQUESTS`].
    pub concurrency: Option<u32>,
    /// Most bytes each second, on average.
    pub bandwidth: Option<u64>,
}

/// More requests at once than this help nobody.
pub const MOST_REQUESTS: u32 = 64;

/// A field that cannot stay as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Name of the field, as in [`ProfileFields`], in camel case.
    pub field: &'static str,
    /// Stable name of the reason.
    pub code: &'static str,
    /// The reason, for people.
    pub message: String,
}

impl Profile {
    /// Judges all fields.
    ///
    /// # Errors
    /// Every field that breaks a rule, in the order of [`ProfileFields`].
    pub fn parse(fields: &ProfileFields) -> Result<Self, Vec<FieldError>> {
        let mut judge = Judge::default();
        let name = judge.name(&fields.name);
        let region = judge.take("region", "region-malformed", &fields.region);
        let farm_id = judge.take("farmId", "farm-id-malformed", &fields.farm_id);
        let queue_id = judge.take("queueId", "queue-id-malformed", &fields.queue_id);
        let bucket = judge.take("bucket", "bucket-malformed", &fields.bucket);
        let root_prefix = judge.take("rootPrefix", "root-prefix-malformed", &fields.root_prefix);
        let asset_root = judge.asset_root(&fields.asset_root, &fields.asset_root_format);
        let endpoints = judge.endpoints(fields, region.as_ref(), bucket.as_ref());
        let owner = judge.owner(&fields.expected_bucket_owner);
        let concurrency = judge.concurrency(fields.concurrency);
        match (
            name,
            region,
            farm_id,
            queue_id,
            bucket,
            root_prefix,
            asset_root,
            endpoints,
            owner,
            concurrency,
        ) {
            (
                Some(name),
                Some(region),
                Some(farm_id),
                Some(queue_id),
                Some(bucket),
                Some(root_prefix),
                Some(asset_root),
                Some(endpoints),
                Some(expected_bucket_owner),
                Some(concurrency),
            ) => {
                let layout = S3Layout {
                    location: S3Location::official(root_prefix),
                    farm_id,
                    queue_id,
                };
                Ok(Self {
                    name,
                    region,
                    layout,
                    endpoints,
                    bucket,
                    asset_root,
                    expected_bucket_owner,
                    concurrency,
                    bandwidth: (fields.bandwidth_limit > 0)
                        .then(|| u64::from(fields.bandwidth_limit) * 1024),
                })
            }
            _ => Err(judge.errors),
        }
    }
}

/// Collects what is wrong, so that a person sees all of it at once.
#[derive(Default)]
struct Judge {
    errors: Vec<FieldError>,
}

impl Judge {
    fn refuse(&mut self, field: &'static str, code: &'static str, message: impl ToString) {
        self.errors.push(FieldError {
            field,
            code,
            message: message.to_string(),
        });
    }

    fn take<T: std::str::FromStr<Err: ToString>>(
        &mut self,
        field: &'static str,
        code: &'static str,
        text: &str,
    ) -> Option<T> {
        text.trim()
            .parse()
            .map_err(|error: T::Err| self.refuse(field, code, error))
            .ok()
    }

    fn name(&mut self, text: &str) -> Option<String> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > 64 || text.chars().any(char::is_control) {
            self.refuse(
                "name",
                "name-malformed",
                "a profile's name has 1 to 64 characters",
            );
            return None;
        }
        Some(text.to_owned())
    }

    fn asset_root(&mut self, text: &str, format: &str) -> Option<AssetRoot> {
        let Some(format) = PathFormat::parse(format) else {
            self.refuse(
                "assetRootFormat",
                "asset-root-format-unknown",
                "choose posix or windows",
            );
            return None;
        };
        AssetRoot::parse(text.trim(), format)
            .map_err(|error| self.refuse("assetRoot", error.code(), error))
            .ok()
    }

    /// Nothing only for an owner that is none.
    fn owner(&mut self, text: &str) -> Option<Option<String>> {
        let text = text.trim();
        if text.is_empty() {
            return Some(None);
        }
        let account: AccountId =
            self.take("expectedBucketOwner", "bucket-owner-malformed", text)?;
        Some(Some(account.to_string()))
    }

    fn concurrency(&mut self, requests: u32) -> Option<Option<u32>> {
        if requests > MOST_REQUESTS {
            self.refuse(
                "concurrency",
                "concurrency-too-high",
                "at most 64 requests at once",
            );
            return None;
        }
        Some((requests > 0).then_some(requests))
    }

    fn endpoints(
        &mut self,
        fields: &ProfileFields,
        region: Option<&Region>,
        bucket: Option<&BucketName>,
    ) -> Option<Vec<Endpoint>> {
        let address = fields.endpoint.trim();
        if address.is_empty() {
            let mut all = Endpoint::aws_equivalents(region?, bucket?, fields.path_style);
            if !fields.spread_hosts {
                all.truncate(1);
            }
            return Some(all);
        }
        // While the bucket is not filled in yet, the address is judged with a stand-in.
        let stand_in: BucketName = "bucket".parse().ok()?;
        let judged = Endpoint::custom(address, bucket.unwrap_or(&stand_in), fields.path_style);
        judged
            .map_err(|error| {
                let (field, code) = match error {
                    EndpointError::Address(AddressError::NotAnAddress) => {
                        ("endpoint", "endpoint-malformed")
                    }
                    EndpointError::Address(AddressError::MoreThanAddress) => {
                        ("endpoint", "endpoint-not-bare")
                    }
                    EndpointError::Address(AddressError::Unencrypted) => {
                        ("endpoint", "endpoint-unencrypted")
                    }
                    EndpointError::NeedsPathStyle => ("pathStyle", "path-style-needed"),
                };
                self.refuse(field, code, error);
            })
            .ok()
            .map(|endpoint| vec![endpoint])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> ProfileFields {
        ProfileFields {
            name: "Feature film".into(),
            region: "us-west-2".into(),
            farm_id: "farm-0123456789abcdef0123456789abcdef".into(),
            queue_id: "queue-fedcba9876543210fedcba9876543210".into(),
            bucket: "studio-attachments".into(),
            root_prefix: "DeadlineCloud".into(),
            asset_root: "/projects".into(),
            asset_root_format: "posix".into(),
            ..ProfileFields::default()
        }
    }

    fn refused(change: impl FnOnce(&mut ProfileFields)) -> Vec<(&'static str, &'static str)> {
        let mut fields = good();
        change(&mut fields);
        let errors = Profile::parse(&fields).expect_err("must be refused");
        errors
            .iter()
            .map(|error| (error.field, error.code))
            .collect()
    }

    #[test]
    fn a_good_profile_is_taken_with_white_space_around_its_fields() {
        let mut fields = good();
        fields.bucket = " studio-attachments\n".into();
        let profile = Profile::parse(&fields).unwrap();
        assert_eq!(
            profile.endpoints[0].authority(),
            "studio-attachments.s3.us-west-2.amazonaws.com"
        );
    }

    #[test]
    fn each_field_is_refused_by_its_own_name() {
        assert_eq!(
            refused(|f| f.name = "  ".into()),
            [("name", "name-malformed")]
        );
        assert_eq!(
            refused(|f| f.region = "US".into()),
            [("region", "region-malformed")]
        );
        assert_eq!(
            refused(|f| f.farm_id = "farm-1".into()),
            [("farmId", "farm-id-malformed")]
        );
        assert_eq!(
            refused(|f| f.queue_id = String::new()),
            [("queueId", "queue-id-malformed")]
        );
        assert_eq!(
            refused(|f| f.bucket = "A".into()),
            [("bucket", "bucket-malformed")]
        );
        assert_eq!(
            refused(|f| f.root_prefix = String::new()),
            [("rootPrefix", "root-prefix-malformed")]
        );
        assert_eq!(
            refused(|f| f.asset_root = "projects".into()),
            [("assetRoot", "asset-root-not-absolute")]
        );
        assert_eq!(
            refused(|f| f.asset_root_format = "mac".into()),
            [("assetRootFormat", "asset-root-format-unknown")]
        );
        assert_eq!(
            refused(|f| f.endpoint = "http://s3.lan".into()),
            [("endpoint", "endpoint-unencrypted")]
        );
        assert_eq!(
            refused(|f| f.endpoint = "http://127.0.0.1:8333".into()),
            [("pathStyle", "path-style-needed")]
        );
    }

    #[test]
    fn what_only_some_profiles_need_may_be_left_out() {
        let profile = Profile::parse(&good()).unwrap();
        assert_eq!(profile.expected_bucket_owner, None);
        assert_eq!((profile.concurrency, profile.bandwidth), (None, None));
        assert_eq!(profile.endpoints.len(), 1);
        let profile = Profile::parse(&ProfileFields {
            expected_bucket_owner: " 123456789012 ".into(),
            concurrency: 64,
            bandwidth_limit: 2,
            spread_hosts: true,
            ..good()
        })
        .unwrap();
        assert_eq!(
            profile.expected_bucket_owner.as_deref(),
            Some("123456789012")
        );
        assert_eq!(
            (profile.concurrency, profile.bandwidth),
            (Some(64), Some(2048))
        );
        assert_eq!(profile.endpoints.len(), 4);
        assert_eq!(
            refused(|f| f.expected_bucket_owner = "1234".into()),
            [("expectedBucketOwner", "bucket-owner-malformed")]
        );
        assert_eq!(
            refused(|f| f.concurrency = 65),
            [("concurrency", "concurrency-too-high")]
        );
    }

    #[test]
    fn an_empty_form_names_every_field_that_must_be_filled_in() {
        let errors = Profile::parse(&ProfileFields::default()).unwrap_err();
        let fields: Vec<_> = errors.iter().map(|error| error.field).collect();
        assert_eq!(
            fields,
            [
                "name",
                "region",
                "farmId",
                "queueId",
                "bucket",
                "rootPrefix",
                "assetRootFormat"
            ]
        );
    }
}
