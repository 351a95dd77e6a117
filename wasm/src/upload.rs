//! The upload engine for JavaScript: events in, actions out, both as plain objects with a `type`.

use std::collections::BTreeMap;

use js_sys::JsString;
use rusty_attachments_transfer as transfer;
use serde::{Deserialize, Serialize};
use transfer::{Engine, FileId, RequestId};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

use crate::error::{attachment_error, read, write};
use crate::profile::{self, ProfileFields};

/// One upload from the first file to its outcome. Times are milliseconds of any clock that never
/// goes back, such as `performance.now()`.
#[wasm_bindgen]
pub struct UploadEngine(Engine);

/// What an upload has to know beforehand.
#[derive(Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(large_number_types_as_bigints)]
pub struct UploadSettings {
    profile: ProfileFields,
    /// A random UUID, with or without dashes, new for each upload.
    guid: String,
    /// Logical processors of this machine, as the browser tells it.
    processors: u32,
    /// Any number; the same one gives the same waits.
    seed: u64,
}

/// Why a file could not be read.
#[derive(Deserialize, Tsify, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
pub enum ReadFailure {
    /// Gone, or not to be opened.
    Unreadable,
    /// Its size or time of change is not what it was.
    Changed,
}

/// Something that happened.
#[derive(Deserialize, Tsify)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[tsify(large_number_types_as_bigints)]
pub enum EngineEvent {
    /// No more files will be added.
    IntakeEnded,
    /// The page that added files went away before it was done.
    IntakeLost,
    /// A file was read; `hash` is 32 hex digits.
    Hashed {
        /// Its number.
        file: u32,
        /// 32 lower-case hex digits.
        hash: String,
    },
    /// A file could not be read to its end.
    HashFailed {
        /// Its number.
        file: u32,
        /// Why.
        why: ReadFailure,
    },
    /// So many bytes of a file have been read.
    HashProgress {
        /// Its number.
        file: u32,
        /// Bytes since its beginning.
        bytes: u64,
    },
    /// So many bytes of a body have left.
    SendProgress {
        /// Its number.
        request: u32,
        /// Bytes since the beginning of the body.
        bytes: u64,
    },
    /// The server answered. `source`: what became of the file that was sent, if any.
    Answered {
        /// Its number.
        request: u32,
        /// HTTP status.
        status: u16,
        /// Bytes, from the header.
        #[tsify(optional)]
        content_length: Option<u64>,
        /// `x-amz-bucket-region`.
        #[tsify(optional)]
        bucket_region: Option<String>,
        /// The first kilobytes of the body, as text.
        body: String,
        /// What became of the file that was sent.
        #[tsify(optional)]
        source: Option<ReadFailure>,
    },
    /// No answer came.
    Unanswered {
        /// Its number.
        request: u32,
        /// What became of the file that was sent.
        #[tsify(optional)]
        source: Option<ReadFailure>,
    },
    /// The request could not be signed.
    Unsigned {
        /// Its number.
        request: u32,
        /// Why.
        problem: Problem,
    },
    /// The clock moved on.
    TimePassed,
    /// The person wants no more of it.
    Cancelled,
}

/// Something to do now.
#[derive(Serialize, Tsify)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[tsify(hashmap_as_object)]
pub enum EngineAction {
    /// Read these files whole and report each.
    Hash {
        /// Their numbers.
        files: Vec<u32>,
    },
    /// Sign this request, send it, report.
    Send {
        /// Its number, for the report.
        request: u32,
        /// What to do with the object.
        #[tsify(type = "'HEAD' | 'GET' | 'PUT'")]
        method: &'static str,
        /// Full key of the object.
        key: String,
        /// Lower-case names, and values.
        #[tsify(type = "Record<string, string>")]
        headers: BTreeMap<&'static str, String>,
        /// What to send.
        body: RequestBody,
    },
    /// Give up this request, which nobody answered in time.
    AbortRequest {
        /// Its number.
        request: u32,
    },
    /// Give up everything under way.
    Abort,
    /// Report `time-passed` at this time, and no more at an earlier one.
    WaitUntil {
        /// Milliseconds of the same clock.
        time: f64,
    },
}

/// What a request carries.
#[derive(Serialize, Tsify)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum RequestBody {
    /// Nothing.
    None,
    /// All bytes of this file.
    File {
        /// Its number.
        file: u32,
    },
    /// This text as UTF-8.
    Text {
        /// The text.
        text: String,
    },
}

