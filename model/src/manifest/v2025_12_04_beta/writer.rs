//! The canonical text of format 2025-12-04-beta (spec `manifests.md` 3.1 to 3.3).

use super::super::EntryHash;
use super::reference::Directories;
use super::{Content, Directory, File, in_order};
use crate::json_text::{write_integer, write_string};

/// Writes entry by entry, straight into the output. It judges nothing: the caller gives files in
/// manifest order.
#[derive(Debug)]
pub struct Writer<'a> {
    out: Vec<u8>,
    positions: Directories<'a>,
    is_first: bool,
}

impl<'a> Writer<'a> {
    /// Begins a document with these directories, in any order.
    #[must_use]
    pub fn new(directories: &'a [Directory]) -> Self {
        let mut writer = Self {
            out: Vec::from(br#"{"dirs":["#),
            positions: Directories::of(directories),
            is_first: true,
        };
        if directories.is_sorted_by(|a, b| a.path.as_str() < b.path.as_str()) {
            writer.directories(directories);
        } else {
            writer.directories(&in_order(directories.to_vec()));
        }
        writer.out.extend_from_slice(br#"],"files":["#);
        writer.is_first = true;
        writer
    }

    fn directories(&mut self, directories: &[Directory]) {
        for directory in directories {
            self.separate();
            let delete = if directory.is_deleted {
                r#""delete":true,"#
            } else {
                ""
            };
            self.push(delete);
            self.name(directory.path.as_str());
            self.push("}");
        }
    }

    /// Adds a file.
    pub fn file(&mut self, file: &File) {
        let path = file.path().as_str();
        match file.content() {
            Content::Whole {
                hash,
                size,
                mtime,
                runnable,
            } => {
                self.separate();
                self.push(r#""hash":"#);
                self.hash(hash);
                self.rest_of_file(path, *size, *mtime, *runnable);
            }
            Content::Chunked {
                hashes,
                size,
                mtime,
                runnable,
            } => {
                self.separate();
                self.push(r#""chunkhashes":["#);
                for (index, hash) in hashes.iter().enumerate() {
                    if index > 0 {
                        self.push(",");
                    }
                    self.hash(hash);
                }
                self.push("]");
                self.rest_of_file(path, *size, *mtime, *runnable);
            }
            Content::Symlink(target) => self.symlink(path, target.as_str()),
            Content::Deleted => {
                self.separate();
                self.push(r#""delete":true,"#);
                self.name(path);
                self.push("}");
            }
        }
    }

    /// Adds a symlink with any target, also one that this library would not make.
    pub fn symlink(&mut self, path: &str, target: &str) {
        self.separate();
        self.name(path);
        self.push(r#","symlink":{"#);
        self.name(target);
        self.push("}}");
    }

    /// Ends the document; `total_size` in bytes.
    ///
    /// # Panics
    /// Never: everything written is ASCII.
    #[must_use]
    pub fn finish(mut self, parent: Option<&EntryHash>, total_size: u64) -> String {
        self.push(r#"],"hashAlg":"xxh128","manifestVersion":"2025-12-04-beta","#);
        if let Some(parent) = parent {
            self.push(r#""parentManifestHash":"#);
            self.hash(parent);
            self.push(",");
        }
        self.push(r#""totalSize":"#);
        write_integer(&mut self.out, total_size);
        self.push("}");
        String::from_utf8(self.out).expect("the writer escapes everything but ASCII")
    }

    fn rest_of_file(&mut self, path: &str, size: u64, mtime: i64, runnable: bool) {
        self.push(r#","mtime":"#);
        write_integer(&mut self.out, mtime);
        self.push(",");
        self.name(path);
        if runnable {
            self.push(r#","runnable":true"#);
        }
        self.push(r#","size":"#);
        write_integer(&mut self.out, size);
        self.push("}");
    }

    fn separate(&mut self) {
        self.push(if self.is_first { "{" } else { ",{" });
        self.is_first = false;
    }

    /// `"name":` and the path, as a reference if its directory is listed.
    fn name(&mut self, path: &str) {
        self.push(r#""name":"#);
        match self.positions.reference(path) {
            None => write_string(&mut self.out, path),
            Some((index, name)) => {
                self.push("\"$");
                write_integer(&mut self.out, index);
                let begin = self.out.len();
                write_string(&mut self.out, name);
                // In the place of the opening quote.
                self.out[begin] = b'/';
            }
        }
    }

    fn hash(&mut self, hash: &EntryHash) {
        self.push("\"");
        hash.write(&mut self.out);
        self.push("\"");
    }

    fn push(&mut self, ascii: &str) {
        self.out.extend_from_slice(ascii.as_bytes());
    }
}
