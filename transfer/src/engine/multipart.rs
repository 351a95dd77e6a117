//! Contents that go up in parts: hashes of the parts, an upload to go on with or a new one, the parts,
//! and what puts them together. A run that ends by itself leaves no upload open.

use rusty_attachments_model::ContentHash;

use super::Engine;
use super::work::{Job, Work};
use crate::action::Action;
use crate::content::{ContentId, Stage};
use crate::event::{Answer, ReadFailure};
use crate::features::Verification;
use crate::headers::checksum_text;
use crate::journal::{OpenUpload, Record, StoredPart};
use crate::parts::{LARGEST_PUT, part_count, part_range, part_size};
use crate::problem::Problem;
use crate::s3_answer::Refusal;
use crate::s3_lists::{self, ListedPart};

/// Contents that go up in parts at the same time.
const MOST_UPLOADS: usize = 4;
/// How often the beginning of an upload may stay without an answer before the store is not asked any more
/// what came of it.
const MOST_UNHEARD: u8 = 3;

/// A content on its way in parts.
#[derive(Debug)]
pub(super) struct Upload {
    /// Bytes of each part but the last.
    pub(super) part_size: u64,
    hashes: Option<Box<[ContentHash]>>,
    /// S3's name of it, once there is one.
    id: Option<String>,
    /// What the journal knows of it.
    remembered: Vec<StoredPart>,
    /// Beginnings of which nobody said what came of them.
    unheard: u8,
    /// It is not from this run; when it was begun, in milliseconds since 1970, if S3 says so.
    found: Option<Option<u64>>,
    parts: Vec<Part>,
    left: usize,
    /// Bytes of the parts that are stored.
    pub(super) stored: u64,
    /// Parts below this index are not waiting.
    next: usize,
    step: Step,
    /// Its parts are sent with checksums.
    has_checksums: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Waiting,
    UnderWay,
    Stored(Box<str>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Something has to be known first: hashes of the parts, or which uploads are open.
    Preparing,
    /// An answer is awaited before parts can go.
    Opening,
    Sending,
    Completing,
}

impl Engine {
    /// Begins with the next large contents, if there is room.
    pub(super) fn start_uploads(&mut self) {
        if self.hold.is_on {
            return;
        }
        while self.uploads.len() < MOST_UPLOADS {
            let Some(id) = self.requests.large.pop_front() else {
                return;
            };
            let content = self.contents.get(id);
            if !matches!(content.stage, Stage::Missing { .. }) || self.uploads.contains_key(&id) {
                continue;
            }
            match part_size(content.size).filter(|_| self.server.joins_parts) {
                Some(part_size) => self.start_upload(id, part_size),
                None => self.send_whole(id),
            }
        }
    }

    /// The server has listed an upload, or begun one, and takes no parts all the same.
    fn go_without_parts(&mut self, id: ContentId) {
        self.server.joins_parts = false;
        self.close_upload(id);
        self.send_whole(id);
    }

    fn start_upload(&mut self, id: ContentId, part_size: u64) {
        let count = part_count(self.contents.get(id).size, part_size);
        self.uploads.insert(
            id,
            Upload {
                part_size,
                hashes: None,
                id: None,
                remembered: Vec::new(),
                unheard: 0,
                found: None,
                parts: vec![Part::Waiting; count],
                left: count,
                stored: 0,
                next: 0,
                step: Step::Preparing,
                has_checksums: true,
            },
        );
        self.advance_upload(id);
    }

    /// In one request, because the server knows no parts.
    fn send_whole(&mut self, id: ContentId) {
        if self.contents.get(id).size > LARGEST_PUT {
            let problem = Problem::too_large_for_server(&self.settings.server);
            self.fail_content(id, &problem);
        } else {
            self.requests.sends.push_back(id);
        }
    }