/// What happened, to which file, and what to do next.
#[derive(Serialize, Deserialize, Tsify)]
pub struct Problem {
    /// Stable, lower-case words joined by dashes.
    code: String,
    /// One sentence.
    what: String,
    /// One sentence.
    next: String,
    /// Path below the asset root.
    #[tsify(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
}

/// Something that was dropped but is not in the manifest.
#[derive(Serialize, Deserialize, Tsify)]
pub struct NotTaken {
    path: String,
    /// Why, for programs.
    code: WhyNotTaken,
    /// Why, as a sentence.
    reason: String,
}

/// Why something that was dropped is not in the manifest; only `empty-folder` harms nothing.
#[derive(Serialize, Deserialize, Tsify, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
pub enum WhyNotTaken {
    /// Nothing is in it, and a manifest of format 2023-03-03 cannot name it.
    EmptyFolder,
    /// The browser could not list it.
    UnreadableFolder,
    /// The browser could not make a file of it.
    UnreadableFile,
    /// Its name on disk is not valid text.
    NameNotUnicode,
}

impl From<WhyNotTaken> for transfer::WhyNotTaken {
    fn from(why: WhyNotTaken) -> Self {
        match why {
            WhyNotTaken::EmptyFolder => Self::EmptyFolder,
            WhyNotTaken::UnreadableFolder => Self::UnreadableFolder,
            WhyNotTaken::UnreadableFile => Self::UnreadableFile,
            WhyNotTaken::NameNotUnicode => Self::NameNotUnicode,
        }
    }
}

/// Files and bytes of one phase.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(large_number_types_as_bigints)]
pub struct PhaseProgress {
    files_done: u32,
    files_total: u32,
    bytes_done: u64,
    bytes_total: u64,
}

/// Files and bytes that were added so far.
#[derive(Serialize, Tsify)]
#[tsify(large_number_types_as_bigints)]
pub struct Found {
    files: u32,
    bytes: u64,
    /// Whether no more will be added.
    complete: bool,
}

/// Where an upload is; no number ever falls.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(large_number_types_as_bigints)]
pub struct UploadProgress {
    #[tsify(
        type = "'finding' | 'hashing' | 'checking' | 'uploading' | 'manifest' | 'complete' | 'failed' | 'cancelled'"
    )]
    phase: &'static str,
    found: Found,
    hashing: PhaseProgress,
    /// Counted in files.
    checking: PhaseProgress,
    /// Counted in distinct contents.
    uploading: PhaseProgress,
    #[tsify(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    current_file: Option<String>,
}

/// How an upload ended.
#[derive(Serialize, Tsify)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[tsify(large_number_types_as_bigints)]
pub enum UploadOutcome {
    /// Everything is in the store.
    Complete {
        /// What it left behind.
        result: UploadResult,
    },
    /// There is no manifest.
    Failed {
        /// At least one; the first one is the cause.
        problems: Vec<Problem>,
    },
    /// There is no manifest.
    Cancelled,
}

/// What a complete upload left behind.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(large_number_types_as_bigints)]
pub struct UploadResult {
    files: u32,
    bytes: u64,
    /// Content objects that were sent.
    objects_written: u32,
    bytes_written: u64,
    /// Distinct contents that the store already held.
    objects_skipped: u32,
    bytes_skipped: u64,
    /// Full key.
    manifest_key: String,
    /// 32 hex digits.
    manifest_hash: String,
    /// The `attachments` of CreateJob as JSON text.
    attachments: String,
}

#[wasm_bindgen]
impl UploadEngine {
    /// An upload without files.
    ///
    /// # Errors
    /// `AttachmentError` with code `profile-invalid`, `guid-invalid` or `argument-invalid`.
    #[wasm_bindgen(constructor)]
    pub fn new(settings: Ts<UploadSettings>) -> Result<Self, JsValue> {
        let settings = read(&settings)?;
        let profile = profile::parse(settings.profile)?;
        let guid = settings.guid.replace('-', "");
        let guid = guid
            .parse()
            .map_err(|_| attachment_error("guid-invalid", "the guid is not a UUID"))?;
        Ok(Self(Engine::new(transfer::Settings {
            layout: profile.layout,
            asset_root: profile.asset_root,
            guid,
            bucket: profile.bucket.as_str().to_owned(),
            server: profile.endpoint.authority().to_owned(),
            lanes: transfer::Lanes::for_processors(settings.processors),
            seed: settings.seed,
        })))
    }

