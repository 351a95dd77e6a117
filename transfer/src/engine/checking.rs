//! What the store holds already.

use super::Engine;
use super::work::Work;
use crate::content::{ContentId, Stage};
use crate::event::Answer;
use crate::features::{Checksums, Verification};
use crate::headers::{CHECKSUM, checksum_text, composite_checksum};
use crate::problem::Problem;
use crate::s3_answer::Refusal;
use crate::s3_lists::checksum;

/// Contents of at most so many bytes may be sent without asking first ...
const SMALL: u64 = 64 << 10;
/// ... once so many were asked for ...
const ASKED_ENOUGH: u64 = 16;
/// How often one content begins anew because the store, or another uploader, changed its mind.
const MOST_RESTARTS: u8 = 7;

impl Engine {
    /// ... and three out of four of them were not there: then the question costs more than it saves. A
    /// conditional write does not replace what is there. Not for a content that is asked for with a
    /// purpose: to judge the journal, or because a write was refused.
    pub(super) fn sends_without_asking(&self, id: ContentId) -> bool {
        let content = self.contents.get(id);
        // Who waits to be told what would be sent wants to know it.
        !self.hold.is_on
            && content.stage == Stage::Unchecked
            && content.size <= SMALL
            && !content.is_sample
            && content.restarts == 0
            && self.server.writes_conditionally
            && self.server.checksums == Some(Checksums::Verified)
            && self.tally.asked >= ASKED_ENOUGH
            && self.tally.absent * 4 >= self.tally.asked * 3
    }

    /// Has a content asked for: at once, or after a while if it has begun anew more than once. Somebody who
    /// writes it right now shall have the time to end.
    pub(super) fn queue_check(&mut self, id: ContentId) {
        let restarts = self.contents.get(id).restarts;
        if restarts < 2 {
            self.requests.checks.push_back(id);
        } else {
            let wait = self.jitter.wait(restarts - 1);
            let job = Work::Check(id).into();
            self.requests.delayed.push((self.now + wait, job));
        }
    }

    pub(super) fn note_asked(&mut self, is_absent: bool) {
        self.tally.asked += 1;
        self.tally.absent += u64::from(is_absent);
    }

    /// The store holds something under the content's key.
    pub(super) fn found(&mut self, id: ContentId, answer: &Answer) {
        if self.contents.get(id).stage != Stage::Unchecked {
            return;
        }
        self.note_asked(false);
        let verdict = self.judge_object(id, answer);
        self.note_sample(id, verdict.is_some());
        let stage = match verdict {
            Some(verification) if self.contents.get(id).may_be_ours => Stage::Written(verification),
            Some(verification) => Stage::Skipped(verification),
            None => Stage::Missing { replace: true },
        };
        self.set_stage(id, stage);
    }

    /// How sure it is that the object is right; `None` if it is not (decision S4).
    fn judge_object(&self, id: ContentId, answer: &Answer) -> Option<Verification> {
        let content = self.contents.get(id);
        let length = answer.header("content-length")?.parse::<u64>().ok()?;
        if length != content.size {
            return None;
        }
        let Some(stored) = answer.header(CHECKSUM) else {
            return Some(Verification::BySize);
        };
        let (text, is_composite) = match stored.split_once('-') {
            Some((text, _)) => (text, true),
            None => (stored, false),
        };
        // Of an object in parts moto tells a hash of another kind: that says nothing about the bytes.
        if checksum(text).is_none() {
            return Some(Verification::BySize);
        }
        let is_ours = if is_composite {
            match self.hashing.parts.get(&id) {
                // Of an object in parts of another size nothing can be told.
                Some(parts) if stored.ends_with(&format!("-{}", parts.len())) => {
                    stored == composite_checksum(parts)
                }
                _ => return Some(Verification::BySize),
            }
        } else {
            stored == checksum_text(content.hash)
        };
        is_ours.then_some(match self.server.checksums {
            Some(Checksums::Verified) => Verification::ByServer,
            _ => Verification::BySize,
        })
    }

    pub(super) fn check_refused(&mut self, id: ContentId, answer: &Answer, refusal: &Refusal) {
        if self.contents.get(id).stage != Stage::Unchecked {
            return;
        }
        match refusal {
            Refusal::Absent { .. } => {
                self.note_asked(true);
                self.note_sample(id, false);
                self.set_stage(id, Stage::Missing { replace: false });
            }
            // Two questions may be refused at once; one explanation is enough for both.
            _ => {
                self.queue_check(id);
                if !self.requests.explaining {
                    self.requests.explaining = true;
                    let work = Work::Explain(id, Box::new(answer.clone()));
                    self.requests.urgent.push_back(work.into());
                }
            }
        }
    }

    /// The answer to a GET tells in its body what the answer to a HEAD could not. If it finds nothing
    /// wrong, the question, which waits already, is asked once more.
    pub(super) fn explained(
        &mut self,
        id: ContentId,
        refused: &Answer,
        answer: &Answer,
        is_fine: bool,
    ) {
        self.requests.explaining = false;
        let content = self.contents.get_mut(id);
        if is_fine && content.restarts < MOST_RESTARTS {
            content.restarts += 1;
            return;
        }
        let tells = answer.status >= 300 && !answer.body.is_empty();
        let problem = self.problem_of(if tells { answer } else { refused });
        self.fail(problem);
    }

    /// Begins anew with a question: by this refusal, somebody else has changed what the store holds, or is
    /// about to.
    pub(super) fn ask_again(&mut self, id: ContentId, refusal: &Refusal) {
        let content = self.contents.get_mut(id);
        // Every further file with this content tries once more.
        content.restarts = content.restarts.saturating_add(1);
        if content.restarts > MOST_RESTARTS {
            let bucket = &self.settings.bucket;
            let problem = match refusal {
                Refusal::Conflict => Problem::write_conflict(bucket),
                _ => Problem::store_contradicts(bucket),
            };
            self.fail_content(id, &problem);
        } else {
            self.set_stage(id, Stage::Unchecked);
        }
    }
}