    /// Does what an upload that is being prepared needs next.
    pub(super) fn advance_upload(&mut self, id: ContentId) {
        let Some(upload) = self.uploads.get_mut(&id) else {
            return;
        };
        if upload.step != Step::Preparing {
            return;
        }
        if upload.hashes.is_none() {
            let Some(hashes) = self.hashing.parts.get(&id) else {
                self.want_parts(id);
                return;
            };
            if hashes.len() != upload.parts.len() {
                self.hashing.parts.remove(&id);
                self.want_parts(id);
                return;
            }
            upload.hashes = Some(hashes.clone());
        }
        if let Some(known) = self.lookups.uploads.remove(&id)
            && known.part_size == upload.part_size
        {
            self.go_on_with(id, known, None);
            return;
        }
        match self.leftovers.of(&self.content_key(id)) {
            None => self.list_uploads(),
            Some(Some(leftover)) => {
                let known = OpenUpload {
                    upload_id: leftover.upload_id,
                    part_size: self.uploads[&id].part_size,
                    parts: Vec::new(),
                };
                self.go_on_with(id, known, Some(leftover.initiated));
            }
            Some(None) => self.open(id),
        }
    }

    /// Goes on with an upload that an earlier run, or somebody else, has begun.
    fn go_on_with(&mut self, id: ContentId, known: OpenUpload, found: Option<Option<u64>>) {
        let Some(upload) = self.uploads.get_mut(&id) else {
            return;
        };
        upload.id = Some(known.upload_id);
        upload.remembered = known.parts;
        upload.found = found;
        upload.step = Step::Opening;
        if self.server.lists_parts {
            let work = Work::ListParts(id, None);
            self.requests.urgent.push_back(work.into());
        } else {
            self.trust_remembered(id);
        }
    }

    fn open(&mut self, id: ContentId) {
        if let Some(upload) = self.uploads.get_mut(&id) {
            upload.step = Step::Opening;
            upload.id = None;
            self.requests.urgent.push_back(Work::Create(id).into());
        }
    }

    /// The beginning may have been carried out although nobody said so, and an upload that nobody completes
    /// costs money. `true` if the store is to be asked which uploads are open.
    pub(super) fn may_have_created(&mut self, id: ContentId, has_checksums: bool) -> bool {
        let Some(upload) = self.uploads.get_mut(&id) else {
            return false;
        };
        if upload.unheard >= MOST_UNHEARD {
            return false;
        }
        upload.unheard += 1;
        upload.has_checksums = has_checksums;
        upload.step = Step::Preparing;
        self.doubt_uploads();
        true
    }

    pub(super) fn created(&mut self, id: ContentId, answer: &Answer, has_checksums: bool) {
        let (Some(upload_id), hash) = (
            s3_lists::upload_id(&answer.body),
            self.contents.get(id).hash,
        ) else {
            return;
        };
        let Some(upload) = self.uploads.get_mut(&id) else {
            // Not wanted any more: nobody would ever complete it.
            self.abort(id, upload_id);
            return;
        };
        upload.id = Some(upload_id.clone());
        // What was found before and not taken has no part in it.
        upload.found = None;
        upload.has_checksums = has_checksums;
        let part_size = upload.part_size;
        upload.step = Step::Sending;
        self.remember_now(Record::UploadOpened {
            hash,
            upload_id,
            part_size,
        });
    }

    pub(super) fn create_refused(
        &mut self,
        id: ContentId,
        job: Job,
        answer: &Answer,
        refusal: &Refusal,
    ) {
        if !self.uploads.contains_key(&id) {
            return;
        }
        match refusal {
            Refusal::Unsupported | Refusal::Invalid if job.had_checksum => {
                // Perhaps it is only the algorithm that the server does not know.
                self.server.checks_parts = false;
                self.requests.urgent.push_back(job);
            }
            Refusal::Unsupported => {
                self.server.joins_parts = false;
                let waiting: Vec<ContentId> = self.uploads.keys().copied().collect();
                for id in waiting {
                    if self
                        .uploads
                        .get(&id)
                        .is_some_and(|upload| upload.id.is_none())
                    {
                        self.close_upload(id);
                        self.send_whole(id);
                    }
                }
            }
            Refusal::Conflict => self.conflict(job),
            Refusal::Invalid => {
                let problem = self.problem_of(answer);
                self.give_up(&job.work, problem);
            }
            _ => {
                let problem = self.problem_of(answer);
                self.fail(problem);
            }
        }
    }

    pub(super) fn parts_listed(&mut self, id: ContentId, answer: &Answer) {
        let Some(page) = s3_lists::parts(&answer.body) else {
            return;
        };
        for part in page.parts {
            self.adopt(id, part);
        }
        if let Some(next) = page.next {
            let work = Work::ListParts(id, Some(next));
            self.requests.urgent.push_back(work.into());
            return;
        }
        self.parts_are_known(id, answer.wall);
    }

