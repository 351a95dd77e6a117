//! The upload engine for JavaScript: events in, actions out, both as plain objects with a `type`.
//!
//! One file for each direction of the border: [`settings`], [`event`] and [`record`] (in), [`action`],
//! [`progress`], [`listing`] and [`outcome`] (out).

pub mod action;
pub mod event;
pub mod listing;
pub mod outcome;
pub mod patterns;
pub mod place;
pub mod preview;
pub mod problem;
pub mod progress;
pub mod record;
pub mod settings;

use js_sys::JsString;
use rusty_attachments_model::ContentHash;
use rusty_attachments_transfer as transfer;
use transfer::Engine;
use tsify::Ts;
use wasm_bindgen::prelude::*;

use crate::error::{attachment_error, read, write};
pub use action::EngineAction;
pub use event::EngineEvent;
pub use listing::{FileFilter, FileWindow, ReceiptFacts, ReceiptFormat, Retry};
pub use outcome::{ObjectResult, UploadOutcome};
pub use preview::LeftOut;
pub use problem::{NotTaken, Problem};
pub use progress::UploadProgress;
pub use settings::UploadSettings;

/// One upload from the first file to its outcome. Times are milliseconds of any clock that never
/// goes back, such as `performance.now()`.
#[wasm_bindgen]
pub struct UploadEngine(Engine);

#[wasm_bindgen]
impl UploadEngine {
    /// An upload without files.
    ///
    /// # Errors
    /// `ValidationError` with code `profile-invalid`, `guid-invalid`, `argument-invalid`, or of a field of
    /// the place: `region-malformed`, `bucket-malformed`, `root-prefix-malformed`, `prefix-malformed`,
    /// `farm-id-malformed`, `queue-id-malformed`, `asset-root-...`, `bucket-owner-malformed`,
    /// `concurrency-malformed`.
    #[wasm_bindgen(constructor)]
    pub fn new(settings: Ts<UploadSettings>) -> Result<Self, JsValue> {
        Ok(Self(Engine::new(read(&settings)?.into_transfer()?)))
    }

    /// Adds a file; gives its number, or nothing when it cannot be taken (the outcome says why).
    ///
    /// `size` in bytes, `modified` in milliseconds since 1970; `known`: the hashes that the journal has
    /// for just this path, size and time, of 32 hex digits each; anything else is no hash and counts as
    /// nothing known.
    #[wasm_bindgen(js_name = addFile)]
    pub fn add_file(
        &mut self,
        path: &JsString,
        size: u64,
        modified: i64,
        known: Option<Vec<String>>,
    ) -> Option<u32> {
        let well_formed = path.is_well_formed();
        // Half a surrogate pair becomes a stand-in here, which is for showing only.
        let readable = String::from(path);
        if !well_formed {
            self.0.add_unnameable(&readable);
            return None;
        }
        let known = known.unwrap_or_default();
        let hashes: Result<Vec<ContentHash>, _> = known.iter().map(|hash| hash.parse()).collect();
        self.0
            .add_file(&readable, size, modified, &hashes.unwrap_or_default())
            .map(|file| file.0)
    }

    /// Notes something that was dropped but is no file to upload.
    ///
    /// # Errors
    /// `AttachmentError` with code `argument-invalid`.
    #[wasm_bindgen(js_name = addNotTaken)]
    pub fn add_not_taken(&mut self, item: Ts<NotTaken>) -> Result<(), JsValue> {
        self.0.add_not_taken(&read(&item)?.into());
        Ok(())
    }

    /// How many readings the upload asks for at once.
    #[wasm_bindgen(getter, js_name = hashLanes)]
    #[must_use]
    pub fn hash_lanes(&self) -> usize {
        self.0.hash_lanes()
    }

    /// Takes what happened at that time.
    ///
    /// # Errors
    /// `AttachmentError` with code `hash-invalid` or `argument-invalid`, or of a pattern that cannot be read.
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
        write(&UploadProgress::from(self.0.progress()))
    }

    /// The files that the patterns leave out, or that workers have, at most so many of them by name.
    ///
    /// # Errors
    /// None in practice, as for `nextAction`.
    #[wasm_bindgen(js_name = leftOut)]
    pub fn left_out(&self, most: usize) -> Result<Ts<LeftOut>, JsValue> {
        write(&LeftOut::from(self.0.left_out(most)))
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

    /// How many distinct contents are known so far.
    #[wasm_bindgen(getter, js_name = objectCount)]
    #[must_use]
    pub fn object_count(&self) -> usize {
        self.0.object_count()
    }

    /// What became of a content, by its place from 0; nothing for one that is not in the store.
    ///
    /// # Errors
    /// None in practice, as for `nextAction`.
    pub fn object(&self, index: usize) -> Result<Option<Ts<ObjectResult>>, JsValue> {
        self.0
            .object(index)
            .map(|object| write(&ObjectResult::from(object)))
            .transpose()
    }

    /// At most `count` lines of the list of files, from the line `from` on, counted from 0; also after the
    /// end. Files come in the order of adding, after them what was added and could not be taken.
    ///
    /// # Errors
    /// `AttachmentError` with code `argument-invalid`.
    pub fn files(
        &self,
        filter: Ts<FileFilter>,
        from: usize,
        count: usize,
    ) -> Result<Ts<FileWindow>, JsValue> {
        let window = self.0.files(read(&filter)?.into(), from, count);
        write(&FileWindow::new(window, self.0.file_counts()))
    }

    /// Whether the upload, which has ended, can be taken up again so that a complete manifest may come of it.
    /// `readsAnew`: fresh looks at files can be had, not only what was added.
    ///
    /// # Errors
    /// None in practice, as for `nextAction`.
    pub fn retry(
        &self,
        #[wasm_bindgen(js_name = readsAnew)] reads_anew: bool,
    ) -> Result<Option<Ts<Retry>>, JsValue> {
        self.0
            .retry(reads_anew)
            .map(|retry| write(&Retry::from(retry)))
            .transpose()
    }

    /// The piece of the receipt with this number, from 0, at most a megabyte or so; nothing after the last
    /// one, and nothing before the end.
    ///
    /// # Errors
    /// `AttachmentError` with code `argument-invalid`.
    #[wasm_bindgen(js_name = receiptPiece)]
    pub fn receipt_piece(
        &self,
        format: Ts<ReceiptFormat>,
        facts: Ts<ReceiptFacts>,
        number: usize,
    ) -> Result<Option<String>, JsValue> {
        let (format, facts) = (read(&format)?.into(), read(&facts)?.into());
        Ok(self.0.receipt_piece(format, &facts, number))
    }
}

/// Reads a hash that crosses the border.
fn hash(text: &str) -> Result<ContentHash, JsValue> {
    text.parse()
        .map_err(|_| attachment_error("hash-invalid", "not a content hash"))
}

fn hashes(texts: &[String]) -> Result<Vec<ContentHash>, JsValue> {
    texts.iter().map(|text| hash(text)).collect()
}

/// Numbers of files fit 32 bits, because their ids do.
fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
