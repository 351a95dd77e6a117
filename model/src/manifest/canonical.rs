//! A short cut for the text that every encoder of format 2023-03-03 writes: keys in order, no white
//! space, paths sorted. Whatever looks different is left to the general reader, which also says
//! what is wrong with it.

use std::borrow::Cow;

use super::EntryHash;
use super::v2023_03_03::{Entry, HEAD, Manifest};
use crate::hash::ContentHash;
use crate::relative_path::{RelativePath, manifest_order};

/// Bytes of the shortest entry: `{"hash":"0","mtime":0,"path":"a","size":0},`.
const SHORTEST_ENTRY: usize = 43;

/// Reads a document in canonical form. `None` says nothing about the document; what is read here is
/// what the general reader would read.
pub(super) fn read(text: &str) -> Option<Manifest> {
    let mut cursor = Cursor(text);
    cursor.skip(HEAD)?;
    let rest = cursor.0.as_bytes();
    // A brace in a path only makes the guess larger; the text bounds it.
    let braces = memchr::memchr_iter(b'{', rest).count();
    let mut entries: Vec<Entry> = Vec::with_capacity(braces.min(rest.len() / SHORTEST_ENTRY));
    loop {
        let entry = read_entry(&mut cursor)?;
        if let Some(last) = entries.last()
            && manifest_order(last.path.as_str(), entry.path.as_str()).is_ge()
        {
            return None;
        }
        entries.push(entry);
        if cursor.skip(",").is_none() {
            break;
        }
    }
    cursor.skip("],\"totalSize\":")?;
    let total_size = cursor.unsigned()?;
    cursor.skip("}")?;
    cursor
        .0
        .is_empty()
        .then(|| Manifest::of_sorted(entries, total_size))
}

fn read_entry(cursor: &mut Cursor<'_>) -> Option<Entry> {
    cursor.skip("{\"hash\":")?;
    let hash = cursor.hash()?;
    cursor.skip(",\"mtime\":")?;
    let mtime = cursor.signed()?;
    cursor.skip(",\"path\":")?;
    let path = RelativePath::parse(cursor.string()?).ok()?;
    cursor.skip(",\"size\":")?;
    let size = cursor.unsigned()?;
    cursor.skip("}")?;
    Some(Entry {
        path,
        hash,
        size,
        mtime,
    })
}

/// What is left of the text.
struct Cursor<'a>(&'a str);

impl<'a> Cursor<'a> {
    fn skip(&mut self, literal: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(literal)?;
        Some(())
    }

    fn hash(&mut self) -> Option<EntryHash> {
        // Nearly all are of this form, which needs no search for its end.
        if let Some(&[b'"', ref digits @ .., b'"']) = self.0.as_bytes().first_chunk::<34>()
            && let Some(hash) = ContentHash::from_hex(digits)
        {
            self.0 = &self.0[34..];
            return Some(EntryHash::Content(hash));
        }
        EntryHash::parse(&self.string()?)
    }

    fn string(&mut self) -> Option<Cow<'a, str>> {
        let text = self.0.strip_prefix('"')?;
        let end = memchr::memchr2(b'"', b'\\', text.as_bytes())?;
        if text.as_bytes()[end] == b'"' {
            let plain = &text[..end];
            // Without an early end, so that it goes by many bytes at once.
            if plain.bytes().fold(false, |bad, byte| bad | (byte < b' ')) {
                return None;
            }
            self.0 = &text[end + 1..];
            return Some(Cow::Borrowed(plain));
        }
        let mut json = serde_json::Deserializer::from_str(self.0).into_iter();
        let decoded: String = json.next()?.ok()?;
        self.0 = &self.0[json.byte_offset()..];
        Some(Cow::Owned(decoded))
    }

    /// Decimal digits without a leading zero; a fraction or an exponent after them fails at the next
    /// [`Cursor::skip`].
    fn unsigned(&mut self) -> Option<u64> {
        let bytes = self.0.as_bytes();
        let mut value = 0_u64;
        let mut length = 0;
        while let Some(eight) = bytes[length..].first_chunk().and_then(eight_digits) {
            value = value.wrapping_mul(100_000_000).wrapping_add(eight);
            length += 8;
        }
        for byte in &bytes[length..] {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
            length += 1;
        }
        let (digits, rest) = self.0.split_at(length);
        if length == 0 || (length > 1 && digits.starts_with('0')) {
            return None;
        }
        self.0 = rest;
        if length > MOST_DIGITS {
            return digits.parse().ok();
        }
        Some(value)
    }

    fn signed(&mut self) -> Option<i64> {
        let is_negative = self.skip("-").is_some();
        let magnitude = self.unsigned()?;
        if !is_negative {
            return magnitude.try_into().ok();
        }
        // `-0` is no integer to the general reader (spec 1.1).
        0_i64
            .checked_sub_unsigned(magnitude)
            .filter(|value| *value != 0)
    }
}

