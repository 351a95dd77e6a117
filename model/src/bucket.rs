//! The two halves of a queue's `jobAttachmentSettings`: bucket and root prefix.

use std::fmt;
use std::str::FromStr;

/// Name of an S3 bucket: 3 to 63 of lower-case letters, digits, dots and dashes, beginning and
/// ending with a letter or digit (S3 user guide, bucket naming rules).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketName(Box<str>);

/// The text is not a bucket name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a bucket name has 3 to 63 lower-case letters, digits, dots and dashes")]
pub struct BucketError;

impl BucketName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A dot in the name breaks TLS with the bucket in the host name; such a bucket goes into the path.
    #[must_use]
    pub fn fits_host_name(&self) -> bool {
        !self.0.contains('.')
    }
}

impl FromStr for BucketName {
    type Err = BucketError;

    fn from_str(text: &str) -> Result<Self, BucketError> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let ends_plain =
            text.bytes().next().is_some_and(plain) && text.bytes().last().is_some_and(plain);
        let right_length = (3..=63).contains(&text.len());
        let allowed = text.bytes().all(|b| plain(b) || matches!(b, b'-' | b'.'));
        if ends_plain && right_length && allowed && !text.contains("..") {
            Ok(Self(text.into()))
        } else {
            Err(BucketError)
        }
    }
}

impl fmt::Display for BucketName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The queue's root prefix: 1 to 63 of letters, digits, `-`, `_` and `/` (spec `s3-layout.md` 1).
///
/// Taken as it is: the official client neither trims nor encodes it, so a slash at its end gives
/// keys with a doubled slash, and ours must be the same keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootPrefix(Box<str>);

/// The text is not a root prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a prefix has 1 to 63 letters, digits, dashes, underscores and slashes")]
pub struct RootPrefixError;

impl RootPrefix {
    /// One that follows the rule.
    pub(crate) fn known(text: &'static str) -> Self {
        Self(text.into())
    }

    /// The prefix.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RootPrefix {
    type Err = RootPrefixError;

    fn from_str(text: &str) -> Result<Self, RootPrefixError> {
        let allowed = text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'/'));
        if allowed && (1..=63).contains(&text.len()) {
            Ok(Self(text.into()))
        } else {
            Err(RootPrefixError)
        }
    }
}

impl fmt::Display for RootPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bucket_names_follow_the_rules_of_s3() {
        for text in ["abc", "my-studio.assets-2026", &"a".repeat(63)] {
            assert!(text.parse::<BucketName>().is_ok(), "{text}");
        }
        for text in [
            "",
            "ab",
            "My-Bucket",
            "a_b",
            "-abc",
            "abc-",
            "a..b",
            "a/b",
            &"a".repeat(64),
        ] {
            assert_eq!(text.parse::<BucketName>(), Err(BucketError), "{text}");
        }
        assert!(!"a.b".parse::<BucketName>().unwrap().fits_host_name());
    }

    #[test]
    fn root_prefixes_follow_the_pattern_of_the_service() {
        for text in ["DeadlineCloud", "a/b", "a_b-c/", &"a".repeat(63)] {
            assert_eq!(text.parse::<RootPrefix>().unwrap().as_str(), text);
        }
        for text in ["", "a b", "a.b", "é", &"a".repeat(64)] {
            assert_eq!(text.parse::<RootPrefix>(), Err(RootPrefixError), "{text}");
        }
    }
}
