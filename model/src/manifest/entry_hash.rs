//! The hash of an entry.

use std::fmt;

use crate::hash::ContentHash;

/// The hash of an entry: any letters and digits decode, only XXH3-128 names an object (decision D6).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum EntryHash {
    /// 32 lower-case hex digits: the content's name in the store.
    Content(ContentHash),
    /// Something else made of ASCII letters and digits, kept as it was.
    Other(Box<str>),
}

impl EntryHash {
    /// Judges and takes a hash text; `None` if it has other characters than ASCII letters and digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(hash) = text.parse() {
            return Some(Self::Content(hash));
        }
        let alphanumeric = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
        alphanumeric.then(|| Self::Other(text.into()))
    }

    /// Appends the text; letters and digits need no escapes in JSON.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Content(hash) => out.extend_from_slice(&hash.to_hex()),
            Self::Other(text) => out.extend_from_slice(text.as_bytes()),
        }
    }
}

impl fmt::Display for EntryHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Content(hash) => hash.fmt(f),
            Self::Other(text) => f.write_str(text),
        }
    }
}