    /// Adds a file; gives its number, or nothing when it cannot be taken (the outcome says why).
    ///
    /// `size` in bytes, `modified` in milliseconds since 1970.
    #[wasm_bindgen(js_name = addFile)]
    pub fn add_file(&mut self, path: &JsString, size: u64, modified: i64) -> Option<u32> {
        let well_formed = path.is_well_formed();
        // Half a surrogate pair becomes a stand-in here, which is for showing only.
        let readable = String::from(path);
        if !well_formed {
            self.0.add_unnameable(&readable);
            return None;
        }
        self.0
            .add_file(&readable, size, modified)
            .map(|file| file.0)
    }

    /// How many readings the upload asks for at once.
    #[wasm_bindgen(getter, js_name = hashLanes)]
    #[must_use]
    pub fn hash_lanes(&self) -> usize {
        self.0.hash_lanes()
    }

    /// Notes something that was dropped but is no file to upload.
    ///
    /// # Errors
    /// `AttachmentError` with code `argument-invalid`.
    #[wasm_bindgen(js_name = addNotTaken)]
    pub fn add_not_taken(&mut self, item: Ts<NotTaken>) -> Result<(), JsValue> {
        let item = read(&item)?;
        self.0.add_not_taken(&transfer::NotTaken {
            path: item.path,
            why: item.code.into(),
            reason: item.reason,
        });
        Ok(())
    }

    /// Takes what happened at that time.
    ///
    /// # Errors
    /// `AttachmentError` with code `hash-invalid` or `argument-invalid`.
    pub fn handle(&mut self, now: f64, event: Ts<EngineEvent>) -> Result<(), JsValue> {
        // Fractions of a millisecond do not matter, and no clock passes 2^53 of them.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let now = now as u64;
        self.0.handle(now, read(&event)?.into_transfer()?);
        Ok(())
    }

    /// The next thing to do; call it until it gives nothing.
    ///
    /// # Errors
    /// None in practice: every action has a JavaScript form.
    #[wasm_bindgen(js_name = nextAction)]
    pub fn next_action(&mut self) -> Result<Option<Ts<EngineAction>>, JsValue> {
        self.0
            .poll_action()
            .map(|action| write(&EngineAction::from(action)))
            .transpose()
    }

    /// Where the upload is.
    ///
    /// # Errors
    /// None in practice, as for `nextAction`.
    pub fn progress(&self) -> Result<Ts<UploadProgress>, JsValue> {
        let progress = self.0.progress();
        write(&UploadProgress {
            phase: phase_name(progress.phase),
            found: Found {
                files: count(progress.found_files),
                bytes: progress.found_bytes,
                complete: progress.intake_ended,
            },
            hashing: progress.hashing.into(),
            checking: progress.checking.into(),
            uploading: progress.uploading.into(),
            current_file: progress.current_file,
        })
    }

    /// How it ended, once it has.
    ///
    /// # Errors
    /// None in practice, as for `nextAction`.
    pub fn outcome(&self) -> Result<Option<Ts<UploadOutcome>>, JsValue> {
        self.0
            .outcome()
            .map(|outcome| write(&UploadOutcome::from(outcome)))
            .transpose()
    }
}

impl EngineEvent {
    fn into_transfer(self) -> Result<transfer::Event, JsValue> {
        use transfer::Event as E;
        Ok(match self {
            Self::IntakeEnded => E::IntakeEnded,
            Self::IntakeLost => E::IntakeLost,
            Self::Hashed { file, hash } => {
                let hash = hash
                    .parse()
                    .map_err(|_| attachment_error("hash-invalid", "not a content hash"))?;
                E::Hashed {
                    file: FileId(file),
                    hash,
                }
            }
            Self::HashFailed { file, why } => E::HashFailed {
                file: FileId(file),
                why: why.into(),
            },
            Self::HashProgress { file, bytes } => E::HashProgress {
                file: FileId(file),
                bytes,
            },
            Self::SendProgress { request, bytes } => E::SendProgress {
                request: RequestId(request),
                bytes,
            },
            Self::Answered {
                request,
                status,
                content_length,
                bucket_region,
                body,
                source,
            } => E::Answered {
                request: RequestId(request),
                answer: transfer::Answer {
                    status,
                    content_length,
                    bucket_region,
                    body,
                },
                source: source_state(source),
            },
            Self::Unanswered { request, source } => E::Unanswered {
                request: RequestId(request),
                source: source_state(source),
            },
            Self::Unsigned { request, problem } => E::Unsigned {
                request: RequestId(request),
                problem: problem.into(),
            },
            Self::TimePassed => E::TimePassed,
            Self::Cancelled => E::Cancelled,
        })
    }
}

