//! The distinct contents of an upload: each one is checked once and sent at most once, however many
//! files have it (decision S5).

use hashbrown::HashTable;
use rusty_attachments_model::ContentHash;

use crate::engine::FileId;
use crate::features::Verification;

/// Position of a content in its [`Contents`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ContentId(pub(crate) u32);

/// Bytes of a file that have a hash of their own: all of them, or one chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Piece {
    pub(crate) file: FileId,
    /// From 0; always 0 for a file that is not cut.
    pub(crate) chunk: u32,
}

/// Where a content is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The journal has not said yet what it knows.
    Unknown,
    /// The journal says that the store holds it; a sample decides whether to believe it.
    Claimed,
    /// The store has to be asked.
    Unchecked,
    /// It has to be sent; `replace` what is there under its key.
    Missing {
        /// The store holds an object that is not right.
        replace: bool,
    },
    /// The store held it before.
    Skipped(Verification),
    /// It was sent.
    Written(Verification),
    /// It could not be sent; its files are reported.
    Failed,
    /// No file has it any more.
    Dropped,
}

/// One distinct content. A million of these are kept, so it is small.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) hash: ContentHash,
    /// Bytes.
    pub(crate) size: u64,
    /// Where its bytes are read when it is sent.
    pub(crate) source: Piece,
    /// Pieces that have it.
    pub(crate) pieces: u32,
    /// First of the whole files that have it; the others follow by [`File::next`](crate::files::File).
    pub(crate) first_file: Option<FileId>,
    pub(crate) stage: Stage,
    /// It was sent and no answer came: if the store holds it, that is our doing.
    pub(crate) may_be_ours: bool,
    /// The answer to its check also tells whether the journal can be believed.
    pub(crate) is_sample: bool,
    /// How often the store, or another uploader, made us begin again.
    pub(crate) restarts: u8,
}

impl Content {
    /// Whether nothing more will happen to it.
    pub(crate) fn is_settled(&self) -> bool {
        matches!(
            self.stage,
            Stage::Skipped(_) | Stage::Written(_) | Stage::Failed | Stage::Dropped
        )
    }
}

/// All distinct contents.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    list: Vec<Content>,
    by_hash: HashTable<u32>,
}

impl Contents {
    /// Notes that `piece` has this content; the flag says that it is the first one.
    pub(crate) fn add(&mut self, hash: ContentHash, size: u64, piece: Piece) -> (ContentId, bool) {
        if let Some(id) = self.find(hash) {
            self.get_mut(id).pieces += 1;
            return (id, false);
        }
        let id = u32::try_from(self.list.len()).expect("fewer contents than 2^32");
        self.list.push(Content {
            hash,
            size,
            source: piece,
            pieces: 1,
            first_file: None,
            stage: Stage::Unknown,
            may_be_ours: false,
            is_sample: false,
            restarts: 0,
        });
        let list = &self.list;
        self.by_hash
            .insert_unique(spread(hash), id, |other| spread(list[*other as usize].hash));
        (ContentId(id), true)
    }

    /// The content with this hash.
    pub(crate) fn find(&self, hash: ContentHash) -> Option<ContentId> {
        let is_it = |id: &u32| self.list[*id as usize].hash == hash;
        self.by_hash
            .find(spread(hash), is_it)
            .map(|id| ContentId(*id))
    }

    pub(crate) fn get(&self, id: ContentId) -> &Content {
        &self.list[id.0 as usize]
    }

    pub(crate) fn get_mut(&mut self, id: ContentId) -> &mut Content {
        &mut self.list[id.0 as usize]
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Content> {
        self.list.iter_mut()
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }
}

/// A content hash is as good a hash for a table as any.
fn spread(hash: ContentHash) -> u64 {
    let bytes = hash.to_be_bytes();
    u64::from_be_bytes(bytes[..8].try_into().expect("8 of 16 bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_hashes_are_one_content() {
        let mut contents = Contents::default();
        let piece = |file| Piece {
            file: FileId(file),
            chunk: 0,
        };
        for file in 0_u32..1_000 {
            let hash = ContentHash::of(&(file % 700).to_be_bytes());
            let (id, is_new) = contents.add(hash, 4, piece(file));
            assert_eq!(is_new, file < 700);
            assert_eq!(contents.find(hash), Some(id));
        }
        assert_eq!(contents.len(), 700);
        assert_eq!(contents.get(ContentId(0)).pieces, 2);
        assert_eq!(contents.find(ContentHash::of(b"")), None);
    }
}
