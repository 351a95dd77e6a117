//! Which key everything has in the queue's bucket, and the metadata of manifests
//! (spec `s3-layout.md` 1 and 2).

mod cas_key;
mod location;
mod manifest_key;
mod manifest_metadata;

pub use cas_key::{cas_key, parse_cas_key};
pub use location::S3Location;
pub use manifest_key::{
    GuidError, InputManifestPath, ManifestGuid, ManifestKeyError, ManifestName,
};
pub use manifest_metadata::{ManifestMetadata, MetadataError};

use crate::bucket::RootPrefix;
use crate::hash::ContentHash;
use crate::ids::{FarmId, QueueId};

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
        format!("{}{}", self.content_prefix(), cas_key(hash))
    }

    /// What the keys of all content objects begin with.
    #[must_use]
    pub fn content_prefix(&self) -> String {
        format!("{}/{}/", self.root_prefix, S3Location::CONTENT_FOLDER)
    }

    /// Where an input manifest of this queue goes, for an asset root spelled like that.
    #[must_use]
    pub fn input_manifest_path(&self, guid: ManifestGuid, root_path: &str) -> InputManifestPath {
        InputManifestPath {
            farm_id: self.farm_id.clone(),
            queue_id: self.queue_id.clone(),
            guid,
            name_hash: ContentHash::of(root_path.as_bytes()),
        }
    }

    /// Full key of the manifest at that path.
    #[must_use]
    pub fn manifest_key(&self, input_manifest_path: &InputManifestPath) -> String {
        format!("{}{input_manifest_path}", self.manifests_prefix())
    }

    /// What the keys of all manifests begin with.
    #[must_use]
    pub fn manifests_prefix(&self) -> String {
        format!("{}/{}/", self.root_prefix, S3Location::MANIFESTS_FOLDER)
    }

    /// Whether an upload for this queue may touch that key: content, and the queue's input manifests.
    #[must_use]
    pub fn owns(&self, key: &str) -> bool {
        if let Some(name) = key.strip_prefix(&self.content_prefix()) {
            return parse_cas_key(name).is_some();
        }
        key.strip_prefix(&self.manifests_prefix())
            .and_then(|path| path.parse::<InputManifestPath>().ok())
            .is_some_and(|path| path.farm_id == self.farm_id && path.queue_id == self.queue_id)
    }
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
            layout.manifest_key(&layout.input_manifest_path(GUID.parse().unwrap(), "/p"));
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