    /// Takes over a part that is stored, if its bytes are certain.
    fn adopt(&mut self, id: ContentId, listed: ListedPart) {
        let size = self.contents.get(id).size;
        let Some(upload) = self.uploads.get_mut(&id) else {
            return;
        };
        let Some(index) = (listed.number as usize).checked_sub(1) else {
            return;
        };
        let hash = upload.hashes.as_ref().and_then(|hashes| hashes.get(index));
        let (Some(hash), Some(Part::Waiting)) = (hash, upload.parts.get(index)) else {
            return;
        };
        let is_ours = listed.hash == Some(hash.to_be_bytes())
            || upload.remembered.iter().any(|part| {
                part.number == listed.number && part.hash == *hash && same(&part.etag, &listed.etag)
            });
        let (_, length) = part_range(size, upload.part_size, index);
        if is_ours && listed.size == length {
            upload.store(index, listed.etag.into(), length);
        }
    }

    /// Without a list: what the journal says was confirmed by the server when it was written.
    fn trust_remembered(&mut self, id: ContentId) {
        let size = self.contents.get(id).size;
        let Some(upload) = self.uploads.get_mut(&id) else {
            return;
        };
        for part in std::mem::take(&mut upload.remembered) {
            let index = (part.number as usize).wrapping_sub(1);
            let hash = upload.hashes.as_ref().and_then(|hashes| hashes.get(index));
            if hash == Some(&part.hash) && upload.parts.get(index) == Some(&Part::Waiting) {
                let (_, length) = part_range(size, upload.part_size, index);
                upload.store(index, part.etag.into(), length);
            }
        }
        self.parts_are_known(id, 0);
    }

    /// Goes on with the upload, or begins another one if nothing of it is of use.
    fn parts_are_known(&mut self, id: ContentId, wall: u64) {
        let Some(upload) = self.uploads.get_mut(&id) else {
            return;
        };
        // Without parts, it may be the one that this run has begun unheard.
        let may_be_ours = upload.unheard > 0 && self.server.lists_parts;
        let has_parts = upload.left < upload.parts.len();
        let is_of_use = upload.found.is_none() || has_parts || may_be_ours;
        if is_of_use {
            upload.step = Step::Sending;
            self.complete_if_whole(id);
            return;
        }
        let (upload_id, begun) = (upload.id.take(), upload.found.flatten());
        if let (Some(upload_id), true) = (upload_id, super::leftovers::is_abandoned(begun, wall)) {
            self.abort(id, upload_id);
        }
        self.open(id);
    }

    pub(super) fn list_parts_refused(&mut self, id: ContentId, refusal: &Refusal) {
        let Some(upload) = self.uploads.get_mut(&id) else {
            return;
        };
        if matches!(refusal, Refusal::Absent { .. }) {
            upload.step = Step::Preparing;
            upload.id = None;
            let hash = self.contents.get(id).hash;
            self.leftovers.forget(&self.content_key(id));
            self.remember(Record::UploadClosed(hash));
            self.advance_upload(id);
            return;
        }
        self.server.lists_parts = false;
        self.trust_remembered(id);
    }

    /// The next part that can leave, of the first upload that has one.
    pub(super) fn next_part(&self) -> Option<(ContentId, usize)> {
        self.uploads.iter().find_map(|(id, upload)| {
            let waiting = upload.parts.get(upload.next..)?;
            let index = waiting.iter().position(|part| *part == Part::Waiting)?;
            (upload.step == Step::Sending).then_some((*id, upload.next + index))
        })
    }

    pub(super) fn part_leaves(&mut self, id: ContentId, index: usize) {
        if let Some(upload) = self.uploads.get_mut(&id) {
            upload.parts[index] = Part::UnderWay;
            upload.next = index + 1;
        }
    }

    /// First byte in the content, length and hash of a part.
    pub(super) fn part_with_hash(
        &self,
        id: ContentId,
        index: usize,
    ) -> Option<((u64, u64), ContentHash)> {
        let hash = *self.uploads.get(&id)?.hashes.as_ref()?.get(index)?;
        Some((self.part_of(id, index)?, hash))
    }

