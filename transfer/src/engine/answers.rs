//! What an answer, or none, means for the request: done, again later, again at once, or never.

use super::work::{Job, UnderWay, Work};
use super::{Engine, Proof};
use crate::action::{Action, RequestId};
use crate::content::Stage;
use crate::event::{Answer, ReadFailure};
use crate::features::Checksums;
use crate::headers::{CHECKSUM, checksum_text};
use crate::journal::Record;
use crate::problem::Problem;
use crate::retry::{TIME_BOX, TRIES};
use crate::s3_answer::{Refusal, has_etag, problem_of, refuses_condition, server_time};
use crate::s3_lists;

/// A clock that is off by less, in milliseconds, is none that S3 refuses.
const CLOCK_TOLERANCE: u64 = 5 * 60 * 1_000;
/// Renewals of credentials that change nothing, before the upload ends.
const MOST_RENEWALS_IN_VAIN: u32 = 3;

impl Engine {
    pub(super) fn answered(
        &mut self,
        id: RequestId,
        answer: &Answer,
        source: Result<(), ReadFailure>,
    ) {
        let Some(request) = self.requests.under_way.remove(&id) else {
            return;
        };
        let is_success = is_success(&request.job.work, answer);
        let refusal = (!is_success).then(|| Refusal::of(answer));
        if refusal == Some(Refusal::NotS3) {
            let problem = Problem::not_s3(&self.settings.server, answer.status);
            self.no_answer(request, problem, source);
            return;
        }
        self.note_answer(&request, refusal.as_ref());
        if request.is_probe && self.learn_checksums(&request.job, answer, refusal.as_ref(), source)
        {
            return;
        }
        match refusal {
            None if self.shows_no_proof(&request.job, answer) => {
                self.write_over(&request.job.work);
                self.go_again(request.job, source);
            }
            None => self.succeeded(request.job, answer, source),
            Some(Refusal::Passing {
                throttled,
                retry_after,
            }) => {
                if throttled {
                    self.window.was_too_much(self.now);
                    let until = self.now + retry_after.unwrap_or(0);
                    self.quiet_until = self.quiet_until.max(until);
                }
                let problem = match answer.status {
                    409 => Problem::write_conflict(&self.settings.bucket),
                    status => Problem::server_busy(&self.settings.server, status),
                };
                self.note_unheard(&request.job.work);
                if request.job.work == Work::Manifest {
                    self.doubt_manifest(&problem);
                }
                let mut job = request.job;
                if job.work.is_data() {
                    // What a large body takes on a slow line is not spent on trying in vain.
                    job.since += self.now - request.started;
                }
                self.again_later(job, problem, retry_after, source);
            }
            Some(Refusal::Expired) => self.credentials_expired(request),
            Some(Refusal::Skewed) => self.clock_is_wrong(request, answer),
            Some(refusal) => self.refused(request.job, answer, refusal, source),
        }
    }

    /// Keeps the books on a request that was answered by S3.
    fn note_answer(&mut self, request: &UnderWay, refusal: Option<&Refusal>) {
        self.breaker.answered();
        self.server.unanswered[usize::from(request.host)] = 0;
        if matches!(refusal, Some(Refusal::Passing { .. } | Refusal::Expired)) {
            return;
        }
        self.credentials.renewed_in_vain = 0;
        self.window.went_well();
        if request.length == 0 && !matches!(request.job.work, Work::Complete(_)) {
            self.window.took(self.now, self.now - request.started);
        }
    }

    /// The first body of a run had a wrong checksum: what did the server make of it? `false` if its
    /// answer does not tell.
    fn learn_checksums(
        &mut self,
        job: &Job,
        answer: &Answer,
        refusal: Option<&Refusal>,
        source: Result<(), ReadFailure>,
    ) -> bool {
        let checksums = match refusal {
            Some(Refusal::WrongBytes) => Checksums::Verified,
            None => Checksums::Ignored,
            Some(Refusal::Unsupported) if job.was_conditional && refuses_condition(answer) => {
                // That says nothing about checksums.
                self.server.writes_conditionally = false;
                self.go_again(job.clone(), source);
                return true;
            }
            Some(Refusal::Unsupported | Refusal::Invalid) => Checksums::Refused,
            Some(_) => return false,
        };
        self.know_checksums(checksums);
        if checksums == Checksums::Ignored {
            // The right bytes are stored, beside a checksum that is wrong.
            self.write_over(&job.work);
        }
        self.go_again(job.clone(), source);
        true
    }

    pub(super) fn know_checksums(&mut self, checksums: Checksums) {
        self.server.checksums = Some(checksums);
        self.server.proof = Proof::Probe;
        self.remember(Record::Server(checksums));
    }

