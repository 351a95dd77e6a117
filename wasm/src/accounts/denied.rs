//! Refusals of S3 explained, for JavaScript.

use rusty_attachments_accounts::denied::{About, Diagnosis, Step};
use rusty_attachments_transfer as transfer;
use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

use super::problem::AccountProblem;
use crate::error::{read, write};
use crate::headers::Headers;
use crate::profile::{self, ProfileFields};
use crate::signer::UnsignedRequest;

/// Finds out why an upload was refused: do what `next` says until it has found it. Asks at most two harmless
/// questions.
#[wasm_bindgen]
pub struct DenialDiagnosis(Diagnosis);

/// What to do next.
#[derive(Serialize, Tsify)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum DenialStep {
    /// Sign it with the profile's `SigV4Signer`, send it, tell the answer.
    Ask {
        /// The question.
        request: UnsignedRequest,
    },
    /// That is it.
    Found {
        /// What it is about; nothing if the question could not be answered.
        #[tsify(
            optional,
            type = "'credentials' | 'expired' | 'bucket' | 'owner' | 'kms' | 'object' | 'skew' | 'signature' | 'region'"
        )]
        #[serde(skip_serializing_if = "Option::is_none")]
        cause: Option<&'static str>,
        /// For the person.
        problem: AccountProblem,
    },
    /// What the upload ended with says it better.
    Nothing,
}

/// An answer of S3.
#[derive(Deserialize, Tsify)]
pub struct DenialReply {
    /// HTTP status; 0 if no answer came.
    status: u16,
    /// Lower-case names, and values; at least `x-amz-bucket-region`, if it is there.
    #[tsify(type = "{ readonly 'x-amz-bucket-region'?: string }")]
    headers: Headers,
    /// The first kilobytes of the body, as text.
    body: String,
}

impl From<DenialReply> for transfer::Answer {
    fn from(reply: DenialReply) -> Self {
        Self {
            status: reply.status,
            headers: reply.headers.0,
            body: reply.body,
            wall: 0,
        }
    }
}

#[wasm_bindgen]
impl DenialDiagnosis {
    /// Begins with the code of the problem that ended an upload. Nothing if it is no refusal.
    /// `can_renew`: the session can get new queue credentials by itself.
    ///
    /// # Errors
    /// `AttachmentError` with code `profile-invalid` or `argument-invalid`.
    #[wasm_bindgen(js_name = ofCode)]
    pub fn of_code(
        code: &str,
        profile: Ts<ProfileFields>,
        can_renew: bool,
    ) -> Result<Option<Self>, JsValue> {
        let about = About::new(&profile::parse(read(&profile)?)?, can_renew);
        Ok(Diagnosis::of_code(code, about).map(Self))
    }

    /// Begins with the answer itself. Nothing if it is no refusal.
    ///
    /// # Errors
    /// As for `ofCode`.
    #[wasm_bindgen(js_name = ofReply)]
    pub fn of_reply(
        reply: Ts<DenialReply>,
        profile: Ts<ProfileFields>,
        can_renew: bool,
    ) -> Result<Option<Self>, JsValue> {
        let about = About::new(&profile::parse(read(&profile)?)?, can_renew);
        Ok(Diagnosis::of_answer(&read(&reply)?.into(), about).map(Self))
    }

    /// What to do next.
    ///
    /// # Errors
    /// None in practice: every step has a JavaScript form.
    pub fn next(&self) -> Result<Ts<DenialStep>, JsValue> {
        write(&match self.0.next() {
            Step::Ask(request) => DenialStep::Ask {
                request: UnsignedRequest {
                    method: request.method.as_str().to_owned(),
                    key: request.key,
                    query: None,
                    headers: Headers(request.headers),
                    host: None,
                },
            },
            Step::Nothing => DenialStep::Nothing,
            Step::Found(denial) => DenialStep::Found {
                cause: denial.cause.map(|cause| cause.as_str()),
                problem: denial.problem.into(),
            },
        })
    }

    /// Takes the answer to the question.
    ///
    /// # Errors
    /// `AttachmentError` with code `argument-invalid`.
    pub fn answered(&mut self, reply: Ts<DenialReply>) -> Result<(), JsValue> {
        self.0.answered(&read(&reply)?.into());
        Ok(())
    }
}
