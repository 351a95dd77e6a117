//! The name of a location in a storage profile.

use std::fmt;
use std::str::FromStr;

/// `fileSystemLocationName`: 1 to 64 ASCII letters, digits and spaces (spec `s3-layout.md` 8).
///
/// ```
/// # use rusty_attachments_model::LocationName;
/// assert!("Shared Assets 1".parse::<LocationName>().is_ok());
/// assert!("日本語".parse::<LocationName>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LocationName(Box<str>);

/// The text is not the name of a location.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a file system location's name has 1 to 64 letters, digits and spaces")]
pub struct LocationNameError;

impl LocationName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LocationName {
    type Err = LocationNameError;

    fn from_str(text: &str) -> Result<Self, LocationNameError> {
        let allowed = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ');
        if allowed && (1..=64).contains(&text.len()) {
            Ok(Self(text.into()))
        } else {
            Err(LocationNameError)
        }
    }
}

impl fmt::Display for LocationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_service_takes_is_a_name() {
        for text in ["a", "Shared Assets 1", &"x".repeat(64)] {
            assert_eq!(text.parse::<LocationName>().unwrap().as_str(), text);
        }
        for text in ["", "a_b", "a/b", "é", "a\n", &"x".repeat(65)] {
            assert_eq!(text.parse::<LocationName>(), Err(LocationNameError));
        }
    }
}
