//! Bytes without bytes: a terabyte costs as little as a byte, and what is mixed, cut or exchanged still
//! shows in the hash.

use rusty_attachments_model::ContentHash;

/// A stretch of one content. Contents have numbers; every change of a file makes a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment {
    content: u32,
    offset: u64,
    length: u64,
}

/// What a file, a body or an object holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Bytes {
    /// Of files. Neighbours that continue each other are one segment, so that equal bytes are equal here.
    Segments(Vec<Segment>),
    /// Of manifests and requests.
    Text(String),
}

impl Default for Bytes {
    fn default() -> Self {
        Self::Segments(Vec::new())
    }
}

impl Bytes {
    /// `length` bytes of a content, from `offset` on.
    pub(crate) fn of_content(content: u32, offset: u64, length: u64) -> Self {
        let mut bytes = Self::default();
        bytes.push(Segment {
            content,
            offset,
            length,
        });
        bytes
    }

    fn push(&mut self, next: Segment) {
        let Self::Segments(segments) = self else {
            panic!("text has no segments");
        };
        if next.length == 0 {
            return;
        }
        match segments.last_mut() {
            Some(last)
                if last.content == next.content && last.offset + last.length == next.offset =>
            {
                last.length += next.length;
            }
            _ => segments.push(next),
        }
    }

    /// Adds these at the end.
    pub(crate) fn append(&mut self, more: &Self) {
        match more {
            Self::Segments(segments) => segments.iter().for_each(|segment| self.push(*segment)),
            Self::Text(more) => match self {
                Self::Text(text) => text.push_str(more),
                Self::Segments(_) => *self = Self::Text(more.clone()),
            },
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Segments(segments) => segments.iter().map(|segment| segment.length).sum(),
            Self::Text(text) => text.len() as u64,
        }
    }

    /// `length` of them from `offset` on, or as many as there are.
    pub(crate) fn slice(&self, offset: u64, length: u64) -> Self {
        match self {
            Self::Segments(segments) => {
                let mut part = Self::default();
                let mut start = 0;
                for segment in segments {
                    let from = offset.max(start);
                    let to = (offset + length).min(start + segment.length);
                    if from < to {
                        part.push(Segment {
                            content: segment.content,
                            offset: segment.offset + (from - start),
                            length: to - from,
                        });
                    }
                    start += segment.length;
                }
                part
            }
            Self::Text(text) => {
                let from = usize::try_from(offset).unwrap().min(text.len());
                let to = usize::try_from(offset + length).unwrap().min(text.len());
                Self::Text(text[from..to].to_owned())
            }
        }
    }

    /// Their hash; the empty one is the real one.
    pub(crate) fn hash(&self) -> ContentHash {
        match self {
            Self::Segments(segments) => {
                let mut text = Vec::with_capacity(segments.len() * 20);
                for segment in segments {
                    text.extend_from_slice(&segment.content.to_le_bytes());
                    text.extend_from_slice(&segment.offset.to_le_bytes());
                    text.extend_from_slice(&segment.length.to_le_bytes());
                }
                ContentHash::of(&text)
            }
            Self::Text(text) => ContentHash::of(text.as_bytes()),
        }
    }

    /// Hashes of parts of so many bytes.
    pub(crate) fn part_hashes(&self, part_size: u64) -> Vec<ContentHash> {
        let count = self.len().div_ceil(part_size);
        (0..count)
            .map(|index| self.slice(index * part_size, part_size).hash())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_bytes_have_equal_hashes_however_they_were_put_together() {
        let whole = Bytes::of_content(1, 0, 100);
        let mut joined = Bytes::of_content(1, 0, 40);
        joined.append(&Bytes::of_content(1, 40, 60));
        assert_eq!(whole.hash(), joined.hash());
        assert_eq!(whole.slice(10, 20), joined.slice(10, 20));
        assert_eq!(Bytes::default().hash(), ContentHash::of(b""));
        assert_eq!(whole.slice(100, 5).hash(), ContentHash::of(b""));
    }

    #[test]
    fn cut_mixed_and_exchanged_bytes_have_other_hashes() {
        let whole = Bytes::of_content(1, 0, 100);
        let mut mixed = Bytes::of_content(1, 0, 50);
        mixed.append(&Bytes::of_content(2, 50, 50));
        let others = [
            Bytes::of_content(1, 0, 99),
            Bytes::of_content(2, 0, 100),
            Bytes::of_content(1, 1, 100),
            mixed,
        ];
        for other in others {
            assert_ne!(whole.hash(), other.hash(), "{other:?}");
        }
    }
}
