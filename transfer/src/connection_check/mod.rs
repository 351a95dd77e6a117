//! A check whether a profile can be used: which requests are sent, and what their answers mean.
//!
//! Nothing is left behind. A key that nobody has is read, once without and once with the owner that the
//! profile names, which tells a wrong owner from missing permission. That writing is allowed is shown by
//! a multipart upload that is begun and given up: beginning one needs `s3:PutObject` (and the use of the
//! bucket's KMS key) as a PUT does, but stores no object, which uploads could not delete again.

mod clock;
mod finding;
mod reading;

pub use finding::{Finding, Step, Verdict};

use rusty_attachments_model::ContentHash;
use rusty_attachments_model::s3_layout::S3Layout;

use crate::action::Method;
use crate::event::Answer;
use crate::headers::{EXPECTED_OWNER, Headers};
use crate::s3_answer::{ErrorBody, Refusal, server_time};
use crate::s3_lists::upload_id;
use reading::Reading;

/// A request of the check, not yet signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// What to do; none has a body.
    pub method: Method,
    /// Full key of an object that is not there.
    pub key: String,
    /// Names and values of the query, not encoded.
    pub query: Vec<(&'static str, String)>,
    /// Lower-case names, and values.
    pub headers: Headers,
    /// Milliseconds to add to this computer's time when the request is signed.
    pub clock_offset: i64,
}

/// The check, which is told each answer and then says what to ask next.
#[derive(Debug)]
pub struct ConnectionCheck {
    key: String,
    owner: Option<String>,
    stage: Stage,
    /// Milliseconds that the server's clock is ahead, once S3 has refused this computer's.
    clock_offset: i64,
    findings: Vec<Finding>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    /// Whoever owns the bucket.
    Read,
    /// Only if the owner is the one that the profile names.
    ReadOwned,
    BeginUpload,
    GiveUp(String),
    Over,
}

impl ConnectionCheck {
    /// For a store, and the account that is to own it. `probe` is random: nobody has such content.
    #[must_use]
    pub fn new(layout: &S3Layout, owner: Option<String>, probe: ContentHash) -> Self {
        Self {
            key: layout.location.content_key(probe),
            owner,
            stage: Stage::Read,
            clock_offset: 0,
            findings: Vec::new(),
        }
    }

    /// What to send now; nothing at the end.
    #[must_use]
    pub fn next(&self) -> Option<Probe> {
        let (method, query) = match &self.stage {
            Stage::Read | Stage::ReadOwned => (Method::Get, Vec::new()),
            Stage::BeginUpload => (Method::Post, vec![("uploads", String::new())]),
            Stage::GiveUp(id) => (Method::Delete, vec![("uploadId", id.clone())]),
            Stage::Over => return None,
        };
        let owner = self.owner.iter().filter(|_| self.stage != Stage::Read);
        Some(Probe {
            method,
            key: self.key.clone(),
            query,
            headers: owner.map(|owner| (EXPECTED_OWNER, owner.clone())).collect(),
            clock_offset: self.clock_offset,
        })
    }