    pub(super) fn sends_part_checksums(&self, id: ContentId) -> bool {
        self.uploads
            .get(&id)
            .is_some_and(|upload| upload.has_checksums)
    }

    pub(super) fn upload_id(&self, id: ContentId) -> String {
        let upload = self.uploads.get(&id);
        upload
            .and_then(|upload| upload.id.clone())
            .unwrap_or_default()
    }

    pub(super) fn part_stored(&mut self, id: ContentId, index: usize, answer: &Answer) {
        let Some(((_, length), part_hash)) = self.part_with_hash(id, index) else {
            return;
        };
        let hash = self.contents.get(id).hash;
        let etag = answer.header("etag").unwrap_or_default().to_owned();
        let Some(upload) = self.uploads.get_mut(&id) else {
            return;
        };
        upload.store(index, etag.as_str().into(), length);
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        self.remember_now(Record::PartStored {
            hash,
            part: StoredPart {
                number,
                etag,
                hash: part_hash,
            },
        });
        self.complete_if_whole(id);
    }

    fn complete_if_whole(&mut self, id: ContentId) {
        if let Some(upload) = self.uploads.get_mut(&id)
            && upload.left == 0
            && upload.step == Step::Sending
        {
            upload.step = Step::Completing;
            self.requests.urgent.push_back(Work::Complete(id).into());
        }
    }

    pub(super) fn part_refused(
        &mut self,
        id: ContentId,
        index: usize,
        job: Job,
        answer: &Answer,
        refusal: &Refusal,
    ) {
        match refusal {
            Refusal::WrongBytes => {
                self.source_failed(id, ReadFailure::Changed);
                if self.is_wanted(&job.work) {
                    self.requests.put_back(job);
                }
            }
            // Completed or given up by somebody else.
            Refusal::Absent { .. } => self.restart_upload(id, refusal),
            Refusal::Conflict => self.conflict(job),
            // It was begun by somebody else after all, with other checksums.
            Refusal::Invalid if self.is_taken_for_ours(id) => {
                self.restart_upload(id, refusal);
            }
            Refusal::Unsupported | Refusal::Invalid if self.doubts_checksums(&job) => {
                self.requests.put_back(job);
            }
            Refusal::Unsupported | Refusal::Invalid
                if job.had_checksum && !self.server.compares() =>
            {
                if let Some(upload) = self.uploads.get_mut(&id) {
                    upload.has_checksums = false;
                }
                self.requests.put_back(job);
            }
            Refusal::Unsupported => self.go_without_parts(id),
            Refusal::BadParts => self.abort_and_restart(id, refusal),
            Refusal::Invalid => {
                let problem = self.problem_of(answer);
                self.give_up(&Work::Part(id, index), problem);
            }
            _ => {
                let problem = self.problem_of(answer);
                self.fail(problem);
            }
        }
    }

    /// Whether the upload was found in the store where one of this run was looked for.
    fn is_taken_for_ours(&self, id: ContentId) -> bool {
        let upload = self.uploads.get(&id);
        upload.is_some_and(|upload| upload.unheard > 0 && upload.found.is_some())
    }

    /// The list of parts that puts them together.
    pub(super) fn complete_body(&self, id: ContentId) -> String {
        let mut body = String::from("<CompleteMultipartUpload>");
        if let Some(upload) = self.uploads.get(&id) {
            for (index, part) in upload.parts.iter().enumerate() {
                let Part::Stored(etag) = part else { continue };
                let etag = quick_xml::escape::escape(&**etag);
                body.push_str(&format!("<Part><ETag>{etag}</ETag>"));
                let hash = upload.hashes.as_ref().and_then(|hashes| hashes.get(index));
                if let Some(hash) = hash.filter(|_| upload.has_checksums) {
                    let checksum = checksum_text(*hash);
                    body.push_str(&format!(
                        "<ChecksumXXHASH128>{checksum}</ChecksumXXHASH128>"
                    ));
                }
                body.push_str(&format!("<PartNumber>{}</PartNumber></Part>", index + 1));
            }
        }
        body.push_str("</CompleteMultipartUpload>");
        body
    }

    pub(super) fn completed(&mut self, id: ContentId) {
        let Some(upload) = self.uploads.remove(&id) else {
            return;
        };
        let is_verified = upload.has_checksums && self.server.compares();
        let verification = if is_verified {
            Verification::ByServer
        } else {
            Verification::NotVerified
        };
        let hash = self.contents.get(id).hash;
        self.set_stage(id, Stage::Written(verification));
        self.remember_now(Record::UploadClosed(hash));
    }

