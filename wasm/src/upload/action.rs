//! What the engine asks its driver to do.

use rusty_attachments_transfer as transfer;
use serde::Serialize;
use tsify::Tsify;

use super::problem::Problem;
use super::record::JournalRecord;
use crate::headers::Headers;

/// Something to do now. Offsets and sizes are bytes; hashes are 32 lower-case hex digits.
#[derive(Serialize, Tsify)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[tsify(hashmap_as_object, large_number_types_as_bigints)]
pub enum EngineAction {
    /// Read these ranges and report each.
    Hash {
        /// One large range, or many small files.
        ranges: Vec<HashRange>,
    },
    /// Take a fresh look at a file and report it.
    Refresh {
        /// Number of the file.
        file: u32,
    },
    /// Let go of these files.
    Release {
        /// Their numbers.
        files: Vec<u32>,
    },
    /// Sign this request, send it, report.
    Send {
        /// Its number, for the report.
        request: u32,
        /// What to do.
        #[tsify(type = "'HEAD' | 'GET' | 'PUT' | 'POST' | 'DELETE'")]
        method: &'static str,
        /// Full key of the object; empty for a question about the bucket.
        key: String,
        /// Names and values, not encoded.
        #[tsify(type = "Record<string, string>")]
        query: Headers,
        /// Lower-case names, and values.
        #[tsify(type = "Record<string, string>")]
        headers: Headers,
        /// What to send.
        body: RequestBody,
        /// Which of the store's equivalent addresses to use, from 0.
        host: u8,
        /// Milliseconds to add to this computer's time when it is signed.
        clock_offset: f64,
    },
    /// Give up this request.
    AbortRequest {
        /// Its number.
        request: u32,
    },
    /// Give up all readings.
    StopReading,
    /// Give up everything under way.
    Abort,
    /// Forget the manifest that was kept: what follows is another one.
    BeginManifest,
    /// Keep this text behind what was kept before it: a piece of the manifest.
    AppendManifest {
        /// ASCII.
        text: String,
    },
    /// Look up in the journal what is known about these contents, and report.
    LookUp {
        /// The contents.
        hashes: Vec<String>,
    },
    /// Write this into the journal.
    Remember {
        /// In this order.
        records: Vec<JournalRecord>,
    },
    /// Ask for new credentials, and report.
    NeedCredentials {
        /// Why.
        problem: Problem,
    },
    /// Show the progress.
    Report,
    /// Report `time-passed` at this time, and no more at an earlier one.
    WaitUntil {
        /// Milliseconds of the same clock.
        time: f64,
    },
}

/// A part of a file that gets one hash.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(large_number_types_as_bigints)]
pub struct HashRange {
    /// Number of the file.
    file: u32,
    /// First byte.
    offset: u64,
    /// Bytes.
    length: u64,
    /// The hash of each part of so many bytes is wanted too.
    #[tsify(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    part_size: Option<u64>,
}

/// What a request carries.
#[derive(Serialize, Tsify)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[tsify(large_number_types_as_bigints)]
pub enum RequestBody {
    /// Nothing.
    None,
    /// Bytes of a file.
    Range {
        /// Number of the file.
        file: u32,
        /// First byte.
        offset: u64,
        /// Bytes.
        length: u64,
        /// Read the bytes, and send just these only if this is their hash.
        #[tsify(optional)]
        #[serde(skip_serializing_if = "Option::is_none")]
        expect: Option<String>,
    },
    /// This text as UTF-8.
    Text {
        /// The text.
        text: String,
    },
    /// All pieces of the manifest.
    Manifest,
}

impl From<transfer::Action> for EngineAction {
    fn from(action: transfer::Action) -> Self {
        use transfer::Action as A;
        let files = |files: Vec<transfer::FileId>| files.into_iter().map(|file| file.0).collect();
        match action {
            A::Hash { ranges } => Self::Hash {
                ranges: ranges.into_iter().map(HashRange::from).collect(),
            },
            A::Refresh(file) => Self::Refresh { file: file.0 },
            A::Release(released) => Self::Release {
                files: files(released),
            },
            A::Send(request) => Self::Send {
                request: request.id.0,
                method: request.method.as_str(),
                key: request.key,
                query: owned(request.query),
                headers: owned(request.headers),
                body: request.body.into(),
                host: request.host,
                // No clock is wrong by 2^53 milliseconds.
                #[allow(clippy::cast_precision_loss)]
                clock_offset: request.clock_offset as f64,
            },
            A::AbortRequest(request) => Self::AbortRequest { request: request.0 },
            A::StopReading => Self::StopReading,
            A::Abort => Self::Abort,
            A::BeginManifest => Self::BeginManifest,
            A::AppendManifest(text) => Self::AppendManifest { text },
            A::LookUp(hashes) => Self::LookUp {
                hashes: hashes.iter().map(ToString::to_string).collect(),
            },
            A::Remember(records) => Self::Remember {
                records: records.into_iter().map(JournalRecord::from).collect(),
            },
            A::NeedCredentials(problem) => Self::NeedCredentials {
                problem: problem.into(),
            },
            A::Report => Self::Report,
            // No clock passes 2^53 milliseconds.
            #[allow(clippy::cast_precision_loss)]
            A::WaitUntil(time) => Self::WaitUntil { time: time as f64 },
        }
    }
}

fn owned(pairs: Vec<(&'static str, String)>) -> Headers {
    Headers(
        pairs
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

impl From<transfer::HashRange> for HashRange {
    fn from(range: transfer::HashRange) -> Self {
        Self {
            file: range.file.0,
            offset: range.offset,
            length: range.length,
            part_size: range.part_size,
        }
    }
}

impl From<transfer::Body> for RequestBody {
    fn from(body: transfer::Body) -> Self {
        match body {
            transfer::Body::None => Self::None,
            transfer::Body::Range {
                file,
                offset,
                length,
                expect,
            } => Self::Range {
                file: file.0,
                offset,
                length,
                expect: expect.map(|hash| hash.to_string()),
            },
            transfer::Body::Text(text) => Self::Text { text },
            transfer::Body::Manifest => Self::Manifest,
        }
    }
}
