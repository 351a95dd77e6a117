//! How a large file is cut in the 2025 formats: pieces of 256 MiB, each an object of its own
//! (spec `manifests.md` 1.6). Format 2023-03-03 never cuts.

/// Bytes of a chunk; the last one of a file may be shorter.
pub const CHUNK_SIZE: u64 = 256 << 20;

/// Most chunks that [`chunks`] lists: 256 TiB, fifty times the largest object of S3.
pub const MAX_CHUNKS: u64 = 1 << 20;

/// One piece of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    /// Position among the file's chunks, from 0.
    pub index: u32,
    /// First byte.
    pub offset: u64,
    /// Bytes; 0 only for an empty file.
    pub length: u64,
}

/// The file would have more than [`MAX_CHUNKS`] chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a file of {size} bytes is larger than any store can take")]
pub struct TooLarge {
    /// Bytes of the file.
    pub size: u64,
}

/// Whether a file of `size` bytes is cut; exactly [`CHUNK_SIZE`] is not.
#[must_use]
pub fn needs_chunking(size: u64) -> bool {
    size > CHUNK_SIZE
}

/// How many chunks cover `size` bytes; an empty file counts as one.
#[must_use]
pub fn expected_chunk_count(size: u64) -> u64 {
    size.div_ceil(CHUNK_SIZE).max(1)
}

/// All chunks of a file of `size` bytes, in file order.
///
/// # Errors
/// [`TooLarge`] instead of a list that no memory holds.
pub fn chunks(size: u64) -> Result<impl ExactSizeIterator<Item = Chunk>, TooLarge> {
    let count = expected_chunk_count(size);
    let count = u32::try_from(count)
        .ok()
        .filter(|_| count <= MAX_CHUNKS)
        .ok_or(TooLarge { size })?;
    Ok((0..count).map(move |index| {
        let offset = u64::from(index) * CHUNK_SIZE;
        Chunk {
            index,
            offset,
            length: (size - offset).min(CHUNK_SIZE),
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_chunk_size_stays_whole() {
        assert!(!needs_chunking(0));
        assert!(!needs_chunking(CHUNK_SIZE));
        assert!(needs_chunking(CHUNK_SIZE + 1));
    }

    #[test]
    fn chunks_cover_the_file_without_gap() {
        for size in [
            0,
            1,
            CHUNK_SIZE - 1,
            CHUNK_SIZE,
            CHUNK_SIZE + 1,
            2 * CHUNK_SIZE,
            5 * CHUNK_SIZE + 7,
        ] {
            let all: Vec<_> = chunks(size).unwrap().collect();
            assert_eq!(all.len() as u64, expected_chunk_count(size));
            let mut end = 0;
            for (index, chunk) in all.iter().enumerate() {
                assert_eq!((chunk.index as usize, chunk.offset), (index, end));
                assert!(chunk.length > 0 || size == 0);
                end += chunk.length;
            }
            assert_eq!(end, size);
        }
    }

    #[test]
    fn a_size_beyond_all_stores_is_refused_and_not_listed() {
        let largest = MAX_CHUNKS * CHUNK_SIZE;
        assert_eq!(chunks(largest).unwrap().len() as u64, MAX_CHUNKS);
        for size in [largest + 1, u64::MAX] {
            assert_eq!(chunks(size).err(), Some(TooLarge { size }));
        }
        assert_eq!(expected_chunk_count(u64::MAX), 1 << 36);
    }
}
