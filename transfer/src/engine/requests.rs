//! Requests: what is sent next, and what follows from the answer.

use std::collections::{BTreeMap, VecDeque};

use super::{Engine, FileState};
use crate::action::{Action, Body, Method, Request, RequestId};
use crate::content::{ContentId, Stage};
use crate::event::{Answer, ReadFailure};
use crate::headers;
use crate::problem::Problem;
use crate::retry::{SILENCE, TRIES};
use crate::s3_answer::{is_passing, is_wrong_bytes, refusal};

/// Requests that wait, and those under way.
#[derive(Debug, Default)]
pub(super) struct Requests {
    last: Option<RequestId>,
    sends: VecDeque<Job>,
    checks: VecDeque<Job>,
    /// Alone at the end, or a question about a refusal that is asked before anything else.
    urgent: Option<Job>,
    /// Jobs that failed and wait for their time, in milliseconds.
    delayed: Vec<(u64, Job)>,
    under_way: BTreeMap<RequestId, UnderWay>,
    /// Requests that were given up, until the driver is told.
    given_up: VecDeque<RequestId>,
    /// The time at which the driver will report that time has passed, in milliseconds.
    announced_wait: Option<u64>,
    /// Set while S3 is asked why it refused: until then nothing else leaves.
    explaining: bool,
}

/// One thing to ask of S3.
#[derive(Debug, Clone)]
struct Job {
    work: Work,
    /// Tries that failed.
    failed: u8,
}

#[derive(Debug, Clone)]
enum Work {
    /// Does the store hold this content?
    Check(ContentId),
    /// Send this content.
    Send(ContentId),
    /// Why was the check of this content refused? Keeps the refusal.
    Explain(ContentId, Answer),
    /// Send the manifest.
    Manifest,
    /// Is the manifest stored, after tries of which nobody said what became of them?
    FindManifest,
}

#[derive(Debug)]
struct UnderWay {
    job: Job,
    /// Bytes of the body that have left.
    sent: u64,
    /// When it is given up, in milliseconds.
    deadline: u64,
}

impl Requests {
    pub(super) fn check(&mut self, content: ContentId) {
        self.checks.push_back(Job {
            work: Work::Check(content),
            failed: 0,
        });
    }

    pub(super) fn send(&mut self, content: ContentId) {
        self.sends.push_back(Job {
            work: Work::Send(content),
            failed: 0,
        });
    }

    pub(super) fn send_manifest(&mut self) {
        self.urgent = Some(Job {
            work: Work::Manifest,
            failed: 0,
        });
    }

    /// Asks for the manifest instead of sending it once more.
    pub(super) fn find_manifest(&mut self) {
        self.delayed.clear();
        self.urgent = Some(Job {
            work: Work::FindManifest,
            failed: 0,
        });
    }

    /// Whether an answer will tell what became of the manifest.
    pub(super) fn awaits_manifest(&self) -> bool {
        self.under_way
            .values()
            .any(|request| matches!(request.job.work, Work::Manifest | Work::FindManifest))
    }

    pub(super) fn is_idle(&self) -> bool {
        self.sends.is_empty()
            && self.checks.is_empty()
            && self.urgent.is_none()
            && self.delayed.is_empty()
            && self.under_way.is_empty()
    }

    /// Lets go the jobs whose time has come.
    pub(super) fn wake(&mut self, now: u64) {
        // A timer that should have rung by now may never do so.
        self.announced_wait = self.announced_wait.filter(|time| *time > now);
        let (due, waiting) = std::mem::take(&mut self.delayed)
            .into_iter()
            .partition(|(time, _)| *time <= now);
        self.delayed = waiting;
        for (_, job) in due {
            self.queue(job);
        }
    }

    fn queue(&mut self, job: Job) {
        match job.work {
            Work::Check(_) => self.checks.push_back(job),
            Work::Send(_) => self.sends.push_back(job),
            Work::Explain(..) | Work::Manifest | Work::FindManifest => self.urgent = Some(job),
        }
    }

    /// The announced wait is over; what is still to be waited for is announced anew.
    pub(super) fn time_passed(&mut self) {
        self.announced_wait = None;
    }

    /// The next request that the driver shall give up.
    pub(super) fn next_abort(&mut self) -> Option<Action> {
        self.given_up.pop_front().map(Action::AbortRequest)
    }

    /// The next time at which a delayed job or a deadline is due, unless the driver wakes by then:
    /// a deadline that every progress moves on is not announced every time.
    pub(super) fn next_wait(&mut self) -> Option<Action> {
        let delayed = self.delayed.iter().map(|(time, _)| *time);
        let deadlines = self.under_way.values().map(|request| request.deadline);
        let due = delayed.chain(deadlines).min()?;
        if self
            .announced_wait
            .is_some_and(|announced| announced <= due)
        {
            return None;
        }
        self.announced_wait = Some(due);
        Some(Action::WaitUntil(due))
    }

