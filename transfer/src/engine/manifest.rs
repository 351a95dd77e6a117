//! The end of an upload: the manifest, and what is told about it.

use rusty_attachments_model::ContentHash;
use rusty_attachments_model::attachments::{Attachments, StoredManifest};
use rusty_attachments_model::manifest::v2023_03_03::{Entry, Manifest};
use rusty_attachments_model::manifest::{EntryHash, ManifestError};
use rusty_attachments_model::s3_layout::{InputManifestPath, ManifestMetadata};

use super::{Engine, FileState};
use crate::action::{Body, Method, Request, RequestId};
use crate::headers;
use crate::outcome::{Outcome, Summary};
use crate::problem::Problem;

/// The manifest as it is sent.
#[derive(Debug)]
pub(super) struct EncodedManifest {
    text: String,
    hash: ContentHash,
    path: InputManifestPath,
}

impl Engine {
    /// Encodes the manifest and lets it go; every file has a content that is in the store by now.
    pub(super) fn start_manifest(&mut self) {
        match self.encode_manifest() {
            Ok(manifest) => {
                self.manifest = Some(manifest);
                self.requests.send_manifest();
            }
            Err(error) => self.fail(Problem::manifest(&error)),
        }
    }

    fn encode_manifest(&self) -> Result<EncodedManifest, ManifestError> {
        let entries = self.files.iter().filter_map(|file| match file.state {
            FileState::Hashed(content) => Some(Entry {
                path: file.path.clone(),
                hash: EntryHash::Content(self.contents.get(content).hash),
                size: file.size,
                // The format counts microseconds, browsers whole milliseconds (spec 1.3).
                mtime: file.modified.saturating_mul(1000),
            }),
            FileState::Found | FileState::Failed => None,
        });
        let text = Manifest::new(entries.collect())?.encode();
        let root = self.settings.asset_root.as_str();
        Ok(EncodedManifest {
            hash: ContentHash::of(text.as_bytes()),
            path: self
                .settings
                .layout
                .input_manifest_path(self.settings.guid.clone(), root),
            text,
        })
    }

    pub(super) fn manifest_request(&self, id: RequestId, manifest: &EncodedManifest) -> Request {
        Request {
            id,
            method: Method::Put,
            key: self.settings.layout.manifest_key(&manifest.path),
            headers: headers::of_manifest(manifest.hash, &self.metadata()),
            body: Body::Text(manifest.text.clone()),
        }
    }

    fn metadata(&self) -> ManifestMetadata {
        ManifestMetadata {
            asset_root: self.settings.asset_root.to_string(),
            location_name: None,
        }
    }

    pub(super) fn complete(&mut self) {
        let Some(manifest) = self.manifest.take() else {
            return;
        };
        let input = StoredManifest {
            path: (&manifest.path).into(),
            hash: manifest.hash,
        };
        let attachments = Attachments::of_input(self.settings.asset_root.clone(), input);
        self.outcome = Some(Outcome::Complete(Summary {
            files: self.files.len() as u64,
            bytes: self.found_bytes,
            objects_written: self.tally.written.count,
            bytes_written: self.tally.written.bytes,
            objects_skipped: self.tally.skipped.count,
            bytes_skipped: self.tally.skipped.bytes,
            manifest_key: self.settings.layout.manifest_key(&manifest.path),
            manifest_hash: manifest.hash.to_string(),
            attachments: attachments.to_json(),
        }));
    }
}
