//! Paths below an asset root, as they stand in a manifest (spec `manifests.md` 1.2 and 1.5,
//! decisions D3 and D4).

use std::cmp::Ordering;
use std::fmt;

use crate::asset_root::PathFormat;

/// A path below an asset root: names joined by `/`, well-formed Unicode, none empty, none `.` or `..`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RelativePath(Box<str>);

/// Why a text cannot be a path in a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// No characters at all.
    #[error("the path is empty")]
    Empty,
    /// `/` at the beginning or the end.
    #[error("the path begins or ends with a slash")]
    OuterSlash,
    /// Two slashes in a row.
    #[error("the path has an empty name between two slashes")]
    EmptyName,
    /// A name `.` or `..`: the path could leave the asset root.
    #[error("the path has a name that is only dots and would lead out of its folder")]
    DotName,
    /// U+0000.
    #[error("the path has a NUL character")]
    Nul,
    /// Begins like `C:`; a Windows worker would take it for a drive.
    #[error("the path begins like a Windows drive")]
    Drive,
    /// Begins with two backslashes; a Windows worker would take it for a network share.
    #[error("the path begins like a Windows network share")]
    Share,
    /// Half of a surrogate pair: the text is not Unicode (decision D3).
    #[error("the name holds bytes that are not valid text")]
    LoneSurrogate,
    /// More than any file system takes; also keeps a hostile document from growing beyond measure.
    #[error("the path has more than 32767 characters")]
    TooLong,
    /// A backslash below a Windows asset root; workers there would take it for a separator.
    #[error("the name holds a backslash, which separates folders on Windows")]
    BackslashOnWindows,
}

impl PathError {
    /// Stable name of this kind of error, for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "path-empty",
            Self::OuterSlash => "path-outer-slash",
            Self::EmptyName => "path-empty-name",
            Self::DotName => "path-dot-name",
            Self::Nul => "path-nul",
            Self::Drive => "path-drive",
            Self::Share => "path-share",
            Self::LoneSurrogate => "path-not-unicode",
            Self::TooLong => "path-too-long",
            Self::BackslashOnWindows => "path-backslash",
        }
    }
}

impl RelativePath {
    /// Judges and takes a path.
    ///
    /// # Errors
    /// The first rule of decision D4 that the text breaks.
    pub fn parse(text: impl Into<Box<str>>) -> Result<Self, PathError> {
        let text = text.into();
        check(&text)?;
        Ok(Self(text))
    }

    /// Judges what is allowed only below some asset roots.
    ///
    /// # Errors
    /// [`PathError::BackslashOnWindows`].
    pub fn check_below(&self, format: PathFormat) -> Result<(), PathError> {
        if format == PathFormat::Windows && self.0.contains('\\') {
            return Err(PathError::BackslashOnWindows);
        }
        Ok(())
    }

    /// The path's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// UTF-16 code units of the longest path that Windows knows; other systems stop earlier.
const MAX_UTF16_UNITS: usize = 32_767;

fn check(text: &str) -> Result<(), PathError> {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
        return Err(PathError::Empty);
    };
    let odd = odd_places(bytes);
    if odd.nul {
        return Err(PathError::Nul);
    }
    if *first == b'/' || *last == b'/' {
        return Err(PathError::OuterSlash);
    }
    // Only an empty name, or one that begins with a dot, is refused.
    if odd.name || *first == b'.' {
        check_names(text)?;
    }
    if bytes[0].is_ascii_alphabetic() && bytes.get(1) == Some(&b':') {
        return Err(PathError::Drive);
    }
    if bytes.starts_with(b"\\\\") {
        return Err(PathError::Share);
    }
    if is_too_long(text) {
        return Err(PathError::TooLong);
    }
    Ok(())
}

/// What makes a closer look at a path worth its time.
#[derive(Default)]
struct OddPlaces {
    /// There is a NUL.
    nul: bool,
    /// A slash is followed by a slash or a dot.
    name: bool,
}

/// Looks at many bytes at once: most paths have nothing odd, and a manifest has a million of them.
fn odd_places(bytes: &[u8]) -> OddPlaces {
    const BLOCK: usize = 16;
    let mut odd = OddPlaces::default();
    let mut look = |bytes: &[u8], followers: &[u8]| {
        for (&byte, &next) in bytes.iter().zip(followers) {
            odd.nul |= byte == 0;
            odd.name |= (byte == b'/') & ((next == b'/') | (next == b'.'));
        }
    };
    let followers = bytes.get(1..).unwrap_or_default();
    let (blocks, rest) = followers.as_chunks::<BLOCK>();
    for (block, followers) in bytes.as_chunks::<BLOCK>().0.iter().zip(blocks) {
        look(block, followers);
    }
    match bytes.last_chunk::<{ BLOCK + 1 }>() {
        // The last block overlaps the one before it.
        Some([block @ .., _]) => look(block, &followers[followers.len() - BLOCK..]),
        None => look(bytes, rest),
    }
    odd.nul |= bytes.last() == Some(&0);
    odd
}

