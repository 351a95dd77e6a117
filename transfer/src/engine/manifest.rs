//! The end of an upload: the manifest, piece by piece, and what is told about it.

use rusty_attachments_model::attachments::StoredManifest;
use rusty_attachments_model::manifest::v2023_03_03::{CONTENT_TYPE, Writer};
use rusty_attachments_model::manifest::v2025_12_04_beta::{
    Directory, File as BetaFile, FileFields, Manifest as BetaManifest, SNAPSHOT_CONTENT_TYPE,
};
use rusty_attachments_model::manifest::{EntryHash, Fault, ManifestError};
use rusty_attachments_model::relative_path::manifest_order;
use rusty_attachments_model::s3_layout::{InputManifestPath, ManifestMetadata};
use rusty_attachments_model::{ContentHash, ContentHasher, RelativePath};

use std::borrow::Cow;
use std::collections::HashSet;

use super::Engine;
use super::roots::Stored;
use super::work::{Job, Work};
use crate::action::{Action, Body, Method, Request};
use crate::event::Answer;
use crate::features::Checksums;
use crate::files::{FileState, RootId};
use crate::headers::{self, CHECKSUM, checksum_text};
use crate::journal::Record;
use crate::outcome::{ManifestSummary, Outcome, StoredObject, Summary};
use crate::problem::Problem;
use crate::retry::TRIES;
use crate::s3_answer::Refusal;
use crate::settings::ManifestFormat;

/// The text is given to the driver in pieces of about so many bytes.
const PIECE: usize = 1 << 20;

/// How far the manifest is.
#[derive(Debug, Default)]
pub(super) enum ManifestState {
    /// There is data to come.
    #[default]
    None,
    /// It is being written.
    Writing(Box<Writing>),
    /// It is on its way.
    Ready(ReadyManifest),
}

/// A manifest of format 2023-03-03 on its way to the driver, never held whole: a million files have
/// 140 MB of it.
#[derive(Debug)]
pub(super) struct Writing {
    root: RootId,
    /// Its files in manifest order.
    order: Vec<u32>,
    next: usize,
    writer: Writer,
    text: TextSoFar,
}

/// What is known of a text that is not kept.
#[derive(Default)]
struct TextSoFar {
    hasher: ContentHasher,
    bytes: u64,
}

impl std::fmt::Debug for TextSoFar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.bytes)
    }
}

impl TextSoFar {
    fn add(&mut self, piece: String) -> Action {
        self.hasher.update(piece.as_bytes());
        self.bytes += piece.len() as u64;
        Action::AppendManifest(piece)
    }
}

/// The manifest as it is sent.
#[derive(Debug)]
pub(super) struct ReadyManifest {
    root: RootId,
    bytes: u64,
    hash: ContentHash,
    path: InputManifestPath,
    /// Set once a try may have stored it although nobody said so: what came of the last one.
    doubt: Option<Problem>,
    /// Tries of which nobody said what became of them.
    doubtful: u8,
    /// How often a question about it was refused for a reason that had to be asked for.
    explained: u8,
}

impl ManifestState {
    pub(super) fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    fn ready(&self) -> Option<&ReadyManifest> {
        match self {
            Self::Ready(manifest) => Some(manifest),
            Self::None | Self::Writing(_) => None,
        }
    }

    fn take_ready(&mut self) -> Option<ReadyManifest> {
        match std::mem::take(self) {
            Self::Ready(manifest) => Some(manifest),
            Self::None | Self::Writing(_) => None,
        }
    }
}

impl Engine {
    /// Begins to write the next manifest, or ends the upload after the last one; every file has a content that
    /// is in the store by now.
    pub(super) fn next_manifest(&mut self) {
        let Some(root) = self.roots.next() else {
            self.complete();
            return;
        };
        self.out.push_back(Action::BeginManifest);
        let format = self
            .settings
            .manifest
            .as_ref()
            .map(|manifest| manifest.format);
        let started = match format {
            Some(ManifestFormat::V2025_12_04Beta) => self.write_beta(root),
            _ => self.start_writing(root),
        };
        if let Err(error) = started {
            self.fail(Problem::manifest(&error));
        }
    }

