//! Multipart uploads that are open in the store although nobody may be at work on them: killed runs
//! leave them behind, and their parts cost money. Looked for once in a run, when the first large
//! content is to be sent.

use std::collections::HashMap;

use aws_smithy_types::date_time::Format;

use super::Engine;
use super::work::Work;
use crate::event::Answer;
use crate::s3_lists::{self, ListedUpload};

/// Pages of 1,000 uploads that are looked at.
const MOST_PAGES: u32 = 5;
/// Nobody is at work on an upload that was begun so long ago, in milliseconds: 7 days.
const ABANDONED_AFTER: u64 = 7 * 24 * 60 * 60 * 1_000;

/// What is known of open uploads.
#[derive(Debug, Default)]
pub(super) struct Leftovers {
    state: State,
    by_key: HashMap<String, ListedUpload>,
    pages: u32,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Unknown,
    Asked,
    Known,
}

impl Leftovers {
    /// The open upload of an object, if any; `None` as long as that is not known.
    pub(super) fn of(&mut self, key: &str) -> Option<Option<ListedUpload>> {
        (self.state == State::Known).then(|| self.by_key.remove(key))
    }

    /// The upload of this object is gone.
    pub(super) fn forget(&mut self, key: &str) {
        self.by_key.remove(key);
    }
}

/// Whether an upload that was begun then is left alone by everybody.
pub(super) fn is_abandoned(begun: Option<u64>, now: u64) -> bool {
    begun.is_some_and(|begun| begun.saturating_add(ABANDONED_AFTER) < now)
}

impl Engine {
    /// Asks which uploads are open, once.
    pub(super) fn list_uploads(&mut self) {
        if self.leftovers.state == State::Unknown {
            self.leftovers.state = State::Asked;
            self.requests
                .urgent
                .push_back(Work::ListUploads(None).into());
        }
    }

    /// What was known is not true any more; somebody asks again.
    pub(super) fn doubt_uploads(&mut self) {
        self.leftovers.state = State::Asked;
        self.leftovers.pages = 0;
    }

    pub(super) fn uploads_listed(&mut self, answer: &Answer) {
        let Some(page) = s3_lists::uploads(&answer.body) else {
            return;
        };
        let server_time = answer
            .header("date")
            .and_then(|text| s3_lists::date(text, Format::HttpDate));
        let now = server_time.unwrap_or(answer.wall);
        for upload in page.uploads {
            if !self.settings.layout.owns(&upload.key) {
                continue;
            }
            if is_abandoned(upload.initiated, now) {
                let work = Work::AbortUpload {
                    key: upload.key,
                    upload_id: upload.upload_id,
                };
                self.requests.urgent.push_back(work.into());
                continue;
            }
            let is_newer = |known: &ListedUpload| known.initiated < upload.initiated;
            if self.leftovers.by_key.get(&upload.key).is_none_or(is_newer) {
                self.leftovers.by_key.insert(upload.key.clone(), upload);
            }
        }
        self.leftovers.pages += 1;
        match page.next {
            Some(next) if self.leftovers.pages < MOST_PAGES => {
                let work = Work::ListUploads(Some(next));
                self.requests.urgent.push_back(work.into());
            }
            _ => self.leftovers_known(),
        }
    }

    /// The server does not tell, or not us.
    pub(super) fn leftovers_unavailable(&mut self) {
        self.leftovers_known();
    }

    fn leftovers_known(&mut self) {
        self.leftovers.state = State::Known;
        let waiting: Vec<_> = self.uploads.keys().copied().collect();
        for id in waiting {
            self.advance_upload(id);
        }
    }
}
