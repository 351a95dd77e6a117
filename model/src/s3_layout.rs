//! Which key everything has in the queue's bucket, and the metadata of manifests
//! (spec `s3-layout.md` 1 and 2).

use std::fmt;
use std::str::FromStr;

use crate::bucket::RootPrefix;
use crate::hash::{ContentHash, is_lower_hex};
use crate::ids::{FarmId, QueueId};
use crate::json_text::ascii_string;

/// The folder that sets one input manifest apart: a random UUID without dashes, new for every manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestGuid(Box<str>);

/// The text is not 32 lower-case hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a manifest's guid is 32 lower-case hex digits")]
pub struct GuidError;

impl FromStr for ManifestGuid {
    type Err = GuidError;

    fn from_str(text: &str) -> Result<Self, GuidError> {
        if is_lower_hex(text, 32) {
            Ok(Self(text.into()))
        } else {
            Err(GuidError)
        }
    }
}

impl fmt::Display for ManifestGuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The part of a bucket that belongs to one queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Layout {
    /// From the queue's `jobAttachmentSettings`.
    pub root_prefix: RootPrefix,
    /// The farm.
    pub farm_id: FarmId,
    /// The queue.
    pub queue_id: QueueId,
}

impl S3Layout {
    /// Key of a content object.
    #[must_use]
    pub fn content_key(&self, hash: ContentHash) -> String {
        format!("{}{hash}.xxh128", self.content_prefix())
    }

    /// What the keys of all content objects begin with.
    #[must_use]
    pub fn content_prefix(&self) -> String {
        format!("{}/Data/", self.root_prefix)
    }

    /// `inputManifestPath` of the `attachments`: relative to [`S3Layout::manifests_prefix`].
    #[must_use]
    pub fn input_manifest_path(&self, guid: &ManifestGuid, root_path: &str) -> String {
        format!(
            "{}/{}/Inputs/{guid}/{}",
            self.farm_id,
            self.queue_id,
            input_manifest_name(root_path)
        )
    }

    /// Full key of the manifest with that `inputManifestPath`.
    #[must_use]
    pub fn manifest_key(&self, input_manifest_path: &str) -> String {
        format!("{}{input_manifest_path}", self.manifests_prefix())
    }

    /// What the keys of all manifests begin with.
    #[must_use]
    pub fn manifests_prefix(&self) -> String {
        format!("{}/Manifests/", self.root_prefix)
    }

    /// Whether an upload for this queue may touch that key: content, and the queue's input manifests.
    #[must_use]
    pub fn owns(&self, key: &str) -> bool {
        if let Some(name) = key.strip_prefix(&self.content_prefix()) {
            return name
                .strip_suffix(".xxh128")
                .is_some_and(|hash| is_lower_hex(hash, 32));
        }
        let inputs = format!(
            "{}{}/{}/Inputs/",
            self.manifests_prefix(),
            self.farm_id,
            self.queue_id
        );
        let Some((guid, name)) = key
            .strip_prefix(&inputs)
            .and_then(|rest| rest.split_once('/'))
        else {
            return false;
        };
        let name_is_hash = name
            .strip_suffix("_input")
            .is_some_and(|hash| is_lower_hex(hash, 32));
        is_lower_hex(guid, 32) && name_is_hash
    }
}

/// Last key part of an input manifest: a hash of the root path's text alone.
#[must_use]
pub fn input_manifest_name(root_path: &str) -> String {
    format!("{}_input", ContentHash::of(root_path.as_bytes()))
}

/// Last key part of an output manifest: a hash of location name and root path, nothing between.
#[must_use]
pub fn output_manifest_name(file_system_location_name: Option<&str>, root_path: &str) -> String {
    let text = format!(
        "{}{root_path}",
        file_system_location_name.unwrap_or_default()
    );
    format!("{}_output", ContentHash::of(text.as_bytes()))
}

/// User metadata that tells the asset root of a manifest: names without `x-amz-meta-`, and values.
///
/// A root outside ASCII is written as an escaped JSON string, under both names, because headers
/// carry ASCII only.
#[must_use]
pub fn asset_root_metadata(root_path: &str) -> Vec<(&'static str, String)> {
    if root_path.is_ascii() {
        return vec![("asset-root", root_path.to_owned())];
    }
    let json = ascii_string(root_path);
    vec![("asset-root", json.clone()), ("asset-root-json", json)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "11111111111111111111111111111111";

    fn layout() -> S3Layout {
        S3Layout {
            root_prefix: "DeadlineCloud".parse().unwrap(),
            farm_id: "farm-0123456789abcdef0123456789abcdef".parse().unwrap(),
            queue_id: "queue-fedcba9876543210fedcba9876543210".parse().unwrap(),
        }
    }

    #[test]
    fn an_upload_owns_its_content_and_its_queues_input_manifests_only() {
        let layout = layout();
        let manifest =
            layout.manifest_key(&layout.input_manifest_path(&GUID.parse().unwrap(), "/p"));
        assert!(layout.owns(&manifest));
        assert!(layout.owns(&layout.content_key(ContentHash::of(b""))));
        let other_queue = manifest.replace("queue-f", "queue-0");
        for key in [
            "",
            "DeadlineCloud/Data/",
            "DeadlineCloud/Data/../x.xxh128",
            "DeadlineCloud/Data/99aa06d3014798d86001c324468d497f",
            "Other/Data/99aa06d3014798d86001c324468d497f.xxh128",
            &other_queue,
            &manifest.replace("_input", "_output"),
            &format!("{manifest}/x"),
        ] {
            assert!(!layout.owns(key), "{key}");
        }
    }
}
