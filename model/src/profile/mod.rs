//! A profile: everything that says where an upload goes, as a person types it, judged field by field.

mod judge;
mod store_place;

pub use judge::FieldError;
pub use store_place::StorePlace;

use serde::Deserialize;

use crate::LocationName;
use crate::StorageProfileId;
use crate::account_id::AccountId;
use crate::asset_root::{AssetRoot, PathFormat};
use crate::attachments::OutputDirectories;
use judge::Judge;

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
    /// Folder of the contents; empty for `Data`.
    #[serde(default)]
    pub cas_prefix: String,
    /// Folder of the manifests; empty for `Manifests`.
    #[serde(default)]
    pub manifest_prefix: String,
    /// The location of a storage profile that the asset root belongs to; empty for none.
    #[serde(default)]
    pub location_name: String,
    /// The storage profile whose places shape an upload; empty for none.
    #[serde(default)]
    pub storage_profile_id: String,
    /// Folders below the asset root that jobs write to; empty ones do not count.
    #[serde(default)]
    pub output_directories: Vec<String>,
    /// `v2023-03-03` or `v2025-12-04-beta`; empty for the first.
    #[serde(default)]
    pub manifest_version: String,
}

/// A judged profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// 1 to 64 characters.
    pub name: String,
    /// Where the store is.
    pub store: StorePlace,
    /// The folder that holds what is dropped.
    pub asset_root: AssetRoot,
    /// Only for an asset root that belongs to a LOCAL location of a storage profile.
    pub location_name: Option<LocationName>,
    /// Its places name the asset roots, and tell what is not uploaded.
    pub storage_profile: Option<StorageProfileId>,
    /// What jobs write to.
    pub output_directories: OutputDirectories,
    /// Account that owns the bucket, 12 digits.
    pub expected_bucket_owner: Option<String>,
    /// Most requests at once, 1 to [`MOST_REQUESTS`].
    pub concurrency: Option<u32>,
    /// Most bytes each second, on average.
    pub bandwidth: Option<u64>,
}

/// More requests at once than this help nobody.
pub const MOST_REQUESTS: u32 = 64;

/// The manifests that can be written; the first is the one that released workers read (decision D1).
pub const MANIFEST_VERSIONS: [&str; 2] = ["v2023-03-03", "v2025-12-04-beta"];

impl Profile {
    /// Judges all fields.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn parse(fields: &ProfileFields) -> Result<Self, Vec<FieldError>> {
        let mut judge = Judge::default();
        let name = name(&mut judge, &fields.name);
        let store = StorePlace::judge(&mut judge, fields);
        let format = path_format(&mut judge, &fields.asset_root_format);
        let asset_root = format.and_then(|format| {
            AssetRoot::parse(fields.asset_root.trim(), format)
                .map_err(|error| judge.refuse("assetRoot", error.code(), error))
                .ok()
        });
        let location_name = judge.take_if_any(
            "locationName",
            "location-name-malformed",
            &fields.location_name,
        );
        let storage_profile = judge.take_if_any(
            "storageProfileId",
            "storage-profile-id-malformed",
            &fields.storage_profile_id,
        );
        if matches!(
            (&location_name, &storage_profile),
            (Some(Some(_)), Some(Some(_)))
        ) {
            judge.refuse(
                "locationName",
                "location-name-of-storage-profile",
                "leave it empty: the storage profile names its locations",
            );
        }
        let output_directories = format.and_then(|format| {
            OutputDirectories::parse(&fields.output_directories, format)
                .map_err(|error| judge.refuse("outputDirectories", error.code(), error))
                .ok()
        });
        let expected_bucket_owner = owner(&mut judge, &fields.expected_bucket_owner);
        let concurrency = concurrency(&mut judge, fields.concurrency);
        let version = fields.manifest_version.as_str();
        if !version.is_empty() && !MANIFEST_VERSIONS.contains(&version) {
            judge.refuse(
                "manifestVersion",
                "manifest-version-unknown",
                "choose v2023-03-03 or v2025-12-04-beta",
            );
        }
        let profile = (|| {
            Some(Self {
                name: name?,
                store: store?,
                asset_root: asset_root?,
                location_name: location_name?,
                storage_profile: storage_profile?,
                output_directories: output_directories?,
                expected_bucket_owner: expected_bucket_owner?,
                concurrency: concurrency?,
                bandwidth: (fields.bandwidth_limit > 0)
                    .then(|| u64::from(fields.bandwidth_limit) * 1024),
            })
        })();
        judge.verdict(profile)
    }
}

