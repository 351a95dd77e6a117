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

    /// With the folders that the official client and its workers know.
    #[must_use]
    pub fn official(root_prefix: RootPrefix) -> Self {
        Self {
            root_prefix,
            content_folder: RootPrefix::known(Self::CONTENT_FOLDER),
            manifests_folder: RootPrefix::known(Self::MANIFESTS_FOLDER),
        }
    }

    /// What the keys of all content objects begin with.
    #[must_use]
    pub fn content_prefix(&self) -> String {
        format!("{}/{}/", self.root_prefix, self.content_folder)
    }

    /// What the keys of all manifests begin with.
    #[must_use]
    pub fn manifests_prefix(&self) -> String {
        format!("{}/{}/", self.root_prefix, self.manifests_folder)
    }

    /// Full key of a content object.
    #[must_use]
    pub fn content_key(&self, hash: ContentHash) -> String {
        format!("{}{}", self.content_prefix(), cas_key(hash))
    }

    /// Full key of the manifest at that path.
    #[must_use]
    pub fn manifest_key(&self, path: &InputManifestPath) -> String {
        format!("{}{path}", self.manifests_prefix())
    }
}
