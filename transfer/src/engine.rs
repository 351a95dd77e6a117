//! Skeleton: the border of the engine.
use rusty_attachments_model::ContentHash;
use crate::{Action, Event, NotTaken, ObjectResult, Outcome, Progress, Settings};

/// Position of a file in the order of adding, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// One upload from the first file to its outcome.
#[derive(Debug)]
pub struct Engine;

impl Engine {
    /// An upload without files.
    #[must_use]
    pub fn new(_settings: Settings) -> Self { todo!() }
    /// Adds a file: its path below the asset root, its size in bytes, its last change in milliseconds
    /// since 1970, and the hashes that the journal has for just this path, size and time (one, or one
    /// for each chunk; empty if none). `None` when it cannot be taken; the outcome will say why.
    pub fn add_file(&mut self, _path: &str, _size: u64, _modified: i64, _known: &[ContentHash]) -> Option<FileId> { todo!() }
    /// Adds a file whose name is no valid Unicode.
    pub fn add_unnameable(&mut self, _readable: &str) { todo!() }
    /// Notes something that was dropped but is no file to upload.
    pub fn add_not_taken(&mut self, _item: &NotTaken) { todo!() }
    /// Takes what happened, at that time in milliseconds of any clock that never goes back.
    pub fn handle(&mut self, _now: u64, _event: Event) { todo!() }
    /// The next thing to do; call it until it gives nothing.
    pub fn poll_action(&mut self) -> Option<Action> { todo!() }
    /// Where the upload is.
    #[must_use]
    pub fn progress(&self) -> Progress { todo!() }
    /// How it ended, once it has.
    #[must_use]
    pub fn outcome(&self) -> Option<&Outcome> { todo!() }
    /// How many readings run at once.
    #[must_use]
    pub fn hash_lanes(&self) -> usize { todo!() }
    /// Distinct contents known so far.
    #[must_use]
    pub fn object_count(&self) -> usize { todo!() }
    /// One of them.
    #[must_use]
    pub fn object(&self, _index: usize) -> Option<ObjectResult> { todo!() }
}
