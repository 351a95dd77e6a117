//! The check whether a profile can be used, for JavaScript, which sends what it asks for.

use rusty_attachments_model::ContentHash;
use rusty_attachments_transfer::Answer;
use rusty_attachments_transfer::connection_check::{self as check, Verdict};
use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

use crate::error::{attachment_error, read, write};
use crate::headers::Headers;
use crate::profile::{self, ProfileFields};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What is checked, in the order in which a request meets it. */
export type ConnectionStep =
    | "server" | "clock" | "credentials" | "region" | "bucket" | "owner" | "read" | "write" | "abort";

/** Why a step passed, failed or was not tried; stable. */
export type ConnectionCode =
    | "server-answers" | "server-silent" | "server-not-s3"
    | "clock-right" | "clock-slightly-behind" | "clock-slightly-ahead" | "clock-behind" | "clock-ahead"
    | "clock-refused" | "clock-untold"
    | "credentials-taken" | "credentials-wrong" | "credentials-unknown" | "credentials-expired"
    | "region-right" | "region-wrong" | "region-other"
    | "bucket-there" | "bucket-missing" | "bucket-hidden"
    | "owner-right" | "owner-wrong" | "owner-unnamed"
    | "read-allowed" | "read-denied" | "read-list-denied"
    | "write-allowed" | "write-denied" | "write-key-denied" | "write-no-parts"
    | "abort-allowed" | "abort-denied"
    | "answer-missing" | "answer-unexpected" | "not-reached";
"#;

/// Checks whether a profile can be used. Asks for one request after the other and leaves nothing in the store.
#[wasm_bindgen]
pub struct ConnectionCheck(check::ConnectionCheck);

/// A request of the check: to be signed with this offset, and sent without a body.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionProbe {
    /// What to do.
    #[tsify(type = "'GET' | 'POST' | 'DELETE'")]
    method: String,
    /// Full key.
    key: String,
    /// Names and values, not encoded.
    #[tsify(type = "Record<string, string>")]
    query: Headers,
    /// Lower-case names, and values.
    #[tsify(type = "Record<string, string>")]
    headers: Headers,
    /// Milliseconds to add to this computer's time.
    #[tsify(type = "number")]
    clock_offset: f64,
}

/// What the server answered.
#[derive(Deserialize, Tsify)]
pub struct ProbeAnswer {
    /// HTTP status.
    status: u16,
    /// Lower-case names, and values.
    #[tsify(type = "Record<string, string>")]
    headers: Headers,
    /// The first kilobytes.
    body: String,
    /// `Date.now()` when it came.
    wall: f64,
}

/// What is known of one step.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionFinding {
    /// The step.
    #[tsify(type = "ConnectionStep")]
    step: &'static str,
    /// How it went.
    #[tsify(type = "'passed' | 'failed' | 'not-tried'")]
    verdict: &'static str,
    /// Why.
    #[tsify(type = "ConnectionCode")]
    code: &'static str,
    /// What a sentence about it has to name: a region, minutes, an answer.
    values: Vec<String>,
}

/// What is known of all steps.
#[derive(Serialize, Tsify)]
pub struct ConnectionFindings {
    /// One for each step, in their order.
    steps: Vec<ConnectionFinding>,
}

#[wasm_bindgen]
impl ConnectionCheck {
    /// Takes a good profile, and 32 random hex digits: the hash of a content that nobody has.
    ///
    /// # Errors
    /// `AttachmentError` with code `profile-invalid`, `argument-invalid` or `hash-invalid`.
    #[wasm_bindgen(constructor)]
    pub fn new(profile: Ts<ProfileFields>, probe: &str) -> Result<Self, JsValue> {
        let profile = profile::parse(read(&profile)?)?;
        let probe = ContentHash::from_hex(probe.as_bytes()).ok_or_else(|| {
            attachment_error("hash-invalid", "a hash has 32 lower-case hex digits")
        })?;
        let owner = profile.expected_bucket_owner;
        Ok(Self(check::ConnectionCheck::new(
            &profile.store.layout,
            owner,
            probe,
        )))
    }

    /// What to send now; nothing at the end.
    pub fn next(&self) -> Result<Option<Ts<ConnectionProbe>>, JsValue> {
        let Some(probe) = self.0.next() else {
            return Ok(None);
        };
        let owned = |(name, value): (&str, String)| (name.to_owned(), value);
        // Far below 2^53.
        #[allow(clippy::cast_precision_loss)]
        let clock_offset = probe.clock_offset as f64;
        write(&ConnectionProbe {
            method: probe.method.as_str().to_owned(),
            key: probe.key,
            query: Headers(probe.query.into_iter().map(owned).collect()),
            headers: Headers(probe.headers.into_iter().map(owned).collect()),
            clock_offset,
        })
        .map(Some)
    }

    /// What came of the request.
    ///
    /// # Errors
    /// `AttachmentError` with code `argument-invalid` for a value that is no answer.
    pub fn answered(&mut self, answer: Ts<ProbeAnswer>) -> Result<(), JsValue> {
        let answer = read(&answer)?;
        // A date is a whole number far below 2^53.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let wall = answer.wall as u64;
        self.0.answered(Some(&Answer {
            status: answer.status,
            headers: answer.headers.0,
            body: answer.body,
            wall,
        }));
        Ok(())
    }

    /// No answer came.
    pub fn unanswered(&mut self) {
        self.0.answered(None);
    }

    /// What is known by now.
    ///
    /// # Errors
    /// None that can be mended.
    pub fn findings(&self) -> Result<Ts<ConnectionFindings>, JsValue> {
        let findings = self.0.findings().into_iter();
        write(&ConnectionFindings {
            steps: findings
                .map(|finding| ConnectionFinding {
                    step: finding.step.name(),
                    verdict: match finding.verdict {
                        Verdict::Passed => "passed",
                        Verdict::Failed => "failed",
                        Verdict::NotTried => "not-tried",
                    },
                    code: finding.code,
                    values: finding.values,
                })
                .collect(),
        })
    }
}
