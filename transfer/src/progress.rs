//! How far an upload is, in numbers to show.

use crate::engine::Preview;
use crate::problem::Problem;

/// Files and bytes of one phase. What is said here not to fall may do so when the choice of files changes, which it
/// cannot once the upload has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PhaseProgress {
    /// Finished files (for uploading: distinct contents). Never falls.
    pub files_done: u64,
    /// All that are known so far; never less than the finished ones.
    pub files_total: u64,
    /// Bytes of the finished ones, and what is done of the others. Never falls.
    pub bytes_done: u64,
    /// Bytes of all that are known so far; never less than what is done.
    pub bytes_total: u64,
}

/// Whole percent of the way, at most 99: who is done says so otherwise. Half of the way is reading a byte; the other half is
/// knowing that it is in the store, because it was found there or was sent.
pub(crate) fn percent(
    hashing: &PhaseProgress,
    checking: &PhaseProgress,
    uploading: &PhaseProgress,
) -> u8 {
    let by_bytes = hashing.bytes_total > 0 || checking.bytes_total > 0;
    let amounts = |phase: &PhaseProgress| {
        let (done, total) = if by_bytes {
            (phase.bytes_done, phase.bytes_total)
        } else {
            (phase.files_done, phase.files_total)
        };
        (u128::from(done), u128::from(total))
    };
    let (hashed, to_hash) = amounts(hashing);
    let (checked, to_check) = amounts(checking);
    let (sent, to_send) = amounts(uploading);
    let done = (hashed + checked).saturating_sub(to_send.saturating_sub(sent));
    let percent = (100 * done).checked_div(to_hash + to_check).unwrap_or(0);
    u8::try_from(percent).map_or(99, |percent| percent.min(99))
}

/// The first thing that is not finished yet; phases overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Files are still being added.
    Finding,
    /// Files are being read and hashed.
    Hashing,
    /// The store is being asked what it has.
    Checking,
    /// Everything is known, and nothing leaves before [`Event::Begin`](crate::Event::Begin).
    Held,
    /// Content is being sent.
    Uploading,
    /// The manifest is being sent.
    Manifest,
    /// See [`Outcome::Complete`](crate::Outcome::Complete).
    Complete,
    /// See [`Outcome::Failed`](crate::Outcome::Failed).
    Failed,
    /// See [`Outcome::Cancelled`](crate::Outcome::Cancelled).
    Cancelled,
}

/// Why nothing leaves at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waiting {
    /// The person has paused the upload.
    Paused,
    /// New credentials are needed; the problem says why.
    Credentials(Problem),
    /// No request gets an answer; it is tried again from time to time.
    Network,
}

/// All of it at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Where the upload is.
    pub phase: Phase,
    /// Files of the upload that were added so far.
    pub found_files: u64,
    /// Bytes of these.
    pub found_bytes: u64,
    /// Whether no more will be added.
    pub intake_ended: bool,
    /// Reading and hashing.
    pub hashing: PhaseProgress,
    /// Asking the store, counted in files.
    pub checking: PhaseProgress,
    /// Sending, counted in distinct contents.
    pub uploading: PhaseProgress,
    /// Whole percent of the way: 100 only when it is complete. Never falls; 0 until all files are known and nothing is held,
    /// because nobody knows the whole way before.
    pub percent: u8,
    /// Path of a file that is being worked on.
    pub current_file: Option<String>,
    /// Why nothing leaves, if so.
    pub waiting: Option<Waiting>,
    /// Bytes of bodies that leave each second, smoothed.
    pub bytes_per_second: u64,
    /// What would be sent, while nothing leaves before [`Event::Begin`](crate::Event::Begin).
    pub preview: Option<Preview>,
    /// Estimated milliseconds to the end, smoothed; none while there is nothing to tell it from.
    pub remaining: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phase(
        files_done: u64,
        files_total: u64,
        bytes_done: u64,
        bytes_total: u64,
    ) -> PhaseProgress {
        PhaseProgress {
            files_done,
            files_total,
            bytes_done,
            bytes_total,
        }
    }

    #[test]
    fn half_of_the_way_is_reading_and_half_is_knowing_that_it_is_there() {
        let all = phase(4, 4, 100, 100);
        assert_eq!(
            percent(
                &phase(0, 4, 0, 100),
                &phase(0, 4, 0, 100),
                &phase(0, 0, 0, 0)
            ),
            0
        );
        assert_eq!(percent(&all, &phase(0, 4, 0, 100), &phase(0, 0, 0, 0)), 50);
        assert_eq!(percent(&all, &all, &phase(0, 4, 0, 100)), 50);
        assert_eq!(percent(&all, &all, &phase(2, 4, 50, 100)), 75);
        assert_eq!(percent(&all, &all, &all), 99);
    }

    #[test]
    fn files_count_where_there_are_no_bytes_and_nothing_is_no_way_at_all() {
        let none = PhaseProgress::default();
        assert_eq!(percent(&none, &none, &none), 0);
        assert_eq!(percent(&phase(4, 4, 0, 0), &phase(2, 4, 0, 0), &none), 75);
    }

    #[test]
    fn sums_beyond_64_bits_do_no_harm() {
        let large = phase(1, 1, u64::MAX, u64::MAX);
        assert_eq!(percent(&large, &large, &phase(0, 1, 0, u64::MAX)), 50);
    }
}
