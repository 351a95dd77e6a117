//! What is asked of S3, and the queues of it.

use std::collections::{BTreeMap, VecDeque};

use crate::action::RequestId;
use crate::content::ContentId;
use crate::event::Answer;
use crate::retry::{SILENCE_OF_COMPLETE, silence};

/// One thing to ask of S3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Work {
    /// Does the store hold this content?
    Check(ContentId),
    /// Why was the check of this content refused? Keeps the refusal.
    Explain(ContentId, Box<Answer>),
    /// Send this content in one request.
    Put(ContentId),
    /// Which multipart uploads are open in this store? Goes on after a key and an upload id.
    ListUploads(Option<(String, String)>),
    /// Begin a multipart upload.
    Create(ContentId),
    /// Which parts of its upload does the store have? Goes on after a number.
    ListParts(ContentId, Option<u32>),
    /// Send the part with this index, from 0.
    Part(ContentId, usize),
    /// Put the parts together.
    Complete(ContentId),
    /// Give up a multipart upload.
    AbortUpload {
        /// Full key of its object.
        key: String,
        /// S3's name of it.
        upload_id: String,
    },
    /// Send the manifest.
    Manifest,
    /// Is the manifest stored, after tries of which nobody said what became of them?
    FindManifest,
    /// Why was that question refused? The answer to a HEAD has no body.
    ExplainManifest,
}

impl Work {
    /// Whether bytes of a file leave.
    pub(super) fn is_data(&self) -> bool {
        matches!(self, Self::Put(_) | Self::Part(..))
    }

    /// Whether the store is the same afterwards.
    pub(super) fn only_asks(&self) -> bool {
        match self {
            Self::Check(_)
            | Self::Explain(..)
            | Self::ListUploads(_)
            | Self::ListParts(..)
            | Self::FindManifest
            | Self::ExplainManifest => true,
            Self::Put(_)
            | Self::Create(_)
            | Self::Part(..)
            | Self::Complete(_)
            | Self::AbortUpload { .. }
            | Self::Manifest => false,
        }
    }

    /// Whether the manifest may be stored by it, or be found stored.
    pub(super) fn is_about_manifest(&self) -> bool {
        matches!(
            self,
            Self::Manifest | Self::FindManifest | Self::ExplainManifest
        )
    }
}

/// Work with its history.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) work: Work,
    /// Tries that failed.
    pub(super) failed: u8,
    /// When the first of them failed, or the last one that got no answer, in milliseconds without those
    /// in which nothing could leave.
    pub(super) since: u64,
    /// The last try went with `If-None-Match`.
    pub(super) was_conditional: bool,
    /// The last try went with a checksum, or with the name of its algorithm.
    pub(super) had_checksum: bool,
    /// A second address left it unanswered. That says nothing of the network, so that nobody would wait for it:
    /// from then on it goes to the first one.
    pub(super) keeps_to_first_host: bool,
}

impl From<Work> for Job {
    fn from(work: Work) -> Self {
        Self {
            work,
            failed: 0,
            since: 0,
            was_conditional: false,
            had_checksum: false,
            keeps_to_first_host: false,
        }
    }
}

/// A request that was sent and not answered yet.
#[derive(Debug)]
pub(super) struct UnderWay {
    pub(super) job: Job,
    pub(super) started: u64,
    /// Bytes of its body, if that is a file's.
    pub(super) length: u64,
    /// Bytes of its body, whatever that is.
    pub(super) body: u64,
    /// Bytes of the body that have left.
    pub(super) sent: u64,
    /// When it is given up, in milliseconds.
    pub(super) deadline: u64,
    pub(super) host: u8,
    /// Which credentials it is signed with, by their number.
    pub(super) credentials: u32,
    pub(super) clock_offset: i64,
    /// Its checksum is wrong on purpose.
    pub(super) is_probe: bool,
}

impl UnderWay {
    /// How long it may go from now on without any sign of life, in milliseconds.
    pub(super) fn silence(&self, sees_progress: bool) -> u64 {
        if matches!(self.job.work, Work::Complete(_)) {
            return SILENCE_OF_COMPLETE;
        }
        // As long as there is more to leave, the line shows by itself that it goes on.
        let is_unseen = self.sent >= self.body || !sees_progress;
        silence(if is_unseen { self.body } else { 0 })
    }
}

