//! What a text tells, before it is judged.

use rusty_attachments_transfer::sign::Credentials;
use secrecy::{ExposeSecret, SecretString};

use super::error::{Field, PastedError};
use crate::keys::{Keys, TEMPORARY};
use crate::time;

/// An end as texts write it.
pub(super) enum End {
    Iso(String),
    Milliseconds(u64),
}

/// The values found so far; a later one replaces an earlier one, as a shell would do it.
#[derive(Default)]
pub(super) struct Found {
    pub(super) access_key_id: Option<String>,
    pub(super) secret_access_key: Option<SecretString>,
    pub(super) session_token: Option<SecretString>,
    pub(super) expiration: Option<End>,
}

impl Found {
    /// Takes a value by the name of its environment variable, in any case; tells whether it is one of ours.
    pub(super) fn take(&mut self, name: &str, value: &str) -> bool {
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
        if is("AWS_ACCESS_KEY_ID") {
            self.access_key_id = Some(value.to_owned());
        } else if is("AWS_SECRET_ACCESS_KEY") {
            self.secret_access_key = Some(value.into());
        } else if is("AWS_SESSION_TOKEN") {
            self.session_token = Some(value.into());
        } else if is("AWS_CREDENTIAL_EXPIRATION") {
            self.expiration = Some(End::Iso(value.to_owned()));
        } else {
            return false;
        }
        true
    }

    /// Whether anything but an end was found.
    pub(super) fn has_any(&self) -> bool {
        self.access_key_id.is_some()
            || self.secret_access_key.is_some()
            || self.session_token.is_some()
    }

    pub(super) fn judge(self) -> Result<Keys, PastedError> {
        let id = self.access_key_id.filter(|id| !id.is_empty());
        let secret = filled(self.secret_access_key);
        let token = filled(self.session_token);
        let needs_token = id.as_ref().is_some_and(|id| id.starts_with(TEMPORARY));
        let mut missing = Vec::new();
        if id.is_none() {
            missing.push(Field::AccessKeyId);
        }
        if secret.is_none() {
            missing.push(Field::SecretAccessKey);
        }
        if needs_token && token.is_none() {
            missing.push(Field::SessionToken);
        }
        let (Some(id), Some(secret), true) = (id, secret, missing.is_empty()) else {
            return Err(PastedError::Missing(missing));
        };
        // These would end the id in the signature's scope.
        if !is_plain(&id) || id.contains(['/', ',', '=']) {
            return Err(PastedError::Malformed(Field::AccessKeyId));
        }
        if !is_plain(secret.expose_secret()) {
            return Err(PastedError::Malformed(Field::SecretAccessKey));
        }
        let token_text = token.as_ref().map_or("", |token| token.expose_secret());
        if !is_plain(token_text) {
            return Err(PastedError::Malformed(Field::SessionToken));
        }
        let expires = match self.expiration {
            None => None,
            Some(End::Iso(text)) if text.is_empty() => None,
            Some(End::Iso(text)) => {
                Some(time::iso(&text).ok_or(PastedError::Malformed(Field::Expiration))?)
            }
            Some(End::Milliseconds(end)) => Some(end),
        };
        Ok(Keys {
            credentials: Credentials::new(&id, secret.expose_secret(), token_text),
            expires,
        })
    }
}

fn filled(text: Option<SecretString>) -> Option<SecretString> {
    text.filter(|text| !text.expose_secret().is_empty())
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_graphic())
}
