//! Contents that go up in one request.

use super::work::{Job, Work};
use super::{Engine, Proof};
use crate::content::{ContentId, Stage};
use crate::event::{Answer, ReadFailure};
use crate::features::{Checksums, Verification};
use crate::problem::Problem;
use crate::s3_answer::Refusal;

impl Engine {
    pub(super) fn put(&mut self, id: ContentId) {
        if matches!(self.contents.get(id).stage, Stage::Missing { .. }) {
            let verification = if self.server.compares() {
                Verification::ByServer
            } else {
                Verification::NotVerified
            };
            self.set_stage(id, Stage::Written(verification));
        }
    }

    pub(super) fn put_refused(
        &mut self,
        id: ContentId,
        job: Job,
        answer: &Answer,
        refusal: &Refusal,
    ) {
        if !matches!(self.contents.get(id).stage, Stage::Missing { .. }) {
            return;
        }
        match refusal {
            // Somebody else wrote it meanwhile, or a try of ours did whose answer was lost.
            Refusal::Exists => {
                self.note_asked(false);
                self.ask_again(id, refusal);
            }
            Refusal::Conflict => self.conflict(job),
            Refusal::WrongBytes => {
                self.source_failed(id, ReadFailure::Changed);
                if self.is_wanted(&job.work) {
                    self.requests.put_back(job);
                }
            }
            Refusal::Unsupported | Refusal::Invalid if self.has_simpler_form(&job) => {
                self.requests.put_back(job);
            }
            Refusal::Invalid | Refusal::Unsupported => {
                let problem = self.problem_of(answer);
                self.give_up(&Work::Put(id), problem);
            }
            _ => {
                let problem = self.problem_of(answer);
                self.fail(problem);
            }
        }
    }

    /// Another write of the same object is under way: S3 wants the request once more.
    pub(super) fn conflict(&mut self, job: Job) {
        let problem = Problem::write_conflict(&self.settings.bucket);
        self.again_later(job, problem, None, Ok(()));
    }

    /// Leaves out the header that the server may not know; `false` if the request had none of them.
    pub(super) fn has_simpler_form(&mut self, job: &Job) -> bool {
        if job.was_conditional {
            let was_believed = std::mem::replace(&mut self.server.writes_conditionally, false);
            // Perhaps only the condition was refused when both were sent: asked once more without it.
            if was_believed && self.server.checksums == Some(Checksums::Refused) {
                self.server.checksums = None;
            }
        } else if self.doubts_checksums(job) {
            return true;
        } else if job.had_checksum && self.server.checksums != Some(Checksums::Verified) {
            self.know_checksums(Checksums::Refused);
        } else {
            return false;
        }
        true
    }

    /// A body with its checksum was refused. That the server compares checksums may be what an earlier run has
    /// learned, of another server perhaps: then it is learned anew, as by the first body of all. `false` if this
    /// run knows it.
    pub(super) fn doubts_checksums(&mut self, job: &Job) -> bool {
        let server = &mut self.server;
        if job.had_checksum
            && server.proof == Proof::Journal
            && server.checksums == Some(Checksums::Verified)
        {
            server.checksums = None;
        }
        job.had_checksum && server.checksums.is_none()
    }
}
