//! Which files failed and why, and what never became a file. A reason is kept once, however many files
//! have it: a folder of 100,000 files that nobody may open costs 100,000 numbers.

use std::collections::BTreeMap;

use super::FileId;
use crate::problem::Problem;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Failures {
    /// Distinct ones, without a file.
    reasons: Vec<Problem>,
    of_files: BTreeMap<FileId, Reason>,
    others: Vec<Other>,
}

/// Place of a reason.
type Reason = u32;

/// Something that was added and is no file of the upload.
#[derive(Debug)]
pub(super) struct Other {
    pub(super) path: Box<str>,
    /// Bytes, where they are known.
    pub(super) size: u64,
    /// Whether files of the person are missing because of it.
    pub(super) has_failed: bool,
    reason: Reason,
}

impl Failures {
    pub(super) fn note(&mut self, file: FileId, problem: &Problem) {
        let reason = self.reason(problem);
        self.of_files.insert(file, reason);
    }

    pub(super) fn note_other(
        &mut self,
        path: &str,
        size: u64,
        has_failed: bool,
        problem: &Problem,
    ) {
        let reason = self.reason(problem);
        self.others.push(Other {
            path: path.into(),
            size,
            has_failed,
            reason,
        });
    }

    fn reason(&mut self, problem: &Problem) -> Reason {
        let is_it = |known: &Problem| {
            (&known.code, &known.what, &known.next) == (&problem.code, &problem.what, &problem.next)
        };
        let place = self.reasons.iter().position(is_it).unwrap_or_else(|| {
            let file = None;
            self.reasons.push(Problem {
                file,
                ..problem.clone()
            });
            self.reasons.len() - 1
        });
        u32::try_from(place).expect("fewer reasons than files")
    }

    /// Why that file failed.
    pub(super) fn of(&self, file: FileId) -> Option<&Problem> {
        let reason = self.of_files.get(&file)?;
        self.reasons.get(*reason as usize)
    }

    /// Why that is no file of the upload.
    pub(super) fn of_other(&self, other: &Other) -> &Problem {
        &self.reasons[other.reason as usize]
    }

    /// Files that failed, in the order of adding.
    pub(super) fn files(&self) -> impl Iterator<Item = FileId> + Clone {
        self.of_files.keys().copied()
    }

    /// What never became a file, in the order of adding.
    pub(super) fn others(&self) -> &[Other] {
        &self.others
    }

    /// The reasons of all files that failed.
    pub(super) fn reasons_of_files(&self) -> impl Iterator<Item = &Problem> {
        self.of_files
            .values()
            .filter_map(|reason| self.reasons.get(*reason as usize))
    }

    /// Forgets what has no part in the upload any more: such files, and what is left out by its path.
    pub(super) fn forget(
        &mut self,
        is_file_in: impl Fn(FileId) -> bool,
        is_path_in: impl Fn(&str) -> bool,
    ) {
        self.of_files.retain(|file, _| is_file_in(*file));
        for other in &mut self.others {
            other.has_failed &= is_path_in(&other.path);
        }
    }

    /// Forgets those of files; the files themselves, in the order of adding.
    pub(super) fn take_files(&mut self) -> Vec<FileId> {
        std::mem::take(&mut self.of_files).into_keys().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::ReadFailure;

    #[test]
    fn a_reason_is_kept_once_and_names_no_file() {
        let mut failures = Failures::default();
        for file in 0..1_000 {
            let problem = Problem::unread(ReadFailure::Unreadable).of_file(&file.to_string());
            failures.note(FileId(file), &problem);
        }
        failures.note(FileId(7), &Problem::unread(ReadFailure::Changed));
        assert_eq!(failures.reasons.len(), 2);
        let [seventh, eighth] = [7, 8].map(|file| failures.of(FileId(file)).unwrap());
        assert_eq!(
            (seventh.code.as_str(), eighth.code.as_str()),
            ("file-changed", "file-unreadable")
        );
        assert_eq!(eighth.file, None);
        assert_eq!(failures.of(FileId(1_000)), None);
    }
}
