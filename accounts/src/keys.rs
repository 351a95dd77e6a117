//! Credentials, and until when they are good.

use rusty_attachments_transfer::sign::Credentials;

/// An access key with its end. Prints without its secret parts, which are wiped when this goes.
#[derive(Debug, Clone)]
pub struct Keys {
    /// Who signs.
    pub credentials: Credentials,
    /// Milliseconds since 1970, by the clock of AWS; nothing where nobody said it.
    pub expires: Option<u64>,
}

/// What long-lived access keys of IAM users begin with (IAM User Guide, "unique ids").
const LONG_LIVED: &str = "AKIA";
/// What temporary ones begin with.
pub(crate) const TEMPORARY: &str = "ASIA";

impl Keys {
    /// Whether these are good until somebody revokes them: a stolen copy is a stolen account.
    #[must_use]
    pub fn are_long_lived(&self) -> bool {
        self.credentials.access_key_id().starts_with(LONG_LIVED)
            || self.credentials.session_token().is_none()
    }

    /// Whether they are good no more.
    #[must_use]
    pub fn have_expired(&self, now: u64) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(id: &str, token: &str, expires: Option<u64>) -> Keys {
        Keys {
            credentials: Credentials::new(id, "wJalrXUtn", token),
            expires,
        }
    }

    #[test]
    fn keys_of_a_user_and_keys_without_a_token_are_long_lived() {
        assert!(keys("AKIAIOSFODNN7EXAMPLE", "", None).are_long_lived());
        assert!(keys("any", "", None).are_long_lived());
        assert!(!keys("ASIAIOSFODNN7EXAMPLE", "token", None).are_long_lived());
    }

    #[test]
    fn keys_expire_at_their_end() {
        let temporary = keys("ASIAIOSFODNN7EXAMPLE", "token", Some(1_000));
        assert!(!temporary.have_expired(999));
        assert!(temporary.have_expired(1_000));
        assert!(!keys("AKIAIOSFODNN7EXAMPLE", "", None).have_expired(u64::MAX));
    }

    #[test]
    fn keys_print_without_their_secrets() {
        let printed = format!("{:?}", keys("ASIAIOSFODNN7EXAMPLE", "token", Some(1)));
        assert!(
            !printed.contains("wJalr") && !printed.contains("\"token"),
            "{printed}"
        );
    }
}