/// The number that eight digits are; all of them in one register. Neighbours are joined to numbers of
/// two digits, these to numbers of four, and these to one of eight.
fn eight_digits(text: &[u8; 8]) -> Option<u64> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let text = u64::from_le_bytes(*text);
    // A digit's upper half is 3, and stays so when 6 is added to it.
    let upper = |bytes: u64| bytes & (0xF0 * EACH);
    if upper(text) != 0x30 * EACH || upper(text.wrapping_add(0x06 * EACH)) != 0x30 * EACH {
        return None;
    }
    let ones = text & (0x0F * EACH);
    let pairs = (ones.wrapping_mul(10 << 8 | 1) >> 8) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs.wrapping_mul(100 << 16 | 1) >> 16) & 0x0000_FFFF_0000_FFFF;
    Some(fours.wrapping_mul(10_000 << 32 | 1) >> 32)
}

/// Any number of so many digits fits in 64 bits.
const MOST_DIGITS: usize = 19;

#[cfg(test)]
mod tests {
    use super::*;

    fn document(entries: &str) -> String {
        format!("{HEAD}{entries}],\"totalSize\":1}}")
    }

    #[test]
    fn what_every_encoder_writes_is_read_here() {
        let plain = r#"{"hash":"00","mtime":-1,"path":"a","size":0}"#;
        let escaped = r#"{"hash":"00","mtime":9223372036854775807,"path":"b\ud83d\ude00\"","size":18446744073709551615}"#;
        let manifest = read(&document(&format!("{plain},{escaped}"))).unwrap();
        assert_eq!(manifest.entries()[1].path.as_str(), "b\u{1f600}\"");
        assert_eq!(manifest.encode(), document(&format!("{plain},{escaped}")));
    }

    #[test]
    fn numbers_of_every_length_are_read() {
        for length in 1..=25 {
            let digits = &"9876543210987654321098765"[..length];
            for follower in ["", ",", "/", ":", "}"] {
                let text = format!("{digits}{follower}");
                let mut cursor = Cursor(&text);
                assert_eq!(cursor.unsigned(), digits.parse().ok(), "{text}");
                assert_eq!(cursor.0, follower, "{text}");
            }
        }
    }

    #[test]
    fn everything_else_is_left_to_the_general_reader() {
        let good = r#"{"hash":"00","mtime":1,"path":"a","size":0}"#;
        assert!(read(&document(good)).is_some());
        for entries in [
            String::new(),
            format!("{good},"),
            format!("{good},{good}"),
            format!(" {good}"),
            good.replace("\"00\"", "\"-\""),
            good.replace(":1,", ":01,"),
            good.replace(":1,", ":-0,"),
            good.replace(":1,", ":1.0,"),
            good.replace(":1,", ":1e0,"),
            good.replace(":1,", ":9223372036854775808,"),
            good.replace(":0}", ":-1}"),
            good.replace(":0}", ":18446744073709551616}"),
            good.replace("\"a\"", "\"../a\""),
            good.replace("\"a\"", "\"a\tb\""),
            good.replace("\"a\"", r#""\ud800""#),
            good.replace("\"a\"", r#""a"b""#),
            format!("{}, {good}", good.replace("\"a\"", "\"b\"")),
        ] {
            assert!(read(&document(&entries)).is_none(), "{entries}");
        }
        assert!(read(&format!("{}\n", document(good))).is_none());
    }
}
