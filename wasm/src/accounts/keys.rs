//! Credentials for JavaScript.

use rusty_attachments_accounts as accounts;
use serde::Serialize;
use tsify::Tsify;

use super::number;

/// Credentials, for memory and `storage.session` only.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct SessionKeys {
    /// Access key id.
    access_key_id: String,
    /// Secret access key.
    secret_access_key: String,
    /// Empty for long-lived keys.
    session_token: String,
    /// When they end, by the clock of AWS; nothing where nobody said it.
    #[tsify(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<f64>,
    /// Whether they are good until somebody revokes them, which is worth a warning.
    long_lived: bool,
}

impl From<&accounts::Keys> for SessionKeys {
    fn from(keys: &accounts::Keys) -> Self {
        let credentials = &keys.credentials;
        Self {
            access_key_id: credentials.access_key_id().to_owned(),
            secret_access_key: credentials.secret_access_key().to_owned(),
            session_token: credentials.session_token().unwrap_or_default().to_owned(),
            expires: keys.expires.map(number),
            long_lived: keys.are_long_lived(),
        }
    }
}
