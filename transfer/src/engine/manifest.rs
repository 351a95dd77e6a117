//! The end of an upload: the manifest, and what is told about it.

use rusty_attachments_model::ContentHash;
use rusty_attachments_model::attachments::{Attachments, StoredManifest};
use rusty_attachments_model::manifest::v2023_03_03::{Entry, Manifest};
use rusty_attachments_model::manifest::{EntryHash, ManifestError};
use rusty_attachments_model::s3_layout::{InputManifestPath, ManifestMetadata};

use super::{Engine, FileState};
use crate::action::{Body, Method, Request, RequestId};
use crate::event::Answer;
use crate::headers;
use crate::outcome::{Outcome, Summary};
use crate::problem::Problem;

/// The manifest as it is sent.
#[derive(Debug)]
pub(super) struct EncodedManifest {
    text: String,
    hash: ContentHash,
    path: InputManifestPath,
    /// Set once a try may have stored it although nobody said so: what came of the last one.
    doubt: Option<Problem>,
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
            doubt: None,
        })
    }

    pub(super) fn manifest_request(&self, id: RequestId, manifest: &EncodedManifest) -> Request {
        Request {
            id,
            method: Method::Put,
            key: self.manifest_key(manifest),
            headers: headers::of_manifest(manifest.hash, &self.metadata()),
            body: Body::Text(manifest.text.clone()),
        }
    }

    pub(super) fn manifest_key(&self, manifest: &EncodedManifest) -> String {
        self.settings.layout.manifest_key(&manifest.path)
    }

    /// A try of the manifest ended without a word about whether it was stored.
    pub(super) fn doubt_manifest(&mut self, problem: &Problem) {
        if let Some(manifest) = &mut self.manifest {
            manifest.doubt = Some(problem.clone());
        }
    }

    fn is_in_doubt(&self) -> bool {
        let doubt = self.manifest.as_ref().map(|manifest| &manifest.doubt);
        doubt.is_some_and(Option::is_some)
    }

    /// Whether the end must wait until it is known what became of the manifest; sees to it that this
    /// will be known.
    pub(super) fn manifest_may_be_stored(&mut self) -> bool {
        if self.requests.awaits_manifest() {
            return true;
        }
        if self.is_in_doubt() {
            self.requests.find_manifest();
        }
        self.is_in_doubt()
    }

    /// The manifest will not be sent again. A try before the last one may still have stored it.
    pub(super) fn manifest_failed(&mut self, problem: Problem) {
        if self.is_in_doubt() {
            self.doubt_manifest(&problem);
            self.requests.find_manifest();
        } else {
            self.end_without_manifest(problem);
        }
    }

    /// Whether this answer to a HEAD says that the manifest is in the store.
    pub(super) fn is_whole_manifest(&self, answer: &Answer) -> bool {
        let size = self
            .manifest
            .as_ref()
            .map(|manifest| manifest.text.len() as u64);
        answer.status == 200 && answer.content_length == size
    }

    /// No try has stored it.
    pub(super) fn manifest_is_absent(&mut self) {
        let doubt = self.manifest.take().and_then(|manifest| manifest.doubt);
        if let Some(problem) = doubt {
            self.end_without_manifest(problem);
        }
    }

    /// Nobody says whether it was stored; the trouble with the last try is why.
    pub(super) fn manifest_stays_unknown(&mut self) {
        if let Some(manifest) = self.manifest.take() {
            self.problems.extend(manifest.doubt.clone());
            self.fail(Problem::manifest_unknown(&self.manifest_key(&manifest)));
        }
    }

    fn end_without_manifest(&mut self, problem: Problem) {
        if self.cancelled {
            self.end(Outcome::Cancelled);
        } else {
            self.fail(problem);
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
            manifest_key: self.manifest_key(&manifest),
            manifest_hash: manifest.hash.to_string(),
            attachments: attachments.to_json(),
        }));
    }
}