    /// Content that can be sent goes before questions, so that both kinds overlap.
    fn take_next(&mut self) -> Option<Job> {
        self.urgent.take().or_else(|| {
            if self.explaining {
                None
            } else {
                self.sends.pop_front().or_else(|| self.checks.pop_front())
            }
        })
    }
}

impl Engine {
    pub(super) fn next_request(&mut self) -> Option<Action> {
        if self.requests.under_way.len() >= self.settings.lanes.request {
            return None;
        }
        let job = self.requests.take_next()?;
        let id = self.requests.last.map_or(RequestId(0), RequestId::next);
        self.requests.last = Some(id);
        let request = self.describe(id, &job.work)?;
        let under_way = UnderWay {
            job,
            sent: 0,
            deadline: self.now + SILENCE,
        };
        self.requests.under_way.insert(id, under_way);
        Some(Action::Send(request))
    }

    /// Nothing only for a manifest that was never encoded, which no job asks for.
    fn describe(&mut self, id: RequestId, work: &Work) -> Option<Request> {
        let bare = |method, key| Request {
            id,
            method,
            key,
            headers: Vec::new(),
            body: Body::None,
        };
        Some(match work {
            Work::Check(content) => bare(Method::Head, self.content_key(*content)),
            Work::Explain(content, _) => Request {
                headers: vec![("range", "bytes=0-0".to_owned())],
                ..bare(Method::Get, self.content_key(*content))
            },
            Work::Send(content) => {
                let known = self.contents.get(*content);
                let replace = known.stage == Stage::Missing { replace: true };
                self.current_file = Some(known.source);
                Request {
                    headers: headers::of_content(known.hash, replace),
                    body: Body::File(known.source),
                    ..bare(Method::Put, self.content_key(*content))
                }
            }
            Work::Manifest => self.manifest_request(id, self.manifest.as_ref()?),
            Work::FindManifest => bare(Method::Head, self.manifest_key(self.manifest.as_ref()?)),
        })
    }

    fn content_key(&self, content: ContentId) -> String {
        self.settings
            .layout
            .content_key(self.contents.get(content).hash)
    }

