//! The artist's disk, and files as browsers hand them out: a file that is not as it was when it was
//! handed out is refused, as far as size and time of change show it.

use rusty_attachments_transfer::ReadFailure;

use crate::bytes::Bytes;

/// One file on disk.
#[derive(Debug, Clone)]
pub(crate) struct DiskFile {
    pub(crate) path: String,
    /// What it held since when, in milliseconds; the last one is as it is now.
    states: Vec<(u64, Bytes)>,
    /// Milliseconds since 1970.
    pub(crate) modified: i64,
    pub(crate) is_gone: bool,
    pub(crate) is_locked: bool,
    /// Whether anything ever happened to it.
    pub(crate) was_touched: bool,
}

/// What was handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Handle {
    /// Position on the disk.
    pub(crate) file: usize,
    pub(crate) size: u64,
    pub(crate) modified: i64,
}

impl DiskFile {
    pub(crate) fn new(path: String, bytes: Bytes, modified: i64) -> Self {
        Self {
            path,
            states: vec![(0, bytes)],
            modified,
            is_gone: false,
            is_locked: false,
            was_touched: false,
        }
    }

    /// What it holds now.
    pub(crate) fn bytes(&self) -> &Bytes {
        &self.states.last().expect("a file has a state").1
    }

    /// Writes it anew; the time of change moves on only if it shows.
    pub(crate) fn write(&mut self, now: u64, bytes: Bytes, shows: bool) {
        self.states.push((now, bytes));
        self.modified += i64::from(shows);
        self.was_touched = true;
    }

    /// The bytes that somebody gets who reads from `begun` to `now`: half of them as they were then.
    pub(crate) fn read(&self, offset: u64, length: u64, begun: u64) -> Bytes {
        let then = self.states.iter().rev().find(|(since, _)| *since <= begun);
        let then = &then.unwrap_or(&self.states[0]).1;
        if then == self.bytes() {
            return then.cut(offset, length);
        }
        let half = length / 2;
        let mut mixed = then.cut(offset, half);
        mixed.append(&self.bytes().cut(offset + half, length - half));
        mixed
    }

    pub(crate) fn handle(&self, file: usize) -> Handle {
        Handle {
            file,
            size: self.bytes().len(),
            modified: self.modified,
        }
    }

    /// Whether a browser still reads the file that it handed out.
    pub(crate) fn look(&self, handle: Handle) -> Result<(), ReadFailure> {
        if self.is_gone || self.is_locked {
            Err(ReadFailure::Unreadable)
        } else if self.handle(handle.file) == handle {
            Ok(())
        } else {
            Err(ReadFailure::Changed)
        }
    }
}

#[test]
fn a_file_that_changes_while_it_is_read_gives_some_of_both() {
    let mut file = DiskFile::new("a".into(), Bytes::of(1, 0, 10), 0);
    let handle = file.handle(0);
    file.write(5, Bytes::of(1, 1, 10), false);
    assert_eq!(file.read(0, 10, 6), Bytes::of(1, 1, 10));
    let mixed = file.read(0, 10, 4);
    assert_ne!(mixed, Bytes::of(1, 1, 10));
    assert_ne!(mixed, Bytes::of(1, 0, 10));
    assert_eq!(file.look(handle), Ok(()), "nothing shows");
    file.write(7, Bytes::of(1, 2, 10), true);
    assert_eq!(file.look(handle), Err(ReadFailure::Changed));
    file.is_gone = true;
    assert_eq!(file.look(handle), Err(ReadFailure::Unreadable));
}