    /// What came of the request: nothing where no answer came.
    pub fn answered(&mut self, answer: Option<&Answer>) {
        match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Read => self.read(answer),
            Stage::ReadOwned => self.read_owned(answer),
            Stage::BeginUpload => self.began(answer),
            Stage::GiveUp(_) => self.gave_up(answer),
            Stage::Over => {}
        }
    }

    /// What is known, step by step in the order of [`Step::ALL`]; a step that was not come to is not tried.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        Step::ALL
            .into_iter()
            .map(|step| {
                let found = self.findings.iter().find(|finding| finding.step == step);
                found
                    .cloned()
                    .unwrap_or_else(|| Finding::not_tried(step, "not-reached"))
            })
            .collect()
    }

    fn pass(&mut self, step: Step, code: &'static str) {
        self.findings.push(Finding::passed(step, code));
    }

    fn fail(&mut self, step: Step, code: &'static str, values: Vec<String>) {
        self.findings.push(Finding::failed(step, code, values));
    }

    fn skip(&mut self, step: Step, code: &'static str) {
        self.findings.push(Finding::not_tried(step, code));
    }

    fn has(&self, step: Step) -> bool {
        self.findings.iter().any(|finding| finding.step == step)
    }

    fn read(&mut self, answer: Option<&Answer>) {
        let Some(answer) = answer else {
            self.fail(Step::Server, "server-silent", Vec::new());
            return;
        };
        let reading = Reading::of(answer);
        if let Reading::NotS3 = reading {
            self.fail(
                Step::Server,
                "server-not-s3",
                vec![answer.status.to_string()],
            );
            return;
        }
        if !self.has(Step::Server) {
            self.pass(Step::Server, "server-answers");
            self.findings.push(clock::judge(answer));
        }
        match reading {
            Reading::Skewed => {
                let time = server_time(answer);
                let offset = time.and_then(|time| time.checked_signed_diff(answer.wall));
                match offset {
                    // As uploads do: signed by the server's clock, the rest can still be told.
                    Some(offset) if self.clock_offset == 0 && offset != 0 => {
                        self.clock_offset = offset;
                        self.stage = Stage::Read;
                    }
                    _ => {
                        self.findings.retain(|finding| finding.step != Step::Clock);
                        self.fail(Step::Clock, "clock-refused", Vec::new());
                    }
                }
            }
            Reading::Credentials(code) => self.fail(Step::Credentials, code, Vec::new()),
            Reading::Region(right) => self.wrong_region(right),
            // S3 says so before it has looked at the signature.
            Reading::NoBucket => self.fail(Step::Bucket, "bucket-missing", Vec::new()),
            Reading::Absent => {
                self.signature_is_good();
                self.pass(Step::Bucket, "bucket-there");
                self.pass(Step::Read, "read-allowed");
                self.ask_owner();
            }
            Reading::Denied { list } => {
                self.signature_is_good();
                let code = if list {
                    "read-list-denied"
                } else {
                    "read-denied"
                };
                self.fail(Step::Read, code, Vec::new());
                // Whose it is cannot be seen by reading; writing may still show it.
                self.stage = Stage::BeginUpload;
            }
            Reading::NotS3 | Reading::Unexpected => {
                self.unexpected(Step::Read, answer);
            }
        }
    }

    fn signature_is_good(&mut self) {
        self.pass(Step::Credentials, "credentials-taken");
        self.pass(Step::Region, "region-right");
    }

    fn wrong_region(&mut self, right: Option<String>) {
        match right {
            Some(right) => self.fail(Step::Region, "region-other", vec![right]),
            None => self.fail(Step::Region, "region-wrong", Vec::new()),
        }
    }

    fn ask_owner(&mut self) {
        if self.owner.is_some() {
            self.stage = Stage::ReadOwned;
        } else {
            self.skip(Step::Owner, "owner-unnamed");
            self.stage = Stage::BeginUpload;
        }
    }

    fn read_owned(&mut self, answer: Option<&Answer>) {
        match answer.map(Reading::of) {
            Some(Reading::Absent) => {
                self.pass(Step::Owner, "owner-right");
                self.stage = Stage::BeginUpload;
            }
            Some(Reading::Denied { .. }) => self.fail(Step::Owner, "owner-wrong", Vec::new()),
            _ => self.unexpected_or_silent(Step::Owner, answer),
        }
    }

    fn began(&mut self, answer: Option<&Answer>) {
        let id = answer
            .filter(|answer| answer.status == 200)
            .and_then(|answer| upload_id(&answer.body));
        if let Some(id) = id {
            if !self.has(Step::Bucket) {
                self.pass(Step::Bucket, "bucket-there");
            }
            if !self.has(Step::Owner) {
                match self.owner {
                    Some(_) => self.pass(Step::Owner, "owner-right"),
                    None => self.skip(Step::Owner, "owner-unnamed"),
                }
            }
            self.pass(Step::Write, "write-allowed");
            self.stage = Stage::GiveUp(id);
            return;
        }
        match answer.map(Reading::of) {
            Some(Reading::Denied { .. }) => {
                let kms = answer.is_some_and(|answer| ErrorBody::read(&answer.body).is_about_kms());
                let code = if kms {
                    "write-key-denied"
                } else {
                    "write-denied"
                };
                self.fail(Step::Write, code, Vec::new());
            }
            Some(Reading::NoBucket) if !self.has(Step::Bucket) => {
                self.fail(Step::Bucket, "bucket-missing", Vec::new());
            }
            Some(_) if answer.map(Refusal::of) == Some(Refusal::Unsupported) => {
                self.skip(Step::Write, "write-no-parts");
            }
            _ => self.unexpected_or_silent(Step::Write, answer),
        }
        if !self.has(Step::Bucket) {
            self.skip(Step::Bucket, "bucket-hidden");
        }
    }

    fn gave_up(&mut self, answer: Option<&Answer>) {
        match answer.map(|answer| (answer.status, Reading::of(answer))) {
            Some((200..=299, _) | (404, _)) => self.pass(Step::Abort, "abort-allowed"),
            Some((_, Reading::Denied { .. })) => self.fail(Step::Abort, "abort-denied", Vec::new()),
            _ => self.unexpected_or_silent(Step::Abort, answer),
        }
    }

    fn unexpected_or_silent(&mut self, step: Step, answer: Option<&Answer>) {
        match answer {
            Some(answer) => self.unexpected(step, answer),
            None => self.fail(step, "answer-missing", Vec::new()),
        }
    }

    fn unexpected(&mut self, step: Step, answer: &Answer) {
        let code = ErrorBody::read(&answer.body).code.unwrap_or_default();
        let said = format!("{} {code}", answer.status);
        self.fail(step, "answer-unexpected", vec![said.trim_end().to_owned()]);
    }
}

#[cfg(test)]
mod tests;
