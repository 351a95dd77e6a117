//! Where an input manifest is, and the hash of its text.

use std::fmt;

use crate::hash::ContentHash;
use crate::s3_layout::InputManifestPath;

/// `inputManifestPath` and `inputManifestHash`, which are there together or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredManifest {
    /// Below the queue's manifests prefix.
    pub path: StoredPath,
    /// Of the manifest's bytes as they are in the store.
    pub hash: ContentHash,
}

/// 1 to 512 characters below the manifests prefix. Tools other than the official submitter choose
/// paths of their own, so not every one is an [`InputManifestPath`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPath(Box<str>);

/// The text cannot be the path of a stored manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the path of an input manifest has 1 to 512 characters, none of them a control character")]
pub struct StoredPathError;

impl StoredPath {
    /// Judges and takes a path.
    ///
    /// # Errors
    /// [`StoredPathError`].
    pub fn parse(text: &str) -> Result<Self, StoredPathError> {
        let length = text.chars().count();
        if (1..=512).contains(&length) && !text.chars().any(char::is_control) {
            Ok(Self(text.into()))
        } else {
            Err(StoredPathError)
        }
    }
}

impl From<&InputManifestPath> for StoredPath {
    fn from(path: &InputManifestPath) -> Self {
        Self(path.to_string().into())
    }
}

impl fmt::Display for StoredPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
