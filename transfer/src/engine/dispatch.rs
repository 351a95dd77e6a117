//! Which request leaves next, and when nothing may: pauses, missing credentials, a dead network, limits
//! on requests, on bytes, on bytes each second.

use super::work::{Job, UnderWay, Work};
use super::{Engine, Proof, Server};
use crate::action::{Action, Body, Method, Request, RequestId};
use crate::content::{ContentId, Stage};
use crate::features::Checksums;
use crate::headers::{
    CHECKSUM, CHECKSUM_ALGORITHM, CHECKSUM_MODE, EXPECTED_OWNER, Headers, IF_NONE_MATCH,
    checksum_text,
};
use crate::parts::part_range;
use rusty_attachments_model::ContentHash;

/// Requests that an address leaves unanswered, in a row, before others are used instead.
const MOST_UNANSWERED: u32 = 3;

impl Engine {
    pub(super) fn next_request(&mut self) -> Option<Action> {
        loop {
            let job = self.take_job()?;
            if self.is_wanted(&job.work) {
                return Some(self.dispatch(job));
            }
            self.requests.has_dropped = true;
        }
    }

    /// Whether anything may leave at all.
    fn is_held(&self) -> bool {
        let under_way = self.requests.under_way.len();
        let probe = self.breaker.next_probe();
        self.paused
            || self.credentials.needed.is_some()
            || self.now < self.quiet_until
            || probe.is_some_and(|time| under_way > 0 || self.now < time)
            || under_way >= self.settings.limits.requests.max(1)
            || self.requests.load() >= self.window.size()
            || !self.has_connection()
    }

    fn take_job(&mut self) -> Option<Job> {
        if self.is_held() {
            return None;
        }
        if self.hold.is_on {
            return self.take_question();
        }
        let has_host = |job: &Job| self.host_for(job).is_some();
        if let Some(index) = self.requests.urgent.iter().position(has_host) {
            return self.requests.urgent.remove(index);
        }
        if self.requests.explaining {
            return None;
        }
        let may_go = |job: &Job| {
            (!job.work.is_data() || self.may_send(self.length_of(&job.work))) && has_host(job)
        };
        if let Some(index) = self.requests.again.iter().position(may_go) {
            return self.requests.again.remove(index);
        }
        if let Some(work) = self.next_data() {
            return Some(work.into());
        }
        match self.next_check() {
            Some(check) => Some(Work::Check(check).into()),
            // What was to be asked for may have been queued to be sent instead.
            None => self.next_data().map(Job::from),
        }
    }

    /// While nothing may leave that changes the store.
    fn take_question(&mut self) -> Option<Job> {
        let asks = |job: &Job| job.work.only_asks() && self.host_for(job).is_some();
        if let Some(index) = self.requests.urgent.iter().position(asks) {
            return self.requests.urgent.remove(index);
        }
        if self.requests.explaining {
            return None;
        }
        if let Some(index) = self.requests.again.iter().position(asks) {
            return self.requests.again.remove(index);
        }
        self.next_check().map(|content| Work::Check(content).into())
    }

    /// The next content to ask for; what is better sent without a question is queued for that.
    fn next_check(&mut self) -> Option<ContentId> {
        loop {
            let id = self.requests.checks.pop_front()?;
            if !self.sends_without_asking(id) {
                return Some(id);
            }
            self.set_stage(id, Stage::Missing { replace: false });
        }
    }

    /// Content that can be sent goes before questions, but leaves a place for them, so that both kinds
    /// overlap.
    fn next_data(&mut self) -> Option<Work> {
        let places = self.window.size() - usize::from(self.window.size() > 1 && self.has_checks());
        if self.requests.data_under_way() >= places {
            return None;
        }
        if let Some((content, index)) = self.next_part() {
            let work = Work::Part(content, index);
            if self.may_send(self.length_of(&work)) {
                self.part_leaves(content, index);
                return Some(work);
            }
        }
        let content = *self.requests.sends.front()?;
        if !self.may_send(self.contents.get(content).size) {
            return None;
        }
        self.requests.sends.pop_front();
        Some(Work::Put(content))
    }