    fn start_writing(&mut self, root: RootId) -> Result<(), ManifestError> {
        self.total_size(root)?;
        let mut order: Vec<u32> = (0_u32..)
            .zip(self.files.iter())
            .filter(|(_, file)| file.root == root && Self::is_in_manifest(file.state))
            .map(|(index, _)| index)
            .collect();
        // What is before it is the same in all paths.
        let path = |index: &u32| {
            let path = self.files.get(super::FileId(*index)).path.as_str();
            self.roots.path_in(root, path).1
        };
        order.sort_unstable_by(|a, b| manifest_order(path(a), path(b)));
        self.manifest = ManifestState::Writing(Box::new(Writing {
            root,
            order,
            next: 0,
            writer: Writer::with_capacity(PIECE),
            text: TextSoFar::default(),
        }));
        Ok(())
    }

    fn total_size(&self, root: RootId) -> Result<u64, ManifestError> {
        self.files
            .iter()
            .filter(|file| file.root == root && Self::is_in_manifest(file.state))
            .try_fold(0_u64, |sum, file| sum.checked_add(file.size))
            .ok_or_else(|| Fault::TotalTooLarge.into())
    }

    /// Writes the next piece; after the last one the manifest is sent.
    pub(super) fn next_manifest_piece(&mut self) -> Option<Action> {
        let ManifestState::Writing(writing) = &mut self.manifest else {
            return None;
        };
        let mut written = 0;
        while written < PIECE && writing.next < writing.order.len() {
            let file = self.files.get(super::FileId(writing.order[writing.next]));
            writing.next += 1;
            if let FileState::Hashed(content) = file.state {
                let hash = EntryHash::Content(self.contents.get(content).hash);
                // The format counts microseconds, browsers whole milliseconds (spec 1.3).
                let mtime = file.modified.saturating_mul(1000);
                let (before, rest) = self.roots.path_in(writing.root, file.path.as_str());
                let path = match before {
                    "" => Cow::from(rest),
                    before => format!("{before}{rest}").into(),
                };
                writing.writer.entry(&path, &hash, file.size, mtime);
                written += path.len() + 100;
            }
        }
        if writing.next < writing.order.len() {
            let piece = writing.writer.take_text();
            return Some(writing.text.add(piece));
        }
        let ManifestState::Writing(writing) = std::mem::take(&mut self.manifest) else {
            return None;
        };
        let Writing {
            root,
            writer,
            mut text,
            ..
        } = *writing;
        let total = self.total_size(root).unwrap_or(u64::MAX);
        let last = text.add(writer.finish(total));
        self.manifest_is_ready(root, text);
        Some(last)
    }

    fn manifest_is_ready(&mut self, root: RootId, text: TextSoFar) {
        let Some(settings) = &self.settings.manifest else {
            return;
        };
        let path = self.settings.layout.input_manifest_path(
            self.roots.guid(&settings.guid),
            self.roots.folder(root).as_str(),
        );
        self.manifest = ManifestState::Ready(ReadyManifest {
            root,
            bytes: text.bytes,
            hash: text.hasher.finish(),
            path,
            doubt: None,
            doubtful: 0,
            explained: 0,
        });
        self.requests.urgent.push_back(Work::Manifest.into());
    }

    /// The draft lists folders and refers to them, so it is made at once.
    fn write_beta(&mut self, root: RootId) -> Result<(), ManifestError> {
        let empty = self.empty_folders_of(root);
        let mut folders: HashSet<RelativePath> = empty.iter().cloned().collect();
        let mut files = Vec::new();
        for file in self.files.iter() {
            if file.root != root || !Self::is_in_manifest(file.state) {
                continue;
            }
            let Some(path) = self.relative_path(root, &file.path) else {
                continue;
            };
            add_parents(&mut folders, &path);
            let hash = |content| Cow::from(self.contents.get(content).hash.to_string());
            let mut fields = FileFields {
                name: path.as_str().to_owned().into(),
                size: Some(file.size),
                mtime: Some(file.modified.saturating_mul(1000)),
                ..FileFields::default()
            };
            match file.state {
                FileState::Hashed(content) => fields.hash = Some(hash(content)),
                FileState::Chunked(place) => {
                    let chunks = self.files.chunks(place).contents.iter().flatten();
                    fields.chunkhashes = Some(chunks.map(|content| hash(*content)).collect());
                }
                FileState::Found
                | FileState::Refreshing
                | FileState::Failed
                | FileState::LeftOut => continue,
            }
            files.push(BetaFile::parse(fields).map_err(|error| error.fault)?);
        }
        for folder in &empty {
            add_parents(&mut folders, folder);
        }
        let directories = folders.into_iter().map(|path| Directory {
            path,
            is_deleted: false,
        });
        let manifest = BetaManifest::new_snapshot(directories.collect(), files)?;
        let mut text = TextSoFar::default();
        let piece = text.add(manifest.encode());
        self.out.push_back(piece);
        self.manifest_is_ready(root, text);
        Ok(())
    }

