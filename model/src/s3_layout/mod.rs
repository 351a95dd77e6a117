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

use crate::hash::ContentHash;
use crate::ids::{FarmId, QueueId};

/// The part of a bucket that belongs to one queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Layout {
    /// From the queue's `jobAttachmentSettings`.
    pub location: S3Location,
    /// The farm.
    pub farm_id: FarmId,
    /// The queue.
    pub queue_id: QueueId,
}

impl S3Layout {
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

    /// Whether an upload for this queue may touch that key: content, and the queue's input manifests.
    #[must_use]
    pub fn owns(&self, key: &str) -> bool {
        let content = key.strip_prefix(&self.location.content_prefix());
        if content.is_some_and(|name| parse_cas_key(name).is_some()) {
            return true;
        }
        // Nothing keeps both from being in one folder.
        key.strip_prefix(&self.location.manifests_prefix())
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
            location: S3Location::official("DeadlineCloud".parse().unwrap()),
            farm_id: "farm-0123456789abcdef0123456789abcdef".parse().unwrap(),
            queue_id: "queue-fedcba9876543210fedcba9876543210".parse().unwrap(),
        }
    }

    #[test]
    fn an_upload_owns_its_content_and_its_queues_input_manifests_only() {
        let layout = layout();
        let path = layout.input_manifest_path(GUID.parse().unwrap(), "/p");
        let manifest = layout.location.manifest_key(&path);
        assert!(manifest.starts_with("DeadlineCloud/Manifests/farm-0"));
        assert!(layout.owns(&manifest));
        assert!(layout.owns("DeadlineCloud/Data/99aa06d3014798d86001c324468d497f.xxh128"));
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

    #[test]
    fn folders_of_other_names_are_owned_instead_even_if_both_are_one() {
        let folder = || "Other/Folder".parse().unwrap();
        let location = S3Location {
            root_prefix: "DC".parse().unwrap(),
            content_folder: folder(),
            manifests_folder: folder(),
        };
        let layout = S3Layout {
            location,
            ..layout()
        };
        let content = layout.location.content_key(ContentHash::of(b""));
        assert_eq!(
            content,
            "DC/Other/Folder/99aa06d3014798d86001c324468d497f.xxh128"
        );
        assert!(layout.owns(&content));
        let path = layout.input_manifest_path(GUID.parse().unwrap(), "/p");
        assert!(layout.owns(&layout.location.manifest_key(&path)));
        assert!(!layout.owns("DC/Data/99aa06d3014798d86001c324468d497f.xxh128"));
    }
}