    fn has_checks(&self) -> bool {
        !self.requests.checks.is_empty()
    }

    /// Whether a body of so many bytes may leave now.
    fn may_send(&self, length: u64) -> bool {
        let under_way = self.requests.bytes_under_way();
        let fits = under_way == 0 || under_way + length <= self.settings.limits.bytes_in_flight;
        // Until it is known what the server does with checksums, one body leaves to find out.
        let knows_server = self.server.is_known() || self.requests.data_under_way() == 0;
        fits && knows_server && self.now >= self.bandwidth.free_at()
    }

    /// Whether data only waits for the cap on bytes each second.
    pub(super) fn waits_for_bandwidth(&self) -> bool {
        let has_data = !self.requests.sends.is_empty()
            || self.next_part().is_some()
            || self.requests.again.iter().any(|job| job.work.is_data());
        has_data && self.now < self.bandwidth.free_at()
    }

    /// Bytes of a file that the work sends.
    pub(super) fn length_of(&self, work: &Work) -> u64 {
        match work {
            Work::Put(content) => self.contents.get(*content).size,
            Work::Part(content, index) => self.part_of(*content, *index).map_or(0, |part| part.1),
            _ => 0,
        }
    }

    /// Whether the work still makes sense.
    pub(super) fn is_wanted(&self, work: &Work) -> bool {
        match work {
            Work::Check(content) => self.contents.get(*content).stage == Stage::Unchecked,
            Work::Put(content) => {
                matches!(self.contents.get(*content).stage, Stage::Missing { .. })
            }
            Work::Create(content)
            | Work::ListParts(content, _)
            | Work::Part(content, _)
            | Work::Complete(content) => self.uploads.contains_key(content),
            Work::Explain(..)
            | Work::ListUploads(_)
            | Work::AbortUpload { .. }
            | Work::Manifest
            | Work::FindManifest
            | Work::ExplainManifest => true,
        }
    }

    pub(super) fn dispatch(&mut self, mut job: Job) -> Action {
        let id = self.requests.next_id();
        let length = self.length_of(&job.work);
        let is_probe = job.work.is_data() && self.server.checksums.is_none();
        let host = self.host_for(&job).unwrap_or(0);
        let request = self.describe(id, host, &job.work, is_probe);
        let has = |header| request.headers.iter().any(|(name, _)| *name == header);
        job.was_conditional = has(IF_NONE_MATCH);
        job.had_checksum = has(CHECKSUM) || has(CHECKSUM_ALGORITHM);
        if job.work.is_data() {
            self.bandwidth.spend(self.now, length);
            self.meter.sent(self.now, 0);
        }
        let mut under_way = UnderWay {
            job,
            started: self.now,
            length,
            body: match &request.body {
                Body::None => 0,
                Body::Range { length, .. } => *length,
                Body::Text(text) => text.len() as u64,
                Body::Manifest => self.manifest_bytes(),
            },
            sent: 0,
            deadline: 0,
            host: request.host,
            credentials: self.credentials.number,
            clock_offset: self.clock_offset,
            is_probe,
        };
        under_way.deadline = self.now + under_way.silence(self.sees_progress);
        self.requests.under_way.insert(id, under_way);
        Action::Send(request)
    }

