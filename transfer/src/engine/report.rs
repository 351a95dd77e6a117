//! What is told of an upload while it runs: progress at most ten times a second, records for the
//! journal, and when the driver shall come back.

use super::Engine;
use crate::action::Action;
use crate::outcome::Outcome;
use crate::progress::{Phase, PhaseProgress, Progress, Waiting, percent};

/// Time between two reports, in milliseconds.
const REPORT_EVERY: u64 = 100;
/// Records wait for company until there are so many of them, or the engine has nothing else to do.
const RECORDS_TOGETHER: usize = 64;
/// Longest wait of a record, in milliseconds.
const RECORDS_EVERY: u64 = 500;

/// What was shown, and what is to be shown.
#[derive(Debug, Default)]
pub(super) struct Reporting {
    is_due: bool,
    last: u64,
    last_records: u64,
    was_last: bool,
    /// Never falls.
    hashing: PhaseProgress,
    checking: PhaseProgress,
    uploading: PhaseProgress,
    percent: u8,
}

impl Reporting {
    /// Forgets what was shown: from now on there are other files.
    pub(super) fn begin_anew(&mut self) {
        self.hashing = PhaseProgress::default();
        self.checking = PhaseProgress::default();
        self.uploading = PhaseProgress::default();
    }

    /// Something has changed that a person may see.
    pub(super) fn mark(&mut self) {
        self.is_due = true;
    }
}

/// What is done never falls, and is never more than there is.
fn rise(shown: &mut PhaseProgress, now: PhaseProgress) {
    shown.files_done = shown.files_done.max(now.files_done);
    shown.bytes_done = shown.bytes_done.max(now.bytes_done);
    shown.files_total = now.files_total.max(shown.files_done);
    shown.bytes_total = now.bytes_total.max(shown.bytes_done);
}

impl Engine {
    /// Takes the numbers as they are now.
    pub(super) fn note_progress(&mut self) {
        if self.hold.is_on && !self.is_over() {
            if let Some(count) = self.count_in_time() {
                rise(&mut self.reporting.hashing, count.hashing);
                rise(&mut self.reporting.checking, count.checking);
                rise(&mut self.reporting.uploading, count.uploading);
                self.reporting.mark();
            }
            return;
        }
        let found = self.file_count();
        let hashing = PhaseProgress {
            files_done: self.hashing.files_done,
            files_total: found,
            bytes_done: self
                .hashing
                .bytes_done
                .saturating_add(self.hashing.bytes_under_way()),
            bytes_total: self.found_bytes,
        };
        let checking = PhaseProgress {
            files_done: self.tally.checked.count,
            files_total: (found + self.tally.extra_pieces).saturating_sub(self.tally.failed.count),
            bytes_done: self.tally.checked.bytes,
            bytes_total: self.found_bytes.saturating_sub(self.tally.failed.bytes),
        };
        let uploading = PhaseProgress {
            files_done: self.tally.sent.count,
            files_total: self.tally.to_send.count,
            bytes_done: self.sent_bytes().min(self.tally.to_send.bytes),
            bytes_total: self.tally.to_send.bytes,
        };
        rise(&mut self.reporting.hashing, hashing);
        rise(&mut self.reporting.checking, checking);
        rise(&mut self.reporting.uploading, uploading);
        let now = percent(
            &self.reporting.hashing,
            &self.reporting.checking,
            &self.reporting.uploading,
        );
        // As long as files are being found, the whole grows faster than what is done of it.
        if self.intake_ended {
            self.reporting.percent = self.reporting.percent.max(now);
        }
        self.reporting.mark();
        let left = self.bytes_left();
        self.meter.tick(self.now, left);
    }

    /// Bytes of contents, parts and bodies that have left.
    fn sent_bytes(&self) -> u64 {
        let stored: u64 = self.uploads.values().map(|upload| upload.stored).sum();
        let under_way = self.requests.under_way.values();
        let leaving: u64 = under_way
            .map(|request| request.sent.min(request.length))
            .sum();
        self.tally
            .sent
            .bytes
            .saturating_add(stored)
            .saturating_add(leaving)
    }

    /// Bytes still to be sent: those that are known to be missing, and as large a share of those that
    /// nobody has asked for.
    fn bytes_left(&self) -> u64 {
        let known = self
            .tally
            .to_send
            .bytes
            .saturating_sub(self.reporting.uploading.bytes_done);
        let checked = u128::from(self.reporting.checking.bytes_done);
        let unasked = self
            .found_bytes
            .saturating_sub(self.reporting.checking.bytes_done);
        let share = u128::from(unasked) * u128::from(self.tally.to_send.bytes);
        let expected = share.checked_div(checked).unwrap_or(u128::from(unasked));
        known.saturating_add(u64::try_from(expected).unwrap_or(u64::MAX))
    }