fn check_names(text: &str) -> Result<(), PathError> {
    for name in text.split('/') {
        match name {
            "" => return Err(PathError::EmptyName),
            "." | ".." => return Err(PathError::DotName),
            _ => {}
        }
    }
    Ok(())
}

/// Whether a path is longer than any system takes.
pub(crate) fn is_too_long(text: &str) -> bool {
    // A character has at least as many bytes as code units, so most paths need no counting.
    text.len() > MAX_UTF16_UNITS && text.encode_utf16().count() > MAX_UTF16_UNITS
}

impl fmt::Display for RelativePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RelativePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// Order of paths in a manifest: by UTF-16 code units, shorter prefix first (spec 1.2).
///
/// It differs from the order of UTF-8 bytes only where a character above U+FFFF (first byte F0 to
/// F4) meets one of U+E000 to U+FFFF (first byte EE or EF): the former comes first.
#[must_use]
pub fn manifest_order(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    // Neighbours in a manifest mostly share their folders: these go by words.
    let same_words = a
        .as_chunks::<8>()
        .0
        .iter()
        .zip(b.as_chunks::<8>().0)
        .take_while(|(x, y)| x == y)
        .count();
    let (a, b) = (&a[8 * same_words..], &b[8 * same_words..]);
    match a.iter().zip(b).find(|(x, y)| x != y) {
        None => a.len().cmp(&b.len()),
        Some((&x, &y)) => utf16_rank(x).cmp(&utf16_rank(y)),
    }
}

fn utf16_rank(byte: u8) -> u8 {
    if matches!(byte, 0xEE | 0xEF) {
        byte + 0x10
    } else {
        byte
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_of_d4_has_its_error() {
        for (text, error) in [
            ("", PathError::Empty),
            ("/a", PathError::OuterSlash),
            ("a/", PathError::OuterSlash),
            ("a//b", PathError::EmptyName),
            ("a/./b", PathError::DotName),
            ("../a", PathError::DotName),
            ("a\0b", PathError::Nul),
            ("C:/a", PathError::Drive),
            ("c:", PathError::Drive),
            ("\\\\server/share", PathError::Share),
            (&"a".repeat(32_768), PathError::TooLong),
        ] {
            assert_eq!(RelativePath::parse(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn a_rule_is_seen_wherever_it_is_broken() {
        for length in 4..70 {
            for at in 1..length - 2 {
                for (broken, error) in [
                    ("\0", PathError::Nul),
                    ("//", PathError::EmptyName),
                    ("/./", PathError::DotName),
                ] {
                    let mut path = "a".repeat(length);
                    path.replace_range(at..(at + broken.len()).min(length - 1), broken);
                    assert_eq!(RelativePath::parse(path.clone()), Err(error), "{path:?}");
                    let good = path.replace(broken, "/.b");
                    assert!(RelativePath::parse(good.clone()).is_ok(), "{good:?}");
                }
            }
        }
        assert_eq!(
            RelativePath::parse("a".repeat(40) + "\0"),
            Err(PathError::Nul)
        );
    }

    #[test]
    fn odd_but_legal_names_stay_as_they_are() {
        for text in [
            "..x",
            "a...b",
            " lead",
            "trail ",
            "dir./file",
            "4:3",
            "é/e\u{301}",
            "a\\b",
            "$0/x",
            &"é".repeat(32_767),
        ] {
            assert_eq!(RelativePath::parse(text).expect(text).as_str(), text);
        }
    }

    #[test]
    fn a_backslash_is_a_character_on_posix_and_refused_on_windows() {
        let path = RelativePath::parse("a\\b").unwrap();
        assert_eq!(path.check_below(PathFormat::Posix), Ok(()));
        assert_eq!(
            path.check_below(PathFormat::Windows),
            Err(PathError::BackslashOnWindows)
        );
    }

    #[test]
    fn order_is_that_of_utf16_code_units() {
        let samples = [
            "",
            "a",
            "a/b",
            "a b",
            "a0b",
            "z",
            "\u{7f}",
            "\u{7ff}",
            "\u{d7ff}",
            "\u{e000}",
            "\u{ff21}",
            "\u{ffff}",
            "\u{10000}",
            "\u{1f600}",
            "\u{1f600}a",
            "\u{10ffff}",
            "a\u{1f600}",
            "a\u{fffd}",
        ];
        for a in samples {
            for b in samples {
                let units = a.encode_utf16().cmp(b.encode_utf16());
                assert_eq!(manifest_order(a, b), units, "{a:?} {b:?}");
            }
        }
    }
}