    pub(super) fn describe_manifest(&self, request: &mut Request) {
        let Some(manifest) = self.manifest.ready() else {
            return;
        };
        let settings = self.settings.manifest.as_ref();
        let content_type = match settings.map(|settings| settings.format) {
            Some(ManifestFormat::V2025_12_04Beta) => SNAPSHOT_CONTENT_TYPE,
            _ => CONTENT_TYPE,
        };
        request.method = Method::Put;
        request.key = self.settings.layout.location.manifest_key(&manifest.path);
        if self.server.checksums != Some(Checksums::Refused) {
            let checksum = checksum_text(manifest.hash);
            request.headers.push((CHECKSUM, checksum));
        }
        request
            .headers
            .push(("content-type", content_type.to_owned()));
        request
            .headers
            .extend(headers::of_metadata(&ManifestMetadata {
                asset_root: self.roots.folder(manifest.root).to_string(),
                location_name: self.roots.name(manifest.root).cloned(),
            }));
        request.body = Body::Manifest;
    }

    pub(super) fn manifest_key(&self) -> String {
        let path = self.manifest.ready().map(|manifest| &manifest.path);
        path.map(|path| self.settings.layout.location.manifest_key(path))
            .unwrap_or_default()
    }

    /// A try of the manifest ended without a word about whether it was stored.
    pub(super) fn doubt_manifest(&mut self, problem: &Problem) {
        if let ManifestState::Ready(manifest) = &mut self.manifest {
            manifest.doubt = Some(problem.clone());
            manifest.doubtful = manifest.doubtful.saturating_add(1);
        }
    }

    pub(super) fn is_in_doubt(&self) -> bool {
        let manifest = self.manifest.ready();
        manifest.is_some_and(|manifest| manifest.doubt.is_some())
    }

    /// Asks for the manifest instead of sending it once more.
    pub(super) fn find_manifest(&mut self) {
        self.requests.delayed.clear();
        self.requests.again.clear();
        self.requests.urgent.clear();
        self.requests.urgent.push_back(Work::FindManifest.into());
    }

    /// Whether the end must wait until it is known what became of the manifest; sees to it that this
    /// will be known.
    pub(super) fn manifest_may_be_stored(&mut self) -> bool {
        if self.requests.awaits_manifest() {
            return true;
        }
        if self.is_in_doubt() {
            self.find_manifest();
        }
        self.is_in_doubt()
    }

    /// Whether the manifest is all that is left to do.
    pub(super) fn requests_wait_for_manifest(&self) -> bool {
        self.manifest.ready().is_some()
    }

    pub(super) fn manifest_refused(&mut self, job: Job, answer: &Answer, refusal: &Refusal) {
        let problem = self.problem_of(answer);
        match refusal {
            Refusal::Unsupported | Refusal::Invalid
                if job.had_checksum && !self.server.was_seen_to_compare() && !self.cancelled =>
            {
                self.server.checksums = Some(Checksums::Refused);
                self.requests.urgent.push_back(job);
            }
            Refusal::Conflict => self.conflict(job),
            // The text does not change, so it was on its way that its bytes did.
            Refusal::WrongBytes => self.again_later(job, problem, None, Ok(())),
            _ => self.manifest_failed(problem),
        }
    }

    /// The manifest will not be sent again. A try before the last one may still have stored it.
    pub(super) fn manifest_failed(&mut self, problem: Problem) {
        if self.is_in_doubt() {
            if let ManifestState::Ready(manifest) = &mut self.manifest {
                manifest.doubt = Some(problem);
                manifest.doubtful = TRIES;
            }
            self.find_manifest();
        } else {
            self.end_without_manifest(problem);
        }
    }

