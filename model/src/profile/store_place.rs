//! The part of a profile that says where its store is: all that signing has to know.

use super::ProfileFields;
use super::judge::{FieldError, Judge};
use crate::bucket::BucketName;
use crate::endpoint::{Endpoint, EndpointError};
use crate::region::Region;
use crate::s3_layout::{S3Layout, S3Location};
use crate::server_address::AddressError;

/// Where a queue's store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorePlace {
    /// Region for the signature.
    pub region: Region,
    /// Keys in the bucket.
    pub layout: S3Layout,
    /// Where the bucket is: at least one address, the profile's own first.
    pub endpoints: Vec<Endpoint>,
    /// The bucket, for messages to people.
    pub bucket: BucketName,
}

impl StorePlace {
    /// Judges these fields and looks at no other.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn parse(fields: &ProfileFields) -> Result<Self, Vec<FieldError>> {
        let mut judge = Judge::default();
        let place = Self::judge(&mut judge, fields);
        judge.verdict(place)
    }

    pub(super) fn judge(judge: &mut Judge, fields: &ProfileFields) -> Option<Self> {
        let region = judge.take("region", "region-malformed", &fields.region);
        let farm_id = judge.take("farmId", "farm-id-malformed", &fields.farm_id);
        let queue_id = judge.take("queueId", "queue-id-malformed", &fields.queue_id);
        let bucket = judge.take("bucket", "bucket-malformed", &fields.bucket);
        let root_prefix = judge.take("rootPrefix", "root-prefix-malformed", &fields.root_prefix);
        let content_folder = judge.take_if_any("casPrefix", "prefix-malformed", &fields.cas_prefix);
        let manifests_folder = judge.take_if_any(
            "manifestPrefix",
            "prefix-malformed",
            &fields.manifest_prefix,
        );
        let endpoints = endpoints(judge, fields, region.as_ref(), bucket.as_ref());
        let mut location = S3Location::official(root_prefix?);
        if let Some(folder) = content_folder? {
            location.content_folder = folder;
        }
        if let Some(folder) = manifests_folder? {
            location.manifests_folder = folder;
        }
        Some(Self {
            region: region?,
            layout: S3Layout {
                location,
                farm_id: farm_id?,
                queue_id: queue_id?,
            },
            endpoints: endpoints?,
            bucket: bucket?,
        })
    }
}

fn endpoints(
    judge: &mut Judge,
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
            judge.refuse(field, code, error);
        })
        .ok()
        .map(|endpoint| vec![endpoint])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> ProfileFields {
        ProfileFields {
            region: "us-west-2".into(),
            farm_id: "farm-0123456789abcdef0123456789abcdef".into(),
            queue_id: "queue-fedcba9876543210fedcba9876543210".into(),
            bucket: "studio-attachments".into(),
            root_prefix: "DeadlineCloud".into(),
            ..ProfileFields::default()
        }
    }

    #[test]
    fn a_place_needs_no_name_and_no_asset_root() {
        assert_eq!(
            StorePlace::parse(&fields()).unwrap().bucket.as_str(),
            "studio-attachments"
        );
    }

    #[test]
    fn the_folders_are_those_that_workers_know_unless_they_have_names() {
        let named = |cas: &str, manifests: &str| {
            StorePlace::parse(&ProfileFields {
                cas_prefix: cas.into(),
                manifest_prefix: manifests.into(),
                ..fields()
            })
        };
        let official = named("", " ").unwrap();
        assert_eq!(named(" Data", "Manifests").unwrap(), official);
        let location = named("content", "lists").unwrap().layout.location;
        assert_eq!(location.content_prefix(), "DeadlineCloud/content/");
        assert_eq!(location.manifests_prefix(), "DeadlineCloud/lists/");
        let errors = named("da ta", "Li:sts").unwrap_err();
        let refused: Vec<_> = errors.iter().map(|e| (e.field, e.code)).collect();
        assert_eq!(
            refused,
            [
                ("casPrefix", "prefix-malformed"),
                ("manifestPrefix", "prefix-malformed")
            ]
        );
    }
}