    /// A body was taken. Is its answer without the checksum, although the server is believed to compare? S3's
    /// answers have it; those that a web page may not see in full, and those of some servers, never do. So a
    /// belief of an earlier run is tried anew by a wrong checksum; and a server whose answers had it and have it
    /// no more does not compare any more.
    fn shows_no_proof(&mut self, job: &Job, answer: &Answer) -> bool {
        if !job.had_checksum || !self.server.compares() {
            return false;
        }
        let stated = match job.work {
            Work::Put(content) => self.contents.get(content).hash,
            Work::Part(content, index) => match self.part_with_hash(content, index) {
                Some((_, hash)) => hash,
                None => return false,
            },
            _ => return false,
        };
        if answer.header(CHECKSUM) == Some(checksum_text(stated).as_str()) {
            self.server.proof = Proof::Answer;
            return false;
        }
        match self.server.proof {
            Proof::Probe => return false,
            Proof::Journal => self.server.checksums = None,
            Proof::Answer => self.know_checksums(Checksums::Ignored),
        }
        true
    }

    /// What a PUT has just stored goes once more, over it.
    fn write_over(&mut self, work: &Work) {
        if let Work::Put(content) = *work
            && let known = self.contents.get_mut(content)
            && matches!(known.stage, Stage::Missing { .. })
        {
            known.stage = Stage::Missing { replace: true };
            known.may_be_ours = true;
        }
    }

    /// Puts a job back that did not fail by itself.
    fn go_again(&mut self, job: Job, source: Result<(), ReadFailure>) {
        if self.source_is_good(&job.work, source) {
            self.requests.put_back(job);
        }
    }

    /// `false` if the work is over, because its file failed and no other one has the content.
    fn source_is_good(&mut self, work: &Work, source: Result<(), ReadFailure>) -> bool {
        let (Work::Put(content) | Work::Part(content, _)) = *work else {
            return true;
        };
        // Of what is in the store by now nothing has to be read any more.
        if let Err(why) = source
            && self.is_wanted(work)
        {
            self.source_failed(content, why);
        }
        self.is_wanted(work)
    }

    fn succeeded(&mut self, job: Job, answer: &Answer, source: Result<(), ReadFailure>) {
        let work = &job.work;
        // Its bytes may have got there in another way, and its file been let go of.
        let was_wanted = self.is_wanted(work);
        match work {
            Work::Check(content) => self.found(*content, answer),
            Work::Explain(content, refused) => self.explained(*content, refused, answer, true),
            Work::Put(content) => self.put(*content),
            Work::ListUploads(_) => self.uploads_listed(answer),
            Work::Create(content) => self.created(*content, answer, job.had_checksum),
            Work::ListParts(content, _) => self.parts_listed(*content, answer),
            Work::Part(content, index) => self.part_stored(*content, *index, answer),
            Work::Complete(content) => self.completed(*content),
            Work::AbortUpload { .. } => {}
            Work::Manifest => self.manifest_stored(),
            Work::FindManifest => self.manifest_found(answer),
            Work::ExplainManifest => self.find_manifest(),
        }
        // What was stored is right, but a file that changed since is not what its manifest would say.
        if let (true, Work::Put(content) | Work::Part(content, _), Err(ReadFailure::Changed)) =
            (was_wanted, &job.work, source)
        {
            self.source_failed(*content, ReadFailure::Changed);
            self.advance_upload(*content);
        }
    }

    fn refused(
        &mut self,
        job: Job,
        answer: &Answer,
        refusal: Refusal,
        source: Result<(), ReadFailure>,
    ) {
        let looks_at_source = job.work.is_data() && source.is_err() && refusal != Refusal::Final;
        if looks_at_source && !self.source_is_good(&job.work, source) {
            return;
        }
        match &job.work {
            Work::Check(content) => self.check_refused(*content, answer, &refusal),
            Work::Explain(content, refused) => {
                // 416: the object is there, and has no first byte.
                let is_fine = matches!(refusal, Refusal::Absent { .. }) || answer.status == 416;
                self.explained(*content, refused, answer, is_fine);
            }
            Work::Put(content) => {
                let content = *content;
                self.put_refused(content, job, answer, &refusal);
            }
            Work::ListUploads(_) => self.leftovers_unavailable(),
            Work::Create(content) => {
                let content = *content;
                self.create_refused(content, job, answer, &refusal);
            }
            Work::ListParts(content, _) => self.list_parts_refused(*content, &refusal),
            Work::Part(content, index) => {
                let (content, index) = (*content, *index);
                self.part_refused(content, index, job, answer, &refusal);
            }
            Work::Complete(content) => {
                let content = *content;
                self.complete_refused(content, job, answer, &refusal);
            }
            // A role made by hand may not abort (spec 9), and what is gone needs no abort.
            Work::AbortUpload { .. } => {}
            Work::Manifest => self.manifest_refused(job, answer, &refusal),
            Work::FindManifest if matches!(refusal, Refusal::Absent { .. }) => {
                self.manifest_is_absent();
            }
            Work::FindManifest => self.explain_manifest(),
            Work::ExplainManifest
                if matches!(refusal, Refusal::Absent { .. }) || answer.status == 416 =>
            {
                self.find_manifest();
            }
            Work::ExplainManifest => self.manifest_stays_unknown(),
        }
    }

