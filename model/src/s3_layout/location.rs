//! A root prefix and the two folders below it, which tools other than the official client may name
//! otherwise (spec `s3-layout.md` 1).

use super::{InputManifestPath, cas_key};
use crate::bucket::RootPrefix;
use crate::hash::ContentHash;

/// Where contents and manifests are below a root prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Location {
    /// From the queue's `jobAttachmentSettings`.
    pub root_prefix: RootPrefix,
    /// Folder of the contents.
    pub content_folder: RootPrefix,
    /// Folder of the manifests.
    pub manifests_folder: RootPrefix,
}

impl S3Location {
    /// The only folder of contents that the official client and its workers know.
    pub const CONTENT_FOLDER: &'static str = "Data";
    /// The only folder of manifests that the official client and its workers know.
    pub const MANIFESTS_FOLDER: &'static str = "Manifests";

    /// Full key of a content object.
    #[must_use]
    pub fn content_key(&self, hash: ContentHash) -> String {
        let Self {
            root_prefix,
            content_folder,
            ..
        } = self;
        format!("{root_prefix}/{content_folder}/{}", cas_key(hash))
    }

    /// Full key of the manifest at that path.
    #[must_use]
    pub fn manifest_key(&self, path: &InputManifestPath) -> String {
        let Self {
            root_prefix,
            manifests_folder,
            ..
        } = self;
        format!("{root_prefix}/{manifests_folder}/{path}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3_layout::S3Layout;

    #[test]
    fn with_the_official_folders_the_keys_are_those_of_a_queue() {
        let layout = S3Layout {
            root_prefix: "Deadline/Cloud".parse().unwrap(),
            farm_id: "farm-0123456789abcdef0123456789abcdef".parse().unwrap(),
            queue_id: "queue-fedcba9876543210fedcba9876543210".parse().unwrap(),
        };
        let location = S3Location {
            root_prefix: layout.root_prefix.clone(),
            content_folder: S3Location::CONTENT_FOLDER.parse().unwrap(),
            manifests_folder: S3Location::MANIFESTS_FOLDER.parse().unwrap(),
        };
        let hash = ContentHash::of(b"");
        assert_eq!(location.content_key(hash), layout.content_key(hash));
        let guid = "11111111111111111111111111111111".parse().unwrap();
        let path = layout.input_manifest_path(guid, "/p");
        assert_eq!(location.manifest_key(&path), layout.manifest_key(&path));
    }
}