fn name(judge: &mut Judge, text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 64 || text.chars().any(char::is_control) {
        judge.refuse(
            "name",
            "name-malformed",
            "a profile's name has 1 to 64 characters",
        );
        return None;
    }
    Some(text.to_owned())
}

fn path_format(judge: &mut Judge, text: &str) -> Option<PathFormat> {
    let format = PathFormat::parse(text);
    if format.is_none() {
        judge.refuse(
            "assetRootFormat",
            "asset-root-format-unknown",
            "choose posix or windows",
        );
    }
    format
}

/// Nothing only for an owner that is none.
fn owner(judge: &mut Judge, text: &str) -> Option<Option<String>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(None);
    }
    let account: AccountId = judge.take("expectedBucketOwner", "bucket-owner-malformed", text)?;
    Some(Some(account.to_string()))
}

fn concurrency(judge: &mut Judge, requests: u32) -> Option<Option<u32>> {
    if requests > MOST_REQUESTS {
        judge.refuse(
            "concurrency",
            "concurrency-too-high",
            "at most 64 requests at once",
        );
        return None;
    }
    Some((requests > 0).then_some(requests))
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
            profile.store.endpoints[0].authority(),
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
        assert_eq!(profile.store.endpoints.len(), 1);
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
        assert_eq!(profile.store.endpoints.len(), 4);
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
    fn what_a_job_is_told_besides_its_files_is_judged() {
        let profile = Profile::parse(&ProfileFields {
            location_name: " Shared Assets ".into(),
            output_directories: vec!["renders".into(), "  ".into(), "cache/sim".into()],
            manifest_version: "v2025-12-04-beta".into(),
            ..good()
        })
        .unwrap();
        assert_eq!(
            profile.location_name.as_ref().map(LocationName::as_str),
            Some("Shared Assets")
        );
        assert_eq!(profile.output_directories.as_slice().len(), 2);
        for (fields, refused_for) in [
            (
                ProfileFields {
                    location_name: "Assets_1".into(),
                    ..good()
                },
                ("locationName", "location-name-malformed"),
            ),
            (
                ProfileFields {
                    storage_profile_id: "sp-1".into(),
                    ..good()
                },
                ("storageProfileId", "storage-profile-id-malformed"),
            ),
            (
                ProfileFields {
                    storage_profile_id: "sp-0123456789abcdef0123456789abcdef".into(),
                    location_name: "Assets".into(),
                    ..good()
                },
                ("locationName", "location-name-of-storage-profile"),
            ),
            (
                ProfileFields {
                    output_directories: vec!["renders\\beauty".into(), "/renders".into()],
                    ..good()
                },
                ("outputDirectories", "output-directory-malformed"),
            ),
            (
                ProfileFields {
                    manifest_version: "v2024".into(),
                    ..good()
                },
                ("manifestVersion", "manifest-version-unknown"),
            ),
        ] {
            assert_eq!(refused(|f| *f = fields), [refused_for]);
        }
    }

    #[test]
    fn output_folders_are_written_as_the_asset_root_is() {
        let windows = ProfileFields {
            asset_root: "P:\\projects".into(),
            asset_root_format: "windows".into(),
            output_directories: vec!["renders\\beauty".into()],
            ..good()
        };
        assert!(Profile::parse(&windows).is_ok());
        assert_eq!(
            refused(|f| {
                *f = windows;
                f.output_directories = vec!["renders/beauty".into()];
            }),
            [("outputDirectories", "output-directory-malformed")]
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
