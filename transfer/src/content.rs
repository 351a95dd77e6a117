//! The distinct contents of an upload: each one is checked once and sent at most once, however many
//! files have it (decision S5).

use std::collections::HashMap;

use rusty_attachments_model::ContentHash;

use crate::engine::FileId;

/// Position of a content in its [`Contents`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ContentId(u32);

/// Where a content is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The store has not said yet whether it holds it.
    Unchecked,
    /// It has to be sent; `replace` what is there under its key.
    Missing {
        /// The store holds an object of the wrong size.
        replace: bool,
    },
    /// The store held it before.
    Skipped,
    /// It was sent.
    Written,
    /// No file that has it could be sent.
    Failed,
}

/// One distinct content.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) hash: ContentHash,
    /// Bytes.
    pub(crate) size: u64,
    /// A file that has this content and is read when it is sent.
    pub(crate) source: FileId,
    /// Files that have it.
    pub(crate) files: u32,
    pub(crate) stage: Stage,
    /// It was sent and no answer came: if the store holds it, that is our doing.
    pub(crate) may_be_ours: bool,
    /// How often it could not be written because it was there, and then was not there.
    pub(crate) conflicts: u8,
}

/// All distinct contents.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    list: Vec<Content>,
    by_hash: HashMap<ContentHash, ContentId>,
}

impl Contents {
    /// Notes that `file` has this content; the flag says that it is the first one.
    pub(crate) fn add(&mut self, hash: ContentHash, size: u64, file: FileId) -> (ContentId, bool) {
        if let Some(&id) = self.by_hash.get(&hash) {
            self.get_mut(id).files += 1;
            return (id, false);
        }
        let id = ContentId(u32::try_from(self.list.len()).expect("fewer contents than files"));
        self.list.push(Content {
            hash,
            size,
            source: file,
            files: 1,
            stage: Stage::Unchecked,
            may_be_ours: false,
            conflicts: 0,
        });
        self.by_hash.insert(hash, id);
        (id, true)
    }

    pub(crate) fn get(&self, id: ContentId) -> &Content {
        &self.list[id.0 as usize]
    }

    pub(crate) fn get_mut(&mut self, id: ContentId) -> &mut Content {
        &mut self.list[id.0 as usize]
    }
}