    pub(super) fn send_progress(&mut self, request: RequestId, bytes: u64) {
        let Some(under_way) = self.requests.under_way.get_mut(&request) else {
            return;
        };
        if bytes > under_way.sent {
            under_way.sent = bytes;
            under_way.deadline = self.now + SILENCE;
        }
        self.note_sent_bytes();
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
            if self.outcome.is_some() {
                return;
            }
            self.requests.given_up.push_back(id);
            self.unanswered(id, Ok(()));
        }
    }

    fn note_sent_bytes(&mut self) {
        let under_way: u64 = self
            .requests
            .under_way
            .values()
            .filter(|request| matches!(request.job.work, Work::Send(_)))
            .map(|request| request.sent)
            .sum();
        let sent = self.tally.sent.bytes + under_way;
        // A body is counted with its content's size at the most, so this never passes the total.
        self.tally.most_sent = self.tally.most_sent.max(sent.min(self.tally.to_send.bytes));
    }

    pub(super) fn unsigned(&mut self, request: RequestId, problem: Problem) {
        let Some(UnderWay { job, .. }) = self.requests.under_way.remove(&request) else {
            return;
        };
        if problem.is_passing() {
            self.try_again(job, problem);
        } else {
            self.give_up(&job.work, problem);
        }
    }

    pub(super) fn unanswered(&mut self, request: RequestId, source: Result<(), ReadFailure>) {
        let Some(UnderWay { job, .. }) = self.requests.under_way.remove(&request) else {
            return;
        };
        if let (Work::Send(content), Err(why)) = (&job.work, source) {
            self.source_failed(*content, why);
            return;
        }
        let problem = Problem::no_network(&self.settings.server);
        match job.work {
            Work::Send(content) => self.contents.get_mut(content).may_be_ours = true,
            Work::Manifest => self.doubt_manifest(&problem),
            Work::Check(_) | Work::Explain(..) | Work::FindManifest => {}
        }
        self.try_again(job, problem);
    }

    pub(super) fn answered(
        &mut self,
        request: RequestId,
        answer: &Answer,
        source: Result<(), ReadFailure>,
    ) {
        let Some(UnderWay { job, .. }) = self.requests.under_way.remove(&request) else {
            return;
        };
        if is_passing(answer) {
            let problem = Problem::server_busy(&self.settings.server, answer.status);
            if matches!(job.work, Work::Manifest) {
                self.doubt_manifest(&problem);
            }
            self.try_again(job, problem);
            return;
        }
        match job.work {
            Work::Check(content) => self.check_answered(content, answer),
            Work::Send(content) => self.send_answered(content, answer, source),
            Work::Explain(_, refused) => self.explained(&refused, answer),
            Work::Manifest if answer.status == 200 => self.complete(),
            Work::FindManifest if self.is_whole_manifest(answer) => self.complete(),
            Work::FindManifest if answer.status == 404 => self.manifest_is_absent(),
            Work::Manifest | Work::FindManifest => {
                let problem = refusal(answer, &self.settings.bucket);
                self.give_up(&job.work, problem);
            }
        }
    }

    fn try_again(&mut self, mut job: Job, problem: Problem) {
        job.failed += 1;
        // Who has cancelled waits for the truth about the manifest, not for better luck.
        if job.failed >= TRIES || self.cancelled {
            self.give_up(&job.work, problem);
        } else {
            let due = self.now + self.jitter.wait(job.failed);
            self.requests.delayed.push((due, job));
        }
    }

    /// There is no further try.
    fn give_up(&mut self, work: &Work, problem: Problem) {
        match work {
            Work::Manifest => self.manifest_failed(problem),
            Work::FindManifest => self.manifest_stays_unknown(),
            Work::Check(_) | Work::Send(_) | Work::Explain(..) => self.fail(problem),
        }
    }

    fn check_answered(&mut self, content: ContentId, answer: &Answer) {
        let known = self.contents.get(content);
        match answer.status {
            200 if answer.content_length == Some(known.size) => {
                let ours = known.may_be_ours;
                let stage = if ours { Stage::Written } else { Stage::Skipped };
                self.set_stage(content, stage);
            }
            // Decision S4: an object of another size is broken and is written anew.
            200 => self.set_stage(content, Stage::Missing { replace: true }),
            404 => self.set_stage(content, Stage::Missing { replace: false }),
            _ if self.requests.explaining => {}
            _ => {
                self.requests.explaining = true;
                self.requests.queue(Job {
                    work: Work::Explain(content, answer.clone()),
                    failed: 0,
                });
            }
        }
    }

    /// The answer to a GET tells in its body what the answer to a HEAD could not.
    fn explained(&mut self, refused: &Answer, answer: &Answer) {
        let tells = answer.status >= 300 && !answer.body.is_empty();
        let problem = refusal(if tells { answer } else { refused }, &self.settings.bucket);
        self.fail(problem);
    }

    fn send_answered(
        &mut self,
        content: ContentId,
        answer: &Answer,
        source: Result<(), ReadFailure>,
    ) {
        let known = self.contents.get_mut(content);
        match (answer.status, source) {
            (_, Err(why)) => self.source_failed(content, why),
            (200, Ok(())) => self.set_stage(content, Stage::Written),
            // Somebody else wrote it meanwhile, or a try of ours did whose answer was lost; a look at
            // its size decides.
            (412, Ok(())) if known.conflicts + 1 < TRIES => {
                known.conflicts += 1;
                self.requests.check(content);
            }
            (_, Ok(())) if is_wrong_bytes(answer) => {
                self.source_failed(content, ReadFailure::Changed)
            }
            (_, Ok(())) => self.fail(refusal(answer, &self.settings.bucket)),
        }
    }

    /// The file that was being sent failed; another one with the same content may take its place.
    fn source_failed(&mut self, content: ContentId, why: ReadFailure) {
        let source = self.contents.get(content).source;
        self.fail_file(source, why);
        let other = self
            .files
            .iter()
            .position(|file| file.state == FileState::Hashed(content));
        let Some(other) = other else {
            self.set_stage(content, Stage::Failed);
            return;
        };
        let known = self.contents.get_mut(content);
        known.source = super::FileId(u32::try_from(other).expect("ids are 32 bits wide"));
        // What the failed try left behind, if anything, is not to be trusted.
        known.stage = Stage::Missing { replace: true };
        self.requests.send(content);
    }

    /// Moves a content on and keeps the counters in step.
    fn set_stage(&mut self, id: ContentId, stage: Stage) {
        let content = self.contents.get_mut(id);
        let before = std::mem::replace(&mut content.stage, stage);
        let (size, files) = (content.size, u64::from(content.files));
        if before == Stage::Unchecked {
            self.tally.checked.add(files, files * size);
        }
        let was_missing = matches!(before, Stage::Missing { .. });
        match stage {
            Stage::Missing { .. } => {
                if !was_missing {
                    self.tally.to_send.add(1, size);
                }
                self.requests.send(id);
                return;
            }
            Stage::Skipped => self.tally.skipped.add(1, size),
            Stage::Written => self.tally.written.add(1, size),
            Stage::Failed | Stage::Unchecked => {}
        }
        if was_missing {
            self.tally.sent.add(1, size);
            self.note_sent_bytes();
        }
    }
}