    fn describe(&mut self, id: RequestId, host: u8, work: &Work, is_probe: bool) -> Request {
        let mut request = Request {
            id,
            method: Method::Get,
            key: String::new(),
            query: Vec::new(),
            headers: Headers::new(),
            body: Body::None,
            host,
            clock_offset: self.clock_offset,
        };
        match work {
            Work::Check(content) => {
                request.method = Method::Head;
                request.key = self.content_key(*content);
                request.headers.push((CHECKSUM_MODE, "ENABLED".to_owned()));
            }
            Work::Explain(content, _) => {
                request.key = self.content_key(*content);
                request.headers.push(("range", "bytes=0-0".to_owned()));
            }
            Work::Put(content) => self.describe_put(&mut request, *content, is_probe),
            Work::ListUploads(after) => {
                let prefix = self.settings.layout.location.content_prefix();
                if let Some((key, upload_id)) = after {
                    request.query.push(("key-marker", key.clone()));
                    request.query.push(("prefix", prefix));
                    request.query.push(("upload-id-marker", upload_id.clone()));
                } else {
                    request.query.push(("prefix", prefix));
                }
                request.query.push(("uploads", String::new()));
            }
            Work::Create(content) => {
                request.method = Method::Post;
                request.key = self.content_key(*content);
                request.query.push(("uploads", String::new()));
                if self.server.checks_parts && self.server.checksums != Some(Checksums::Refused) {
                    let algorithm = "XXHASH128".to_owned();
                    request.headers.push((CHECKSUM_ALGORITHM, algorithm));
                }
            }
            Work::ListParts(content, after) => {
                request.key = self.content_key(*content);
                if let Some(number) = after {
                    request
                        .query
                        .push(("part-number-marker", number.to_string()));
                }
                request.query.push(("uploadId", self.upload_id(*content)));
            }
            Work::Part(content, index) => {
                self.describe_part(&mut request, *content, *index, is_probe);
            }
            Work::Complete(content) => {
                request.method = Method::Post;
                request.key = self.content_key(*content);
                request.query.push(("uploadId", self.upload_id(*content)));
                request
                    .headers
                    .push(("content-type", "application/xml".to_owned()));
                if self.writes_only_if_absent(*content) {
                    request.headers.push((IF_NONE_MATCH, "*".to_owned()));
                }
                request.body = Body::Text(self.complete_body(*content));
            }
            Work::AbortUpload { key, upload_id } => {
                request.method = Method::Delete;
                request.key.clone_from(key);
                request.query.push(("uploadId", upload_id.clone()));
            }
            Work::Manifest => self.describe_manifest(&mut request),
            Work::FindManifest => {
                request.method = Method::Head;
                request.key = self.manifest_key();
            }
            Work::ExplainManifest => {
                request.key = self.manifest_key();
                request.headers.push(("range", "bytes=0-0".to_owned()));
            }
        }
        if let Some(owner) = &self.settings.expected_owner {
            request.headers.push((EXPECTED_OWNER, owner.clone()));
        }
        request
    }

    fn describe_put(&mut self, request: &mut Request, content: ContentId, is_probe: bool) {
        let known = self.contents.get(content);
        let (file, hash, length) = (known.source.file, known.hash, known.size);
        let (offset, _) = self.files.range(known.source);
        self.current_file = Some(file);
        request.method = Method::Put;
        request.key = self.content_key(content);
        request.headers.extend(self.server.checksum(hash, is_probe));
        if self.writes_only_if_absent(content) {
            request.headers.push((IF_NONE_MATCH, "*".to_owned()));
        }
        request.body = Body::Range {
            file,
            offset,
            length,
            expect: (!self.server.was_seen_to_compare()).then_some(hash),
        };
    }

    fn describe_part(
        &mut self,
        request: &mut Request,
        content: ContentId,
        index: usize,
        is_probe: bool,
    ) {
        let known = self.contents.get(content);
        let file = known.source.file;
        let (start, _) = self.files.range(known.source);
        self.current_file = Some(file);
        request.method = Method::Put;
        request.key = self.content_key(content);
        request.query.push(("partNumber", (index + 1).to_string()));
        request.query.push(("uploadId", self.upload_id(content)));
        if let Some(((offset, length), hash)) = self.part_with_hash(content, index) {
            if self.sends_part_checksums(content) {
                request.headers.extend(self.server.checksum(hash, is_probe));
            }
            let is_checked =
                self.sends_part_checksums(content) && self.server.was_seen_to_compare();
            request.body = Body::Range {
                file,
                offset: start + offset,
                length,
                expect: (!is_checked).then_some(hash),
            };
        }
    }

    pub(super) fn content_key(&self, content: ContentId) -> String {
        let hash = self.contents.get(content).hash;
        self.settings.layout.location.content_key(hash)
    }