    pub(super) fn complete_refused(
        &mut self,
        id: ContentId,
        job: Job,
        answer: &Answer,
        refusal: &Refusal,
    ) {
        match refusal {
            // An earlier try has completed it, or somebody has given it up.
            Refusal::Absent { .. } => self.restart_upload(id, refusal),
            Refusal::Exists => {
                self.contents.get_mut(id).may_be_ours = false;
                self.abort_and_restart(id, refusal);
            }
            Refusal::Conflict | Refusal::BadParts | Refusal::WrongBytes => {
                self.abort_and_restart(id, refusal);
            }
            Refusal::Unsupported | Refusal::Invalid if job.was_conditional => {
                self.server.writes_conditionally = false;
                self.requests.urgent.push_back(job);
            }
            Refusal::Invalid | Refusal::Unsupported => {
                let problem = self.problem_of(answer);
                self.give_up(&job.work, problem);
            }
            _ => {
                let problem = self.problem_of(answer);
                self.fail(problem);
            }
        }
    }

    fn abort_and_restart(&mut self, id: ContentId, refusal: &Refusal) {
        if let Some(upload_id) = self
            .uploads
            .get_mut(&id)
            .and_then(|upload| upload.id.take())
        {
            self.abort(id, upload_id);
        }
        self.restart_upload(id, refusal);
    }

    /// The upload is gone; the store is asked what it holds, and if need be all begins anew.
    fn restart_upload(&mut self, id: ContentId, refusal: &Refusal) {
        if let Some(upload) = self.uploads.get_mut(&id) {
            upload.id = None;
            self.leftovers.forget(&self.content_key(id));
            self.close_upload(id);
            self.ask_again(id, refusal);
        }
    }

    /// Drops an upload and all that is under way for it; what S3 has of it is given up.
    pub(super) fn close_upload(&mut self, id: ContentId) {
        let Some(upload) = self.uploads.remove(&id) else {
            return;
        };
        let hash = self.contents.get(id).hash;
        self.remember(Record::UploadClosed(hash));
        for request in self.requests.purge(id) {
            self.out.push_back(Action::AbortRequest(request));
        }
        if let Some(upload_id) = upload.id {
            self.abort(id, upload_id);
        }
    }

    fn abort(&mut self, id: ContentId, upload_id: String) {
        let key = self.content_key(id);
        let work = Work::AbortUpload { key, upload_id };
        self.requests.urgent.push_back(work.into());
    }

    /// The store has the content: the upload that an earlier run began of it is of no use any more.
    /// Put off while nothing may leave.
    pub(super) fn give_up_remembered(&mut self, id: ContentId) {
        if !self.hold.is_on
            && let Some(known) = self.lookups.uploads.remove(&id)
        {
            let hash = self.contents.get(id).hash;
            self.remember(Record::UploadClosed(hash));
            self.abort(id, known.upload_id);
        }
    }

    /// The content is settled: its parts are of no use any more.
    pub(super) fn forget_parts(&mut self, id: ContentId) {
        self.hashing.parts.remove(&id);
        if !self.hold.is_on {
            // Until then it may still have to be given up.
            self.lookups.uploads.remove(&id);
        }
    }

    /// Names of all uploads that are open, with the key of each.
    pub(super) fn open_uploads(&mut self) -> Vec<Work> {
        let uploads = std::mem::take(&mut self.uploads);
        uploads
            .into_iter()
            .filter_map(|(id, upload)| {
                let key = self.content_key(id);
                let upload_id = upload.id?;
                Some(Work::AbortUpload { key, upload_id })
            })
            .collect()
    }
}

impl Upload {
    fn store(&mut self, index: usize, etag: Box<str>, length: u64) {
        if let Some(part) = self.parts.get_mut(index)
            && !matches!(part, Part::Stored(_))
        {
            *part = Part::Stored(etag);
            self.left -= 1;
            self.stored += length;
        }
    }
}

/// Some servers give entity tags without quotes in lists.
fn same(etag: &str, other: &str) -> bool {
    etag.trim_matches('"') == other.trim_matches('"')
}
