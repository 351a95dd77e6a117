//! The id of a user in IAM Identity Center.

use std::fmt;
use std::str::FromStr;

/// A UUID, perhaps after ten hex digits and a dash (spec `deadline-apis.md` 2, `ListFarms`). Users of a
/// Deadline Cloud monitor may list only with their own id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalId(Box<str>);

/// The text is not the id of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a user id of IAM Identity Center is written like 9067642ac7-01234567-89ab-cdef-0123-456789abcdef"
)]
pub struct PrincipalIdError;

impl PrincipalId {
    /// The id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PrincipalId {
    type Err = PrincipalIdError;

    fn from_str(text: &str) -> Result<Self, PrincipalIdError> {
        let groups: Vec<&str> = text.split('-').collect();
        let are_hex = groups
            .iter()
            .all(|group| group.bytes().all(|b| b.is_ascii_hexdigit()));
        let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
        if are_hex && matches!(lengths[..], [8, 4, 4, 4, 12] | [10, 8, 4, 4, 4, 12]) {
            Ok(Self(text.into()))
        } else {
            Err(PrincipalIdError)
        }
    }
}

impl fmt::Display for PrincipalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_id_of_identity_center_is_taken() {
        for text in [
            "01234567-89ab-cdef-0123-456789abcdef",
            "9067642ac7-01234567-89AB-cdef-0123-456789abcdef",
        ] {
            assert_eq!(text.parse::<PrincipalId>().unwrap().as_str(), text);
        }
        for text in [
            "",
            "me",
            "01234567-89ab-cdef-0123-456789abcdeg",
            "1-01234567-89ab-cdef-0123-456789abcdef",
        ] {
            assert_eq!(text.parse::<PrincipalId>(), Err(PrincipalIdError), "{text}");
        }
    }
}