    pub(super) fn unanswered(&mut self, id: RequestId, source: Result<(), ReadFailure>) {
        let Some(request) = self.requests.under_way.remove(&id) else {
            return;
        };
        if request.job.work.is_data() && source.is_err() {
            // It was not sent, or in vain: that is no trouble of the network.
            self.note_unheard(&request.job.work);
            self.go_again(request.job, source);
            return;
        }
        let problem = Problem::no_network(&self.settings.server);
        self.no_answer(request, problem, source);
    }

    fn no_answer(
        &mut self,
        mut request: UnderWay,
        problem: Problem,
        source: Result<(), ReadFailure>,
    ) {
        let unanswered = &mut self.server.unanswered[usize::from(request.host)];
        *unanswered = unanswered.saturating_add(1);
        if request.credentials == self.credentials.number {
            // Signed and sent: that they expire while nobody answers is not their fault.
            self.credentials.renewed_in_vain = 0;
        }
        request.job.keeps_to_first_host |= request.host != 0;
        // A second address that does not answer is no sign that the network is dead.
        if request.host == 0 || self.breaker.is_open() {
            self.breaker.unanswered(self.now, &mut self.jitter);
        }
        self.window.was_too_much(self.now);
        self.note_unheard(&request.job.work);
        if request.job.work == Work::Manifest {
            self.doubt_manifest(&problem);
            // A question is cheaper than the manifest, and tells more.
            if !self.cancelled {
                request.job.work = Work::FindManifest;
            }
        }
        // How long to hope in silence is for the breaker to say.
        request.job.since = self.now - self.stood_still;
        if let Work::Create(content) = request.job.work
            && self.may_have_created(content, request.job.had_checksum)
        {
            request.job.work = Work::ListUploads(None);
        }
        self.network_problem = Some(problem.clone());
        if self.network_is_hopeless() {
            self.give_up_network();
            return;
        }
        self.again_later(request.job, problem, None, source);
    }

    /// The request may have been carried out although nobody said so.
    pub(super) fn note_unheard(&mut self, work: &Work) {
        if let Work::Put(content) | Work::Complete(content) = work {
            self.contents.get_mut(*content).may_be_ours = true;
        }
    }

    /// Whether nobody has answered for longer than anybody waits. Not while nothing may leave: then
    /// nobody could have answered. Nor while a probe is under way: it has as much time as any request.
    fn network_is_hopeless(&self) -> bool {
        let may_ask = !self.paused && self.credentials.needed.is_none();
        may_ask && self.requests.under_way.is_empty() && self.breaker.is_hopeless(self.now)
    }

    /// Nobody has answered for longer than anybody waits.
    pub(super) fn give_up_network(&mut self) {
        let server = &self.settings.server;
        let problem = self
            .network_problem
            .take()
            .unwrap_or_else(|| Problem::no_network(server));
        if self.requests_wait_for_manifest() {
            self.manifest_failed_for_good(problem);
        } else {
            self.fail(problem);
        }
    }

    pub(super) fn unsigned(&mut self, id: RequestId, problem: Problem) {
        let Some(request) = self.requests.under_way.remove(&id) else {
            return;
        };
        if problem.is_passing() {
            self.again_later(request.job, problem, None, Ok(()));
        } else if problem.asks_for_credentials() && !self.cancelled {
            self.need_credentials(problem);
            self.requests.put_back(request.job);
        } else {
            self.give_up(&request.job.work, problem);
        }
    }

    /// Gives up the requests whose time has run out.
    pub(super) fn give_up_silent(&mut self) {
        let silent: Vec<RequestId> = self
            .requests
            .under_way
            .iter()
            .filter(|(_, request)| request.deadline <= self.now)
            .map(|(id, _)| *id)
            .collect();
        for id in silent {
            if self.is_over() {
                return;
            }
            self.out.push_back(Action::AbortRequest(id));
            self.unanswered(id, Ok(()));
        }
        if !self.is_over() && self.network_is_hopeless() {
            self.give_up_network();
        }
    }

