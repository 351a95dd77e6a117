//! How an upload ends: everything under way is given up, multipart uploads that were begun are
//! aborted, and then it is over.

use std::collections::VecDeque;

use super::Engine;
use super::work::{Job, Work};
use crate::action::{Action, RequestId};
use crate::event::Event;
use crate::outcome::Outcome;
use crate::problem::Problem;
use crate::s3_lists;

/// How long open uploads are given up before the end comes all the same, in milliseconds.
const CLOSING: u64 = 3_000;

/// An end that waits for open uploads to be given up. In a pause it waits for that to end: then too
/// nothing leaves.
#[derive(Debug)]
pub(super) struct Ending {
    outcome: Outcome,
    pub(super) deadline: u64,
    waiting: VecDeque<Job>,
}

impl Engine {
    pub(super) fn cancel(&mut self) {
        if self.manifest_may_be_stored() {
            if self.credentials.needed.is_some() {
                // Nobody is asked for credentials only to learn how it ended.
                self.manifest_stays_unknown();
                return;
            }
            self.cancelled = true;
            // Who has paused before waits for the truth all the same.
            self.paused = false;
        } else {
            self.end(Outcome::Cancelled);
        }
    }

    /// Nothing can go on.
    pub(super) fn fail(&mut self, problem: Problem) {
        if self.is_over() {
            return;
        }
        if self.is_in_doubt() {
            self.doubt_manifest(&problem);
            self.manifest_stays_unknown();
            return;
        }
        self.problems.insert(0, problem);
        let problems = std::mem::take(&mut self.problems);
        self.end(Outcome::Failed(problems));
    }

    pub(super) fn end(&mut self, outcome: Outcome) {
        if self.is_over() {
            return;
        }
        let mut waiting: VecDeque<Job> = self.open_uploads().into_iter().map(Job::from).collect();
        waiting.extend(self.requests.take_aborts());
        if self.hold.is_on {
            // What an earlier run left open is not given up by an upload that never began.
            waiting.clear();
        }
        self.stop_reading();
        self.stop_requests();
        let can_ask = self.credentials.needed.is_none() && !self.breaker.is_open();
        let has_more = !waiting.is_empty() || !self.requests.under_way.is_empty();
        if can_ask && has_more {
            let deadline = self.now + CLOSING;
            self.ending = Some(Ending {
                outcome,
                deadline,
                waiting,
            });
        } else {
            self.over(outcome);
        }
    }

    fn stop_reading(&mut self) {
        self.hashing.stop();
        self.out.push_back(Action::StopReading);
    }

    /// Only an upload that is being begun, whose name is needed to give it up, and aborts go on.
    fn stop_requests(&mut self) {
        let goes_on = |work: &Work| matches!(work, Work::Create(_) | Work::AbortUpload { .. });
        let stopped: Vec<RequestId> = self
            .requests
            .under_way
            .iter()
            .filter(|(_, request)| !goes_on(&request.job.work))
            .map(|(id, _)| *id)
            .collect();
        for id in stopped {
            self.requests.under_way.remove(&id);
            self.out.push_back(Action::AbortRequest(id));
        }
        self.requests.clear_waiting();
    }

    fn over(&mut self, outcome: Outcome) {
        self.ending = None;
        self.flush_records();
        self.outcome = Some(outcome);
        self.out.push_back(Action::Abort);
        self.reporting.mark();
    }

    pub(super) fn handle_while_ending(&mut self, event: Event) {
        match event {
            Event::Answered {
                request, answer, ..
            } => {
                if let Some(under_way) = self.requests.under_way.remove(&request)
                    && let Work::Create(content) = under_way.job.work
                    && let Some(upload_id) = s3_lists::upload_id(&answer.body)
                {
                    let key = self.content_key(content);
                    let work = Work::AbortUpload { key, upload_id };
                    if let Some(ending) = &mut self.ending {
                        ending.waiting.push_back(work.into());
                    }
                }
            }
            Event::Unanswered { request, .. } | Event::Unsigned { request, .. } => {
                self.requests.under_way.remove(&request);
            }
            Event::Paused => self.paused = true,
            // Who cancels wants the end.
            Event::Resumed | Event::Cancelled => self.go_on_ending(),
            _ => {}
        }
        let is_done = self.ending.as_ref().is_some_and(|ending| {
            let nothing_waits = ending.waiting.is_empty();
            let nothing_left = nothing_waits && self.requests.under_way.is_empty();
            let is_held = self.paused && !nothing_waits;
            nothing_left || (self.now >= ending.deadline && !is_held)
        });
        if is_done && let Some(ending) = self.ending.take() {
            self.over(ending.outcome);
        }
    }

    /// The end of a pause, in which the end of the upload has waited.
    fn go_on_ending(&mut self) {
        if std::mem::take(&mut self.paused)
            && let Some(ending) = &mut self.ending
        {
            ending.deadline = self.now + CLOSING;
        }
    }

    /// The next open upload to give up.
    pub(super) fn next_closing(&mut self) -> Option<Action> {
        let is_full = self.requests.under_way.len() >= self.settings.limits.requests;
        if self.paused || is_full {
            return None;
        }
        let waiting = &self.ending.as_ref()?.waiting;
        let index = waiting
            .iter()
            .position(|job| self.host_for(job).is_some())?;
        let job = self.ending.as_mut()?.waiting.remove(index)?;
        Some(self.dispatch(job))
    }
}
