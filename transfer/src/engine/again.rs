//! A failed upload that is taken up again: only the files that failed are looked at and read anew. What is
//! in the store is neither asked for nor sent again, and keeps what is known of it.

use super::leftovers::Leftovers;
use super::lookup::LookUps;
use super::manifest::ManifestState;
use super::report::Reporting;
use super::{Engine, FileId};
use crate::action::Action;
use crate::breaker::Breaker;
use crate::content::{ContentId, Piece, Stage};
use crate::event::ReadFailure;
use crate::files::FileState;
use crate::outcome::{Outcome, Retry};
use crate::problem::Problem;
use crate::window::Window;

impl Engine {
    /// Whether this upload, which has ended, can be taken up again so that a complete manifest may come of
    /// it. `reads_anew`: the driver can take fresh looks at files, not only read them as they were added.
    #[must_use]
    pub fn retry(&self, reads_anew: bool) -> Option<Retry> {
        let is_whole = self.intake_ended && self.file_count() > 0;
        // What could not be taken is not here to be taken up.
        let is_lasting = self.failures.others().iter().any(|other| other.has_failed);
        let is_lasting = is_lasting || self.roots.are_too_many();
        let Some(Outcome::Failed(problems)) = &self.outcome else {
            return None;
        };
        let is_lasting = is_lasting || problems.iter().any(Problem::is_mended_in_profile);
        if !is_whole || is_lasting {
            return None;
        }
        let needs_fresh_look = self
            .failures
            .reasons_of_files()
            .any(|problem| !problem.is_about_store());
        Some(if needs_fresh_look && !reads_anew {
            Retry::ChooseAgain
        } else {
            Retry::Now
        })
    }

    /// Takes it up again; without effect where that is not possible.
    pub(super) fn begin_again(&mut self) {
        if self.retry(true).is_none() {
            return;
        }
        self.outcome = None;
        self.problems.clear();
        self.given_up = 0;
        self.cancelled = false;
        self.paused = false;
        self.credentials.needed = None;
        self.credentials.renewed_in_vain = 0;
        self.breaker = Breaker::default();
        self.network_problem = None;
        self.quiet_until = 0;
        self.window = Window::new(self.settings.limits.requests);
        self.server.unanswered.fill(0);
        self.requests.under_way.clear();
        self.requests.explaining = false;
        self.manifest = ManifestState::default();
        self.leftovers = Leftovers::default();
        self.lookups = LookUps::default();
        // Files are read anew, so what is done may be less than what was shown.
        self.reporting = Reporting::default();
        self.meter.pause();
        self.announced_wait = None;
        self.out.clear();
        self.take_up_files();
        self.take_up_contents();
        self.note_progress();
    }

    fn take_up_files(&mut self) {
        let failed = self.failures.take_files();
        for file in &failed {
            let size = self.files.get(*file).size;
            self.tally.failed.remove(1, size);
        }
        self.refreshing.clear();
        self.hashing.begin_again(self.files.len());
        for id in self.file_ids() {
            let file = self.files.get_mut(id);
            match file.state {
                FileState::Failed | FileState::Refreshing => {
                    file.state = FileState::Refreshing;
                    file.changes = 0;
                    self.refreshing.insert(id, ReadFailure::Unreadable);
                    self.out.push_back(Action::Refresh(id));
                    self.hashing.file_is_unread();
                }
                FileState::Found => {
                    self.hashing.file_is_unread();
                    self.read_anew(id);
                }
                FileState::Hashed(_) | FileState::Chunked(_) => self.take_up_pieces(id),
                FileState::LeftOut => {}
            }
        }
    }

    /// Has the chunks read of which nothing is known yet.
    fn take_up_pieces(&mut self, file: FileId) {
        self.hashing.file_is_unread();
        let known = self.files.contents(file);
        let chunks = self.files.pieces(file);
        if known.len() == chunks as usize {
            self.hashing.file_is_done(self.files.get(file).size);
            return;
        }
        let pieces = (0..chunks).map(|chunk| Piece { file, chunk });
        let is_unknown = |piece: &Piece| known.iter().all(|(_, other)| other != piece);
        self.hashing.want(pieces.filter(is_unknown));
    }

    fn take_up_contents(&mut self) {
        let count = u32::try_from(self.contents.len()).unwrap_or(u32::MAX);
        for id in (0..count).map(ContentId) {
            let content = self.contents.get_mut(id);
            content.restarts = 0;
            content.is_sample = false;
            match content.stage {
                Stage::Unknown => self.look_up(id),
                Stage::Claimed => self.ask_store(id),
                Stage::Unchecked => self.queue_check(id),
                Stage::Missing { .. } => self.queue_send(id),
                Stage::Skipped(_) | Stage::Written(_) | Stage::Failed | Stage::Dropped => {}
            }
        }
    }
}
