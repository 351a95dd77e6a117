//! Files as a browser sees them: what was dropped is a picture of a file at one time, and reading it
//! fails once size or time of change are others. Content that changes under the same size and time is
//! not noticed.

use rusty_attachments_transfer::ReadFailure;

use crate::bytes::Bytes;

/// A file on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OnDisk {
    pub(crate) content: u32,
    pub(crate) size: u64,
    /// Milliseconds since 1970.
    pub(crate) modified: i64,
    pub(crate) is_readable: bool,
}

/// What may happen to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    Deleted,
    Truncated,
    Grown,
    SameSize,
    /// The same size and time of change, other bytes.
    Unseen,
    /// Only its time of change.
    Touched,
    Locked,
    /// Locked, and readable again before long.
    LockedForAWhile,
    /// Written to again and again.
    Busy,
}

pub(crate) const CHANGES: [Change; 9] = [
    Change::Deleted,
    Change::Truncated,
    Change::Grown,
    Change::SameSize,
    Change::Unseen,
    Change::Touched,
    Change::Locked,
    Change::LockedForAWhile,
    Change::Busy,
];

#[derive(Debug)]
struct File {
    /// None: gone.
    now: Option<OnDisk>,
    /// Size and time of change when it was dropped or looked at anew.
    picture: (u64, i64),
    is_changed: bool,
}

/// All files of a drop.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    files: Vec<File>,
    next_content: u32,
}

impl Disk {
    /// Contents that are made by changes have numbers from here on.
    pub(crate) fn new(next_content: u32) -> Self {
        Self {
            files: Vec::new(),
            next_content,
        }
    }

    pub(crate) fn add(&mut self, file: OnDisk) {
        self.files.push(File {
            picture: (file.size, file.modified),
            now: Some(file),
            is_changed: false,
        });
    }

    /// The file as it is; none if it is gone.
    pub(crate) fn state(&self, index: usize) -> Option<&OnDisk> {
        self.files[index].now.as_ref()
    }

    /// Whether anything ever happened to it.
    pub(crate) fn is_changed(&self, index: usize) -> bool {
        self.files[index].is_changed
    }

    /// Whether it is still the file of the picture.
    pub(crate) fn look(&self, index: usize) -> Result<(), ReadFailure> {
        let file = &self.files[index];
        match &file.now {
            Some(now) if now.is_readable => {
                if (now.size, now.modified) == file.picture {
                    Ok(())
                } else {
                    Err(ReadFailure::Changed)
                }
            }
            _ => Err(ReadFailure::Unreadable),
        }
    }

    /// Takes a new picture, as a driver can that has a handle of the file.
    pub(crate) fn look_anew(&mut self, index: usize) -> Result<(u64, i64), ReadFailure> {
        let file = &mut self.files[index];
        match &file.now {
            Some(now) if now.is_readable => {
                file.picture = (now.size, now.modified);
                Ok(file.picture)
            }
            _ => Err(ReadFailure::Unreadable),
        }
    }

    pub(crate) fn read(
        &self,
        index: usize,
        offset: u64,
        length: u64,
    ) -> Result<Bytes, ReadFailure> {
        self.look(index)?;
        let now = self.state(index).ok_or(ReadFailure::Unreadable)?;
        let length = length.min(now.size.saturating_sub(offset));
        Ok(Bytes::of_content(now.content, offset, length))
    }

    pub(crate) fn change(&mut self, index: usize, change: Change) {
        let content = self.next_content;
        self.next_content += 1;
        let file = &mut self.files[index];
        file.is_changed = true;
        let Some(now) = &mut file.now else { return };
        match change {
            Change::Deleted => {
                file.now = None;
                return;
            }
            Change::Locked | Change::LockedForAWhile => {
                now.is_readable = false;
                return;
            }
            Change::Truncated => now.size /= 2,
            Change::Grown => now.size += 1 + now.size / 3,
            Change::SameSize | Change::Unseen | Change::Touched | Change::Busy => {}
        }
        if change != Change::Touched {
            now.content = content;
        }
        if change != Change::Unseen {
            now.modified += 1_000;
        }
    }

    /// What locked the file lets go of it.
    pub(crate) fn unlock(&mut self, index: usize) {
        if let Some(now) = &mut self.files[index].now {
            now.is_readable = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk() -> Disk {
        let mut disk = Disk::new(10);
        disk.add(OnDisk {
            content: 1,
            size: 100,
            modified: 5,
            is_readable: true,
        });
        disk
    }

    #[test]
    fn every_change_but_one_is_noticed_when_the_file_is_read() {
        for change in CHANGES {
            let mut disk = disk();
            let before = disk.read(0, 0, 100).unwrap();
            disk.change(0, change);
            match (change, disk.read(0, 0, 100)) {
                (Change::Unseen, after) => assert_ne!(after, Ok(before)),
                (Change::Deleted | Change::Locked | Change::LockedForAWhile, after) => {
                    assert_eq!(after, Err(ReadFailure::Unreadable));
                }
                (_, after) => assert_eq!(after, Err(ReadFailure::Changed)),
            }
        }
    }

    #[test]
    fn a_new_picture_can_be_read() {
        let mut disk = disk();
        disk.change(0, Change::Grown);
        assert_eq!(disk.look_anew(0), Ok((134, 1_005)));
        assert_eq!(disk.read(0, 0, 134).unwrap().len(), 134);
    }
}
