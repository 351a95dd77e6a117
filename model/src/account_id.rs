//! The id of an AWS account.

use std::fmt;
use std::str::FromStr;

/// An account id: 12 digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountId(Box<str>);

/// The text is not an account id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an account id has 12 digits")]
pub struct AccountIdError;

impl AccountId {
    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The account in the name of a resource, `arn:aws:iam::123456789012:role/Name`: the fifth of its
    /// parts (spec `s3-layout.md` 5).
    #[must_use]
    pub fn of_arn(arn: &str) -> Option<Self> {
        if !arn.starts_with("arn:") {
            return None;
        }
        arn.split(':').nth(4)?.parse().ok()
    }
}

impl FromStr for AccountId {
    type Err = AccountIdError;

    fn from_str(text: &str) -> Result<Self, AccountIdError> {
        if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text.into()))
        } else {
            Err(AccountIdError)
        }
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_twelve_digits_are_an_account() {
        assert_eq!(
            "123456789012".parse::<AccountId>().unwrap().as_str(),
            "123456789012"
        );
        for text in [
            "",
            "12345678901",
            "1234567890123",
            "12345678901a",
            " 23456789012",
        ] {
            assert_eq!(text.parse::<AccountId>(), Err(AccountIdError), "{text}");
        }
    }

    #[test]
    fn the_account_of_a_role_is_read_from_its_name() {
        let of = |arn| AccountId::of_arn(arn).map(|account| account.to_string());
        for arn in [
            "arn:aws:iam::123456789012:role/QueueRole",
            "arn:aws-cn:sts::123456789012:assumed-role/QueueRole/session",
        ] {
            assert_eq!(of(arn).as_deref(), Some("123456789012"), "{arn}");
        }
        for arn in [
            "",
            "arn:aws:s3:::bucket",
            "role:a:b:c:123456789012",
            "arn:aws:iam::aws:policy/X",
        ] {
            assert_eq!(of(arn), None, "{arn}");
        }
    }
}
