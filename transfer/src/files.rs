//! The files of an upload, small enough that a million of them are no burden.

use hashbrown::HashTable;
use rusty_attachments_model::chunks::{CHUNK_SIZE, expected_chunk_count, needs_chunking};
use rusty_attachments_model::{ContentHash, RelativePath};

use crate::content::{ContentId, Piece};
use crate::engine::FileId;

/// One file.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) path: RelativePath,
    /// Bytes.
    pub(crate) size: u64,
    /// Milliseconds since 1970.
    pub(crate) modified: i64,
    pub(crate) state: FileState,
    /// The next whole file with the same content.
    pub(crate) next: Option<FileId>,
    /// How often a fresh look was taken, because it had changed or could not be read.
    pub(crate) changes: u8,
    /// A fresh look found another size or time.
    pub(crate) has_changed: bool,
    /// The patterns leave it out, or workers have it.
    pub(crate) is_left_out: bool,
    /// Known once it is sure that it will be uploaded.
    pub(crate) root: RootId,
}

/// Place of an asset root in the order in which they were needed: a job has ten at most.
pub(crate) type RootId = u8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileState {
    /// Not hashed yet.
    Found,
    /// Its content is known.
    Hashed(ContentId),
    /// It is cut into chunks; this is its place in [`Files::chunked`].
    Chunked(u32),
    /// It was changed, and the driver takes a fresh look at it.
    Refreshing,
    /// It will not be in a manifest; a problem says why.
    Failed,
    /// It has no part in the upload, since that has begun.
    LeftOut,
}

/// The chunks of a file that are known so far.
#[derive(Debug)]
pub(crate) struct Chunks {
    pub(crate) file: FileId,
    pub(crate) contents: Box<[Option<ContentId>]>,
}

/// All files.
#[derive(Debug)]
pub(crate) struct Files {
    list: Vec<File>,
    by_path: HashTable<u32>,
    chunked: Vec<Chunks>,
    /// Whether files above [`CHUNK_SIZE`] are cut.
    cuts: bool,
}

impl Files {
    pub(crate) fn new(cuts: bool) -> Self {
        Self {
            list: Vec::new(),
            by_path: HashTable::new(),
            chunked: Vec::new(),
            cuts,
        }
    }

    /// Adds a file; gives the path back if another file has it already.
    pub(crate) fn add(
        &mut self,
        path: RelativePath,
        size: u64,
        modified: i64,
    ) -> Result<FileId, RelativePath> {
        let list = &self.list;
        let spread = |path: &RelativePath| hash_of(path);
        let is_it = |id: &u32| list[*id as usize].path == path;
        if self.by_path.find(spread(&path), is_it).is_some() {
            return Err(path);
        }
        let id = u32::try_from(list.len()).expect("a drop has fewer than 2^32 files");
        self.by_path.insert_unique(spread(&path), id, |other| {
            spread(&list[*other as usize].path)
        });
        self.list.push(File {
            path,
            size,
            modified,
            state: FileState::Found,
            next: None,
            changes: 0,
            has_changed: false,
            is_left_out: false,
            root: 0,
        });
        Ok(FileId(id))
    }

    pub(crate) fn get(&self, id: FileId) -> &File {
        &self.list[id.0 as usize]
    }

