//! What the journal knows of contents, and whether to believe it (decision S8): an entry is believed
//! for 30 days, and only if a sample of up to 30 of them is still in the store. A miss repairs its own
//! entry; all others of this run are then asked for one by one.

use std::collections::{HashMap, VecDeque};

use super::Engine;
use crate::action::Action;
use crate::content::{ContentId, Stage};
use crate::features::Verification;
use crate::journal::{OpenUpload, Record, Remembered};

/// Contents that are looked up together.
const BATCH: usize = 256;
/// How long an entry is believed, in milliseconds: 30 days.
const BELIEVED: u64 = 30 * 24 * 60 * 60 * 1_000;
/// How many entries are asked for before the others are believed.
const SAMPLE: usize = 30;

/// Contents that wait for the journal, and what it said.
#[derive(Debug, Default)]
pub(super) struct LookUps {
    waiting: VecDeque<ContentId>,
    /// Answers that are awaited, in contents.
    under_way: usize,
    claimed: Vec<ContentId>,
    /// Those that the sample under way stands for.
    sampled: Vec<ContentId>,
    sampling: Sampling,
    /// Uploads of earlier runs, until they are gone on with.
    pub(super) uploads: HashMap<ContentId, OpenUpload>,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Sampling {
    #[default]
    NotBegun,
    /// So many answers are awaited.
    UnderWay { left: usize, is_good: bool },
}

impl LookUps {
    /// Whether everything that the journal said is judged.
    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty()
            && self.under_way == 0
            && self.claimed.is_empty()
            && self.sampled.is_empty()
    }
}

impl Engine {
    /// A new content: ask the journal, the store, or nobody.
    pub(super) fn look_up(&mut self, id: ContentId) {
        if self.settings.has_journal {
            self.lookups.waiting.push_back(id);
        } else {
            self.ask_store(id);
        }
    }

    /// Asks the store, unless nobody wants to know.
    pub(super) fn ask_store(&mut self, id: ContentId) {
        let stage = if self.settings.skip_existence_check {
            Stage::Missing { replace: false }
        } else {
            Stage::Unchecked
        };
        self.set_stage(id, stage);
    }

    pub(super) fn next_lookup(&mut self) -> Option<Action> {
        if self.lookups.under_way > 0 || self.lookups.waiting.is_empty() {
            return None;
        }
        let count = self.lookups.waiting.len().min(BATCH);
        let batch: Vec<ContentId> = self.lookups.waiting.drain(..count).collect();
        self.lookups.under_way = batch.len();
        let hash = |id: ContentId| self.contents.get(id).hash;
        Some(Action::LookUp(batch.into_iter().map(hash).collect()))
    }

    pub(super) fn looked_up(&mut self, wall: u64, contents: Vec<Remembered>) {
        for entry in contents {
            let Some(id) = self.contents.find(entry.hash) else {
                continue;
            };
            self.lookups.under_way = self.lookups.under_way.saturating_sub(1);
            if self.contents.get(id).stage != Stage::Unknown {
                continue;
            }
            if let Some(upload) = entry.upload {
                self.lookups.uploads.insert(id, upload);
            }
            // A time in the future comes from a clock that was wrong: nobody knows how old it is.
            let is_fresh = |seen: u64| seen <= wall && wall - seen < BELIEVED;
            if entry.seen.is_some_and(is_fresh) && !self.settings.skip_existence_check {
                self.set_stage(id, Stage::Claimed);
                self.lookups.claimed.push(id);
            } else {
                self.ask_store(id);
            }
        }
    }

    /// Once everything is hashed, takes the sample. Claims that come later get one of their own.
    pub(super) fn judge_claims(&mut self) {
        if let Sampling::UnderWay { left: 0, is_good } = self.lookups.sampling {
            self.believe_claims(is_good);
        }
        let all_known = self.intake_ended
            && self.all_is_read()
            && self.refreshing.is_empty()
            && self.lookups.waiting.is_empty()
            && self.lookups.under_way == 0;
        if all_known
            && !self.lookups.claimed.is_empty()
            && self.lookups.sampling == Sampling::NotBegun
        {
            self.take_sample();
        }
    }

    fn take_sample(&mut self) {
        let mut sample = Vec::new();
        while sample.len() < SAMPLE && !self.lookups.claimed.is_empty() {
            let last = self.lookups.claimed.len() as u64 - 1;
            let index = usize::try_from(self.jitter.within(last)).unwrap_or(0);
            let id = self.lookups.claimed.swap_remove(index);
            if self.contents.get(id).stage == Stage::Claimed {
                sample.push(id);
            }
        }
        self.lookups.sampled = std::mem::take(&mut self.lookups.claimed);
        self.lookups.sampling = Sampling::UnderWay {
            left: sample.len(),
            is_good: true,
        };
        for id in sample {
            self.contents.get_mut(id).is_sample = true;
            self.set_stage(id, Stage::Unchecked);
        }
    }

    /// The store, or the end of its check, told of a content of the sample.
    pub(super) fn note_sample(&mut self, id: ContentId, is_there: bool) {
        let content = self.contents.get_mut(id);
        if !std::mem::take(&mut content.is_sample) {
            return;
        }
        let hash = content.hash;
        if !is_there {
            self.remember(Record::Gone(hash));
        }
        if let Sampling::UnderWay { left, is_good } = &mut self.lookups.sampling {
            *left = left.saturating_sub(1);
            *is_good &= is_there;
        }
    }

    fn believe_claims(&mut self, is_good: bool) {
        for id in std::mem::take(&mut self.lookups.sampled) {
            if self.contents.get(id).stage != Stage::Claimed {
                continue;
            }
            let stage = if is_good {
                Stage::Skipped(Verification::NotVerified)
            } else {
                // Each one that is missing shall be struck from the journal.
                self.contents.get_mut(id).is_sample = true;
                Stage::Unchecked
            };
            self.set_stage(id, stage);
        }
        self.lookups.sampling = Sampling::NotBegun;
    }
}