    /// What is there under the key of this content is not to be replaced.
    fn writes_only_if_absent(&self, content: ContentId) -> bool {
        self.server.writes_conditionally
            && self.contents.get(content).stage == Stage::Missing { replace: false }
    }

    /// The address with the fewest requests under way, of the first so many that answer; `None` if each has as
    /// many as there are connections to it.
    fn least_busy(&self, hosts: usize) -> Option<u8> {
        let mut busy = vec![0; self.server.unanswered.len()];
        for request in self.requests.under_way.values() {
            busy[usize::from(request.host)] += 1;
        }
        let most = self.settings.limits.requests_per_host.max(1);
        let answers = |host: &usize| *host == 0 || self.server.unanswered[*host] < MOST_UNANSWERED;
        let best = (0..hosts)
            .filter(|host| answers(host) && busy[*host] < most)
            .min_by_key(|host| busy[*host])?;
        u8::try_from(best).ok()
    }

    /// Whether any address takes one more request.
    fn has_connection(&self) -> bool {
        self.least_busy(self.server.unanswered.len()).is_some()
    }

    /// The address that the job goes to, if it has a connection left.
    pub(super) fn host_for(&self, job: &Job) -> Option<u8> {
        let hosts = if job.keeps_to_first_host {
            1
        } else {
            self.server.unanswered.len()
        };
        self.least_busy(hosts)
    }

    pub(super) fn part_of(&self, content: ContentId, index: usize) -> Option<(u64, u64)> {
        let part_size = self.uploads.get(&content)?.part_size;
        Some(part_range(
            self.contents.get(content).size,
            part_size,
            index,
        ))
    }

    pub(super) fn send_progress(&mut self, request: RequestId, bytes: u64) {
        let Some(under_way) = self.requests.under_way.get_mut(&request) else {
            return;
        };
        if bytes > under_way.sent {
            let counted = |bytes: u64| bytes.min(under_way.length);
            let more = counted(bytes) - counted(under_way.sent);
            under_way.sent = bytes;
            self.sees_progress |= bytes < under_way.body;
            under_way.deadline = self.now + under_way.silence(self.sees_progress);
            self.meter.sent(self.now, more);
        }
    }

    /// Takes back the bodies that are under way; they go again when they may.
    pub(super) fn take_back_data(&mut self) {
        let taken: Vec<RequestId> = self
            .requests
            .under_way
            .iter()
            .filter(|(_, request)| request.job.work.is_data())
            .map(|(id, _)| *id)
            .collect();
        for id in taken {
            if let Some(request) = self.requests.under_way.remove(&id) {
                self.out.push_back(Action::AbortRequest(id));
                self.note_unheard(&request.job.work);
                self.requests.put_back(request.job);
            }
        }
    }
}

impl Server {
    /// The checksum header of a body with this hash, if the server takes one. A probe has a wrong one on
    /// purpose: a server that compares refuses it, one that does not has stored the right bytes.
    pub(super) fn checksum(
        &self,
        hash: ContentHash,
        is_probe: bool,
    ) -> Option<(&'static str, String)> {
        if self.checksums == Some(Checksums::Refused) {
            return None;
        }
        let stated = if is_probe {
            ContentHash::of(&hash.to_be_bytes())
        } else {
            hash
        };
        Some((CHECKSUM, checksum_text(stated)))
    }

    /// Whether this run knows what the server does with checksums. That it does not compare is
    /// believed at once, that it does has to be seen.
    fn is_known(&self) -> bool {
        self.checksums.is_some() && (!self.compares() || self.was_seen_to_compare())
    }

    /// Whether the server compares bytes with their checksum, as far as anybody knows.
    pub(super) fn compares(&self) -> bool {
        self.checksums == Some(Checksums::Verified)
    }

    /// Whether this run has seen that it does. Until then bytes are compared here before they leave.
    pub(super) fn was_seen_to_compare(&self) -> bool {
        self.compares() && self.proof != Proof::Journal
    }
}