    pub(crate) fn get_mut(&mut self, id: FileId) -> &mut File {
        &mut self.list[id.0 as usize]
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &File> {
        self.list.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut File> {
        self.list.iter_mut()
    }

    /// How many pieces a file has: 1, or its chunks.
    pub(crate) fn pieces(&self, id: FileId) -> u32 {
        let size = self.get(id).size;
        if self.cuts && needs_chunking(size) {
            u32::try_from(expected_chunk_count(size)).unwrap_or(u32::MAX)
        } else {
            1
        }
    }

    /// First byte and length of a piece.
    pub(crate) fn range(&self, piece: Piece) -> (u64, u64) {
        let size = self.get(piece.file).size;
        if self.pieces(piece.file) == 1 {
            return (0, size);
        }
        let offset = u64::from(piece.chunk) * CHUNK_SIZE;
        (offset, size.saturating_sub(offset).min(CHUNK_SIZE))
    }

    /// The piece of a file that begins at that byte.
    pub(crate) fn piece_at(&self, file: FileId, offset: u64) -> Piece {
        let chunk = if self.pieces(file) == 1 {
            0
        } else {
            u32::try_from(offset / CHUNK_SIZE).unwrap_or(u32::MAX)
        };
        Piece { file, chunk }
    }

    /// Notes a chunk's content; `true` when all chunks of the file are known.
    pub(crate) fn set_chunk(&mut self, piece: Piece, content: ContentId) -> bool {
        let count = self.pieces(piece.file) as usize;
        let place = match self.get(piece.file).state {
            FileState::Chunked(place) => place,
            _ => {
                let place = u32::try_from(self.chunked.len()).expect("fewer than files");
                self.chunked.push(Chunks {
                    file: piece.file,
                    contents: vec![None; count].into(),
                });
                self.get_mut(piece.file).state = FileState::Chunked(place);
                place
            }
        };
        let contents = &mut self.chunked[place as usize].contents;
        if let Some(slot) = contents.get_mut(piece.chunk as usize) {
            *slot = Some(content);
        }
        contents.iter().all(Option::is_some)
    }

    /// The chunks of a file that is cut.
    pub(crate) fn chunks(&self, place: u32) -> &Chunks {
        &self.chunked[place as usize]
    }

    /// All contents that a file is known to have, chunk by chunk.
    pub(crate) fn contents(&self, id: FileId) -> Vec<(ContentId, Piece)> {
        match self.get(id).state {
            FileState::Hashed(content) => vec![(content, Piece { file: id, chunk: 0 })],
            FileState::Chunked(place) => (0_u32..)
                .zip(self.chunks(place).contents.iter())
                .filter_map(|(chunk, content)| Some(((*content)?, Piece { file: id, chunk })))
                .collect(),
            FileState::Found | FileState::Refreshing | FileState::Failed | FileState::LeftOut => {
                Vec::new()
            }
        }
    }

    /// The pieces of cut files that have this content.
    pub(crate) fn pieces_with(&self, wanted: ContentId) -> Vec<Piece> {
        let mut found = Vec::new();
        for chunks in &self.chunked {
            if !matches!(self.get(chunks.file).state, FileState::Chunked(place) if std::ptr::eq(self.chunks(place), chunks))
            {
                continue;
            }
            for (chunk, content) in (0_u32..).zip(chunks.contents.iter()) {
                if *content == Some(wanted) {
                    found.push(Piece {
                        file: chunks.file,
                        chunk,
                    });
                }
            }
        }
        found
    }
}

fn hash_of(path: &RelativePath) -> u64 {
    let bytes = ContentHash::of(path.as_str().as_bytes()).to_be_bytes();
    u64::from_be_bytes(bytes[..8].try_into().expect("8 of 16 bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> RelativePath {
        RelativePath::parse(text).unwrap()
    }

    #[test]
    fn a_path_is_taken_once() {
        let mut files = Files::new(false);
        assert_eq!(files.add(path("a"), 1, 0), Ok(FileId(0)));
        assert_eq!(files.add(path("b"), 1, 0), Ok(FileId(1)));
        assert_eq!(files.add(path("a"), 2, 0), Err(path("a")));
        assert_eq!(files.len(), 2);
    }

    #[test]
    fn large_files_are_cut_only_where_the_format_wants_it() {
        let size = 2 * CHUNK_SIZE + 1;
        let mut whole = Files::new(false);
        let file = whole.add(path("a"), size, 0).unwrap();
        assert_eq!(whole.range(whole.piece_at(file, 0)), (0, size));
        let mut cut = Files::new(true);
        let file = cut.add(path("a"), size, 0).unwrap();
        assert_eq!(cut.pieces(file), 3);
        let last = cut.piece_at(file, 2 * CHUNK_SIZE);
        assert_eq!(last.chunk, 2);
        assert_eq!(cut.range(last), (2 * CHUNK_SIZE, 1));
        let small = cut.add(path("b"), CHUNK_SIZE, 0).unwrap();
        assert_eq!(cut.pieces(small), 1);
    }

    #[test]
    fn a_cut_file_is_known_when_all_its_chunks_are() {
        let mut files = Files::new(true);
        let file = files.add(path("a"), CHUNK_SIZE + 1, 0).unwrap();
        let piece = |chunk| Piece { file, chunk };
        assert!(!files.set_chunk(piece(1), ContentId(7)));
        assert!(files.set_chunk(piece(0), ContentId(8)));
        assert_eq!(
            files.contents(file),
            [(ContentId(8), piece(0)), (ContentId(7), piece(1))]
        );
        assert_eq!(files.pieces_with(ContentId(7)), [piece(1)]);
    }
}
