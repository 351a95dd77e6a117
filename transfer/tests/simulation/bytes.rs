//! Bytes that cost nothing: which content they are from, which state of it, and where in it they lie.

use rusty_attachments_model::ContentHash;

/// Neighbouring bytes of one state of one content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Segment {
    content: u32,
    version: u32,
    offset: u64,
    length: u64,
}

/// What a file, a body or an object holds. Equal bytes are equal values: neighbours are joined, and
/// there are no empty segments.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Bytes(Vec<Segment>);

impl Bytes {
    /// The first `length` bytes of a content.
    pub(crate) fn of(content: u32, version: u32, length: u64) -> Self {
        let mut bytes = Self::default();
        bytes.push(Segment {
            content,
            version,
            offset: 0,
            length,
        });
        bytes
    }

    /// How many there are.
    pub(crate) fn len(&self) -> u64 {
        self.0.iter().map(|segment| segment.length).sum()
    }

    /// So many bytes from there; fewer if there are no more.
    pub(crate) fn cut(&self, offset: u64, length: u64) -> Self {
        let (mut skip, mut left) = (offset, length);
        let mut cut = Self::default();
        for segment in &self.0 {
            let skipped = skip.min(segment.length);
            skip -= skipped;
            let taken = (segment.length - skipped).min(left);
            left -= taken;
            cut.push(Segment {
                offset: segment.offset + skipped,
                length: taken,
                ..*segment
            });
        }
        cut
    }

    /// These bytes and then those.
    pub(crate) fn append(&mut self, more: &Self) {
        for segment in &more.0 {
            self.push(*segment);
        }
    }

    fn push(&mut self, segment: Segment) {
        if segment.length == 0 {
            return;
        }
        if let Some(last) = self.0.last_mut()
            && (last.content, last.version) == (segment.content, segment.version)
            && last.offset + last.length == segment.offset
        {
            last.length += segment.length;
            return;
        }
        self.0.push(segment);
    }

    /// A hash that is equal for equal bytes only; the true one for no bytes at all.
    pub(crate) fn hash(&self) -> ContentHash {
        let mut text = Vec::with_capacity(self.0.len() * 24);
        for segment in &self.0 {
            text.extend(segment.content.to_le_bytes());
            text.extend(segment.version.to_le_bytes());
            text.extend(segment.offset.to_le_bytes());
            text.extend(segment.length.to_le_bytes());
        }
        ContentHash::of(&text)
    }
}

#[test]
fn bytes_that_are_put_together_again_are_the_same() {
    let whole = Bytes::of(3, 0, 100);
    let mut joined = whole.cut(0, 33);
    joined.append(&whole.cut(33, 33));
    joined.append(&whole.cut(66, 1_000));
    assert_eq!(joined, whole);
    assert_eq!(joined.hash(), whole.hash());
    assert_ne!(whole.cut(0, 99).hash(), whole.hash());
    assert_ne!(Bytes::of(3, 1, 100).hash(), whole.hash());
    assert_eq!(whole.cut(5, 0).hash(), ContentHash::of(b""));
    assert_eq!(whole.cut(90, 20).len(), 10);
}
