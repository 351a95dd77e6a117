//! Manifests of any size, as a render farm has them.

use rusty_attachments_model::manifest::EntryHash;
use rusty_attachments_model::manifest::v2023_03_03::{Entry, Manifest};
use rusty_attachments_model::{ContentHash, RelativePath};

/// The numbers of entries that are measured.
pub const SIZES: [usize; 2] = [100_000, 1_000_000];

/// Frames of shots: paths of 45 characters, every content of its own, sizes below 16 MiB.
#[must_use]
pub fn entries(count: usize) -> Vec<Entry> {
    (0..count as u64).map(entry).collect()
}

fn entry(number: u64) -> Entry {
    let (sequence, shot) = (number / 1000, number / 100 % 10);
    let path = format!("show/seq_{sequence:04}/shot_{shot:03}/render.{number:07}.exr");
    let hash = ContentHash::of(&number.to_le_bytes());
    Entry {
        path: RelativePath::parse(path).expect("a good path"),
        size: u64::from(hash.to_be_bytes()[0]) << 16 | number & 0xFFFF,
        hash: EntryHash::Content(hash),
        mtime: 1_700_000_000_000_000 + i64::try_from(number).expect("a small number") * 1000,
    }
}

/// A manifest of [`entries`].
///
/// # Panics
/// Never: no two of them have the same path.
#[must_use]
pub fn manifest(count: usize) -> Manifest {
    Manifest::new(entries(count)).expect("no path twice")
}