    pub(super) fn again_later(
        &mut self,
        mut job: Job,
        problem: Problem,
        at_least: Option<u64>,
        source: Result<(), ReadFailure>,
    ) {
        if !self.source_is_good(&job.work, source) {
            return;
        }
        // Who has cancelled waits for the truth about the manifest, not for better luck.
        if self.cancelled {
            self.give_up(&job.work, problem);
            return;
        }
        if self.breaker.is_open() {
            // Not its fault: it goes as a probe, or after one.
            self.requests.put_back(job);
            return;
        }
        // What nobody could send for a while is not given up for that.
        let active = self.now - self.stood_still;
        if job.failed == 0 {
            job.since = active;
        }
        job.failed += 1;
        if job.failed >= TRIES || active.saturating_sub(job.since) > TIME_BOX {
            self.give_up(&job.work, problem);
        } else {
            let wait = self.jitter.wait(job.failed).max(at_least.unwrap_or(0));
            self.requests.delayed.push((self.now + wait, job));
        }
    }

    /// There is no further try.
    pub(super) fn give_up(&mut self, work: &Work, problem: Problem) {
        match work {
            Work::Manifest => self.manifest_failed(problem),
            Work::FindManifest | Work::ExplainManifest => self.manifest_stays_unknown(),
            Work::ListUploads(_) => self.leftovers_unavailable(),
            Work::AbortUpload { .. } => {}
            Work::ListParts(content, _) => self.list_parts_refused(*content, &Refusal::Unsupported),
            Work::Check(content)
            | Work::Put(content)
            | Work::Create(content)
            | Work::Part(content, _)
            | Work::Complete(content)
                if problem.is_about_one_object() =>
            {
                self.fail_content(*content, &problem);
            }
            _ => self.fail(problem),
        }
    }

    fn credentials_expired(&mut self, request: UnderWay) {
        if self.cancelled {
            self.give_up(&request.job.work, Problem::expired());
            return;
        }
        if request.credentials == self.credentials.number {
            self.need_credentials(Problem::expired());
        }
        self.requests.put_back(request.job);
    }

    pub(super) fn need_credentials(&mut self, problem: Problem) {
        if self.credentials.needed.is_some() || self.is_over() {
            return;
        }
        if self.credentials.renewed_in_vain >= MOST_RENEWALS_IN_VAIN {
            self.fail(problem);
            return;
        }
        self.meter.pause();
        self.credentials.needed = Some(problem.clone());
        self.credentials.since = self.now;
        self.out.push_back(Action::NeedCredentials(problem));
    }

    pub(super) fn credentials_renewed(&mut self) {
        self.credentials.number += 1;
        if self.credentials.needed.take().is_some() {
            let waited = self.now - self.credentials.since;
            self.breaker.forgive(waited);
            self.credentials.renewed_in_vain += 1;
        }
    }

    pub(super) fn credentials_refused(&mut self, problem: Problem) {
        if self.credentials.needed.is_some() {
            self.fail(problem);
        }
    }

    /// Learns the difference to the server's clock, and tries again with it.
    fn clock_is_wrong(&mut self, request: UnderWay, answer: &Answer) {
        let offset = server_time(answer).map(|server| {
            i64::try_from(server)
                .unwrap_or(i64::MAX)
                .saturating_sub_unsigned(answer.wall)
        });
        match offset {
            Some(offset) if offset.abs_diff(request.clock_offset) >= CLOCK_TOLERANCE => {
                self.clock_offset = offset;
                self.go_with_right_clock(request.job);
            }
            _ if request.clock_offset != self.clock_offset => {
                self.go_with_right_clock(request.job);
            }
            _ => self.fail(Problem::clock_skewed()),
        }
    }

    fn go_with_right_clock(&mut self, job: Job) {
        if self.cancelled && job.work == Work::Manifest {
            self.manifest_failed(Problem::clock_skewed());
        } else {
            self.requests.put_back(job);
        }
    }

    /// The problem behind an answer, in the words of this upload.
    pub(super) fn problem_of(&self, answer: &Answer) -> Problem {
        problem_of(answer, &self.settings.bucket)
    }
}

/// Whether the answer says that the work is done.
fn is_success(work: &Work, answer: &Answer) -> bool {
    let is_ok = (200..300).contains(&answer.status);
    match work {
        Work::Check(_) | Work::Put(_) | Work::Part(..) | Work::Manifest | Work::FindManifest => {
            is_ok && has_etag(answer)
        }
        Work::Create(_) => is_ok && s3_lists::upload_id(&answer.body).is_some(),
        Work::ListUploads(_) => is_ok && s3_lists::uploads(&answer.body).is_some(),
        Work::ListParts(..) => is_ok && s3_lists::parts(&answer.body).is_some(),
        Work::Complete(_) => is_ok && s3_lists::is_completed(&answer.body),
        Work::Explain(..) | Work::ExplainManifest | Work::AbortUpload { .. } => is_ok,
    }
}
