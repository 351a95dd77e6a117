//! Manifest format 2023-03-03, the only one that released workers read (spec `manifests.md` 2,
//! decision D1).

use super::error::EntryList::Paths;
use super::read_json::{Field, Misread, read_list};
use super::sorted::sorted_by_path;
use super::{EntryHash, Fault, ManifestError};
use crate::json_text::{write_integer, write_string};
use crate::relative_path::{RelativePath, manifest_order};

/// How the format names itself in `manifestVersion`.
pub const VERSION: &str = "2023-03-03";

/// The `Content-Type` of such a manifest in S3 (decision S2).
pub const CONTENT_TYPE: &str = "application/x-deadline-manifest-2023-03-03";

/// The text up to the first entry.
pub(super) const HEAD: &str = r#"{"hashAlg":"xxh128","manifestVersion":"2023-03-03","paths":["#;

/// Bytes of an entry's text besides its path, mostly: 32 of hash, 16 of time, the keys, a size.
const ENTRY_OVERHEAD: usize = 96;

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where the file lies below the asset root.
    pub path: RelativePath,
    /// Hash of its bytes.
    pub hash: EntryHash,
    /// Bytes.
    pub size: u64,
    /// Last change, in microseconds since 1970-01-01 UTC; may be negative.
    pub mtime: i64,
}

/// A list of files, in the order of [`manifest_order`], no path twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    entries: Vec<Entry>,
    total_size: u64,
}

impl Manifest {
    /// Makes a manifest of files in any order; an empty one can be encoded but must not be
    /// uploaded (decision D5).
    ///
    /// # Errors
    /// [`Fault::DuplicatePath`], [`Fault::TotalTooLarge`].
    pub fn new(entries: Vec<Entry>) -> Result<Self, ManifestError> {
        let total_size = sum(&entries).ok_or_else(|| Fault::TotalTooLarge.in_field("totalSize"))?;
        Self::with_total(entries, total_size)
    }

    /// Makes a manifest that states any total, as a document may.
    fn with_total(entries: Vec<Entry>, total_size: u64) -> Result<Self, ManifestError> {
        let entries = sorted_by_path(entries, |entry| &entry.path, manifest_order)
            .map_err(|twin| Fault::DuplicatePath(twin.path).at(Paths, twin.index, "path"))?;
        Ok(Self {
            entries,
            total_size,
        })
    }

    /// Takes entries that are known to be in order, each path once.
    pub(super) fn of_sorted(entries: Vec<Entry>, total_size: u64) -> Self {
        debug_assert!(
            entries.is_sorted_by(|a, b| manifest_order(a.path.as_str(), b.path.as_str()).is_lt())
        );
        Self {
            entries,
            total_size,
        }
    }

    /// The canonical text: byte for byte what the official client writes for the same files.
    #[must_use]
    pub fn encode(&self) -> String {
        let paths: usize = self
            .entries
            .iter()
            .map(|entry| entry.path.as_str().len())
            .sum();
        let mut writer = Writer::with_capacity(paths + ENTRY_OVERHEAD * self.entries.len());
        for entry in &self.entries {
            writer.entry(entry.path.as_str(), &entry.hash, entry.size, entry.mtime);
        }
        writer.finish(self.total_size)
    }

    /// The files, in manifest order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Bytes of all files together; for a decoded manifest what the document says.
    #[must_use]
    pub fn total_size(&self) -> u64 {
        self.total_size
    }
}

/// Bytes of all files together; `None` beyond 64 bits.
pub(super) fn sum(entries: &[Entry]) -> Option<u64> {
    entries
        .iter()
        .try_fold(0_u64, |sum, entry| sum.checked_add(entry.size))
}

/// Reads the entries of a document of this format. Unknown keys are ignored, the total is kept as
/// given; everything is refused that the official decoder refuses, or decisions D2 to D4.
pub(super) fn decode(paths: Field<'_>, total_size: u64) -> Result<Manifest, ManifestError> {
    let names = ["hash", "mtime", "path", "size"];
    let entries = read_list(paths, Paths, names, |index, [hash, mtime, path, size]| {
        let misread = |error: Misread| error.at(Paths, index);
        let text = hash.text().map_err(misread)?;
        let mtime = mtime.microseconds().map_err(misread)?;
        let path = path.text().map_err(misread)?;
        let size = size.bytes().map_err(misread)?;
        Ok(Entry {
            hash: EntryHash::parse(&text).ok_or_else(|| Fault::Hash.at(Paths, index, "hash"))?,
            path: RelativePath::parse(path)
                .map_err(|error| Fault::Path(error).at(Paths, index, "path"))?,
            size,
            mtime,
        })
    })?;
    if entries.is_empty() {
        return Err(Fault::NoFiles.in_field("paths"));
    }
    Manifest::with_total(entries, total_size)
}

/// Writes the canonical text entry by entry, straight into the output. It judges nothing: the
/// caller gives entries in manifest order.
#[derive(Debug)]
pub struct Writer {
    out: Vec<u8>,
    is_first: bool,
}

impl Writer {
    /// Begins a document that will have about so many bytes.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        let mut out = Vec::with_capacity(bytes + 2 * HEAD.len());
        out.extend_from_slice(HEAD.as_bytes());
        Self {
            out,
            is_first: true,
        }
    }

    /// Adds a file; `size` in bytes, `mtime` in microseconds since 1970.
    pub fn entry(&mut self, path: &str, hash: &EntryHash, size: u64, mtime: i64) {
        self.out.extend_from_slice(if self.is_first {
            b"{\"hash\":\""
        } else {
            b",{\"hash\":\""
        });
        self.is_first = false;
        hash.write(&mut self.out);
        self.out.extend_from_slice(b"\",\"mtime\":");
        write_integer(&mut self.out, mtime);
        self.out.extend_from_slice(b",\"path\":");
        write_string(&mut self.out, path);
        self.out.extend_from_slice(b",\"size\":");
        write_integer(&mut self.out, size);
        self.out.push(b'}');
    }

    /// Takes what has been written so far, so that a long document need not be held whole: the pieces
    /// and what [`Writer::finish`] gives, joined, are the document.
    ///
    /// # Panics
    /// Never: everything written is ASCII.
    #[must_use]
    pub fn take_text(&mut self) -> String {
        let piece = std::mem::take(&mut self.out);
        String::from_utf8(piece).expect("the writer escapes everything but ASCII")
    }

    /// Ends the document.
    ///
    /// # Panics
    /// Never: everything written is ASCII.
    #[must_use]
    pub fn finish(mut self, total_size: u64) -> String {
        self.out.extend_from_slice(b"],\"totalSize\":");
        write_integer(&mut self.out, total_size);
        self.out.push(b'}');
        String::from_utf8(self.out).expect("the writer escapes everything but ASCII")
    }
}