    /// Where the upload is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let Reporting {
            hashing,
            checking,
            uploading,
            ..
        } = self.reporting;
        let preview = self.preview();
        let (found_files, found_bytes) = match &preview {
            Some(preview) => (preview.files, preview.bytes),
            None => (self.file_count(), self.found_bytes),
        };
        Progress {
            phase: self.phase(&hashing, &checking, &uploading),
            found_files,
            found_bytes,
            intake_ended: self.intake_ended,
            hashing,
            checking,
            uploading,
            percent: match &self.outcome {
                Some(Outcome::Complete(_)) => 100,
                _ => self.reporting.percent,
            },
            current_file: self
                .current_file
                .map(|file| self.files.get(file).path.to_string()),
            waiting: self.waiting(),
            preview,
            bytes_per_second: self.meter.bytes_per_second(),
            remaining: self.meter.remaining().filter(|_| self.intake_ended),
        }
    }

    fn waiting(&self) -> Option<Waiting> {
        // An end that waits in a pause is no end yet.
        let is_held = self.paused && self.outcome.is_none();
        if is_held {
            Some(Waiting::Paused)
        } else if self.is_over() {
            None
        } else if let Some(problem) = &self.credentials.needed {
            Some(Waiting::Credentials(problem.clone()))
        } else if self.breaker.is_open() {
            Some(Waiting::Network)
        } else {
            None
        }
    }

    fn phase(
        &self,
        hashing: &PhaseProgress,
        checking: &PhaseProgress,
        uploading: &PhaseProgress,
    ) -> Phase {
        match &self.outcome {
            Some(Outcome::Complete(_)) => Phase::Complete,
            Some(Outcome::Failed(_)) => Phase::Failed,
            Some(Outcome::Cancelled) => Phase::Cancelled,
            None if !self.intake_ended => Phase::Finding,
            None if !self.manifest.is_none() => Phase::Manifest,
            None if hashing.files_done < hashing.files_total => Phase::Hashing,
            None if checking.files_done < checking.files_total => Phase::Checking,
            None if self.hold.is_on => Phase::Held,
            None if uploading.files_done < uploading.files_total => Phase::Uploading,
            None => Phase::Manifest,
        }
    }

    pub(super) fn next_report(&mut self) -> Option<Action> {
        let is_time = self.now >= self.reporting.last + REPORT_EVERY;
        if !self.reporting.is_due || !is_time {
            return None;
        }
        self.reporting.is_due = false;
        self.reporting.last = self.now;
        Some(Action::Report)
    }

    /// After the end: one last report.
    pub(super) fn last_actions(&mut self) -> Option<Action> {
        (!std::mem::replace(&mut self.reporting.was_last, true)).then_some(Action::Report)
    }

    pub(super) fn next_records(&mut self) -> Option<Action> {
        let is_due = self.records.len() >= RECORDS_TOGETHER
            || self.now >= self.reporting.last_records + RECORDS_EVERY;
        if self.records.is_empty() || !is_due {
            return None;
        }
        self.reporting.last_records = self.now;
        Some(Action::Remember(std::mem::take(&mut self.records)))
    }

    /// When the driver shall come back, unless it does so before: a deadline that every progress moves
    /// on is not announced every time.
    pub(super) fn next_wait(&mut self) -> Option<Action> {
        let due = self.next_time()?;
        if self.announced_wait.is_some_and(|time| time <= due) {
            return None;
        }
        self.announced_wait = Some(due);
        Some(Action::WaitUntil(due))
    }

    fn next_time(&self) -> Option<u64> {
        let deadlines = self
            .requests
            .under_way
            .values()
            .map(|request| request.deadline);
        if let Some(ending) = &self.ending {
            // In a pause nothing may be left to wait for but its end.
            return (ending.deadline > self.now).then_some(ending.deadline);
        }
        let delayed = self.requests.delayed.iter().map(|(time, _)| *time);
        let mut times: Vec<u64> = delayed.chain(deadlines).collect();
        let wants_to_send = !self.paused && self.credentials.needed.is_none();
        if wants_to_send {
            times.extend(self.breaker.next_probe().filter(|time| *time > self.now));
            times.extend((self.quiet_until > self.now).then_some(self.quiet_until));
            times.extend(self.waits_for_bandwidth().then(|| self.bandwidth.free_at()));
        }
        times.extend(self.awaited_count());
        if self.reporting.is_due {
            times.push(self.reporting.last + REPORT_EVERY);
        }
        if !self.records.is_empty() {
            times.push(self.reporting.last_records + RECORDS_EVERY);
        }
        times.into_iter().min()
    }
}