    /// Nothing can be asked any more either.
    pub(super) fn manifest_failed_for_good(&mut self, problem: Problem) {
        if self.is_in_doubt() {
            self.manifest_stays_unknown();
        } else {
            self.end_without_manifest(problem);
        }
    }

    /// Bytes of the manifest that is on its way.
    pub(super) fn manifest_bytes(&self) -> u64 {
        self.manifest.ready().map_or(0, |manifest| manifest.bytes)
    }

    pub(super) fn manifest_found(&mut self, answer: &Answer) {
        let found = answer
            .header("content-length")
            .and_then(|text| text.parse().ok());
        if found == Some(self.manifest_bytes()) {
            self.manifest_stored();
        } else {
            self.manifest_stays_unknown();
        }
    }

    /// The question was refused, which may be for credentials or a clock that can be mended.
    pub(super) fn explain_manifest(&mut self) {
        if let ManifestState::Ready(manifest) = &mut self.manifest
            && manifest.explained < TRIES
            && !self.cancelled
        {
            manifest.explained += 1;
            self.requests.urgent.push_back(Work::ExplainManifest.into());
        } else {
            self.manifest_stays_unknown();
        }
    }

    /// No try has stored it: another one, or the end.
    pub(super) fn manifest_is_absent(&mut self) {
        if let ManifestState::Ready(manifest) = &mut self.manifest
            && manifest.doubtful < TRIES
            && !self.cancelled
        {
            manifest.doubt = None;
            self.requests.urgent.push_back(Work::Manifest.into());
            return;
        }
        let doubt = self
            .manifest
            .take_ready()
            .and_then(|manifest| manifest.doubt);
        if let Some(problem) = doubt {
            self.end_without_manifest(problem);
        }
    }

    /// Nobody says whether it was stored; the trouble with the last try is why.
    pub(super) fn manifest_stays_unknown(&mut self) {
        let key = self.manifest_key();
        if let Some(manifest) = self.manifest.take_ready() {
            self.problems.extend(manifest.doubt);
            self.fail(Problem::manifest_unknown(&key));
        }
    }

    fn end_without_manifest(&mut self, problem: Problem) {
        if self.cancelled {
            self.end(Outcome::Cancelled);
        } else {
            self.fail(problem);
        }
    }

    /// One manifest is in the store: the next one, or the end.
    pub(super) fn manifest_stored(&mut self) {
        let key = self.manifest_key();
        if let Some(manifest) = self.manifest.take_ready() {
            self.roots.note_stored(Stored {
                root: manifest.root,
                object: StoredObject {
                    key,
                    hash: manifest.hash,
                },
                input: StoredManifest {
                    path: (&manifest.path).into(),
                    hash: manifest.hash,
                },
            });
        }
        if self.cancelled && self.roots.has_more() {
            // No job will be told of those that are stored.
            self.end(Outcome::Cancelled);
        } else {
            self.next_manifest();
        }
    }

    /// Everything is in the store.
    pub(super) fn complete(&mut self) {
        let speed = self.meter.bytes_per_second();
        if speed > 0 {
            self.remember(Record::Speed(speed));
        }
        let mut stored = self.roots.stored().iter().map(|stored| &stored.object);
        let manifest = stored.next().zip(self.roots.attachments());
        let manifest = manifest.map(|(first, attachments)| ManifestSummary {
            key: first.key.clone(),
            hash: first.hash,
            further: stored.cloned().collect(),
            attachments: attachments.to_json(),
        });
        let tally = &self.tally;
        let summary = Summary {
            files: self.file_count(),
            bytes: self.found_bytes,
            objects_written: tally.written.count,
            bytes_written: tally.written.bytes,
            objects_skipped: tally.skipped.count,
            bytes_skipped: tally.skipped.bytes,
            verified_by_server: tally.by_server,
            verified_by_size: tally.by_size,
            not_verified: tally.not_verified,
            manifest,
        };
        self.end(Outcome::Complete(summary));
    }
}

/// Every folder above a path is listed, so that no name needs more than its folder's number.
fn add_parents(folders: &mut HashSet<RelativePath>, path: &RelativePath) {
    let slashes = path.as_str().match_indices('/');
    for (end, _) in slashes {
        // A part of a good path that ends before a slash is a good path.
        if let Ok(folder) = RelativePath::parse(&path.as_str()[..end]) {
            folders.insert(folder);
        }
    }
}
