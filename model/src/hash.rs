//! XXH3-128, the only hash of the store: of a file's bytes it gives the CAS key, of a manifest's
//! text it gives `inputManifestHash` (spec `manifests.md` 1.1).

use std::fmt;
use std::str::FromStr;

use xxhash_rust::xxh3::{Xxh3Default, xxh3_128};

/// How keys and manifests spell the algorithm.
pub const HASH_ALGORITHM: &str = "xxh128";

/// XXH3-128 (seed 0) of some bytes; printed as 32 lower-case hex digits, most significant byte first.
///
/// Only this form may become a key (spec decision D6).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentHash(
    /// Bytes, not a `u128`: its alignment would make every entry of a manifest larger.
    [u8; 16],
);

impl ContentHash {
    /// Hashes bytes that are all at hand.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(xxh3_128(bytes).to_be_bytes())
    }

    /// The text form as ASCII bytes: 32 lower-case hex digits.
    #[must_use]
    pub fn to_hex(self) -> [u8; 32] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut hex = [0; 32];
        for (pair, byte) in hex.chunks_exact_mut(2).zip(self.to_be_bytes()) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 0xF)];
        }
        hex
    }

    /// Reads the text form; `None` for anything but 32 lower-case hex digits.
    #[must_use]
    pub fn from_hex(text: &[u8]) -> Option<Self> {
        let text: &[u8; 32] = text.try_into().ok()?;
        let mut values = [0; 32];
        let mut is_bad = false;
        // Without a branch and without a table, so that many digits go at once: a manifest of a
        // million files has 32 million of them.
        for (value, &character) in values.iter_mut().zip(text) {
            let digit = character.wrapping_sub(b'0');
            let letter = character.wrapping_sub(b'a');
            is_bad |= (digit > 9) & (letter > 5);
            *value = if digit > 9 {
                letter.wrapping_add(10)
            } else {
                digit
            };
        }
        let mut bytes = [0; 16];
        for (byte, &[high, low]) in bytes.iter_mut().zip(values.as_chunks::<2>().0) {
            *byte = high << 4 | low;
        }
        (!is_bad).then_some(Self(bytes))
    }

    /// The 16 bytes of the hash, most significant first.
    #[must_use]
    pub fn to_be_bytes(self) -> [u8; 16] {
        self.0
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentHash({self})")
    }
}

/// The text is not 32 lower-case hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a content hash is 32 lower-case hex digits")]
pub struct HashError;

impl FromStr for ContentHash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        Self::from_hex(text.as_bytes()).ok_or(HashError)
    }
}

/// Whether `text` is exactly `digits` lower-case hex digits.
pub(crate) fn is_lower_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Hashes bytes that arrive in pieces; the size of the pieces does not matter.
#[derive(Clone, Default)]
pub struct ContentHasher(Xxh3Default);

impl ContentHasher {
    /// A hasher that has seen no bytes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all bytes so far; more may follow.
    #[must_use]
    pub fn finish(&self) -> ContentHash {
        ContentHash(self.0.digest128().to_be_bytes())
    }

    /// Forgets all bytes.
    pub fn reset(&mut self) {
        self.0.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_that_is_no_lower_case_digit_is_refused_everywhere() {
        let good = *b"00112233445566778899aabbccddeeff";
        for at in 0..good.len() {
            for character in 0..=u8::MAX {
                let mut text = good;
                text[at] = character;
                let is_digit = matches!(character, b'0'..=b'9' | b'a'..=b'f');
                let hash = ContentHash::from_hex(&text);
                assert_eq!(hash.map(ContentHash::to_hex), is_digit.then_some(text));
            }
        }
    }

    #[test]
    fn text_form_round_trips() {
        let hash = ContentHash::of(b"");
        assert_eq!(hash.to_string(), "99aa06d3014798d86001c324468d497f");
        assert_eq!("99aa06d3014798d86001c324468d497f".parse(), Ok(hash));
        assert_eq!(hash.to_be_bytes()[0], 0x99);
        assert_eq!(&hash.to_hex(), b"99aa06d3014798d86001c324468d497f");
    }

    #[test]
    fn only_32_lower_case_hex_digits_are_a_hash() {
        for text in [
            "",
            "abc",
            "0123456789ABCDEF0123456789ABCDEF",
            "+123456789abcdef0123456789abcdef",
        ] {
            assert_eq!(text.parse::<ContentHash>(), Err(HashError), "{text}");
        }
    }

    #[test]
    fn a_reset_hasher_starts_anew() {
        let mut hasher = ContentHasher::new();
        hasher.update(b"leftover");
        hasher.reset();
        assert_eq!(hasher.finish(), ContentHash::of(b""));
    }
}