/// Requests that wait, and those under way.
#[derive(Debug, Default)]
pub(super) struct Requests {
    pub(super) last: Option<RequestId>,
    /// Before everything else: few, small, and much depends on them.
    pub(super) urgent: VecDeque<Job>,
    /// Jobs that were under way before and may go again.
    pub(super) again: VecDeque<Job>,
    /// Contents to be sent in one request each.
    pub(super) sends: VecDeque<ContentId>,
    /// Contents to be sent in parts.
    pub(super) large: VecDeque<ContentId>,
    /// Contents to ask for.
    pub(super) checks: VecDeque<ContentId>,
    /// Jobs that failed and wait for their time, in milliseconds.
    pub(super) delayed: Vec<(u64, Job)>,
    pub(super) under_way: BTreeMap<RequestId, UnderWay>,
    /// Set while S3 is asked why it refused: until then nothing else leaves.
    pub(super) explaining: bool,
    /// Something waited that nobody wants any more, so there may be nothing left to do.
    pub(super) has_dropped: bool,
}

impl Requests {
    /// Whether nothing waits and nothing is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.urgent.is_empty()
            && self.again.is_empty()
            && self.sends.is_empty()
            && self.large.is_empty()
            && self.checks.is_empty()
            && self.delayed.is_empty()
            && self.under_way.is_empty()
    }

    /// A name for the next request.
    pub(super) fn next_id(&mut self) -> RequestId {
        let id = RequestId(self.last.map_or(0, |last| last.0.wrapping_add(1)));
        self.last = Some(id);
        id
    }

    /// Puts a job back that is to go as soon as it may.
    pub(super) fn put_back(&mut self, job: Job) {
        if job.work.is_data() || matches!(job.work, Work::Check(_)) {
            self.again.push_front(job);
        } else {
            self.urgent.push_front(job);
        }
    }

    /// Lets go the jobs whose time has come.
    pub(super) fn wake(&mut self, now: u64) {
        for index in (0..self.delayed.len()).rev() {
            if self.delayed[index].0 <= now {
                let (_, job) = self.delayed.swap_remove(index);
                self.put_back(job);
            }
        }
    }

    /// Drops the jobs of a content's multipart upload; gives those under way, which have to be given up.
    pub(super) fn purge(&mut self, content: ContentId) -> Vec<RequestId> {
        let is_its = |work: &Work| matches!(work, Work::Create(id) | Work::ListParts(id, _) | Work::Part(id, _) | Work::Complete(id) if *id == content);
        self.urgent.retain(|job| !is_its(&job.work));
        self.again.retain(|job| !is_its(&job.work));
        self.delayed.retain(|(_, job)| !is_its(&job.work));
        // The answer of one that is being begun is needed to give it up.
        let stopped: Vec<RequestId> = self
            .under_way
            .iter()
            .filter(|(_, request)| is_its(&request.job.work))
            .filter(|(_, request)| !matches!(request.job.work, Work::Create(_)))
            .map(|(id, _)| *id)
            .collect();
        for id in &stopped {
            self.under_way.remove(id);
        }
        stopped
    }

    /// Takes out the uploads that are still to be given up.
    pub(super) fn take_aborts(&mut self) -> Vec<Job> {
        let waiting = self.urgent.drain(..).chain(self.again.drain(..));
        let delayed = self.delayed.drain(..).map(|(_, job)| job);
        waiting
            .chain(delayed)
            .filter(|job| matches!(job.work, Work::AbortUpload { .. }))
            .collect()
    }

    /// Nothing waits any more.
    pub(super) fn clear_waiting(&mut self) {
        self.urgent.clear();
        self.again.clear();
        self.sends.clear();
        self.large.clear();
        self.checks.clear();
        self.delayed.clear();
    }

    /// Bytes of files that are on their way.
    pub(super) fn bytes_under_way(&self) -> u64 {
        self.under_way.values().map(|request| request.length).sum()
    }

    /// Requests that are a load for server and network: one that joins parts only waits, perhaps for
    /// minutes.
    pub(super) fn load(&self) -> usize {
        let is_load = |request: &&UnderWay| !matches!(request.job.work, Work::Complete(_));
        self.under_way.values().filter(is_load).count()
    }

    /// Requests with bytes of files.
    pub(super) fn data_under_way(&self) -> usize {
        let is_data = |request: &&UnderWay| request.job.work.is_data();
        self.under_way.values().filter(is_data).count()
    }

    /// Whether an answer will tell what became of the manifest.
    pub(super) fn awaits_manifest(&self) -> bool {
        self.under_way
            .values()
            .any(|request| request.job.work.is_about_manifest())
    }
}