fn source_state(failure: Option<ReadFailure>) -> Result<(), transfer::ReadFailure> {
    failure.map_or(Ok(()), |why| Err(why.into()))
}

impl From<ReadFailure> for transfer::ReadFailure {
    fn from(why: ReadFailure) -> Self {
        match why {
            ReadFailure::Unreadable => Self::Unreadable,
            ReadFailure::Changed => Self::Changed,
        }
    }
}

impl From<transfer::Action> for EngineAction {
    fn from(action: transfer::Action) -> Self {
        match action {
            transfer::Action::Hash { files } => Self::Hash {
                files: files.into_iter().map(|file| file.0).collect(),
            },
            transfer::Action::Send(request) => Self::Send {
                request: request.id.0,
                method: request.method.as_str(),
                key: request.key,
                headers: request.headers.into_iter().collect(),
                body: match request.body {
                    transfer::Body::None => RequestBody::None,
                    transfer::Body::File(file) => RequestBody::File { file: file.0 },
                    transfer::Body::Text(text) => RequestBody::Text { text },
                },
            },
            transfer::Action::AbortRequest(request) => Self::AbortRequest { request: request.0 },
            transfer::Action::Abort => Self::Abort,
            // No clock passes 2^53 milliseconds.
            #[allow(clippy::cast_precision_loss)]
            transfer::Action::WaitUntil(time) => Self::WaitUntil { time: time as f64 },
        }
    }
}

impl From<transfer::PhaseProgress> for PhaseProgress {
    fn from(phase: transfer::PhaseProgress) -> Self {
        Self {
            files_done: count(phase.files_done),
            files_total: count(phase.files_total),
            bytes_done: phase.bytes_done,
            bytes_total: phase.bytes_total,
        }
    }
}

impl From<&transfer::Outcome> for UploadOutcome {
    fn from(outcome: &transfer::Outcome) -> Self {
        match outcome {
            transfer::Outcome::Complete(summary) => Self::Complete {
                result: UploadResult {
                    files: count(summary.files),
                    bytes: summary.bytes,
                    objects_written: count(summary.objects_written),
                    bytes_written: summary.bytes_written,
                    objects_skipped: count(summary.objects_skipped),
                    bytes_skipped: summary.bytes_skipped,
                    manifest_key: summary.manifest_key.clone(),
                    manifest_hash: summary.manifest_hash.clone(),
                    attachments: summary.attachments.clone(),
                },
            },
            transfer::Outcome::Failed(problems) => Self::Failed {
                problems: problems.iter().cloned().map(Problem::from).collect(),
            },
            transfer::Outcome::Cancelled => Self::Cancelled,
        }
    }
}

impl From<transfer::Problem> for Problem {
    fn from(problem: transfer::Problem) -> Self {
        Self {
            code: problem.code,
            what: problem.what,
            next: problem.next,
            file: problem.file,
        }
    }
}

impl From<Problem> for transfer::Problem {
    fn from(problem: Problem) -> Self {
        Self {
            code: problem.code,
            what: problem.what,
            next: problem.next,
            file: problem.file,
        }
    }
}

/// Numbers of files fit 32 bits, because their ids do.
fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn phase_name(phase: transfer::Phase) -> &'static str {
    match phase {
        transfer::Phase::Finding => "finding",
        transfer::Phase::Hashing => "hashing",
        transfer::Phase::Checking => "checking",
        transfer::Phase::Uploading => "uploading",
        transfer::Phase::Manifest => "manifest",
        transfer::Phase::Complete => "complete",
        transfer::Phase::Failed => "failed",
        transfer::Phase::Cancelled => "cancelled",
    }
}
